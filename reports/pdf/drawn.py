"""What is drawn on a page, kept: a page of the next file that is the same is not drawn again.

Kept are instructions, fonts with their glyphs, and marks for the structure; of the text of a page
and of its margins apart, as a number may change where the text does not. What refers to numbered
things of the whole file, such as pictures, is drawn each time.
"""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from typing import Any

import pydyf
from weasyprint.draw import draw_stacking_context
from weasyprint.formatting_structure import boxes
from weasyprint.pdf.fonts import Font
from weasyprint.pdf.stream import Stream
from weasyprint.stacking import StackingContext
from weasyprint.text.ffi import FROM_UNITS, ffi, gobject, pango
from weasyprint.text.fonts import get_pango_font_key

# WeasyPrint declares only the function that lets go.
ffi.cdef("gpointer g_object_ref (gpointer object);")

#: Instructions that name something by its number in the file: pictures, shadings, patterns.
_NUMBERED = (b" Do", b" sh", b"scn", b"SCN")
_STATE = b" gs"


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A font in one size: how Pango describes it, its key in a file, its size in pixels."""

    description: Any
    key: int
    size: float


class _Opened:
    """The fonts that Pango has opened for this process.

    Attributes:
        fonts: Pango's map of fonts, and a context to ask it in.
        faces: Address of a font → what it is; asking Pango for each line would cost time.
        held: Fonts that must not be closed as long as their addresses are known.
        opened: Fonts by what they are.
        widths: Font, glyph → width.
        extents: Where Pango writes how large a glyph is.
    """

    def __init__(self, font_map: Any) -> None:
        self.fonts = font_map
        self.faces: dict[int, Face] = {}
        self.held: list[Any] = []
        self.opened: dict[Face, Any] = {}
        self.widths: dict[tuple[Face, int], int] = {}
        self.extents = ffi.new("PangoRectangle *")

    def face(self, pango_font: Any) -> Face:
        """Return what a font of Pango is."""
        address = int(ffi.cast("uintptr_t", pango_font))
        if address not in self.faces:
            self.held.append(ffi.gc(gobject.g_object_ref(pango_font), gobject.g_object_unref))
            key, _description, size = get_pango_font_key(pango_font)
            whole = pango.pango_font_describe_with_absolute_size(pango_font)
            description = ffi.gc(whole, pango.pango_font_description_free)
            self.faces[address] = Face(description, key, size)
        return self.faces[address]

    def width(self, face: Face, glyph: int) -> int:
        """Return the width of a glyph, in thousandths of the size of the font."""
        if (face, glyph) not in self.widths:
            if face not in self.opened:
                self.opened[face] = self.open(face)
            pango.pango_font_get_glyph_extents(self.opened[face], glyph, ffi.NULL, self.extents)
            width = self.extents.width * FROM_UNITS
            self.widths[face, glyph] = round(width * 1000 / face.size)
        return self.widths[face, glyph]

    def open(self, face: Face) -> Any:
        """Return the font of a description."""
        create, unref = pango.pango_font_map_create_context, gobject.g_object_unref
        context = ffi.gc(create(self.fonts), unref)
        font = pango.pango_font_map_load_font(self.fonts, context, face.description)
        return ffi.gc(font, unref)


_opened = _Opened(None)


def use_fonts_of(font_map: Any) -> None:
    """Open fonts from this map from now on, and close those of the one before."""
    global _opened  # noqa: PLW0603 - Pango's fonts belong to the process
    _opened = _Opened(font_map)


def face_of(pango_font: Any) -> Face:
    """Return what a font of Pango is."""
    return _opened.face(pango_font)


def width_of_glyph(face: Face, glyph: int) -> int:
    """Return the width of a glyph, in thousandths of the size of the font."""
    return _opened.width(face, glyph)


def font_on_page(stream: Any, face: Face) -> Any:
    """Return a font of the file as the page of a stream uses it."""
    fonts = stream._fonts  # noqa: SLF001
    return fonts.add(face) if isinstance(fonts, PageFonts) else _font_of_file(fonts, face)


class PageFonts(dict[int, Any]):
    """The fonts of one page, each with the glyphs of this page alone.

    Attributes:
        whole: The fonts of the file.
        first: Key of a font → the first of its sizes on the page.
    """

    def __init__(self, whole: dict[int, Any]) -> None:
        super().__init__()
        self.whole = whole
        self.first: dict[int, Face] = {}

    def add(self, face: Face) -> Any:
        """Return a font as this page uses it."""
        if face.key not in self:
            font = self[face.key] = copy(_font_of_file(self.whole, face))
            font.to_unicode, font.widths, font.missing = {}, {}, {}
            self.first[face.key] = face
        return self[face.key]


def _font_of_file(whole: dict[int, Any], face: Face) -> Any:
    if face.key not in whole:
        pango_font = _opened.open(face)
        _key, description, _size = get_pango_font_key(pango_font)
        whole[face.key] = Font(pango_font, description, face.size)
    return whole[face.key]


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a page draws of its text, or of its margins.

    Attributes:
        instructions: As they stand in the file.
        states: Name → state of transparency that they use.
        marks: Box → its mark for the structure.
        fonts: Font, glyph → text, and glyph → width.
    """

    instructions: bytes
    states: dict[str, dict[str, Any]]
    marks: tuple[tuple[Any, dict[str, Any]], ...]
    fonts: tuple[tuple[Face, dict[int, str], dict[int, int]], ...]

    def draw(self, stream: Any) -> None:
        """Draw it on the page of another file."""
        if self.instructions:
            stream.stream.append(self.instructions)
        for name, state in self.states.items():
            stream._resources["ExtGState"].setdefault(name, pydyf.Dictionary(state))  # noqa: SLF001
        stream._tags.update((box, dict(mark)) for box, mark in self.marks)  # noqa: SLF001
        for face, texts, widths in self.fonts:
            _note_glyphs(_font_of_file(stream._fonts, face), texts, widths)  # noqa: SLF001


def _note_glyphs(font: Any, texts: dict[int, str], widths: dict[int, int]) -> None:
    for own, further in ((font.to_unicode, texts), (font.widths, widths)):
        for glyph, value in further.items():
            own.setdefault(glyph, value)


def draw(page: Any, stream: Any, original: Callable[[Any, Any], None]) -> None:
    """Draw a page, what is kept of it or anew: its text, and then what stands in its margins.

    Args:
        page: Page box.
        stream: Stream of the page, on which nothing is drawn yet.
        original: WeasyPrint's own function.
    """
    if stream._tags is None:  # noqa: SLF001 - a file without structure, which is not one of ours
        original(page, stream)
        return
    text = [child for child in page.children if not isinstance(child, boxes.MarginBox)]
    margins = [child for child in page.children if isinstance(child, boxes.MarginBox)]

    def draw_text() -> None:
        original(page.copy_with_children(text), stream)

    def draw_margins() -> None:
        for box in margins:
            draw_stacking_context(stream, StackingContext.from_box(box, page))

    for name, paint in (("kept_text", draw_text), ("kept_margins", draw_margins)):
        kept: Drawing | None = page.__dict__.get(name)
        if kept is None:
            page.__dict__[name] = _drawn(stream, paint)
        else:
            kept.draw(stream)


def text_has_changed(page: Any) -> None:
    """Have the text of a page drawn anew."""
    page.kept_text = None


def margins_have_changed(page: Any) -> None:
    """Have what stands in the margins of a page drawn anew."""
    page.kept_margins = None


def _drawn(stream: Any, paint: Callable[[], None]) -> Drawing | None:
    """Draw something; return it if it may be kept."""
    begun, whole = len(stream.stream), stream._fonts  # noqa: SLF001
    marked = len(stream._tags)  # noqa: SLF001
    fonts = stream._fonts = PageFonts(whole)  # noqa: SLF001
    try:
        paint()
    finally:
        stream._fonts = whole  # noqa: SLF001
    for key, font in fonts.items():
        whole[key].missing.update(font.missing)
        _note_glyphs(whole[key], font.to_unicode, font.widths)
    written = [pydyf._to_bytes(part) for part in stream.stream[begun:]]  # noqa: SLF001
    stream.stream[begun:] = [b"\n".join(written)] if written else []
    # In the order in which they come first: so they stand in the file that is drawn anew, too.
    names = dict.fromkeys(
        part[1 : -len(_STATE)].decode() for part in written if part.endswith(_STATE)
    )
    if any(part.endswith(_NUMBERED) for part in written) or not all(map(_is_alpha, names)):
        return None
    states = stream._resources["ExtGState"]  # noqa: SLF001
    marks = list(stream._tags.items())[marked:]  # noqa: SLF001
    return Drawing(
        stream.stream[begun] if written else b"",
        {name: dict(states[name]) for name in names},
        tuple((box, dict(mark)) for box, mark in marks),
        tuple((fonts.first[key], font.to_unicode, font.widths) for key, font in fonts.items()),
    )


def _is_alpha(name: str) -> bool:
    return name[:1] in ("a", "A")


def install() -> None:
    """Wrap WeasyPrint's function that adds a font to a page. Call once in a process."""
    original = Stream.add_font

    def add_font(self: Any, pango_font: Any) -> tuple[Any, float]:
        if not isinstance(self._fonts, PageFonts):
            plain: tuple[Any, float] = original(self, pango_font)
            return plain
        face = _opened.face(pango_font)
        return self._fonts.add(face), face.size

    Stream.add_font = add_font
