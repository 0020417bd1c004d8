"""The words within a paragraph of a Word file: looks, links, notes, and what is left out."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from profile_workflow.errors import InvalidInput
from profile_workflow.word import names
from profile_workflow.word.blocks import Figure
from profile_workflow.word.inline import Piece, address, on_one_line, plain_text
from profile_workflow.word.package import DAMAGED, Package, tag
from profile_workflow.word.pictures import Taker
from profile_workflow.word.styles import Styles, is_on

#: So many characters of what is left out are shown.
_SHOWN = 300
#: Of a picture that is refused, so many characters are shown beside the reason.
_NAMED = 120
#: Longest description of a picture that an entry of the register holds.
_MOST_ALT = 1_000
#: Deepest field in a field, and longest instruction: Word's own have two or three, of one line.
_MOST_FIELDS = 50
_LONGEST_INSTRUCTION = 5_000


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something in the file that does not come along.

    Attributes:
        code: ``picture``, ``picture_refused``, ``chart``, ``drawing``, ``text_box``,
            ``comments``, ``insertions``, ``deletions``, ``formula``, ``object``, ``hidden``,
            ``merged``, ``list_in_table``, ``table_in_table``, ``link``, ``title`` or
            ``table_too_large``.
        detail: Its words, or how many there are.
    """

    code: str
    detail: str


@dataclass(slots=True)
class _Field:
    """A field of Word that has begun, e.g. a table of contents or a link."""

    instruction: str = ""
    has_result: bool = False

    def add(self, words: str) -> None:
        """Go on with the instruction, which stands in several pieces."""
        if len(self.instruction) < _LONGEST_INSTRUCTION:
            self.instruction += words

    @property
    def link(self) -> str:
        found = re.match(r'\s*HYPERLINK\s+"([^"]+)"', self.instruction)
        return address(found[1]) if found else ""

    @property
    def is_hidden(self) -> bool:
        return not self.has_result or self.instruction.strip().startswith(("TOC", "INDEX"))


@dataclass(slots=True)
class Words:
    """Reads the words of one file from its start.

    Attributes:
        check: Gives up when reading takes too long.
        take: Takes a picture; None if none are wanted.
        left_out: What was left out since it was taken last; what is only counted has no detail.
        figures: Pictures that were passed since they were taken last.
        boxes: Text boxes with pictures that were passed since they were taken last.
        marks: Our bookmarks that were passed and belong to the next heading.
    """

    package: Package
    styles: Styles
    check: Callable[[], None]
    take: Taker | None = None
    left_out: list[LeftOut] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    _fields: list[_Field] = field(default_factory=list)
    _part: str = "body"
    _by_id: dict[str, dict[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        parts = {"footnotes": self.package.footnotes, "endnotes": self.package.endnotes}
        self._by_id = {name: _notes_in(part) for name, part in parts.items()}

    def take_left_out(self) -> list[LeftOut]:
        """Return what was left out since it was asked last; what is counted, once each."""
        found, self.left_out = self.left_out, []
        counted: dict[str, int] = {}
        for one in found:
            if not one.detail:
                counted[one.code] = counted.get(one.code, 0) + 1
        told = [one for one in found if one.detail]
        return told + [LeftOut(code, str(number)) for code, number in counted.items()]

    def take_figures(self) -> list[Figure]:
        """Return the pictures that were passed since it was asked last."""
        found, self.figures = self.figures, []
        return found

    def take_boxes(self) -> list[Any]:
        """Return the text boxes with pictures that were passed since it was asked last."""
        found, self.boxes = self.boxes, []
        return found

    def leave_out(self, code: str, detail: str = "") -> None:
        """Note that something does not come along."""
        self.left_out.append(LeftOut(code, " ".join(detail.split())[:_SHOWN]))

    def bookmark(self, element: Any) -> None:
        """Note a bookmark if it is one of ours."""
        name = str(element.get(tag("w:name"), ""))
        if name.startswith(names.BOOKMARK):
            self.marks.append(name)

    def pieces(self, element: Any, link: str = "") -> Iterator[Piece]:
        """Yield the words of a paragraph, or of what stands in one."""
        for child in element:
            self.check()
            if child.tag == tag("w:r"):
                yield from self._run(child, link)
            elif child.tag == tag("w:bookmarkStart"):
                self.bookmark(child)
            elif child.tag in _LEFT_OUT:
                self.leave_out(*_LEFT_OUT[child.tag](child))
            else:
                yield from self._wrapped(child, link)

    def _wrapped(self, element: Any, link: str) -> Iterator[Piece]:
        if element.tag == tag("w:hyperlink"):
            yield from self.pieces(element, self._target(element))
        elif element.tag == tag("w:fldSimple"):
            of_field = _Field(str(element.get(tag("w:instr"), "")), has_result=True)
            if not of_field.is_hidden:
                yield from self.pieces(element, of_field.link or link)
        elif element.tag in WRAPPERS:
            if element.tag in _INSERTED:
                self.leave_out("insertions")
            yield from self.pieces(inner_of(element), link)

    def _target(self, element: Any) -> str:
        links = self.package.links.get(self._part, {})
        found = links.get(str(element.get(tag("r:id"), "")))
        if found is None or not found.is_outside:
            return ""
        target = address(found.target)
        if not target:
            self.leave_out("link", found.target)
        return target

    def _run(self, run: Any, link: str) -> Iterator[Piece]:
        properties = run.find(tag("w:rPr"))
        if is_on(properties, "w:vanish"):
            self.leave_out("hidden", "".join(run.itertext(tag("w:t"))) or "–")
            return
        bold, italic = self.styles.looks_of_run(properties)
        signs = _SCRIPTS.get(_script(properties), {})
        for child in run:
            self.check()
            if child.tag in _FIELDS:
                self._field(child)
            elif child.tag in _NOTES:
                note = self._note(child)
                yield from (Piece(note=note),) if note else ()
            elif child.tag in _DRAWN:
                self._drawn(child)
            elif not any(one.is_hidden for one in self._fields):
                of_field = next((one.link for one in self._fields if one.link), "")
                yield Piece(_raised(_text_of(child), signs), bold, italic, link or of_field)

    def _field(self, element: Any) -> None:
        if element.tag == tag("w:instrText"):
            if self._fields:
                self._fields[-1].add(element.text or "")
            return
        kind = element.get(tag("w:fldCharType"))
        if kind == "begin":
            if len(self._fields) == _MOST_FIELDS:
                raise InvalidInput(DAMAGED)
            self._fields.append(_Field())
        elif self._fields and kind == "separate":
            self._fields[-1].has_result = True
        elif self._fields and kind == "end":
            self._fields.pop()

    def _note(self, element: Any) -> tuple[Piece, ...]:
        part = "endnotes" if element.tag == tag("w:endnoteReference") else "footnotes"
        note = self._by_id[part].get(str(element.get(tag("w:id"))))
        if note is None or self._part != "body":
            return ()
        self._part = part
        found: list[Piece] = []
        for paragraph in note.iter(tag("w:p")):
            found += [*self.pieces(paragraph), Piece(" ")]
        self._part = "body"
        return tuple(on_one_line(found)) if plain_text(found) else ()

    def _drawn(self, element: Any) -> None:
        boxes = list(element.iter(tag("w:txbxContent")))
        # The same box stands there twice: for Word, and for older programs.
        if boxes and self.take is not None and _pictures_in(boxes[0]):
            self.boxes.append(boxes[0])
            return
        if boxes:
            self.leave_out("text_box", "".join(boxes[0].itertext(tag("w:t"))) or "–")
        if element.tag == tag("w:object"):
            self.leave_out("object")
            return
        references = _pictures_in(element)
        for reference in references:
            self._picture(element, reference)
        if not references and not boxes:
            self.leave_out(_kind_of_drawing(element), _described(element))

    def _picture(self, element: Any, reference: str) -> None:
        content = self.package.picture(reference) if self._part == "body" else None
        if self.take is None or content is None:
            self.leave_out("picture", _described(element))
            return
        try:
            taken = self.take(content)
        except InvalidInput as error:
            self.leave_out("picture_refused", f"{_described(element)[:_NAMED]} – {error}")
            return
        self.figures.append(
            Figure(
                taken.key,
                taken.sha256,
                taken.is_new,
                alt=_alt(element)[:_MOST_ALT] if taken.is_new else "",
                caption=taken.caption,
                credit=taken.credit,
            )
        )


def _notes_in(part: Any) -> dict[str, Any]:
    """Return id → note; of several with the same id, the first."""
    return {} if part is None else {str(one.get(tag("w:id"))): one for one in reversed(part)}


def inner_of(element: Any) -> Any:
    """Return what holds the content of a wrapper."""
    content = element.find(tag("w:sdtContent"))
    return element if content is None else content


def _script(properties: Any) -> str:
    found = None if properties is None else properties.find(tag("w:vertAlign"))
    return "" if found is None else str(found.get(tag("w:val")))


def _described(element: Any) -> str:
    drawn = next(element.iter(tag("wp:docPr")), None)
    name = "" if drawn is None else str(drawn.get("name") or "")
    return _alt(element) or name or "–"


def _alt(element: Any) -> str:
    """Return what Word says that a picture shows; empty if nobody has said so."""
    drawn = next(element.iter(tag("wp:docPr")), None)
    if drawn is not None:
        return " ".join(str(drawn.get("descr") or drawn.get("title") or "").split())
    shape = next(element.iter(tag("v:shape")), None)
    return "" if shape is None else " ".join(str(shape.get("alt") or "").split())


def _pictures_in(element: Any) -> list[str]:
    """Return the references to the pictures of a drawing, each once; older programs have others."""
    several = [one.get(tag("r:embed")) for one in element.iter(tag("a:blip"))]
    several = several or [one.get(tag("r:id")) for one in element.iter(tag("v:imagedata"))]
    return list(dict.fromkeys(str(one) for one in several if one))


def _kind_of_drawing(element: Any) -> str:
    """Return what a drawing is that holds no picture of its own."""
    if next(element.iter(tag("c:chart")), None) is not None:
        return "chart"
    is_linked = next(element.iter(tag("a:blip"), tag("v:imagedata")), None) is not None
    return "picture" if is_linked else "drawing"


def _text_of(element: Any) -> str:
    if element.tag == tag("w:t"):
        return element.text or ""
    if element.tag == tag("w:br"):
        return "\n" if element.get(tag("w:type"), "textWrapping") == "textWrapping" else " "
    if element.tag == tag("w:sym"):
        return "\u2022"
    return _SIGNS.get(element.tag, "")


def _raised(text: str, signs: Mapping[int, int]) -> str:
    return text.translate(signs) if signs and not set(text) - set(map(chr, signs)) else text


def _deleted(_element: Any) -> tuple[str, str]:
    return "deletions", ""


def _formula(element: Any) -> tuple[str, str]:
    return "formula", "".join(element.itertext(tag("m:t"))) or "–"


_INSERTED = {tag("w:ins"), tag("w:moveTo")}
WRAPPERS = _INSERTED | {tag("w:sdt"), tag("w:smartTag"), tag("w:customXml")}
_LEFT_OUT: Mapping[str, Callable[[Any], tuple[str, str]]] = {
    tag("w:del"): _deleted,
    tag("w:moveFrom"): _deleted,
    tag("m:oMath"): _formula,
    tag("m:oMathPara"): _formula,
}
_FIELDS = {tag("w:fldChar"), tag("w:instrText")}
_NOTES = {tag("w:footnoteReference"), tag("w:endnoteReference")}
_DRAWN = {tag("w:drawing"), tag("w:pict"), tag("w:object"), tag("mc:AlternateContent")}
_SIGNS = {
    tag("w:tab"): " ",
    tag("w:ptab"): " ",
    tag("w:cr"): "\n",
    tag("w:noBreakHyphen"): "\u2011",
}
_SCRIPTS: Mapping[str, Mapping[int, int]] = {
    "superscript": str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻"),
    "subscript": str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"),
}
