"""Words in the one spelling in which wordings are looked for, with the way back to the text."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

#: Signs that mean the same as a plainer one.
_PLAIN = {
    "\u00a0": " ",
    "\u202f": " ",
    "\u2009": " ",
    "\t": " ",
    "\u2019": "'",
    "\u02bc": "'",
    "\u2010": "-",
    "\u2011": "-",
    "\u2013": "-",
    "\u0671": "\u0627",
    "\u0649": "\u064a",
    "\u066b": ".",
    "\u066c": ",",
}
#: Signs without a sound: vowel marks, tatweel, joiners, marks of direction, soft hyphen.
_SILENT = frozenset(
    {"\u0670", "\u0640", "\u00ad", "\u200c", "\u200d", "\u200e", "\u200f", "\u2066", "\u2067"}
    | {"\u2068", "\u2069", "\u061c"}
)


@lru_cache(maxsize=5000)
def _folded(sign: str) -> str:
    if sign in _SILENT or unicodedata.combining(sign):
        return ""
    sign = _PLAIN.get(sign, sign)
    parts = unicodedata.normalize("NFD", sign)
    small = parts[0].lower()
    return small if len(small) == 1 else parts[0]


@dataclass(frozen=True, slots=True)
class Folded:
    """A text without capitals, accents and vowel marks.

    Attributes:
        text: The folded text.
        places: For each of its signs, where it stands in the text; empty if nowhere else.
    """

    text: str
    places: tuple[int, ...]

    def back(self, start: int, end: int) -> tuple[int, int]:
        """Return where a place of the folded text lies in the text."""
        if not self.places or start == end:
            return start, end
        return self.places[start], self.places[end - 1] + 1


def fold_text(text: str) -> Folded:
    """Fold a text; each sign becomes one sign or none."""
    table = {sign: _folded(sign) for sign in set(text)}
    folded = text.translate({ord(sign): plain for sign, plain in table.items()})
    if len(folded) == len(text):
        return Folded(folded, ())
    return Folded(folded, tuple(place for place, sign in enumerate(text) if table[sign]))
