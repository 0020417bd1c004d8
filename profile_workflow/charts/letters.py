"""How wide words are in a chart, before any font is at hand, and how they are broken and cut.

Widths are those of the bold faces that the report prints with, rounded up, so that what is measured
here has room there.
"""

import re

FONT_SIZE = 12
#: From one baseline to the next.
LINE = 15
_CUT = "\u2026"
#: Width as a share of the font size → the characters that have it.
_WIDTHS = {
    0.32: "ijlI!'.,:;()-\u2019 \u00a0\u202f\u2009",
    0.45: "rtf[]/\u0627\u0623\u0625\u0622\u0631\u0632\u0621",
    0.56: "czsJ|\u2013\u062f\u0630\u0648\u0624\u0629\u0647\u0640",
    0.58: "0123456789",
    0.99: "mwMW@%\u0153\u0152\u00e6\u00c6\u2014\u2026\u0633\u0634\u0635\u0636",
    0.83: "GNOQDHU\u062b\u062a\u0628\u0641\u0643\u0649\u064a\u0626",
}
_WIDTH_OF = {one: width for width, several in _WIDTHS.items() for one in several}
_LOWER, _CAPITAL, _WIDE = 0.66, 0.74, 1.05
#: From here on scripts are written in squares.
_FIRST_WIDE = "\u2e80"

#: The last letter of an Arabic word, or one that stands alone, is drawn wider than those before it.
_ARABIC_WORD = re.compile("[\u0600-\u06ff]+")
_ENDING = 0.45


def width_of(words: str, size: float = FONT_SIZE) -> float:
    """Return the room that a line of words needs at most, in pixels."""
    endings = len(_ARABIC_WORD.findall(words))
    return size * (sum(_width(one) for one in words) + _ENDING * endings)


def _width(character: str) -> float:
    if character >= _FIRST_WIDE:
        return _WIDE
    return _WIDTH_OF.get(character, _CAPITAL if character.isupper() else _LOWER)


def cut(words: str, room: float, size: float = FONT_SIZE) -> str:
    """Return words that fit into the room; what is cut off is replaced by "…"."""
    if width_of(words, size) <= room:
        return words
    while words and width_of(words + _CUT, size) > room:
        words = words[:-1]
    return words.rstrip() + _CUT


def wrap(words: str, room: float, most_lines: int = 4) -> list[str]:
    """Break words into lines that fit into the room; the last line allowed ends in "…" if cut."""
    lines = [""]
    for word in words.split():
        candidate = f"{lines[-1]} {word}".strip()
        if width_of(candidate) <= room or not lines[-1]:
            lines[-1] = candidate
        else:
            lines.append(word)
    if len(lines) > most_lines:
        lines[most_lines - 1] = " ".join(lines[most_lines - 1 :])
    return [cut(line, room) for line in lines[:most_lines]]
