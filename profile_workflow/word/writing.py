"""Writing sections as a Word text: each form of the dialect as what Word has for it.

What Word has no form for stands there as it is typed, in a style that says so, and is taken back
as it stands.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from profile_workflow import markup
from profile_workflow.markup import captions
from profile_workflow.word import elements, names
from profile_workflow.word.document import (
    WordDocument,
    WordImage,
    WordPicture,
    WordSection,
    WordTable,
)
from profile_workflow.word.elements import add, cell, is_rtl, paragraph, row, run, table, words
from profile_workflow.word.inline import shown
from profile_workflow.word.package import tag

#: Width of the text on a page of A4, in twentieths of a point.
TEXT_WIDTH = 9_300
_DEEPEST_LIST = 8
#: Least fineness in which a picture is printed.
_DOTS_AN_INCH = 150
_BULLETS, _NUMBERS, _NO_MARK = 0, 1, 2
_LISTS = ("bullet_list", "ordered_list")


@dataclass(frozen=True, slots=True)
class ListStart:
    """A list: which of the three kinds, its level, and the number that it begins with."""

    kind: int
    level: int
    start: int


@dataclass(slots=True)
class Written:
    """What was written, for the parts of the file beside the text.

    Attributes:
        body: The text.
        footnotes: Paragraph of each footnote, from number one.
        links, note_links: Address → name of the reference to it, in the text and in the notes.
        lists: The lists; the id of the first is one.
        images: What is drawn → name of the reference to it; the same thing is kept once.
    """

    body: Any
    footnotes: list[Any] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    note_links: dict[str, str] = field(default_factory=dict)
    lists: list[ListStart] = field(default_factory=list)
    images: dict[WordImage, str] = field(default_factory=dict)


def write(document: WordDocument) -> Written:
    """Write the text of a file."""
    writer = _Writer(document, document.language == "ar")
    return writer.write()


@dataclass(slots=True)
class _Look:
    """How the words are that come next."""

    bold: int = 0
    italic: int = 0


@dataclass(slots=True)
class _Writer:
    document: WordDocument
    is_rtl: bool
    found: Written = field(init=False)
    lines: Sequence[str] = ()
    pictures: Mapping[str, WordPicture] = field(default_factory=dict)
    bookmarks: int = 0
    drawings: int = 0
    in_note: bool = False

    def __post_init__(self) -> None:
        self.found = Written(elements.element("w:body"))

    def write(self) -> Written:
        body, document = self.found.body, self.document
        self._say(body, document.title, "PWGeneratedTitle")
        for sentence in document.introduction:
            self._say(body, sentence)
        for section in document.sections:
            self._section(section)
        self._page()
        return self.found

    def _page(self) -> None:
        page = add(self.found.body, "w:sectPr")
        add(page, "w:pgSz", w=11906, h=16838)
        margins = {"top": 1304, "right": 1304, "bottom": 1304, "left": 1304}
        add(page, "w:pgMar", **margins, header=708, footer=708, gutter=0)
        if self.is_rtl:
            add(page, "w:bidi")

    def _say(self, parent: Any, text: str, style: str = "PWGenerated") -> None:
        runs_rtl = is_rtl(text, otherwise=self.is_rtl)
        words(paragraph(parent, style, is_rtl=runs_rtl), text, is_rtl=runs_rtl)

    def _section(self, section: WordSection) -> None:
        body = self.found.body
        runs_rtl = is_rtl(section.heading, otherwise=self.is_rtl)
        heading = paragraph(body, "Heading1", is_rtl=runs_rtl)
        self.bookmarks += 1
        name = names.bookmark(section.key, section.revision, section.version)
        add(heading, "w:bookmarkStart", id=self.bookmarks, name=name)
        words(heading, section.heading, is_rtl=runs_rtl)
        add(heading, "w:bookmarkEnd", id=self.bookmarks)
        if section.remark:
            self._say(body, section.remark)
        tokens = markup.parse(section.text).tokens
        self.lines, self.pictures = section.text.split("\n"), section.pictures
        self._blocks(SyntaxTreeNode(tokens).children, body)
        if section.sources:
            self._say(body, self.document.words_for_sources, "PWGeneratedHeading")
        for source in section.sources:
            self._say(body, source)

    # Blocks

    def _blocks(self, nodes: Sequence[SyntaxTreeNode], into: Any) -> None:
        before = ""
        for node in nodes:
            if node.type == "paragraph":
                style = "PWSourceLine" if node.attrs.get("class") == "source" else ""
                self._paragraph(node, into, style)
            elif node.type == "blockquote" and before != "blockquote" and _is_plain(node):
                for child in node.children:
                    self._paragraph(child, into, "Quote")
            else:
                self._form(node, into)
            before = node.type

    def _form(self, node: SyntaxTreeNode, into: Any) -> None:
        """Write a block for which Word has a form; any other as it is typed."""
        write = self._forms().get(node.type)
        if write is None or (node.type in _LISTS and not _is_plain_list(node, 0)):
            self._verbatim(node, into)
        else:
            write(node, into)

    def _forms(self) -> Mapping[str, Callable[[SyntaxTreeNode, Any], None]]:
        return {
            "heading": self._heading,
            "bullet_list": self._list,
            "ordered_list": self._list,
            "table": self._table,
            "blockquote": self._box,
            "container_box": self._box,
            "container_practice": self._box,
            "container_warning": self._box,
            "placement": self._placement,
        }

    def _paragraph(
        self,
        node: SyntaxTreeNode,
        into: Any,
        style: str,
        number: tuple[int, int] | None = None,
        *,
        at_end: bool = False,
    ) -> None:
        inline = node.children[0] if node.children else None
        text = inline.content if inline else ""
        runs_rtl = is_rtl(text, otherwise=self.is_rtl)
        made = paragraph(into, style, is_rtl=runs_rtl, number=number, at_end=at_end)
        if inline is not None and inline.token is not None:
            self._words(inline.token.children or [], made, is_rtl=runs_rtl)

    def _heading(self, node: SyntaxTreeNode, into: Any) -> None:
        self._paragraph(node, into, "Heading2" if node.tag == "h3" else "Heading3")

    def _verbatim(self, node: SyntaxTreeNode, into: Any) -> None:
        start, end = node.map or (0, 0)
        style = "PWSourceText"
        if len(into) and _style_of(into[-1]) == style:
            paragraph(into, style, is_rtl=False)
        for line in _trimmed(self.lines[start:end]):
            runs_rtl = is_rtl(line, otherwise=self.is_rtl)
            words(paragraph(into, style, is_rtl=runs_rtl), line, is_rtl=runs_rtl)

    def _list(self, node: SyntaxTreeNode, into: Any, level: int = 0) -> None:
        is_ordered = node.type == "ordered_list"
        start = int(node.attrs.get("start", 1)) if is_ordered else 1
        self.found.lists.append(ListStart(_NUMBERS if is_ordered else _BULLETS, level, start))
        own = len(self.found.lists)
        for item in node.children:
            place = (own, level)
            for child in item.children:
                if child.type in _LISTS:
                    self._list(child, into, level + 1)
                    continue
                style = "ListParagraph" if _is_hidden(child) else "PWListSpaced"
                self._paragraph(child, into, style, place)
                place = (self._unmarked(), level)

    def _unmarked(self) -> int:
        """Return the id of the list without marks, for paragraphs that go on with an item."""
        unmarked = ListStart(_NO_MARK, 0, 1)
        if unmarked not in self.found.lists:
            self.found.lists.append(unmarked)
        return self.found.lists.index(unmarked) + 1

    def _table(self, node: SyntaxTreeNode, into: Any) -> None:
        opening = node.nester_tokens.opening if node.nester_tokens else None
        caption = opening.meta.get("caption") if opening else None
        if caption is not None:
            self._caption(caption, into)
        rows = [one for part in node.children for one in part.children]
        columns = max((len(one.children) for one in rows), default=1)
        width = TEXT_WIDTH // max(columns, 1)
        runs_rtl = is_rtl(_first_words(node), otherwise=self.is_rtl)
        made = table(into, "PWTable", [width] * columns, is_rtl=runs_rtl)
        for index, one in enumerate(rows):
            in_row = row(made, is_head=not index)
            for child in one.children:
                at_end = "right" in str(child.attrs.get("style", ""))
                style = "PWTableText" if index else "PWTableHead"
                self._paragraph(child, cell(in_row, width), style, at_end=at_end)

    def _caption(self, caption: str, into: Any) -> None:
        before, _source = captions.line_starts(self.document.language)
        parsed = markup.parse(caption).tokens
        inline = next((one.children or [] for one in parsed if one.type == "inline"), [])
        runs_rtl = is_rtl(caption, otherwise=self.is_rtl)
        made = paragraph(into, "Caption", is_rtl=runs_rtl)
        words(made, before, is_rtl=runs_rtl)
        self._words(inline, made, is_rtl=runs_rtl)

    def _box(self, node: SyntaxTreeNode, into: Any) -> None:
        kind, title = "quote", ""
        if node.type != "blockquote":
            kind, _space, title = node.info.strip().partition(" ")
        runs_rtl = is_rtl(title or _first_words(node), otherwise=self.is_rtl)
        framed = table(into, "PWFrame", [TEXT_WIDTH], is_rtl=runs_rtl)
        inner = cell(row(framed), TEXT_WIDTH)
        first = paragraph(inner, names.BOX_STYLES[kind], is_rtl=runs_rtl)
        words(first, title.strip(), is_rtl=runs_rtl)
        self._blocks(node.children, inner)
        if inner[-1].tag == tag("w:tbl"):
            paragraph(inner, "PWGenerated", is_rtl=runs_rtl)

    def _placement(self, node: SyntaxTreeNode, into: Any) -> None:
        kind, key = node.meta["kind"], node.meta["key"]
        words(paragraph(into, "", is_rtl=False), f"[[{kind}:{key}]]", is_rtl=False)
        if kind == "image" and key in self.pictures:
            self._picture(self.pictures[key], into)
        elif kind != "image" and key in self.document.tables:
            self._data_table(key, self.document.tables[key], into, is_chart=kind == "figure")

    def _drawn(self, image: WordImage, into: Any) -> None:
        images = self.found.images
        reference = images.setdefault(image, f"rIdPicture{len(images) + 1}")
        self.drawings += 1
        # Twentieths of a point into the unit of pictures, of which an inch has 914,400.
        width = min(TEXT_WIDTH * 635, image.width * 914_400 // _DOTS_AN_INCH)
        size = (width, width * image.height // image.width)
        inside = run(paragraph(into, "PWGenerated", is_rtl=self.is_rtl))
        alt = elements.writable(image.alt)
        add(inside, "w:drawing").append(elements.drawing(self.drawings, reference, size, alt))

    def _picture(self, picture: WordPicture, into: Any) -> None:
        self._drawn(picture.image, into)
        self._say(into, picture.caption, "PWGeneratedHeading")
        for sentence in filter(None, (picture.origin, self.document.words_for_pictures)):
            self._say(into, sentence)

    def _data_table(self, key: str, found: WordTable, into: Any, *, is_chart: bool) -> None:
        self._say(into, f"{key} {found.title}", "PWGeneratedHeading")
        if is_chart and found.chart is not None:
            self._drawn(found.chart, into)
        width = TEXT_WIDTH // max(len(found.head), 1)
        made = table(into, "PWTable", [width] * len(found.head), is_rtl=self.is_rtl)
        for index, line in enumerate((found.head, *found.rows)):
            in_row = row(made, is_head=not index)
            for text in line:
                self._say(cell(in_row, width), text)
        for sentence in filter(None, (found.note, self.document.words_for_tables)):
            self._say(into, sentence)

    # Words

    def _words(self, tokens: Sequence[Token], into: Any, *, is_rtl: bool) -> None:
        look, parents = _Look(), [into]
        for token in tokens:
            if token.type in _SWITCHES:
                name, step = _SWITCHES[token.type]
                setattr(look, name, getattr(look, name) + step)
            elif token.type == "link_open":
                link = add(parents[-1], "w:hyperlink")
                link.set(tag("r:id"), self._link(str(token.attrGet("href"))))
                parents.append(link)
            elif token.type == "link_close":
                parents.pop()
            elif token.type == "note":
                self._note(token, parents[-1], is_rtl=is_rtl)
            else:
                self._plain(token, parents, look, is_rtl=is_rtl)

    def _plain(self, token: Token, parents: list[Any], look: _Look, *, is_rtl: bool) -> None:
        bold, italic = look.bold > 0, look.italic > 0
        if token.type == "hardbreak":
            add(run(parents[-1], is_rtl=is_rtl), "w:br")
            return
        style = "Hyperlink" if len(parents) > 1 else ""
        if token.type in ("citation", "reference"):
            style = "PWCitation"
        text = shown(token)
        if text:
            words(parents[-1], text, is_rtl=is_rtl, style=style, bold=bold, italic=italic)

    def _link(self, address: str) -> str:
        links = self.found.note_links if self.in_note else self.found.links
        return links.setdefault(address, f"rIdLink{len(links) + 1}")

    def _note(self, token: Token, into: Any, *, is_rtl: bool) -> None:
        number = len(self.found.footnotes) + 1
        add(run(into, is_rtl=is_rtl, style="FootnoteReference"), "w:footnoteReference", id=number)
        runs_rtl = elements.is_rtl(token.content, otherwise=is_rtl)
        holder = elements.element("w:footnote", id=number)
        self.found.footnotes.append(holder)
        note = paragraph(holder, "FootnoteText", is_rtl=runs_rtl)
        add(run(note, is_rtl=runs_rtl, style="FootnoteReference"), "w:footnoteRef")
        words(note, " ", is_rtl=runs_rtl)
        self.in_note = True
        self._words(token.children or [], note, is_rtl=runs_rtl)
        self.in_note = False


_SWITCHES = {
    "strong_open": ("bold", 1),
    "strong_close": ("bold", -1),
    "em_open": ("italic", 1),
    "em_close": ("italic", -1),
}


def _is_hidden(node: SyntaxTreeNode) -> bool:
    return bool(node.nester_tokens and node.nester_tokens.opening.hidden)


def _is_plain(node: SyntaxTreeNode) -> bool:
    """Return whether a quotation holds paragraphs only."""
    return bool(node.children) and all(one.type == "paragraph" for one in node.children)


def _is_plain_list(node: SyntaxTreeNode, level: int) -> bool:
    """Return whether a list holds what a list of Word can: paragraphs first, then lists."""
    if level > _DEEPEST_LIST:
        return False
    for item in node.children:
        kinds = [one.type for one in item.children]
        paragraphs = kinds.count("paragraph")
        if not paragraphs or any(kind == "paragraph" for kind in kinds[paragraphs:]):
            return False
        rest = item.children[paragraphs:]
        if any(one.type not in _LISTS or not _is_plain_list(one, level + 1) for one in rest):
            return False
    return True


def _first_words(node: SyntaxTreeNode) -> str:
    return next((one.content for one in node.walk() if one.type == "inline"), "")


def _style_of(made: Any) -> str:
    found = made.find(f"{tag('w:pPr')}/{tag('w:pStyle')}")
    return "" if found is None else str(found.get(tag("w:val")))


_QUOTED = re.compile(r"\s*")


def _trimmed(lines: Sequence[str]) -> list[str]:
    """Return lines without empty ones at the end."""
    found = list(lines)
    while found and _QUOTED.fullmatch(found[-1]):
        found.pop()
    return found
