"""The pages of a report as a text of Word: headings, paragraphs, lists, tables, figures, boxes."""

import html
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from profile_workflow.word import elements, names
from profile_workflow.word.elements import add, cell, paragraph, row, run, table
from profile_workflow.word.package import tag
from profile_workflow.word.writing import TEXT_WIDTH, ListStart, Written
from reports.documents.drawings import read_apart
from reports.documents.looks import PLAIN_TABLES, Font, Item, Look, classes_of, paragraph_style
from reports.documents.runs import Words
from reports.pdf.job import Job

_LINK = re.compile(r'href="#([^"]+)"')
_WIDTH = re.compile(r"width:\s*([\d.]+)%")
#: A heading of the front, which stands in no list of contents, and a second one on its page.
_FRONT = ("PWFrontHeading", "PWFrontSubheading")
_BULLETS, _NUMBERS, _NO_MARK = 0, 1, 2
_DEEPEST_LIST = 8
#: What the sides of a box and of a cell take of the room.
_BOX_SIDES, _CELL_SIDES = 400, 216
_BLOCKS = {
    "p", "div", "section", "ul", "ol", "blockquote", "aside", "table", "figure", "h1", "h2", "h3",
}  # fmt: skip
#: Section of the front → what Word gathers it of.
_CONTENTS = r' TOC \o "1-2" \h \z '
_LISTED: Mapping[str, tuple[str, str]] = {
    "list-of-tables": ("PWListEntry", r' TOC \h \z \c "Table" '),
    "list-of-figures": ("PWListEntry", r' TOC \h \z \c "Figure" '),
    "list-of-boxes": (
        "PWListEntry",
        r' TOC \h \z \t "PW Box,1,PW Practice Sheet,1,PW Warning,1" ',
    ),
}


def body_of(job: Job) -> Written:
    """Return the text of a Word file that shows what a job prints, in its order.

    Raises:
        KeyError: If a drawing holds a shape that cannot be painted.
    """
    return _Pages(job).write()


class _Pages:
    def __init__(self, job: Job) -> None:
        self.job = job
        self.found = Written(elements.element("w:body"))
        pages = [job.front, *(part.html for part in job.parts)]
        linked = dict.fromkeys(html.unescape(one) for page in pages for one in _LINK.findall(page))
        marks = {anchor: f"_pw{number}" for number, anchor in enumerate(linked, 1)}
        self.words = Words(self.found, marks, job.resources)
        self.forms: Mapping[str, Callable[[Any, Any, Look], None]] = {
            "h1": self._heading, "h2": self._heading, "h3": self._heading,
            "p": self._paragraph, "ul": self._list, "ol": self._list,
            "blockquote": self._quote, "aside": self._box,
            "table": self._table, "figure": self._figure,
        }  # fmt: skip

    def write(self) -> Written:
        look = Look(self.job.direction == "rtl", TEXT_WIDTH)
        if self.job.front:
            for section in self._read(self.job.front):
                self._front(section, look)
        for part in self.job.parts:
            self._each(self._read(part.html), self.found.body, look)
        return self.found

    def _read(self, page: str) -> Any:
        """Return the elements of a page; its drawings are those that the words place now."""
        body, self.words.drawn = read_apart(page, '<img src="svg:%d">')
        return body

    # The front

    def _front(self, section: Any, look: Look) -> None:
        classes, body = classes_of(section), self.found.body
        if "contents" in classes:
            self._each(section.iterchildren("h1"), body, replace(look, style=_FRONT[0]))
            self._gathered(section.iter("li"), _CONTENTS, look, "")
        elif "lists" in classes:
            for number, heading in enumerate(section.iter("h1")):
                style, instruction = _LISTED[heading.get("id")]
                named = _FRONT[min(number, 1)]
                self._heading(heading, body, replace(look, style=named))
                self._gathered(heading.getnext().iter("li"), instruction, look, style)
        elif "cover" in classes:
            self._flow(section, body, look)
        else:
            self._each(section, body, replace(look, style=_FRONT[0]))

    def _gathered(self, entries: Iterable[Any], instruction: str, look: Look, style: str) -> None:
        """Write a list that Word can gather anew, as it is now; pages come when it does."""
        several = list(entries)
        for number, entry in enumerate(several):
            level = "2" if "level-2" in classes_of(entry) else "1"
            made = self._begun(self.found.body, replace(look, style=style or f"TOC{level}"))
            if not number:
                add(run(made), "w:fldChar", fldCharType="begin")
                told = add(run(made), "w:instrText")
                told.text = instruction
                told.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
                add(run(made), "w:fldChar", fldCharType="separate")
            self.words.within(entry, made, Font(look.is_rtl))
            if number == len(several) - 1:
                add(run(made), "w:fldChar", fldCharType="end")

    # Blocks

    def _each(self, nodes: Iterable[Any], into: Any, look: Look) -> None:
        for node in nodes:
            if isinstance(node.tag, str):
                self._block(node, into, look)

    def _block(self, node: Any, into: Any, look: Look) -> None:
        write = self.forms.get(node.tag, self._flow)
        self.words.mark(node)
        write(node, into, look.of(node))

    def _begun(self, into: Any, look: Look) -> Any:
        number = look.item.take() if look.item else None
        style = look.style or ("ListParagraph" if number else "")
        made = paragraph(into, style, is_rtl=look.is_rtl, number=number, at_end=look.at_end)
        return self.words.begin(made)

    def _flow(self, node: Any, into: Any, look: Look, font: Font | None = None) -> None:
        """Write what stands in an element: words that follow each other are a paragraph."""
        font = font or Font(look.is_rtl)
        held = self._said(node.text, None, into, look, font)
        for child in node:
            if child.tag in _BLOCKS:
                self._block(child, into, look)
                held = None
            elif isinstance(child.tag, str):
                held = self._begun(into, look) if held is None else held
                self._inline(child, held, look, font)
            held = self._said(child.tail, held, into, look, font)

    def _said(self, text: str | None, held: Any, into: Any, look: Look, font: Font) -> Any:
        if not (text or "").strip():
            if held is not None and text:
                self.words.say(text, held, font)
            return held
        held = self._begun(into, look) if held is None else held
        self.words.say(text, held, font)
        return held

    def _inline(self, node: Any, into: Any, look: Look, font: Font) -> None:
        if node.tag == "img" and str(node.get("src", "")).startswith("svg:"):
            self.words.picture(node, into, room=look.room)
        else:
            self.words.inline(node, into, font)

    def _paragraph(self, node: Any, into: Any, look: Look) -> None:
        style = paragraph_style(node, "" if look.style in _FRONT else look.style)
        if "box-title" in classes_of(node):
            style = _box_style(node)
        self._flow(node, into, replace(look, style=style))

    def _heading(self, node: Any, into: Any, look: Look) -> None:
        is_front = look.style in _FRONT
        style = look.style if is_front else f"Heading{node.tag[1]}"
        if is_front and node.tag != "h1":
            style = _FRONT[1]
        made = self._begun(into, replace(look, style=style, item=None))
        self.words.within(node, made, Font(look.is_rtl))

    def _quote(self, node: Any, into: Any, look: Look) -> None:
        self._flow(node, into, replace(look, style="Quote"))

    def _list(self, node: Any, into: Any, look: Look) -> None:
        is_ordered = node.tag == "ol"
        start = str(node.get("start", "1"))
        level = min(look.level, _DEEPEST_LIST)
        kind = _NUMBERS if is_ordered else _BULLETS
        begins = int(start) if start.isdecimal() else 1
        self.found.lists.append(ListStart(kind, level, begins))
        number = (len(self.found.lists), level)
        unmarked = (self._unmarked(), level)
        for entry in node.iterchildren("li"):
            inner = replace(look.of(entry), item=Item(number, unmarked), level=look.level + 1)
            self._flow(entry, into, inner)

    def _unmarked(self) -> int:
        plain = ListStart(_NO_MARK, 0, 1)
        if plain not in self.found.lists:
            self.found.lists.append(plain)
        return self.found.lists.index(plain) + 1

    def _box(self, node: Any, into: Any, look: Look) -> None:
        kind = next(iter(classes_of(node) & names.BOX_STYLES.keys()), "box")
        room = look.room - _BOX_SIDES
        framed = table(into, f"{names.BOX_STYLES[kind]}Frame", [look.room], is_rtl=look.is_rtl)
        inner = cell(row(framed), look.room)
        self._flow(node, inner, replace(look, room=room, style="", item=None))
        _ends_well(inner)
        paragraph(into, "PWAfterTable", is_rtl=look.is_rtl)

    def _figure(self, node: Any, into: Any, look: Look) -> None:
        for caption in node.iterchildren("figcaption"):
            self._caption(caption, into, look.of(caption), "Figure")
        for image in node.iter("img"):
            made = self._begun(into, replace(look, style="PWFigure"))
            self.words.picture(image, made, room=look.room)

    def _caption(self, node: Any, into: Any, look: Look, name: str) -> None:
        # A table of another language has the label of the report.
        turned = elements.is_rtl("".join(node.itertext()), otherwise=look.is_rtl)
        made = self._begun(into, replace(look, style="Caption", item=None, is_rtl=turned))
        font = Font(turned)
        self.words.say(node.text, made, font)
        for child in node:
            if "label" in classes_of(child):
                self.words.label(child, made, font, name)
            else:
                self.words.inline(child, made, font)
            self.words.say(child.tail, made, font)

    # Tables

    def _table(self, node: Any, into: Any, look: Look) -> None:
        caption = node.find("caption")
        if caption is not None:
            self._caption(caption, into, look.of(caption), "Table")
        rows = list(node.iter("tr"))
        widths = _widths(node, rows, look.room)
        is_plain = bool(classes_of(node) & PLAIN_TABLES)
        made = table(into, "PWPlainTable" if is_plain else "PWTable", widths, is_rtl=look.is_rtl)
        if caption is not None:
            said = " ".join("".join(caption.itertext()).split())
            add(made.find(tag("w:tblPr")), "w:tblCaption", val=elements.writable(said))
        for one in rows:
            is_head = one.getparent().tag == "thead"
            self._row(one, row(made, is_head=is_head), widths, look, is_head=is_head)
        paragraph(into, "PWAfterTable", is_rtl=look.is_rtl)

    def _row(
        self, node: Any, into: Any, widths: Sequence[int], look: Look, *, is_head: bool
    ) -> None:
        at = 0
        for one in node.iterchildren("th", "td"):
            span = _span(one)
            width = sum(widths[at : at + span])
            at += span
            made = cell(into, width)
            if span > 1:
                add(made.find(tag("w:tcPr")), "w:gridSpan", val=span)
            classes = classes_of(one)
            style = "PWTableHead" if is_head else "PWTableText"
            inner = replace(
                look.of(one), style=style, room=width - _CELL_SIDES, item=None, level=0,
                at_end="numeric" in classes,
            )  # fmt: skip
            is_name = one.tag == "th" and not is_head
            font = Font(inner.is_rtl, bold=is_name and bool(_in_plain(node)))
            self._flow(one, made, inner, font.of(one))
            _ends_well(made)


def _in_plain(node: Any) -> bool:
    return any(classes_of(one) & {"facts", "plain"} for one in node.iterancestors("table"))


def _span(node: Any) -> int:
    said = str(node.get("colspan", "1"))
    return int(said) if said.isdecimal() else 1


def _widths(node: Any, rows: Sequence[Any], room: int) -> list[int]:
    """Return the widths of columns: as the table says, or all alike."""
    said = [_WIDTH.search(str(one.get("style", ""))) for one in node.iter("col")]
    shares = [float(one[1]) for one in said if one]
    if shares:
        return [int(room * share / sum(shares)) for share in shares]
    columns = max((sum(map(_span, one.iterchildren("th", "td"))) for one in rows), default=1)
    return [room // max(columns, 1)] * columns


def _box_style(node: Any) -> str:
    around = next(node.iterancestors("aside"), None)
    kinds = set() if around is None else classes_of(around)
    return names.BOX_STYLES[next(iter(kinds & names.BOX_STYLES.keys()), "box")]


def _ends_well(made: Any) -> None:
    """Let a cell end with a paragraph, as Word wants it."""
    if made[-1].tag != tag("w:p"):
        paragraph(made, "PWAfterTable", is_rtl=False)
