"""A text taken apart for reading: its passages in plain words, its headings, its typed tables."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache

from markdown_it.token import Token

from profile_workflow import markup


class Kind(Enum):
    """What a passage is."""

    TEXT = "text"
    HEADING = "heading"
    CAPTION = "caption"
    HEADER = "header"
    CELL = "cell"
    NOTE = "note"
    QUOTATION = "quotation"
    SOURCE = "source"


#: Whose words are others': they are left as they are.
_OF_OTHERS = (Kind.QUOTATION, Kind.SOURCE)

#: A place in a text: where it begins, and where it has ended.
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, an item of a list, a heading, a cell or a note, as plain words.

    Attributes:
        text: The words without markup and citations.
        block: Where it stands in the text as it was written.
        sources: Where in the words a source is cited, a note or a link stands, or a table with
            sources is pointed to.
        italics: Words set in italics, as titles of laws and books are.
        is_led_in: Whether it is an item of a list whose lead-in cites a source.
    """

    kind: Kind
    text: str
    block: Span
    sources: tuple[int, ...] = ()
    italics: tuple[Span, ...] = ()
    is_led_in: bool = False

    @property
    def is_of_others(self) -> bool:
        """Whether somebody else is speaking."""
        return self.kind in _OF_OTHERS


@dataclass(frozen=True, slots=True)
class Title:
    """A heading: its level in the dialect (3 or 4), and whether anything stands beneath it."""

    level: int
    passage: Passage
    is_empty: bool


@dataclass(slots=True)
class Grid:
    """A typed table.

    Attributes:
        block: Where it stands in the text as it was written.
        caption: Its caption; empty if it has none.
        rows: Its cells; the first row is the header.
        is_sourced: Whether it says where its figures are from.
    """

    block: Span
    caption: str = ""
    rows: list[list[str]] = field(default_factory=list)
    is_sourced: bool = False

    @property
    def header(self) -> list[str]:
        """The cells of the first row."""
        return self.rows[0] if self.rows else []

    @property
    def body(self) -> list[list[str]]:
        """The rows beneath."""
        return self.rows[1:]


@dataclass(frozen=True, slots=True)
class Reading:
    """A text taken apart, everything in the order of the text."""

    passages: tuple[Passage, ...]
    titles: tuple[Title, ...]
    grids: tuple[Grid, ...]


@lru_cache(maxsize=256)
def reading_of(text: str) -> Reading:
    """Take a text of the dialect apart; the same text is read only once."""
    tokens = markup.parse(text).tokens
    reader = _Reader(_line_starts(text), len(text))
    for token in tokens:
        reader.take(token)
    return Reading(tuple(reader.passages), tuple(_titles(reader)), tuple(reader.grids))


_LINE_END = re.compile(r"\r\n?|\n")


def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in _LINE_END.finditer(text))]


@dataclass(slots=True)
class _Words:
    """The plain words of some tokens, while they are being collected."""

    text: str = ""
    sources: list[int] = field(default_factory=list)
    italics: list[Span] = field(default_factory=list)
    notes: list[Sequence[Token]] = field(default_factory=list)


_KIND_OF = {"th_open": Kind.HEADER, "td_open": Kind.CELL, "heading_open": Kind.HEADING}


@dataclass(slots=True)
class _Reader:
    """Goes through the tokens of a text once."""

    starts: list[int]
    length: int
    passages: list[Passage] = field(default_factory=list)
    levels: list[tuple[int, int]] = field(default_factory=list)
    grids: list[Grid] = field(default_factory=list)
    kind: Kind = Kind.TEXT
    quoted: int = 0
    lists: int = 0
    is_led_in: bool = False
    block: Span = (0, 0)
    after_table: bool = False
    blocks: int = 0
    marks: list[int] = field(default_factory=list)

    def take(self, token: Token) -> None:
        """Read one more token."""
        if token.map:
            self.block = self._block(token.map)
        if token.type.startswith("blockquote"):
            self.quoted += token.nesting
        elif token.type.startswith(("bullet_list", "ordered_list")):
            self._list(token)
        elif token.type == "inline":
            self._words(token)
        elif token.type == "placement":
            self.blocks += 1
        elif token.type.startswith(("table", "tr", "th", "td")):
            self._table(token)
        else:
            self._paragraph(token)

    def _list(self, token: Token) -> None:
        if not self.lists:
            lead = self.passages[-1] if self.passages else None
            is_open = lead is not None and lead.text.rstrip().endswith(":")
            self.is_led_in = is_open and bool(lead and lead.sources)
        self.lists += token.nesting
        self.is_led_in = self.is_led_in and self.lists > 0
        self._paragraph(token)

    def _block(self, lines: Sequence[int]) -> Span:
        last = len(self.starts) - 1
        start = self.starts[min(lines[0], last)]
        end = self.starts[lines[1]] if lines[1] <= last else self.length
        return start, max(start, end)

    def _paragraph(self, token: Token) -> None:
        if token.type == "heading_open":
            self.kind = Kind.HEADING
            self.levels.append((int(token.tag[1]), len(self.passages)))
            self.marks.append(self.blocks)
        elif token.type == "paragraph_open":
            is_source = token.attrGet("class") == "source"
            self.kind = Kind.SOURCE if is_source else Kind.TEXT
            if is_source and self.after_table:
                self.grids[-1].is_sourced = True
        if token.nesting == 1 and token.type != "heading_open":
            self.blocks += 1
            self.after_table = False

    def _table(self, token: Token) -> None:
        if token.type == "table_open":
            self.blocks += 1
            self.grids.append(Grid(self.block))
            if caption := token.meta.get("caption"):
                words = _collect(markup.line_token(caption).children or ())
                self.grids[-1].caption = words.text.strip()
                self.grids[-1].is_sourced = bool(words.sources)
                self._keep(Kind.CAPTION, words)
        elif token.type == "table_close":
            self.after_table = True
        elif token.type == "tr_open":
            self.grids[-1].rows.append([])
        elif token.type in _KIND_OF:
            self.kind = _KIND_OF[token.type]

    def _words(self, token: Token) -> None:
        words = _collect(token.children or ())
        if self.kind in (Kind.HEADER, Kind.CELL):
            grid = self.grids[-1]
            grid.rows[-1].append(words.text.strip())
            grid.is_sourced = grid.is_sourced or bool(words.sources)
        kind = Kind.QUOTATION if self.quoted and self.kind is Kind.TEXT else self.kind
        self._keep(kind, words)
        for note in words.notes:
            self._keep(Kind.NOTE, _collect(note))

    def _keep(self, kind: Kind, words: _Words) -> None:
        sources, italics = tuple(words.sources), tuple(words.italics)
        passage = Passage(kind, words.text, self.block, sources, italics, self.is_led_in)
        self.passages.append(passage)


def _titles(reader: _Reader) -> Iterator[Title]:
    """Pair each heading with whether the next one of its level or higher follows at once."""
    ends = [*reader.marks, reader.blocks]
    levels = [*(level for level, _place in reader.levels), 0]
    for number, (level, place) in enumerate(reader.levels):
        is_empty = ends[number] == ends[number + 1] and levels[number + 1] <= level
        yield Title(level, reader.passages[place], is_empty)


def _collect(tokens: Sequence[Token]) -> _Words:
    words, length = _Words(), 0
    parts: list[str] = []
    italics: list[int] = []
    for token in tokens:
        shown = _shown(token)
        if token.type in ("citation", "note", "reference") and parts:
            # The blank before it goes with it, so that none is left before the full stop.
            length -= len(parts[-1]) - len(parts[-1].rstrip(" "))
            parts[-1] = parts[-1].rstrip(" ")
        parts.append(shown)
        length += len(shown)
        if token.type == "em_open":
            italics.append(length)
        elif token.type == "em_close" and italics:
            words.italics.append((italics.pop(), length))
        elif token.type == "note":
            words.notes.append(token.children or ())
        if token.type in ("citation", "note", "link_open") or _points_to_figures(token):
            words.sources.append(length)
    words.text = "".join(parts)
    return words


def _points_to_figures(token: Token) -> bool:
    """Whether words rest on a data table, whose figures all have their sources."""
    return token.type == "reference" and token.meta["reference"].kind != "section"


def _shown(token: Token) -> str:
    if token.type in ("text", "text_special"):
        return token.content
    return " " if token.type in ("softbreak", "hardbreak") else ""
