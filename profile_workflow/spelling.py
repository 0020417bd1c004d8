"""One spelling for words that people write in several ways, so that who searches finds."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

#: A word of any script, marks that belong to its letters included.
_WORD = re.compile(r"(?:[^\W_]|[\u064b-\u065f\u0670\u0640\u0300-\u036f\u200c\u200d])+")
#: Longest word that is kept; what is longer is no word.
_LONGEST_WORD = 60
#: Letters that stand for the same sound in common spelling, and signs that stand for none.
_SAME = str.maketrans(
    {
        "\u0671": "\u0627",  # alef with wasla: the other alefs lose their sign with the marks
        "\u0629": "\u0647",  # taa marbuta: haa
        "\u0649": "\u064a",  # alef maqsura: yaa
        "\u06cc": "\u064a",  # Persian yeh
        "\u06a9": "\u0643",  # Persian kaf
        "\u0640": None,  # tatweel
        "\u0131": "i",
        "\u0142": "l",
        "\u0153": "oe",
        "\u00e6": "ae",
        "\u00f8": "o",
    }
)
#: The Arabic article, alone or after a particle of one letter.
_ARTICLE = re.compile("(?:[\u0648\u0628\u0643\u0641]?\u0627\u0644|\u0644\u0644)(?=\\w{3})")
#: Marks of the dialect that are no words: citations, placed exhibits, addresses of links.
_MARKS = re.compile(
    r"""
    \[@[^\]]*\] | \[\[[^\]]*\]\] | (?<=\])\([^)\s]*\) | :::\w*
    | ^[ ]{0,3}(?: \#{1,6} | [-*+>] | \d+\. )[ ]
    | ^[\s|:-]+$
    | [*_|`\\^\[\]]
    """,
    re.MULTILINE | re.VERBOSE,
)


#: What a citation leaves behind when it goes.
_GAP = re.compile(r" (?=[.,;:!?\u060c\u061b\u061f])")


@lru_cache(maxsize=50_000)
def fold(word: str) -> str:
    """Return a word in its one spelling: no capitals, accents, harakat, tatweel or article.

    The same is done to what is searched and to what is searched for.
    """
    word = word.casefold()
    if not word.isascii():
        apart = unicodedata.normalize("NFKD", word).casefold().translate(_SAME)
        word = "".join(sign for sign in apart if sign.isalnum())
        word = _ARTICLE.sub("", word, count=1) if _ARTICLE.match(word) else word
        word = "".join(str(unicodedata.digit(sign, sign)) for sign in word)
    return word[:_LONGEST_WORD]


def words_of(text: str) -> list[str]:
    """Return the words of a text in their one spelling, in their order."""
    folded = (fold(match.group()) for match in _WORD.finditer(text))
    return [word for word in folded if word]


def searchable(text: str) -> str:
    """Return a text as the index keeps it: its words, one space between them."""
    return " ".join(words_of(text))


def without_marks(text: str) -> str:
    """Return a text of the dialect without its marks, roughly but fast."""
    return _GAP.sub("", " ".join(_MARKS.sub(" ", text).split()))


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text: found, or what stands around."""

    text: str
    is_found: bool


def _is_found(word: str, wanted: Sequence[str]) -> bool:
    folded = fold(word)
    return any(folded.startswith(one) if is_prefix(one) else folded == one for one in wanted)


#: Shortest word that finds longer ones which begin with it.
_SHORTEST_PREFIX = 3


def is_prefix(word: str) -> bool:
    """Whether a word that is searched for finds longer ones too."""
    return len(word) >= _SHORTEST_PREFIX


def marked(text: str, wanted: Sequence[str]) -> list[Piece]:
    """Return a text in pieces, so that what was found can be marked."""
    return list(_pieces(text, wanted))


def _pieces(text: str, wanted: Sequence[str]) -> Iterator[Piece]:
    done = 0
    for match in _WORD.finditer(text):
        if _is_found(match.group(), wanted):
            if match.start() > done:
                yield Piece(text[done : match.start()], is_found=False)
            yield Piece(match.group(), is_found=True)
            done = match.end()
    if done < len(text):
        yield Piece(text[done:], is_found=False)


def snippet(text: str, wanted: Sequence[str], *, length: int = 220) -> list[Piece]:
    """Return the words around the first place that was found, in pieces; the beginning if none."""
    places = (one for one in _WORD.finditer(text) if _is_found(one.group(), wanted))
    first = next(places, None)
    start = max(0, first.start() - length // 3) if first else 0
    if start:
        start = text.find(" ", start) + 1
    end = text.rfind(" ", start, start + length) if len(text) > start + length else len(text)
    end = end if end > start else start + length
    before, after = "… " if start else "", " …" if end < len(text) else ""
    return marked(f"{before}{text[start:end]}{after}", wanted)
