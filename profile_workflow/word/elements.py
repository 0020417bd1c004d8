"""The elements of a Word text, in the order in which Word insists on them."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from lxml import etree

from profile_workflow.markup import first_strong_direction
from profile_workflow.word.package import NAMESPACES, tag

#: Language of the words → how Word names it, for its spelling checker.
LANGUAGES = {
    "en": "en-GB", "fr": "fr-FR", "ar": "ar-SA", "es": "es-ES", "it": "it-IT", "de": "de-DE",
    "pt": "pt-PT",
}  # fmt: skip
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_USED = {name: NAMESPACES[name] for name in ("w", "r")}


def writable(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return _UNWRITABLE.sub("", text)


def element(name: str, /, **attributes: Any) -> Any:
    """Return an element with attributes of its own namespace."""
    found = etree.Element(tag(name), nsmap=_USED)
    for key, value in attributes.items():
        found.set(tag(f"w:{key}"), str(value))
    return found


def add(parent: Any, name: str, /, **attributes: Any) -> Any:
    """Append an element to another and return it."""
    found = element(name, **attributes)
    parent.append(found)
    return found


def paragraph(
    parent: Any,
    style: str,
    *,
    is_rtl: bool,
    number: tuple[int, int] | None = None,
    at_end: bool = False,
) -> Any:
    """Append a paragraph.

    Args:
        parent: The text, or a cell.
        style: Id of its style; empty for plain text.
        is_rtl: Whether it runs from right to left.
        number: Id of the list that it stands in, and its level.
        at_end: Whether its words stand at the far side, as numbers do.
    """
    found = add(parent, "w:p")
    properties = add(found, "w:pPr")
    if style:
        add(properties, "w:pStyle", val=style)
    if number is not None:
        numbered = add(properties, "w:numPr")
        add(numbered, "w:ilvl", val=number[1])
        add(numbered, "w:numId", val=number[0])
    if is_rtl:
        add(properties, "w:bidi")
    if at_end:
        add(properties, "w:jc", val="right")
    return found


def run(
    parent: Any, *, is_rtl: bool = False, style: str = "", bold: bool = False, italic: bool = False
) -> Any:
    """Append a run of words without any words yet."""
    found = add(parent, "w:r")
    switches = [("w:b", bold), ("w:bCs", bold), ("w:i", italic), ("w:iCs", italic)]
    names = [name for name, is_on in (*switches, ("w:rtl", is_rtl)) if is_on]
    if style or names:
        properties = add(found, "w:rPr")
        if style:
            add(properties, "w:rStyle", val=style)
        for name in names:
            add(properties, name)
    return found


def words(
    parent: Any,
    text: str,
    *,
    is_rtl: bool,
    style: str = "",
    bold: bool = False,
    italic: bool = False,
) -> None:
    """Append words: one run for each direction in which they are written."""
    for part, runs_rtl in by_direction(writable(text), is_rtl=is_rtl):
        found = run(parent, is_rtl=runs_rtl, style=style, bold=bold, italic=italic)
        written = add(found, "w:t")
        written.text = part
        written.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def table(parent: Any, style: str, widths: list[int], *, is_rtl: bool) -> Any:
    """Append a table without rows; one that follows another at once would become one with it."""
    if len(parent) and parent[-1].tag == tag("w:tbl"):
        paragraph(parent, "PWGenerated", is_rtl=is_rtl)
    found = add(parent, "w:tbl")
    properties = add(found, "w:tblPr")
    add(properties, "w:tblStyle", val=style)
    if is_rtl:
        add(properties, "w:bidiVisual")
    add(properties, "w:tblW", w=5000, type="pct")
    add(properties, "w:tblLook", val="0020", firstRow="1", lastRow="0", firstColumn="0")
    grid = add(found, "w:tblGrid")
    for width in widths:
        add(grid, "w:gridCol", w=width)
    return found


def row(parent: Any, *, is_head: bool = False) -> Any:
    """Append a row; that of the head is repeated on each page."""
    found = add(parent, "w:tr")
    properties = add(found, "w:trPr")
    add(properties, "w:cantSplit")
    if is_head:
        add(properties, "w:tblHeader")
    return found


def cell(parent: Any, width: int) -> Any:
    """Append a cell without paragraphs."""
    found = add(parent, "w:tc")
    add(add(found, "w:tcPr"), "w:tcW", w=width, type="dxa")
    return found


def drawing(number: int, reference: str, size: tuple[int, int], alt: str) -> Any:
    """Return a picture that stands in a line, for a ``w:drawing``.

    Args:
        number: Its number in the file.
        reference: Name of the reference to its file.
        size: Width and height, of which an inch has 914,400.
        alt: What it shows.
    """
    found = etree.fromstring(_DRAWING)
    extent = {"cx": str(size[0]), "cy": str(size[1])}
    for one in found.iter(tag("wp:extent"), tag("a:ext")):
        one.attrib.update(extent)
    for one in found.iter(tag("wp:docPr"), tag("pic:cNvPr")):
        one.attrib.update({"id": str(number), "name": f"Picture {number}", "descr": alt})
    next(found.iter(tag("a:blip"))).set(tag("r:embed"), reference)
    return found


_DRAWING = f"""
<wp:inline xmlns:wp="{NAMESPACES["wp"]}" xmlns:a="{NAMESPACES["a"]}"
    xmlns:pic="{NAMESPACES["pic"]}" distT="0" distB="0" distL="0" distR="0">
  <wp:extent/><wp:docPr/>
  <wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>
  <a:graphic><a:graphicData uri="{NAMESPACES["pic"]}"><pic:pic>
    <pic:nvPicPr><pic:cNvPr/><pic:cNvPicPr/></pic:nvPicPr>
    <pic:blipFill><a:blip/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>
    <pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext/></a:xfrm>
      <a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>
  </pic:pic></a:graphicData></a:graphic>
</wp:inline>"""


def is_rtl(text: str, *, otherwise: bool) -> bool:
    """Return whether a paragraph runs from right to left, by its first letter."""
    return {"rtl": True, "ltr": False}.get(first_strong_direction(text), otherwise)


def by_direction(text: str, *, is_rtl: bool) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a text with the direction of their letters.

    Signs between two parts belong to the paragraph, so that a point at the end of an Arabic
    sentence stands where the sentence ends.
    """
    yield from _given_back(list(_runs(text, is_rtl=is_rtl)), is_rtl=is_rtl)


def _runs(text: str, *, is_rtl: bool) -> Iterator[tuple[str, bool]]:
    """Yield the parts, each cut out once; signs without a direction stay with what is before."""
    start, here = 0, None
    for at, sign in enumerate(text):
        strong = _STRONG.get(unicodedata.bidirectional(sign))
        if here is None:
            here = is_rtl if strong is None else strong
        elif strong is not None and strong != here:
            yield text[start:at], here
            start, here = at, strong
    if here is not None:
        yield text[start:], here


_STRONG = {"L": False, "R": True, "AL": True}


def _given_back(parts: list[tuple[str, bool]], *, is_rtl: bool) -> Iterator[tuple[str, bool]]:
    held = ""
    for index, (text, here) in enumerate(parts):
        if here == is_rtl:
            yield held + text, here
            held = ""
            continue
        end = len(text)
        while end and unicodedata.category(text[end - 1])[0] in "PSZ":
            end -= 1
        yield from ((held, is_rtl),) if held else ()
        yield text[:end], here
        held = text[end:]
        if index == len(parts) - 1 and held:
            yield held, is_rtl
