"""The blocks of a Word text – headings, lists, tables, boxes – and how the dialect writes them."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from profile_workflow.markup import captions
from profile_workflow.word.inline import Piece, on_one_line, plain_text, to_markdown, without

_NUMBERED_CAPTION = re.compile(
    rf"^\s*{captions.any_of(captions.TABLE)}\s*"
    r"(?:[\d\u0660-\u0669]+(?:[.\-][\d\u0660-\u0669]+)*\s*[:.\u2013\u2014-]?|:)\s*",
    re.IGNORECASE,
)
_CLOSING_MARKS = re.compile(r"(#+)$")


@dataclass(slots=True)
class Heading:
    """A heading: its level in Word from 1, its words, and the mark of the section it begins."""

    level: int
    pieces: list[Piece]
    mark: str = ""

    @property
    def words(self) -> str:
        """The words of the heading."""
        return plain_text(self.pieces)


@dataclass(slots=True)
class Paragraph:
    """A paragraph; ``role`` is ``text``, ``quote`` or ``caption``."""

    pieces: list[Piece]
    role: str = "text"


@dataclass(slots=True)
class Item:
    """A paragraph of a list: level from 0, the list that it belongs to, its number if it has one.

    ``continues`` tells that it goes on with the item before. ``is_loose`` comes from our own files.
    """

    pieces: list[Piece]
    level: int
    series: str = ""
    number: int | None = None
    continues: bool = False
    is_loose: bool = False


@dataclass(slots=True)
class Table:
    """A table: cells in rows, and which columns hold numbers."""

    rows: list[list[list[Piece]]]
    numeric: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Box:
    """Blocks in a frame; ``kind`` is ``box``, ``practice``, ``warning`` or ``quote``."""

    kind: str
    title: str
    blocks: "list[Block]"


@dataclass(slots=True)
class Verbatim:
    """A line of the dialect that Word has no form for, to be taken back as it stands."""

    line: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture: by what the text places it, the hash of its file, and what is said of it.

    ``is_new`` tells that nothing is said of it elsewhere yet.
    """

    key: str
    sha256: str
    is_new: bool
    alt: str = ""
    caption: str = ""
    credit: str = ""


Block = Heading | Paragraph | Item | Table | Box | Verbatim | Figure


def to_text(
    blocks: Sequence[Block], *, above: int, language: str, check: Callable[[], None]
) -> str:
    """Write blocks in the dialect.

    Args:
        blocks: What stands in the section, without its own heading.
        above: Level in Word of the heading above them; those beneath become ``###`` and ``####``.
        language: Language of the text, for the word before captions.
        check: Called before each block; ends the work by an error of its own.
    """
    writer = _Writer(above, language, check)
    return "\n\n".join(part for part in writer.parts(_captions_first(blocks)) if part)


def depth_of(blocks: Iterable[Block]) -> int:
    """Return how deep boxes stand in one another."""
    return max((1 + depth_of(one.blocks) for one in blocks if isinstance(one, Box)), default=0)


def _captions_first(blocks: Sequence[Block]) -> list[Block]:
    """Put a caption that stands below its table, and above no other, above it."""
    found: list[Block] = []
    for block, following in zip(blocks, (*blocks[1:], None), strict=False):
        is_caption = isinstance(block, Paragraph) and block.role == "caption"
        is_free = is_caption and not isinstance(following, Table)
        below = is_free and found and isinstance(found[-1], Table) and not _captioned(found)
        found.insert(len(found) - 1 if below else len(found), block)
    return found


def _captioned(blocks: Sequence[Block]) -> bool:
    before = blocks[-2] if len(blocks) > 1 else None
    return isinstance(before, Paragraph) and before.role == "caption"


@dataclass(slots=True)
class _Writer:
    above: int
    language: str
    check: Callable[[], None]

    def parts(self, blocks: Sequence[Block]) -> Iterator[str]:
        """Yield what is to be divided by empty lines."""
        index = 0
        while index < len(blocks):
            self.check()
            group = _group(blocks, index)
            index += len(group)
            yield self._group(group, blocks[index] if index < len(blocks) else None)

    def _group(self, group: Sequence[Block], following: Block | None) -> str:
        first = group[0]
        if isinstance(first, Item):
            items = [one for one in group if isinstance(one, Item)]
            return "\n\n".join(_lists(items))
        if isinstance(first, Verbatim):
            return "\n".join(one.line for one in group if isinstance(one, Verbatim)).strip("\n")
        if isinstance(first, Paragraph) and first.role == "quote":
            return _quoted("\n\n".join(self._one(one, None) for one in group))
        return self._one(first, following)

    def _one(self, block: Block, following: Block | None) -> str:
        if isinstance(block, Heading):
            return self._heading(block)
        if isinstance(block, Table):
            return _table(block)
        if isinstance(block, Box):
            return self._box(block)
        if isinstance(block, Figure):
            return f"[[image:{block.key}]]"
        if isinstance(block, Paragraph) and block.role == "caption":
            return self._caption(block, following)
        return to_markdown(block.pieces) if isinstance(block, Paragraph) else ""

    def _heading(self, block: Heading) -> str:
        marks = "###" if block.level - self.above <= 1 else "####"
        text = to_markdown(on_one_line(without(block.pieces)))
        return f"{marks} {_CLOSING_MARKS.sub(_escaped_marks, text)}" if text else ""

    def _caption(self, block: Paragraph, following: Block | None) -> str:
        text = to_markdown(on_one_line(without(block.pieces, italic=True)))
        if not isinstance(following, Table):
            return text
        return captions.line_starts(self.language)[0] + _NUMBERED_CAPTION.sub("", text)

    def _box(self, block: Box) -> str:
        inner = "\n\n".join(part for part in self.parts(_captions_first(block.blocks)) if part)
        if block.kind == "quote":
            return _quoted(inner)
        fence = ":" * (3 + depth_of(block.blocks))
        title = f" {block.title}" if block.title else ""
        return f"{fence}{block.kind}{title}\n{inner}\n{fence}"


def _escaped_marks(match: re.Match[str]) -> str:
    return "".join(f"\\{sign}" for sign in match[1])


def _group(blocks: Sequence[Block], start: int) -> Sequence[Block]:
    """Return the blocks from one on that are written together: a list, a quotation, lines."""
    first = blocks[start]
    end = start + 1
    while end < len(blocks) and _belongs(first, blocks[end]):
        end += 1
    return blocks[start:end]


def _belongs(first: Block, other: Block) -> bool:
    if isinstance(first, Paragraph):
        return first.role == "quote" and isinstance(other, Paragraph) and other.role == "quote"
    return isinstance(first, Item | Verbatim) and type(other) is type(first)


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip(" ") for line in text.split("\n"))


# Tables


def _table(block: Table) -> str:
    width = max((len(row) for row in block.rows), default=0)
    rows = [[*row, *([[]] * (width - len(row)))] for row in block.rows]
    if not width:
        return ""
    head, *body = rows
    if all(_is_bold(cell) for cell in head):
        head = [without(cell) for cell in head]
    rules = ["---:" if column in block.numeric else "---" for column in range(width)]
    lines = [[_cell(cell) for cell in head], rules]
    lines += ([_cell(cell) for cell in row] for row in body)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _is_bold(cell: Sequence[Piece]) -> bool:
    return all(one.bold for one in cell if one.text.strip())


def _cell(pieces: Sequence[Piece]) -> str:
    return re.sub(r"(?<!\\)\|", r"\\|", to_markdown(on_one_line(pieces)))


# Lists


@dataclass(slots=True)
class _Entry:
    """An item: its paragraphs, and the lists within it."""

    paragraphs: list[str]
    lists: "list[_List]" = field(default_factory=list)


@dataclass(slots=True)
class _List:
    level: int
    series: str
    start: int | None
    entries: list[_Entry] = field(default_factory=list)
    is_loose: bool = False


def _lists(items: Sequence[Item]) -> Iterator[str]:
    """Yield each of the lists that follow one another, with marks that keep them apart."""
    for one, other in _told_apart(_trees(items)):
        yield "\n".join(_list_lines(one, other=other))


def _told_apart(lists: Sequence[_List]) -> Iterator[tuple[_List, bool]]:
    """Yield each list and whether it takes the other mark, because one like it stands before."""
    other, before = False, None
    for one in lists:
        is_ordered = one.start is not None
        other = not other if is_ordered == before else False
        before = is_ordered
        yield one, other


def _trees(items: Sequence[Item]) -> list[_List]:
    top: list[_List] = []
    path: list[_List] = []
    for item in items:
        text = to_markdown(item.pieces)
        if item.continues and path:
            _go_on(path, item, text)
            continue
        while path and (
            path[-1].level > item.level
            or (path[-1].level == item.level and path[-1].series != item.series)
        ):
            path.pop()
        if not path or path[-1].level < item.level:
            new = _List(item.level, item.series, item.number)
            (path[-1].entries[-1].lists if path else top).append(new)
            path.append(new)
        path[-1].entries.append(_Entry([text]))
        path[-1].is_loose |= item.is_loose
    return top


def _go_on(path: list[_List], item: Item, text: str) -> None:
    while len(path) > 1 and path[-1].level > item.level:
        path.pop()
    path[-1].entries[-1].paragraphs.append(text)
    path[-1].is_loose = True


def _list_lines(one: _List, *, other: bool) -> Iterator[str]:
    for number, entry in enumerate(one.entries):
        if one.start is None:
            mark = "* " if other else "- "
        else:
            mark = f"{one.start + number}{')' if other else '.'} "
        if number and one.is_loose:
            yield ""
        for index, line in enumerate(_entry_lines(entry, is_loose=one.is_loose)):
            indented = f"{' ' * len(mark)}{line}" if line else ""
            yield indented if index else f"{mark}{line}".rstrip(" ")


def _entry_lines(entry: _Entry, *, is_loose: bool) -> Iterator[str]:
    for index, paragraph in enumerate(entry.paragraphs):
        if index:
            yield ""
        yield from paragraph.split("\n")
    for inner, other in _told_apart(entry.lists):
        # A list that does not begin with one is part of the paragraph without an empty line.
        if is_loose or inner.start not in (None, 1):
            yield ""
        yield from _list_lines(inner, other=other)
