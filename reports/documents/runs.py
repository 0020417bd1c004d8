"""Words within a paragraph of Word: their looks, links, marks to link to, notes and pictures."""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from profile_workflow.charts.painting import paint
from profile_workflow.word import elements
from profile_workflow.word.document import WordImage
from profile_workflow.word.elements import add, paragraph, run, words
from profile_workflow.word.package import tag
from profile_workflow.word.writing import Written
from reports.documents.looks import OWN_LINE_AFTER, OWN_LINE_BEFORE, Font, classes_of

_SPACE = re.compile(r"[ \t\r\n]+")
_NUMBER = re.compile(r"(?P<words>.*?)(?P<number>[0-9]+)")
_OUTSIDE = ("https://", "http://", "mailto:")
#: An inch in the unit of pictures, and a twentieth of a point in it.
_INCH, TWENTIETH = 914_400, 635
_PICTURE_DOTS, _CHART_DOTS, _CODE_DOTS = 150, 200, 80
#: A drawing of fewer dots is a QR code, which is read by a phone.
_CODE_WIDTH = 200
#: Highest picture, which leaves room for its caption on a page; highest logo.
_MOST_HEIGHT, _LOGO_HEIGHT = 12_000 * TWENTIETH, 680 * TWENTIETH


@dataclass(slots=True)
class Words:
    """Writes words, and keeps count of what the parts beside the text need.

    Attributes:
        found: What was written so far.
        marks: Id that something links to → name of its bookmark.
        files: SHA-256 of a picture → its file and type.
        drawn: The drawings of the page that is written, as SVG.
    """

    found: Written
    marks: Mapping[str, str]
    files: Mapping[str, tuple[bytes, str]]
    drawn: list[str] = field(default_factory=list)
    _waiting: list[str] = field(default_factory=list)
    _bookmarks: int = 0
    _drawings: int = 0
    _in_note: bool = False
    _is_fresh: bool = True

    def mark(self, node: Any) -> None:
        """Let the next paragraph be linked to by the id of an element."""
        if (name := self.marks.get(node.get("id", ""))) is not None:
            self._waiting.append(name)

    def begin(self, made: Any) -> Any:
        """Begin with the words of a paragraph, and return it."""
        self._is_fresh = True
        for name in self._waiting:
            self._bookmarks += 1
            add(made, "w:bookmarkStart", id=self._bookmarks, name=name)
            add(made, "w:bookmarkEnd", id=self._bookmarks)
        self._waiting.clear()
        return made

    def say(self, text: str | None, into: Any, font: Font) -> None:
        """Write plain words; spaces are one space, and none at the beginning."""
        shown = _SPACE.sub(" ", text or "")
        if self._is_fresh:
            shown = shown.lstrip(" ")
        if shown:
            self._is_fresh = shown.endswith(" ")
            words(
                into, shown, is_rtl=font.is_rtl, style=font.style, bold=font.bold,
                italic=font.italic,
            )  # fmt: skip

    def inline(self, node: Any, into: Any, font: Font) -> None:
        """Write an element that stands in a line; what follows it is left to the caller."""
        self.mark_in(node, into)
        classes = classes_of(node)
        if node.tag == "br":
            self._break(into, font)
        elif node.tag == "img":
            self.picture(node, into, dots=_PICTURE_DOTS, room=0, most_height=_LOGO_HEIGHT)
        elif "note" in classes:
            self._note(node, into, font)
        else:
            if classes & OWN_LINE_BEFORE and not self._is_fresh:
                self._break(into, font)
            inner = self._font(node, font)
            turned = self._turned(into, inner) if inner.is_rtl != font.is_rtl else into
            self.within(node, self._linked(node, turned), inner)
            if classes & OWN_LINE_AFTER:
                self._break(into, font)

    def within(self, node: Any, into: Any, font: Font) -> None:
        """Write what stands within an element."""
        self.say(node.text, into, font)
        for child in node:
            if isinstance(child.tag, str):
                self.inline(child, into, font)
            self.say(child.tail, into, font)

    def mark_in(self, node: Any, into: Any) -> None:
        """Let a place in the line be linked to."""
        self.mark(node)
        if self._waiting and into.tag == tag("w:p"):
            fresh = self._is_fresh
            self.begin(into)
            self._is_fresh = fresh

    def _font(self, node: Any, font: Font) -> Font:
        inner = font.of(node)
        if node.tag == "a" and self._target(node) and not inner.style:
            return Font(inner.is_rtl, "Hyperlink", inner.bold, inner.italic)
        return inner

    def _break(self, into: Any, font: Font) -> None:
        add(run(into, is_rtl=font.is_rtl), "w:br")
        self._is_fresh = True

    def _target(self, node: Any) -> str:
        """Return where a link leads; empty if it leads nowhere that a reader may go."""
        address = str(node.get("href", ""))
        if address.startswith("#"):
            return self.marks.get(address[1:], "")
        return address if address.startswith(_OUTSIDE) else ""

    def _turned(self, into: Any, font: Font) -> Any:
        """Let words run the other way as one, with their brackets and numbers."""
        return add(into, "w:dir", val="rtl" if font.is_rtl else "ltr")

    def _linked(self, node: Any, into: Any) -> Any:
        if node.tag != "a" or not (target := self._target(node)) or into.tag == tag("w:hyperlink"):
            return into
        link = add(into, "w:hyperlink")
        if str(node.get("href")).startswith("#"):
            link.set(tag("w:anchor"), target)
        else:
            links = self.found.note_links if self._in_note else self.found.links
            address = elements.writable(target)
            link.set(tag("r:id"), links.setdefault(address, f"rIdLink{len(links) + 1}"))
        return link

    def _note(self, node: Any, into: Any, font: Font) -> None:
        number = len(self.found.footnotes) + 1
        called = run(into, is_rtl=font.is_rtl, style="FootnoteReference")
        add(called, "w:footnoteReference", id=number)
        holder = elements.element("w:footnote", id=number)
        self.found.footnotes.append(holder)
        is_rtl = elements.is_rtl("".join(node.itertext()), otherwise=font.is_rtl)
        note = paragraph(holder, "FootnoteText", is_rtl=is_rtl)
        add(run(note, is_rtl=is_rtl, style="FootnoteReference"), "w:footnoteRef")
        words(note, " ", is_rtl=is_rtl)
        fresh, self._in_note, self._is_fresh = self._is_fresh, True, True
        self.within(node, note, Font(is_rtl))
        self._in_note, self._is_fresh = False, fresh

    def label(self, node: Any, into: Any, font: Font, name: str) -> None:
        """Write the words before a caption; their number is one that Word counts itself."""
        text = _SPACE.sub(" ", "".join(node.itertext())).strip()
        found = _NUMBER.fullmatch(text)
        bold = Font(font.is_rtl, bold=True)
        if found is None:
            self.say(text, into, bold)
            return
        self.say(found["words"], into, bold)
        counted = add(into, "w:fldSimple", instr=f" SEQ {name} \\* ARABIC ")
        words(counted, found["number"], is_rtl=False, bold=True)
        self._is_fresh = False

    # Pictures

    def picture(
        self, node: Any, into: Any, *, dots: int = _PICTURE_DOTS, room: int,
        most_height: int = _MOST_HEIGHT,
    ) -> None:  # fmt: skip
        """Draw a picture in a line.

        Args:
            node: An ``img``: a file by its SHA-256, or a drawing by its number. A file that is not
                there is left out.
            into: The paragraph.
            dots: How many of its dots an inch has at least.
            room: How wide it may be, in twentieths of a point; 0 for any width.
            most_height: How high it may be, in the units of drawings in Word (EMU).

        Raises:
            KeyError: If a drawing holds a shape that cannot be painted.
        """
        kind, _colon, name = str(node.get("src", "")).partition(":")
        fills = False
        if kind == "svg":
            image = _painted(self.drawn[int(name)])
            fills = bool(room) and image.width > _CODE_WIDTH
            dots = _CHART_DOTS if fills else _CODE_DOTS
        elif name in self.files:
            image = _kept(*self.files[name], alt=str(node.get("alt", "")))
        else:
            return
        width = image.width * _INCH // dots
        widest = room * TWENTIETH if room else width
        scale = min(
            2.0 if fills else 1.0, widest / width, most_height / (image.height * _INCH / dots)
        )
        size = (round(width * scale), round(image.height * _INCH / dots * scale))
        images = self.found.images
        reference = images.setdefault(image, f"rIdPicture{len(images) + 1}")
        self._drawings += 1
        inside = add(run(into), "w:drawing")
        alt = elements.writable(image.alt)
        inside.append(elements.drawing(self._drawings, reference, size, alt))
        self._is_fresh = False


def _painted(drawing: str) -> WordImage:
    made = paint(drawing)
    return WordImage(made.content, "png", made.width, made.height, made.says)


def _kept(content: bytes, kind: str, *, alt: str) -> WordImage:
    with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as opened:
        width, height = opened.size
    return WordImage(content, kind.removeprefix("image/"), width, height, alt)
