"""The words of rendered HTML, block by block, and marks set into it that leave the rest alone.

The HTML is that of ``markup``: closed tags, values in double quotes. Nothing is read and written
anew, marks are only put between characters; so what was safe before is safe afterwards.
"""

import html
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from profile_workflow.anchors import Block, Place, Text

_PIECE = re.compile(
    r'(?P<tag></?(?P<name>[a-zA-Z][a-zA-Z0-9]*)(?:"[^"]*"|[^">])*>)'
    r"|(?P<entity>&(?:#\d+|#[xX][0-9a-fA-F]+|[a-zA-Z]\w*);)"
    r"|(?P<text>[^<&]+|[<&])"
)
_BLOCK_ID = re.compile(r'\sid="(b\d+)"')
_VOID = {"br", "hr", "img", "col", "wbr", "input"}
#: Elements at whose borders one word ends and another begins.
_BREAKS = {
    *("p", "ul", "ol", "li", "blockquote", "h2", "h3", "h4", "aside", "div", "section", "br"),
    *("figure", "figcaption"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td"),
    *("figure", "figcaption", "details", "summary"),
}
#: The number of a note is none of the words before it; nor is what a picture says.
_SILENT = 'class="note-mark"'


@dataclass(frozen=True, slots=True)
class Mark:
    """What is set around quoted words.

    Attributes:
        place: Where they stand.
        name: Id of the entry that quotes them, e.g. ``comment-12``.
        label: What stands behind them, e.g. its number.
        title: The same in words, for who hears the page.
    """

    place: Place
    name: str
    label: str
    title: str


@dataclass(slots=True)
class _Character:
    """A character as it is read, and where it stands in the HTML; nowhere for a made-up space."""

    shown: str
    start: int
    end: int
    link: "_Element | None"

    @property
    def is_written(self) -> bool:
        return self.end > self.start


@dataclass(slots=True)
class _Words:
    """The block that an id names: where its tag begins, and its characters."""

    id: str
    start: int
    characters: list[_Character] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(one.shown for one in self.characters)

    def add_space(self, start: int, end: int, link: "_Element | None") -> None:
        if not self.characters:
            return
        last = self.characters[-1]
        if last.shown != " ":
            self.characters.append(_Character(" ", start, end, link))
        elif last.is_written and last.end == start:
            last.end = end

    def add(self, shown: str, start: int, end: int, link: "_Element | None") -> None:
        if shown.isspace():
            self.add_space(start, end, link)
        else:
            self.characters.append(_Character(shown, start, end, link))


@dataclass(slots=True)
class _Element:
    """An open element: whose words it holds, and where it ended."""

    name: str
    words: _Words | None
    silent: bool
    link: "_Element | None" = None
    end: int = 0


class _Reader:
    """One reading of a text, character by character."""

    def __init__(self, source: str) -> None:
        self.blocks: list[_Words] = []
        self._open: list[_Element] = [_Element("", None, silent=False)]
        for piece in _PIECE.finditer(source):
            if piece["tag"]:
                self._tag(piece)
            else:
                self._characters(piece)
        for block in self.blocks:
            while block.characters and block.characters[-1].shown == " ":
                block.characters.pop()

    def _tag(self, piece: "re.Match[str]") -> None:
        name = piece["name"].lower()
        if name in _BREAKS:
            self._space(piece.end())
        if piece["tag"].startswith("</"):
            self._close(name, piece.end())
        elif name not in _VOID and not piece["tag"].endswith("/>"):
            self._begin(name, piece)

    def _space(self, at: int) -> None:
        words = self._open[-1].words
        if words is not None:
            words.add_space(at, at, None)

    def _begin(self, name: str, piece: "re.Match[str]") -> None:
        outer = self._open[-1]
        words = outer.words
        if found := _BLOCK_ID.search(piece["tag"]):
            words = _Words(found[1], piece.start())
            self.blocks.append(words)
        silent = outer.silent or name == "svg" or _SILENT in piece["tag"]
        element = _Element(name, words, silent, outer.link)
        if name == "a":
            element.link = element
        self._open.append(element)

    def _close(self, name: str, end: int) -> None:
        if len(self._open) > 1 and self._open[-1].name == name:
            self._open.pop().end = end

    def _characters(self, piece: "re.Match[str]") -> None:
        element = self._open[-1]
        if element.words is None or element.silent:
            return
        if piece["entity"]:
            shown = html.unescape(piece["entity"])
            element.words.add(shown[:1], piece.start(), piece.end(), element.link)
            return
        for place, character in enumerate(piece["text"], piece.start()):
            element.words.add(character, place, place + 1, element.link)


def read(source: str) -> Text:
    """Return the blocks of rendered HTML that have an id, with their words."""
    return Text([Block(one.id, one.text) for one in _Reader(source).blocks])


#: What goes first where several things are put between the same two characters.
_CLOSE, _NUMBER, _TOOLS, _START, _OPEN = range(5)

_Insertion = tuple[int, int, str]


def annotated(
    source: str, marks: Sequence[Mark], *, tools: Mapping[int, SafeString] | None = None
) -> SafeString:
    """Return rendered HTML with quoted words marked.

    Args:
        source: Safe HTML, the one that ``read`` was given when the places were found.
        marks: What to mark; words may be quoted several times.
        tools: Number of a block → safe HTML that is put before it.

    Returns:
        Safe HTML. Each quote begins at the id ``quote-`` and its name, and ends with its label,
        which leads to the entry of that name.
    """
    blocks = _Reader(source).blocks
    put: list[_Insertion] = []
    for number, several in _by_block(marks).items():
        put += _marked(blocks[number].characters, several)
    for number, extra in (tools or {}).items():
        put.append((blocks[number].start, _TOOLS, str(extra)))
    # The text is safe, and what is put into it is written by ``format_html``.
    return mark_safe("".join(_joined(source, put)))  # noqa: S308


def _by_block(marks: Iterable[Mark]) -> dict[int, list[Mark]]:
    found: dict[int, list[Mark]] = {}
    for mark in marks:
        found.setdefault(mark.place.number, []).append(mark)
    return found


def _joined(source: str, put: Sequence[_Insertion]) -> Iterator[str]:
    at = 0
    for place, _order, extra in sorted(put, key=lambda one: one[:2]):
        yield source[at:place]
        yield extra
        at = place
    yield source[at:]


def _marked(characters: Sequence[_Character], marks: Sequence[Mark]) -> Iterator[_Insertion]:
    for stretch, covering in _stretches(characters, marks):
        names = " ".join(mark.name for mark in covering)
        opening = format_html('<mark class="quoted" aria-details="{}">', names)
        yield stretch[0].start, _OPEN, opening
        yield stretch[-1].end, _CLOSE, "</mark>"
    for mark in marks:
        yield from _ends(characters[mark.place.start : mark.place.end], mark)


def _stretches(
    characters: Sequence[_Character], marks: Sequence[Mark]
) -> Iterator[tuple[list[_Character], list[Mark]]]:
    """Yield what can be one mark: the same quotes, and no tag in between."""
    borders = {edge for mark in marks for edge in (mark.place.start, mark.place.end)}
    stretch: list[_Character] = []
    for number, character in enumerate([*characters, None]):
        joins = character is not None and stretch and stretch[-1].end == character.start
        if stretch and (not joins or number in borders):
            first = number - len(stretch)
            covering = [one for one in marks if one.place.start <= first < one.place.end]
            if covering and any(not one.shown.isspace() for one in stretch):
                yield stretch, covering
            stretch = []
        if character is not None and character.is_written:
            stretch.append(character)


def _ends(characters: Sequence[_Character], mark: Mark) -> Iterator[_Insertion]:
    written = [one for one in characters if one.is_written and not one.shown.isspace()]
    if not written:
        return
    start = format_html('<span class="quote-start" id="quote-{}"></span>', mark.name)
    yield written[0].start, _START, start
    number = format_html(
        '<sup class="quote-number"><a href="#{}" aria-label="{}">{}</a></sup>',
        *(mark.name, mark.title, mark.label),
    )
    last = written[-1]
    # A link cannot stand within a link.
    yield (last.link.end if last.link else last.end), _NUMBER, number
