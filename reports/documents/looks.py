"""What the words and paragraphs of a report are for Word: which style each piece of HTML has."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

#: Class of a paragraph → its style.
PARAGRAPHS: Mapping[str, str] = {
    "cover-programme": "PWCoverProgramme",
    "cover-kicker": "PWCoverKicker",
    "cover-title": "Title",
    "cover-edition": "Subtitle",
    "cover-warning": "PWCoverWarning",
    "cover-funding": "PWCoverFunding",
    "source": "PWSourceLine",
    "label": "PWLabel",
    "unit": "PWSmall",
    "problem": "PWProblem",
    "address": "PWSmall",
}
#: Class of some words → their style.
WORDS: Mapping[str, str] = {
    "unit": "PWQuiet",
    "definition": "PWQuiet",
    "remark": "PWQuiet",
    "digest": "PWDigest",
    "problem": "PWProblemWords",
}
#: Classes of words that stand on a line of their own, before or after others.
OWN_LINE_BEFORE, OWN_LINE_AFTER = {"definition", "remark"}, {"kicker"}
#: Classes of words that are bold.
BOLD = {"label", "kicker"}
#: Classes of tables without a grid: names before, what is said of them behind.
PLAIN_TABLES = {"facts", "plain", "organisations"}


@dataclass(slots=True)
class Item:
    """The item of a list that paragraphs stand in: the first one has its mark.

    Attributes:
        number: Id of the list and level.
        unmarked: The list without marks, for the paragraphs that go on with the item.
    """

    number: tuple[int, int]
    unmarked: tuple[int, int]
    is_begun: bool = False

    def take(self) -> tuple[int, int]:
        """Return the list and level of the next paragraph."""
        number = self.unmarked if self.is_begun else self.number
        self.is_begun = True
        return number


@dataclass(frozen=True, slots=True)
class Look:
    """How the next paragraphs are.

    Attributes:
        is_rtl: Whether they run from right to left.
        room: How wide they may be, in twentieths of a point.
        style: Id of their style; empty for plain text.
        item: The item of a list in which they stand.
        at_end: Whether their words stand at the far side.
        level: How many lists lie around them.
    """

    is_rtl: bool
    room: int
    style: str = ""
    item: Item | None = field(default=None, compare=False)
    at_end: bool = False
    level: int = 0

    def of(self, node: Any) -> "Look":
        """Return the look within an element, which may have a direction of its own."""
        own = {"rtl": True, "ltr": False}.get(node.get("dir", ""), self.is_rtl)
        return replace(self, is_rtl=own)


@dataclass(frozen=True, slots=True)
class Font:
    """How the next words are.

    Attributes:
        is_rtl: Whether they run from right to left.
        style: Id of their style, which may raise them; empty for plain words.
        bold: Whether they are bold.
        italic: Whether they are italic.
    """

    is_rtl: bool
    style: str = ""
    bold: bool = False
    italic: bool = False

    def of(self, node: Any) -> "Font":
        """Return the font within an element."""
        classes = classes_of(node)
        style = next((WORDS[one] for one in classes if one in WORDS), self.style)
        return Font(
            is_rtl={"rtl": True, "ltr": False}.get(node.get("dir", ""), self.is_rtl),
            style="PWRaised" if node.tag == "sup" else style,
            bold=self.bold or node.tag in ("strong", "b") or bool(classes & BOLD),
            italic=self.italic or node.tag in ("em", "i"),
        )


def classes_of(node: Any) -> set[str]:
    """Return the classes of an element."""
    return set(str(node.get("class", "")).split())


def paragraph_style(node: Any, otherwise: str) -> str:
    """Return the style that the class of a paragraph asks for."""
    if node.get("role") == "doc-biblioentry":
        return "PWReference"
    found = (PARAGRAPHS[one] for one in sorted(classes_of(node)) if one in PARAGRAPHS)
    return next(found, otherwise)
