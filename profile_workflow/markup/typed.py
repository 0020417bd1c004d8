"""Tables that are typed in a text: their cells as words, and where they stand in the source."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it.rules_block.table import escapedSplit
from markdown_it.token import Token

from profile_workflow.markup.dialect import (
    REFERENCE,
    SOURCE,
    Reference,
    line_starts,
    line_token,
    parse,
)
from profile_workflow.markup.mentioned import text_of
from profile_workflow.markup.outlines import folded

#: Markup that says more than its words do.
_MORE = ("citation", "note", "reference", "link_open")
#: A reference whose bracket is not escaped.
_POINTING = re.compile(rf"(?<!\\)((?:\\\\)*)(?:{REFERENCE.pattern})")


@dataclass(frozen=True, slots=True)
class TypedTable:
    """A pipe table.

    Attributes:
        caption: Its caption, without markup; empty if it has none.
        typed_caption: Its caption as it is typed.
        rows: The words of its cells; the first row is its head.
        typed_rows: Its cells as they are typed; behind them those for which there is no column.
        prose: The lines that count as its rows, but are not typed as cells.
        text: All of it as it is typed, with its caption.
        begin: Where it begins in the text, with its caption.
        end: Where it ends, without what follows it.
        is_meant: Whether references to its caption mean it: an earlier one may have the same.
        source: The line that says where it is from, as it is written; empty if there is none.
        source_end: Where that line ends; ``end`` if there is none.
    """

    caption: str
    typed_caption: str
    rows: tuple[tuple[str, ...], ...]
    typed_rows: tuple[tuple[str, ...], ...]
    prose: tuple[str, ...]
    text: str
    begin: int
    end: int
    is_meant: bool
    source: str
    source_end: int

    @property
    def is_too_large(self) -> bool:
        """Whether there are rows or columns that are left out."""
        return any(problem.code == "table_too_large" for problem in parse(self.text).problems)


@dataclass(frozen=True, slots=True)
class _Row:
    words: tuple[str, ...]
    typed: tuple[str, ...]
    begin: int
    line: str

    @property
    def is_source(self) -> bool:
        """Whether it is a line that says where the table is from: no blank line parts them."""
        return bool(SOURCE.match(self.line)) and self.is_prose

    @property
    def is_prose(self) -> bool:
        """Whether it is a line without cells."""
        return len(escapedSplit(self.line)) == 1


def typed_tables(text: str) -> list[TypedTable]:
    """Return the tables that are typed in a text, but for those within boxes and quotations."""
    tokens = parse(text).tokens
    lines = line_starts(text)
    opened = [place for place, token in enumerate(tokens) if token.type == "table_open"]
    captions = {place: folded(_caption(tokens[place])) for place in opened}
    first = {captions[place]: place for place in reversed(opened)}
    return [
        _table(text, tokens, place, lines, is_meant=first[captions[place]] == place)
        for place in opened
        if tokens[place].level == 0
    ]


def _caption(opened: Token) -> str:
    return text_of([line_token(opened.meta.get("caption", ""))])


def _table(
    text: str, tokens: Sequence[Token], first: int, lines: Sequence[int], *, is_meant: bool
) -> TypedTable:
    last = next(n for n in range(first, len(tokens)) if tokens[n].type == "table_close")
    inner = tokens[first : last + 1]
    begin = lines[min(one.map[0] for one in inner if one.map)]
    end = source_end = lines[max(one.map[1] for one in inner if one.map)]
    rows = list(_rows(inner, text, lines))
    following = tokens[last + 1 : last + 3]
    source = ""
    if len(rows) > 1 and rows[-1].is_source:
        end, source = rows[-1].begin, rows.pop().line
    elif following and following[0].attrGet("class") == "source" and following[0].map:
        source, source_end = following[1].content, lines[following[0].map[1]]
    return TypedTable(
        caption=_caption(tokens[first]),
        typed_caption=tokens[first].meta.get("caption", ""),
        rows=tuple(row.words for row in rows),
        typed_rows=tuple(row.typed for row in rows),
        prose=tuple(row.line for row in rows if row.is_prose and len(row.words) > 1),
        text=text[begin:end],
        begin=begin,
        end=end,
        is_meant=is_meant,
        source=source,
        source_end=source_end,
    )


def _rows(inner: Sequence[Token], text: str, lines: Sequence[int]) -> Iterator[_Row]:
    begin, line = 0, ""
    cells: list[Token] = []
    for token in inner:
        if token.type == "tr_open" and token.map:
            begin, cells = lines[token.map[0]], []
            line = text[begin : lines[token.map[1]]].strip()
        elif token.type == "inline":
            cells.append(token)
        elif token.type == "tr_close":
            typed = (*(cell.content for cell in cells), *_beyond(line, len(cells)))
            yield _Row(tuple(text_of([cell]) for cell in cells), typed, begin, line)


def _beyond(line: str, width: int) -> list[str]:
    """Return the cells of a line that stand behind the last column, and are not read."""
    cells = escapedSplit(line)
    if not cells[0]:
        cells = cells[1:]
    return [cell.strip() for cell in cells[width:] if cell.strip()]


def holds_more(typed: str) -> bool:
    """Whether a cell or a caption holds a citation, a note, a reference or a link."""
    return any(token.type in _MORE for token in line_token(typed).children or [])


def with_placement(text: str, table: TypedTable, *, key: str, drop_source: bool) -> str:
    """Return a text that places a data table where it had a typed one.

    Args:
        text: The text.
        table: A table of it.
        key: Key of the data table.
        drop_source: Whether the line that says where the table is from goes too.
    """
    before, rest = text[: table.begin], text[table.source_end if drop_source else table.end :]
    blanks = before[len(before.rstrip()) :].replace("\r\n", "\n").replace("\r", "\n")
    above = "" if blanks.count("\n") > 1 or not before.strip() else "\n"
    below = "\n" if rest.strip() and rest[0] not in "\r\n" else ""
    return f"{before}{above}[[table:{key}]]\n{below}{rest}"


def repointed(text: str, old: Reference, key: str) -> str:
    """Return a text whose references to a typed table lead to a data table.

    Args:
        text: The text.
        old: What means the typed table: the key of its section, and its caption.
        key: Key of the data table.
    """

    def pointing(found: "re.Match[str]") -> str:
        before, _figure, kind, section, words = found.groups(default="")
        is_it = (kind, section) == (old.kind, old.key) and words
        return f"{before}{Reference(old.kind, key)}" if is_it and same(words) else found[0]

    def same(words: str) -> bool:
        return folded(words) == folded(old.words)

    return _POINTING.sub(pointing, text)
