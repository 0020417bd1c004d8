"""Reading a Word text into blocks: what the dialect can hold, and a list of what it cannot."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from django.utils.translation import gettext as _

from profile_workflow.errors import InvalidInput
from profile_workflow.markup import MAX_TABLE_COLUMNS, MAX_TABLE_ROWS
from profile_workflow.word import names
from profile_workflow.word.blocks import (
    Block,
    Box,
    Figure,
    Heading,
    Item,
    Paragraph,
    Table,
    Verbatim,
    depth_of,
)
from profile_workflow.word.inline import Piece, on_one_line, plain_text
from profile_workflow.word.numbering import Numbering
from profile_workflow.word.package import Package, Patience, natural, open_package, tag
from profile_workflow.word.pictures import Taken, Taker
from profile_workflow.word.styles import ParagraphStyle, Styles
from profile_workflow.word.words import WRAPPERS, LeftOut, Words, inner_of

#: Deepest box in a box.
MOST_DEPTH = 5


@dataclass(slots=True)
class WordText:
    """What was read.

    Attributes:
        blocks: The text.
        left_out: What does not come along, by the number of the block in which it stood.
        origin: Short name of the profile that the file was made from; empty for other files.
    """

    blocks: list[Block] = field(default_factory=list)
    left_out: dict[int, list[LeftOut]] = field(default_factory=dict)
    origin: str = ""


def read_word(file: IO[bytes], patience: Patience, take: Taker | None = None) -> WordText:
    """Read a ``.docx``.

    Args:
        file: The file.
        patience: How long it may take, pictures apart.
        take: Takes its pictures; without, they are left out.

    Raises:
        InvalidInput: If it is none, or more than can be read; with a sentence on what to do.
    """
    package = open_package(file)
    reader = _Reader(package, patience, take)
    found = WordText(origin=package.properties.get(names.ORIGIN, ""))
    for element in package.body:
        read = list(reader.blocks_in([element], found.blocks[-1] if found.blocks else None))
        if left_out := reader.words.take_left_out():
            # What stands alone belongs to the text before it, not to the heading behind it.
            index = len(found.blocks) - (not read and bool(found.blocks))
            found.left_out.setdefault(index, []).extend(left_out)
        found.blocks += read
    if package.comments:
        found.left_out.setdefault(0, []).append(LeftOut("comments", str(package.comments)))
    return found


@dataclass(slots=True)
class _Reader:
    package: Package
    patience: Patience
    take: Taker | None
    styles: Styles = field(init=False)
    numbering: Numbering = field(init=False)
    words: Words = field(init=False)
    depth: int = 0
    figures_in_cells: list[Figure] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.styles = Styles(self.package.styles)
        self.numbering = Numbering(self.package.numbering)
        taker = self._take if self.take else None
        self.words = Words(self.package, self.styles, self.patience.check, taker)

    def _take(self, content: bytes) -> Taken:
        assert self.take is not None
        with self.patience.aside():
            return self.take(content)

    # Blocks

    def blocks_in(self, container: Any, previous: Block | None = None) -> Iterator[Block]:
        """Yield the blocks of the text, of a cell or of whatever only wraps some."""
        for element in container:
            self.patience.check()
            for block in self._blocks(element, previous):
                previous = block
                yield block

    def _blocks(self, element: Any, previous: Block | None) -> Iterator[Block]:
        if element.tag == tag("w:p"):
            yield from self._paragraph(element, previous)
        elif element.tag == tag("w:tbl"):
            yield from self._table(element)
        elif element.tag == tag("w:bookmarkStart"):
            self.words.bookmark(element)
        elif element.tag == tag("w:altChunk"):
            self.words.leave_out("object")
        elif element.tag in WRAPPERS and not _is_contents(element):
            yield from self.blocks_in(inner_of(element))

    def _paragraph(self, element: Any, previous: Block | None) -> Iterator[Block]:
        properties = element.find(tag("w:pPr"))
        style = self.styles.of_paragraph(properties)
        if style.name in names.GENERATED or style.name.startswith("toc "):
            self._pass_over(element)
            return
        pieces = list(self.words.pieces(element))
        yield from self._read(properties, style, pieces, previous)
        yield from self.words.take_figures()
        for box in self.words.take_boxes():
            # A caption stands with its picture in one box, mostly.
            yield from self.blocks_in(box)

    def _read(
        self, properties: Any, style: ParagraphStyle, pieces: list[Piece], previous: Block | None
    ) -> Iterator[Block]:
        if style.name == names.VERBATIM:
            yield Verbatim("".join(one.text for one in pieces))
        elif style.name == "title":
            self.words.leave_out("title", plain_text(pieces))
        elif (level := style.level) is not None:
            mark, self.words.marks = (self.words.marks[0] if self.words.marks else ""), []
            if plain_text(pieces) or mark:
                yield Heading(level, pieces, mark)
        else:
            yield from self._body(properties, style.name, style.number, pieces, previous)

    def _pass_over(self, element: Any) -> None:
        """Keep count of fields in a paragraph that is not read."""
        left_out, take = list(self.words.left_out), self.words.take
        self.words.take = None
        list(self.words.pieces(element))
        self.words.left_out, self.words.take = left_out, take

    def _body(
        self,
        properties: Any,
        name: str,
        of_style: tuple[str, int] | None,
        pieces: list[Piece],
        previous: Block | None,
    ) -> Iterator[Block]:
        place = self.numbering.place_of(properties, of_style)
        is_empty = not plain_text(pieces) and all(one.note is None for one in pieces)
        if place is not None:
            continues = place.continues and isinstance(previous, Item)
            if not (is_empty and place.continues):
                yield Item(
                    pieces,
                    place.level,
                    place.series,
                    place.number,
                    continues=continues,
                    is_loose=name == names.LOOSE_LIST,
                )
        elif is_empty:
            return
        elif name.startswith("list") and isinstance(previous, Item):
            yield Item(pieces, previous.level, previous.series, previous.number, continues=True)
        else:
            yield Paragraph(pieces, _ROLES.get(name, "text"))

    # Tables

    def _table(self, element: Any) -> Iterator[Block]:
        rows = list(_children(element, "w:tr"))
        cells = [self._cells(row) for row in rows]
        if self._is_generated(element):
            self._pass_over_all(element)
            return
        if len(cells) == 1 and len(cells[0]) == 1:
            yield from self._box(cells[0][0])
            return
        if self.depth:
            self._check_depth()
        found = Table([[self._cell(cell) for cell in row] for row in cells])
        found.numeric = _numeric_columns(cells)
        if len(found.rows) > MAX_TABLE_ROWS or max(map(len, found.rows), default=0) > (
            MAX_TABLE_COLUMNS
        ):
            self.words.leave_out("table_too_large", f"{MAX_TABLE_ROWS} × {MAX_TABLE_COLUMNS}")
        if any(plain_text(cell) for row in found.rows for cell in row):
            yield found
        if not self.depth:
            # A cell of ours holds words only: its pictures stand below the table.
            yield from self.figures_in_cells
            self.figures_in_cells = []

    def _pass_over_all(self, element: Any) -> None:
        for paragraph in element.iter(tag("w:p")):
            self._pass_over(paragraph)

    def _is_generated(self, element: Any) -> bool:
        first = element.find(f".//{tag('w:p')}")
        if first is None:
            return True
        return self.styles.of_paragraph(first.find(tag("w:pPr"))).name in names.GENERATED

    def _check_depth(self) -> None:
        if self.depth > MOST_DEPTH:
            raise InvalidInput(_("Tables and boxes stand too deep in one another in this file."))

    def _cells(self, row: Any) -> list[Any]:
        """Return the cells of a row; one that spans several columns is followed by empty ones."""
        found: list[Any] = []
        for cell in _children(row, "w:tc"):
            properties = cell.find(tag("w:tcPr"))
            merged = None if properties is None else properties.find(tag("w:vMerge"))
            if merged is not None and merged.get(tag("w:val")) != "restart":
                self.words.leave_out("merged")
                found.append(None)
                continue
            found.append(cell)
            span = None if properties is None else properties.find(tag("w:gridSpan"))
            width = _number(span, 1)
            if width > 1:
                self.words.leave_out("merged")
                found += [None] * min(width - 1, MAX_TABLE_COLUMNS)
        return found

    def _cell(self, cell: Any) -> list[Piece]:
        """Return the words of a cell on one line, which is all that a cell of ours can hold."""
        if cell is None:
            return []
        found: list[Piece] = []
        self.depth += 1
        self._check_depth()
        for block in self.blocks_in(cell):
            pieces = list(self._flat(block))
            found += [Piece(" "), *pieces] if found and pieces else pieces
        self.depth -= 1
        return on_one_line(found)

    def _flat(self, block: Block) -> Iterator[Piece]:
        if isinstance(block, Item):
            self.words.leave_out("list_in_table")
        if isinstance(block, Figure):
            self.figures_in_cells.append(block)
        elif isinstance(block, Table):
            self.words.leave_out("table_in_table")
            for cell in (cell for row in block.rows for cell in row):
                yield from (*cell, Piece(" "))
        elif isinstance(block, Box):
            yield Piece(f"{block.title} ")
            for inner in block.blocks:
                yield from (*self._flat(inner), Piece(" "))
        elif isinstance(block, Verbatim):
            yield Piece(block.line)
        else:
            yield from block.pieces

    def _box(self, cell: Any) -> Iterator[Block]:
        self.depth += 1
        self._check_depth()
        first = next(iter(_children(cell, "w:p")), None)
        properties = None if first is None else first.find(tag("w:pPr"))
        kind = names.BOXES.get(self.styles.of_paragraph(properties).name, "")
        title = ""
        if kind and first is not None:
            title = plain_text(self.words.pieces(first))
            cell.remove(first)
        blocks = list(self.blocks_in(cell))
        self.depth -= 1
        if blocks or title:
            box = Box(kind or "box", title, blocks)
            if depth_of([box]) > MOST_DEPTH:
                self._check_depth()
            yield box


def _children(element: Any, name: str) -> Iterator[Any]:
    """Yield the rows, cells or paragraphs of an element, within controls of a form too."""
    for child in element:
        if child.tag == tag(name):
            yield child
        elif child.tag in WRAPPERS:
            yield from _children(inner_of(child), name)


def _is_contents(element: Any) -> bool:
    gallery = element.find(f"{tag('w:sdtPr')}/{tag('w:docPartObj')}/{tag('w:docPartGallery')}")
    return gallery is not None and gallery.get(tag("w:val")) == "Table of Contents"


def _number(element: Any, otherwise: int) -> int:
    value = "" if element is None else str(element.get(tag("w:val"), ""))
    return natural(value, otherwise)


def _numeric_columns(rows: list[list[Any]]) -> set[int]:
    """Return the columns whose cells below the head all stand at the far end."""
    found: dict[int, list[bool]] = {}
    for row in rows[1:]:
        for column, cell in enumerate(row):
            if cell is not None and "".join(cell.itertext(tag("w:t"))).strip():
                found.setdefault(column, []).append(_stands_at_end(cell))
    return {column for column, ends in found.items() if all(ends)}


def _stands_at_end(cell: Any) -> bool:
    side = cell.find(f"{tag('w:p')}/{tag('w:pPr')}/{tag('w:jc')}")
    return side is not None and side.get(tag("w:val")) in ("right", "end")


_ROLES = {"quote": "quote", "intense quote": "quote", "caption": "caption"}
