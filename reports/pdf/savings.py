"""Work that WeasyPrint and pydyf do again and again, done once: the file stays the same.

Each of these wraps or replaces one function, once for a process (``install``), and each has a
test that compares what comes out with and without it.
"""

import sys
from typing import Any

import pydyf
from weasyprint.css import ComputedStyle
from weasyprint.css.computed_values import PHYSICAL_FUNCTIONS
from weasyprint.css.properties import (
    INHERITED,
    INITIAL_NOT_COMPUTED,
    INITIAL_VALUES,
    Dimension,
)
from weasyprint.formatting_structure import boxes
from weasyprint.layout import inline, percent
from weasyprint.text import line_break
from weasyprint.text.ffi import ffi, gobject, pango

# WeasyPrint declares no function that copies a layout.
ffi.cdef("PangoLayout * pango_layout_copy (PangoLayout *src);")

_OF_THEIR_OWN = ("float", "display", "position", "page")
#: Physical property → the logical ones that may stand for it, in either direction.
_LOGICAL = {
    key: {function(block="ttb", inline=direction) for direction in ("ltr", "rtl")}
    for key, function in PHYSICAL_FUNCTIONS.items()
}


def _is_plain(key: str) -> bool:
    return key not in _OF_THEIR_OWN and not key.startswith(("__", "text_decoration_"))


#: Properties that are the parent's, or as they begin, where no rule says otherwise.
_FROM_PARENT = frozenset(filter(_is_plain, INHERITED))
_AS_IT_BEGINS = frozenset(filter(_is_plain, INITIAL_VALUES)) - INHERITED - INITIAL_NOT_COMPUTED


def look_up_plain_properties_directly() -> None:
    """Find a property about which no rule says anything without the search for such rules."""
    original = ComputedStyle.__missing__

    def missing(self: Any, key: str) -> Any:
        parent, cascaded = self.parent_style, self.cascaded
        if (
            key in cascaded
            or parent is None
            or not cascaded.keys().isdisjoint(_LOGICAL.get(key, ()))
        ):
            return original(self, key)
        if key in _FROM_PARENT:
            value = self[key] = parent[key]
            return value
        if key in _AS_IT_BEGINS:
            value = self[key] = INITIAL_VALUES[key]
            return value
        return original(self, key)

    ComputedStyle.__missing__ = missing


# --- text ----------------------------------------------------------------------------------

_LAYOUT_PROPERTIES = (
    "direction", "font_language_override", "lang", "font_style", "font_stretch", "font_weight",
    "font_size", "font_variant_caps", "font_kerning", "font_variant_ligatures",
    "font_variant_position", "font_variant_numeric", "font_variant_alternates",
    "font_variant_east_asian", "font_feature_settings", "font_variation_settings",
)  # fmt: skip

#: What text looks like → an empty layout of Pango that is set up for it, and its language.
_set_up: dict[Any, tuple[Any, Any]] = {}


def forget_fonts() -> None:
    """Let go of the layouts that are kept, and so of the fonts that they use."""
    _set_up.clear()


def copy_layouts_that_are_set_up() -> None:
    """Set up a layout of Pango once for all texts that look the same, and copy it from then on."""
    original = line_break.Layout.setup

    def setup(self: Any, style: Any) -> None:
        if style["text_decoration_line"] != "none":
            original(self, style)
            return
        values = [style[name] for name in _LAYOUT_PROPERTIES]
        family = tuple(style["font_family"])
        key = (id(style.font_config), family, *map(_hashable, values))
        if key not in _set_up:
            original(self, style)
            _set_up[key] = (self.layout, self.language)
        self.style, self.first_line_direction = style, 0
        empty, self.language = _set_up[key]
        self.layout = ffi.gc(pango.pango_layout_copy(empty), gobject.g_object_unref)
        self.ascent = self.underline_position = self.strikethrough_position = None

    line_break.Layout.setup = setup


def _hashable(value: Any) -> Any:
    return repr(value) if isinstance(value, list | dict) else value


# --- places --------------------------------------------------------------------------------


def place_lines_directly_without_floats() -> None:
    """Place a line where nothing floats without looking for what it could collide with."""
    original = inline.avoid_collisions

    def avoid_collisions(context: Any, box: Any, containing_block: Any, outer: bool = True) -> Any:
        is_line = type(box) is boxes.LineBox and box.style["float"] == "none"
        if not outer or not is_line or context.excluded_shapes:
            return original(context, box, containing_block, outer)
        left = containing_block.content_box_x()
        right = left + containing_block.width
        is_rtl = containing_block.style["direction"] == "rtl"
        return right if is_rtl else left, box.position_y, right - left

    inline.avoid_collisions = avoid_collisions


def take_lengths_directly() -> None:
    """Take a length that is a number without asking what else it could be."""
    original = percent.resolve_one_percentage

    def resolve_one_percentage(box: Any, property_name: str, refer_to: Any) -> None:
        value = box.style[property_name]
        if type(value) is Dimension and value.unit == "px":
            setattr(box, property_name, value.value)
        else:
            original(box, property_name, refer_to)

    percent.resolve_one_percentage = resolve_one_percentage


# --- file ----------------------------------------------------------------------------------


class _Written(pydyf.Object):  # type: ignore[misc]
    """An object of the file in the bytes in which it is written."""

    data = b""

    def __init__(self, original: Any) -> None:
        super().__init__()
        self.number, self.generation = original.number, original.generation
        self.data = original.data


def write_objects_once(pdf: Any) -> None:
    """Turn what is finished into bytes, which pydyf would do for the file and for its hash."""
    pdf.objects[:] = [
        _Written(item) if isinstance(item, pydyf.Dictionary | pydyf.Array) else item
        for item in pdf.objects
    ]


def turn_into_bytes_by_type() -> None:
    """Choose by its type how something is written."""
    module = sys.modules["pydyf"]
    original = pydyf._to_bytes  # noqa: SLF001 - the only place that knows how a part is written

    def to_bytes(item: Any) -> bytes:
        kind = type(item)
        if kind is bytes:
            return item  # type: ignore[no-any-return]
        if kind is str:
            return item.encode("ascii")  # type: ignore[no-any-return]
        if kind is int:
            return b"%d" % item
        written: bytes = original(item)
        return written

    module._to_bytes = to_bytes  # type: ignore[attr-defined]  # noqa: SLF001


def compress_packed_objects_once() -> None:
    """Keep the stream into which objects are packed: pydyf would compress it for the hash too."""
    original = pydyf.Stream.data.fget

    def data(self: Any) -> bytes:
        if self.extra.get("Type") != "/ObjStm":
            plain: bytes = original(self)
            return plain
        kept: bytes | None = self.__dict__.get("kept_data")
        if kept is None:
            kept = self.kept_data = original(self)
        return kept

    pydyf.Stream.data = property(data)


def install() -> None:
    """Install all of it but ``write_objects_once``, which is for one file."""
    look_up_plain_properties_directly()
    copy_layouts_that_are_set_up()
    place_lines_directly_without_floats()
    take_lengths_directly()
    turn_into_bytes_by_type()
    compress_packed_objects_once()
