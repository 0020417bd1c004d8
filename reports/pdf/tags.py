"""The structure tree: what WeasyPrint 70 leaves out or splits at page ends, put right.

Private functions of WeasyPrint are wrapped here, once for a process (``install``). Each wrap has
a test of its own, so that an upgrade that moves them fails loudly.
"""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import pydyf
import weasyprint.document
import weasyprint.pdf.tags
from weasyprint.formatting_structure import boxes
from weasyprint.pdf.stream import Stream

from reports.pdf import drawn

_TAGS = sys.modules["weasyprint.pdf.tags"]
_SVG = "{http://www.w3.org/2000/svg}"
#: Structure type by ARIA role, for elements that WeasyPrint tags as generic.
_TYPE_OF_ROLE = {
    "doc-footnote": "/Note",
    "doc-toc": "/TOC",
    "doc-biblioentry": "/BibEntry",
}
#: Structure type of elements that WeasyPrint does not know: a box is a part of its chapter.
_TYPE_OF_TAG = {"aside": "/Sect"}
_GENERIC = frozenset({"/Span", "/Div", "/NonStruct", "/P"})
#: Types of which a page end makes two elements where the text has one.
_JOINED_OVER_PAGES = frozenset(
    {"/Table", "/THead", "/TBody", "/TFoot", "/TR", "/TD", "/TH", "/P", "/L", "/LI", "/LBody"}
    | {"/Sect", "/Div", "/Part", "/Art", "/BlockQuote", "/Span", "/Note", "/Caption"}
    | {"/NonStruct", "/H1", "/H2", "/H3", "/BibEntry"}
)
_HEADINGS = frozenset({"/H1", "/H2", "/H3", "/H4"})
_TOLD_APART_BY_BOX = frozenset({"/NonStruct", "/TD", "/TH", "/LBody", "/TR"})


@dataclass(slots=True)
class Structure:
    """What is remembered between the pages of one document."""

    first: dict[tuple[int, str, str, str], tuple[Any, int]] = field(default_factory=dict)
    continued: list[tuple[Any, Any]] = field(default_factory=list)
    heads_drawn: set[int] = field(default_factory=set)
    pagination: set[int] = field(default_factory=set)
    repeated_heads: set[int] = field(default_factory=set)
    joined: dict[int, Any] = field(default_factory=dict)
    kept: list[Any] = field(default_factory=list)
    over: dict[int, Any] = field(default_factory=dict)

    def final(self, element: Any) -> Any:
        """Follow an element to the one that it became part of."""
        while id(element) in self.joined:
            element = self.joined[id(element)]
        return element


_current = Structure()


def begin() -> None:
    """Forget the document before; call before each ``write_pdf``."""
    global _current  # noqa: PLW0603 - the wrapped functions of WeasyPrint carry no state for us
    _current = Structure()


# --- tree ----------------------------------------------------------------------------------


def _describe(element: Any, box: Any) -> None:
    """Write role, identifier, language, scope and alternative text into a tag."""
    source = box.element
    element["S"] = _TYPE_OF_TAG.get(box.element_tag, element["S"])
    role = source.get("role")
    if role in _TYPE_OF_ROLE and element["S"] in _GENERIC:
        element["S"] = _TYPE_OF_ROLE[role]
    if element["S"] == "/Note":
        element["ID"] = pydyf.String(f"note-{element.number}")
    language = source.get("lang")
    if language and box.element_tag not in ("html", "body"):
        element["Lang"] = pydyf.String(language)
    if element["S"] == "/TH":
        element["A"]["Scope"] = "/Row" if source.get("scope") == "row" else "/Column"
    if element["S"] == "/Figure" and box.element_tag.endswith("svg"):
        _describe_picture(element, source)


def _name(element: Any, box: Any, parent: Any) -> None:
    """Put the type of a tag right that does not depend on what was written."""
    if getattr(box, "link_annotation", None):
        # Bold words in a link get an annotation of their own.
        element["S"] = "/Link"
    if element["S"] in _HEADINGS and parent["S"] == element["S"]:
        # A block within a heading has the rest of its words boxed as if it were one again.
        element["S"] = "/Span"


def _describe_picture(element: Any, source: Any) -> None:
    parts = (source.find(f"{_SVG}title"), source.find(f"{_SVG}desc"))
    words = [part.text.strip().rstrip(".") for part in parts if part is not None and part.text]
    if words:
        element["Alt"] = pydyf.String(". ".join(words))


def _is_of_an_element(box: Any) -> bool:
    source = getattr(box, "element", None)
    return source is not None and hasattr(source, "get") and not isinstance(source, str)


def _remember(element: Any, box: Any, page_number: int) -> None:
    """Note where an element begins, and which later tags continue it."""
    tag = box.element_tag
    skipped = tag in ("html", "body") or isinstance(box, boxes.PageBox | boxes.TextBox)
    if skipped or element["S"] not in _JOINED_OVER_PAGES:
        return
    kind = type(box).__name__ if element["S"] in _TOLD_APART_BY_BOX else ""
    key = (id(box.element), tag, element["S"], kind)
    first = _current.first.setdefault(key, (element, page_number))
    if first[1] != page_number:
        _current.continued.append((first[0], element))


def _wrap_box_tree() -> None:
    original = _TAGS._build_box_tree  # noqa: SLF001

    def build_box_tree(
        box: Any, parent: Any, pdf: Any, page_number: int, nums: Any, annotations: Any, tags: Any
    ) -> Iterator[Any]:
        inner = getattr(box, "_box", box)
        if isinstance(inner, boxes.MarginBox):
            return
        if id(inner) in _current.repeated_heads:
            _give_headers_a_mark(inner)
            return
        for element in original(box, parent, pdf, page_number, nums, annotations, tags):
            _name(element, inner, parent)
            if _is_of_an_element(inner):
                if "::" not in (inner.element_tag or ""):
                    _describe(element, inner)
                _remember(element, inner, page_number)
            yield element

    _TAGS._build_box_tree = build_box_tree  # type: ignore[attr-defined]  # noqa: SLF001


def _give_headers_a_mark(head: Any) -> None:
    """WeasyPrint reads ``mark`` of each header cell; a repeated head has no tag to hold it."""
    for box in [head, *head.descendants()]:
        if box.element is not None and getattr(box, "element_tag", None) == "th":
            box.mark = pydyf.Dictionary({"A": pydyf.Dictionary()})


# --- pagination artifacts ------------------------------------------------------------------


def _wrap_marked_content() -> None:
    original = Stream.marked

    def marked(self: Any, box: Any, tag: str) -> AbstractContextManager[None]:
        if id(box) in _current.pagination:
            artifact: AbstractContextManager[None] = self.artifact()
            return artifact
        content: AbstractContextManager[None] = original(self, box, tag)
        return content

    Stream.marked = marked


def _wrap_page_drawing() -> None:
    original = weasyprint.document.draw_page

    def draw_page(page: Any, stream: Any) -> None:
        for child in page.children:
            if isinstance(child, boxes.MarginBox):
                _mark_as_pagination(child)
        for box in page.descendants():
            if (
                isinstance(box, boxes.TableRowGroupBox)
                and box.is_header
                and box.element is not None
            ):
                _see_table_head(box)
        drawn.draw(page, stream, original)
        if id(page) in _current.over:
            original(_current.over[id(page)], stream)

    weasyprint.document.draw_page = draw_page


def draw_over(page: Any, sheet: Any) -> None:
    """Have a sheet drawn over a page, as something that belongs to the paper, not to the text."""
    _current.over[id(page)] = sheet
    _mark_as_pagination(sheet)


def _mark_as_pagination(box: Any) -> None:
    inside = list(_with_all_inside(box))
    _current.pagination.update(id(item) for item in inside)
    _current.kept.extend(inside)


def _with_all_inside(box: Any) -> Iterator[Any]:
    """Yield a box and all that is in it; one that was placed absolutely has a stand-in there."""
    own = getattr(box, "_box", box)
    yield own
    for child in getattr(own, "children", ()):
        yield from _with_all_inside(child)


def _see_table_head(box: Any) -> None:
    """The head of a table is content once, on later pages it is pagination."""
    if id(box.element) in _current.heads_drawn:
        _current.repeated_heads.add(id(box))
        _mark_as_pagination(box)
    _current.heads_drawn.add(id(box.element))


# --- joining -------------------------------------------------------------------------------


def _key(reference: Any) -> bytes:
    return reference if isinstance(reference, bytes) else str(reference).encode()


class Joiner:
    """Makes one structure element of the pieces that page ends made of it."""

    def __init__(self, pdf: Any) -> None:
        self.pdf = pdf
        self.tables: dict[str, str] = {}
        self.gone: dict[bytes, Any] = {}

    def object_of(self, reference: Any) -> Any:
        """Return the object that a reference names."""
        return self.pdf.objects[int(_key(reference).split()[0])]

    def join(self) -> int:
        """Join all continued elements.

        Returns:
            The number of elements that became part of another one.
        """
        for first, later in _current.continued:
            self._join_one(_current.final(first), later)
        self._redirect_parents()
        self._redirect_headers()
        for element in self._elements():
            if id(element) in _current.joined:
                element.clear()
                element["Type"] = "/StructElemJoined"
        return len(self.gone)

    def _join_one(self, first: Any, later: Any) -> None:
        if id(later) in _current.joined or first is later:
            return
        siblings = self.object_of(later["P"])["K"]
        keys = [_key(sibling) for sibling in siblings]
        if _key(later.reference) not in keys:
            return
        siblings.pop(keys.index(_key(later.reference)))
        for child in later["K"]:
            self._adopt(first, later, child)
        later["K"] = pydyf.Array()
        _current.joined[id(later)] = first
        self.gone[_key(later.reference)] = later
        if first["S"] == "/Table":
            self.tables[str(later.number)] = str(first.number)

    def _adopt(self, first: Any, later: Any, child: Any) -> None:
        if isinstance(child, int):
            content = {"Type": "/MCR", "Pg": later["Pg"], "MCID": child}
            first["K"].append(pydyf.Dictionary(content))
            return
        element = self.object_of(child)
        if element.get("Type") == "/StructElem":
            element["P"] = first.reference
        first["K"].append(child)

    def _final_reference(self, reference: Any) -> Any:
        gone = self.gone.get(_key(reference))
        return reference if gone is None else _current.final(gone).reference

    def _redirect_parents(self) -> None:
        root = self.object_of(self.pdf.catalog["StructTreeRoot"])
        numbers = self.object_of(root["ParentTree"])["Nums"]
        for index in range(1, len(numbers), 2):
            value = numbers[index]
            if isinstance(value, list):
                value[:] = [self._final_reference(reference) for reference in value]
            else:
                numbers[index] = self._final_reference(value)

    def _elements(self) -> list[Any]:
        return [
            item
            for item in self.pdf.objects
            if isinstance(item, dict) and item.get("Type") == "/StructElem"
        ]

    def _redirect_headers(self) -> None:
        elements = self._elements()
        known = {
            item["ID"].string
            for item in elements
            if "ID" in item and id(item) not in _current.joined
        }
        for item in elements:
            attributes = item.get("A")
            if attributes and "Headers" in attributes:
                names = (
                    self._header_name(header.string, known) for header in attributes["Headers"]
                )
                found = [pydyf.String(name) for name in dict.fromkeys(names) if name in known]
                attributes["Headers"] = pydyf.Array(found)

    def _header_name(self, name: str, known: set[str]) -> str:
        if name in known:
            return name
        table, _, rest = name.partition("-")
        return f"{self.tables.get(table, table)}-{rest}"


def _keep_references() -> None:
    """Keep the references of the pages, which pydyf would count anew for each element."""
    count = pydyf.PDF.page_references.fget

    def page_references(pdf: Any) -> tuple[bytes, ...]:
        number = len(pdf.pages["Kids"])
        kept = pdf.__dict__.get("_kept_references")
        if kept is None or kept[0] != number:
            kept = pdf.__dict__["_kept_references"] = (number, count(pdf))
        references: tuple[bytes, ...] = kept[1]
        return references

    pydyf.PDF.page_references = property(page_references)


def install() -> None:
    """Wrap WeasyPrint's functions. Call once in a process."""
    _keep_references()
    _wrap_box_tree()
    _wrap_marked_content()
    _wrap_page_drawing()
