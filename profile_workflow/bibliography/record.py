"""One source, apart from where it is stored, and the names of those who wrote it."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from profile_workflow.states import SourceKind

#: Signs that end a line, and those that do something other than being read.
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SEVERAL_SPACES = re.compile(r"\s+")
#: Marks that turn the direction of what follows, and a mark of byte order in the text.
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


@dataclass(frozen=True, slots=True)
class Reference:
    """A source with all that is kept of it.

    Attributes:
        key: What the text cites it by; empty if none was given.
        authors: Persons as ``Family, Given``, bodies as they call themselves, apart by semicolons.
        container: What it appeared in: the journal, or the book with the chapter.
        volume: Volume and issue of that, e.g. ``12(3)``.
    """

    key: str = ""
    kind: str = SourceKind.REPORT
    authors: str = ""
    year: str = ""
    title: str = ""
    container: str = ""
    volume: str = ""
    pages: str = ""
    publisher: str = ""
    language: str = ""
    doi: str = ""
    url: str = ""
    accessed_on: date | None = None
    note: str = ""


#: What is kept of a source besides the key, which belongs to one profile.
CONTENT = tuple(one.name for one in fields(Reference) if one.name != "key")


def reference_of(row: Any) -> Reference:
    """Return a source as it is stored, without where it is stored."""
    return Reference(row.key, **{name: getattr(row, name) for name in CONTENT})


def one_line(text: str) -> str:
    """Return a text on one line, without signs that cannot be seen."""
    return _SEVERAL_SPACES.sub(" ", _visible(text)).strip()


def lines(text: str) -> str:
    """Return a text on its lines, without signs that cannot be seen."""
    kept = (_SEVERAL_SPACES.sub(" ", one).strip() for one in _visible(text).split("\n"))
    return "\n".join(kept).strip("\n")


def _visible(text: str) -> str:
    text = _LINE_ENDS.sub("\n", text)
    if text.isascii() and text.isprintable():
        return text
    return "".join(one for one in text if one in "\n\t" or not _is_hidden(one))


def _is_hidden(sign: str) -> bool:
    return unicodedata.category(sign) in {"Cc", "Cs", "Co", "Cn"} or sign in _TURNING


# Names


@dataclass(frozen=True, slots=True)
class Name:
    """A person by family name and given names, or a body by its family name alone."""

    family: str
    given: str = ""

    def __str__(self) -> str:
        comma = "، " if _is_arabic(self.family) else ", "
        return f"{self.family}{comma}{self.given}" if self.given else self.family


_MOST_WORDS = 3
#: Words that stand between names of bodies, not within the name of a person.
_JOINING = frozenset({"and", "et", "of", "for", "the", "de", "des", "du", "la", "pour", "و"})


def names_of(authors: str) -> tuple[Name, ...]:
    """Return the authors one by one.

    ``Family, Given`` is taken for a person if both sides look like names; anything else is a body.
    """
    several = (one_line(one) for one in re.split("[;؛]", authors))
    return tuple(_name(one) for one in several if one)


def joined(names: Iterable[Name]) -> str:
    """Return authors as they are kept: apart by semicolons."""
    return "; ".join(map(str, names))


def _name(words: str) -> Name:
    comma = "،" if _is_arabic(words) else ","
    family, mark, given = words.partition(f"{comma} ")
    if mark and _is_personal(family) and _is_given(given) and comma not in given:
        return Name(family.strip(), given.strip())
    return Name(words)


def _is_personal(family: str) -> bool:
    return 0 < len(family.split()) <= _MOST_WORDS and family == family.strip()


def _is_given(given: str) -> bool:
    """Whether words may be given names: few, with capitals or initials, and no acronym."""
    words = given.split()
    if not 0 < len(words) <= _MOST_WORDS or given != " ".join(words):
        return False
    return all(_may_be_given(word) for word in words)


def _may_be_given(word: str) -> bool:
    if word.casefold() in _JOINING or not word[0].isalpha() or word[0].islower():
        return False
    letters = [one for one in word if one.isalpha()]
    is_acronym = len(letters) > 1 and word.isupper() and "." not in word and "-" not in word
    return not is_acronym


def _is_arabic(words: str) -> bool:
    first = next((one for one in words if one.isalpha()), "")
    return "\u0600" <= first <= "\u06ff"
