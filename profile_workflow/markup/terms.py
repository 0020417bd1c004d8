"""What a rendering is given, and what it gives back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

from django.utils.safestring import SafeString

from profile_workflow.markup.dialect import Problem, Reference


class Medium(Enum):
    """Where the text is shown, which decides how notes, headings and directions are written."""

    WEB = "web"
    PRINT = "print"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the text: its level in the dialect (3 or 4), number, words and address."""

    level: int
    number: str
    text: str
    id: str


@dataclass(frozen=True, slots=True)
class Exhibit:
    """A table or figure of the text, in the order of printing.

    Attributes:
        kind: ``table``, ``figure`` or ``image``.
        key: Key of the data table or picture, or an empty string for a table typed in the text.
        caption: Caption of a typed table.
        id: Address of the block.
    """

    kind: str
    key: str
    caption: str
    id: str


@dataclass(frozen=True, slots=True)
class Target:
    """Where a reference leads: the words that are printed, and an address, which may be empty."""

    words: str
    address: str = ""


def _as_named(reference: Reference) -> Target | None:
    return Target(reference.words or f"{reference.kind} {reference.key}")


def _nothing(_key: str, _id: str) -> None:
    return None


def _no_label(_caption: str, _id: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Exhibits:
    """How the caller draws what the text places.

    Attributes:
        table: ``(key, block id)`` → safe HTML of a data table, or ``None`` if there is no such.
        figure: ``(key, block id)`` → safe HTML of a chart, or ``None``.
        label: ``(caption, block id)`` → words before the caption of a typed table ("Table 3").
        refer: What a text points to → where that is, or ``None`` if it is nowhere.
        image: ``(key, block id)`` → safe HTML of a picture, or ``None``.
    """

    table: Callable[[str, str], str | None] = _nothing
    figure: Callable[[str, str], str | None] = _nothing
    label: Callable[[str, str], str] = _no_label
    refer: Callable[[Reference], Target | None] = _as_named
    image: Callable[[str, str], str | None] = _nothing


@dataclass(frozen=True, slots=True)
class Rendered:
    """The HTML of one section, and what it uses."""

    html: SafeString
    citations: list[str] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    tables: list[Exhibit] = field(default_factory=list)
    figures: list[Exhibit] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
