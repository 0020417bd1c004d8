"""Work that WeasyPrint and pydyf do again and again, done once: the file stays the same.

Each of these wraps or replaces one function, once for a process (``install``), and each has a
test that compares what comes out with and without it.
"""

import re
import sys
from typing import Any

import pydyf
import weasyprint
from tinyhtml5 import inputstream
from weasyprint.css import ComputedStyle
from weasyprint.css.computed_values import PHYSICAL_FUNCTIONS
from weasyprint.css.counters import CounterStyle
from weasyprint.css.properties import (
    INHERITED,
    INITIAL_NOT_COMPUTED,
    INITIAL_VALUES,
    Dimension,
)
from weasyprint.formatting_structure import boxes
from weasyprint.html import UA
from weasyprint.layout import inline, percent, preferred
from weasyprint.text import line_break
from weasyprint.text.ffi import ffi, gobject, pango

# WeasyPrint declares no function that copies a layout.
ffi.cdef("PangoLayout * pango_layout_copy (PangoLayout *src);")

_OF_THEIR_OWN = ("float", "display", "position", "page")
_MARKS = re.compile(r"::(marker|footnote-call|footnote-marker|note-call|note-marker|note-callback)")
_SIDES = ("top", "right", "bottom", "left")
_BORDERS = tuple(f"border_{side}_width" for side in _SIDES)
_LENGTHS = (
    *(f"{kind}_{side}" for kind in ("margin", "padding") for side in _SIDES),
    *(f"{most}{axis}" for most in ("", "min_", "max_") for axis in ("width", "height")),
)
_IN_FLOW = ("static", "relative", "sticky")
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


def style_marks_only_where_they_are() -> None:
    """Give the styles of the marks of notes and of lists to notes and entries of lists alone.

    WeasyPrint's own style sheet gives six of them to every element.
    """
    own = _MARKS.sub(lambda mark: f"{'li' if mark[1] == 'marker' else '.note'}{mark[0]}", UA)
    # The styles of counters that it has too are kept from its first reading.
    weasyprint.UA_STYLESHEET = weasyprint.CSS(string=own, counter_style=CounterStyle())


def look_for_characters_with_kept_patterns() -> None:
    """Find the pattern for some characters of HTML where the parser looks for it.

    tinyhtml5 keeps it under another name, and so makes it anew each time.
    """
    original = inputstream.HTMLUnicodeInputStream.chars_until

    def chars_until(self: Any, characters: Any, opposite: bool = False) -> Any:
        kept = inputstream.characters_until_regex
        if (characters, opposite) not in kept:
            one_of = "".join(f"\\x{ord(character):02x}" for character in characters)
            kept[characters, opposite] = re.compile(f"[{'' if opposite else '^'}{one_of}]+")
        return original(self, characters, opposite)

    inputstream.HTMLUnicodeInputStream.chars_until = chars_until


# --- text ----------------------------------------------------------------------------------

_LAYOUT_PROPERTIES = (
    "direction", "font_language_override", "lang", "font_style", "font_stretch", "font_weight",
    "font_size", "font_variant_caps", "font_kerning", "font_variant_ligatures",
    "font_variant_position", "font_variant_numeric", "font_variant_alternates",
    "font_variant_east_asian", "font_feature_settings", "font_variation_settings",
)  # fmt: skip

#: With those above, what decides where the first word of a text ends and how wide it is.
_WORD_PROPERTIES = (
    "hyphens", "hyphenate_character", "hyphenate_limit_chars", "hyphenate_limit_zone",
    "white_space", "word_break", "overflow_wrap", "letter_spacing", "word_spacing",
)  # fmt: skip

#: Longer texts are hardly ever measured twice.
_LONGEST = 80

_Look = tuple[Any, ...]
#: What text looks like → an empty layout of Pango that is set up for it, and its language.
_set_up: dict[_Look, tuple[Any, Any]] = {}
#: What text looks like and its first word → where that ends, and how wide it is.
_words: dict[Any, tuple[Any, ...]] = {}


def forget_fonts() -> None:
    """Let go of the layouts that are kept, and so of the fonts that they use."""
    _set_up.clear()
    _words.clear()


def _look_of(style: Any) -> _Look:
    """Return what decides how text of a style is shaped; found once for a style."""
    look: _Look | None = style.__dict__.get("look")
    if look is None:
        values = [style[name] for name in _LAYOUT_PROPERTIES]
        family = tuple(style["font_family"])
        look = style.look = (id(style.font_config), family, *map(_hashable, values))
    return look


def _hashable(value: Any) -> Any:
    return repr(value) if isinstance(value, list | dict) else value


def copy_layouts_that_are_set_up() -> None:
    """Set up a layout of Pango once for all texts that look the same, and copy it from then on."""
    original = line_break.Layout.setup

    def setup(self: Any, style: Any) -> None:
        if style["text_decoration_line"] != "none":
            original(self, style)
            return
        look = _look_of(style)
        if look not in _set_up:
            original(self, style)
            _set_up[look] = (self.layout, self.language)
        self.style, self.first_line_direction = style, 0
        empty, self.language = _set_up[look]
        self.layout = ffi.gc(pango.pango_layout_copy(empty), gobject.g_object_unref)
        self.ascent = self.underline_position = self.strikethrough_position = None

    line_break.Layout.setup = setup


def measure_words_once() -> None:
    """Measure a text, or its first word where the least width is asked for, once for its look."""
    original = preferred.split_first_line

    def split_first_line(
        text: str, style: Any, context: Any, max_width: Any, spacing: float,
        is_line_start: bool = True, minimum: bool = False,
    ) -> Any:  # fmt: skip
        space = text.find(" ") if max_width == 0 else -1
        # With one letter behind it: what WeasyPrint looks at.
        first = text if space < 0 else text[: space + 2]
        if max_width not in (0, None) or not minimum or len(first) > _LONGEST:
            return original(text, style, context, max_width, spacing, is_line_start, minimum)
        look = style.__dict__.get("look_of_words")
        if look is None:
            further = [_hashable(style[name]) for name in _WORD_PROPERTIES]
            look = style.look_of_words = (_look_of(style), *further)
        key = (look, max_width, first, len(first) < len(text), is_line_start)
        if key not in _words:
            found = original(text, style, context, max_width, spacing, is_line_start, minimum)
            # Who asks for the least width, or the most, uses no layout.
            _words[key] = (None, *found[1:])
        return _words[key]

    preferred.split_first_line = split_first_line


def describe_fonts_once() -> None:
    """Put into words what font a style has once for the style."""
    original = line_break._font_style_cache_key  # noqa: SLF001

    def font_style_cache_key(style: Any, include_size: bool = False) -> str:
        kept: dict[bool, str] = style.__dict__.setdefault("font_keys", {})
        if include_size not in kept:
            kept[include_size] = original(style, include_size)
        return kept[include_size]

    line_break._font_style_cache_key = font_style_cache_key  # noqa: SLF001


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


def take_plain_lengths_at_once() -> None:
    """Take the lengths of a box once for its style, where none is a part of another one."""
    original = percent.resolve_percentages

    def resolve_percentages(box: Any, containing_block: Any) -> None:
        style = box.style
        if "plain_lengths" not in style.__dict__:
            style.plain_lengths = _plain_lengths(style)
        if style.plain_lengths is None:
            original(box, containing_block)
        else:
            box.__dict__.update(style.plain_lengths)

    for module in list(sys.modules.values()):
        if getattr(module, "resolve_percentages", None) is original:
            module.resolve_percentages = resolve_percentages  # type: ignore[attr-defined]


def _plain_lengths(style: Any) -> dict[str, Any] | None:
    """Return the lengths of boxes of a style; nothing if they differ from box to box."""
    if style["box_sizing"] != "content-box" or style["border_collapse"] != "separate":
        return None
    lengths = {name: style[name] for name in _BORDERS}
    for name in _LENGTHS:
        value = style[name]
        if value == "auto":
            lengths[name] = 0 if name.startswith("min_") else value
        elif type(value) is Dimension and value.unit == "px":
            lengths[name] = value.value
        else:
            return None
    return lengths


def ask_once_where_a_box_is() -> None:
    """Ask in one place whether a box is in the flow of the text: that is asked most often."""

    def is_in_normal_flow(self: Any) -> bool:
        style = self.style
        return style["float"] == "none" and style["position"] in _IN_FLOW

    boxes.Box.is_in_normal_flow = is_in_normal_flow


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
    style_marks_only_where_they_are()
    copy_layouts_that_are_set_up()
    measure_words_once()
    describe_fonts_once()
    look_for_characters_with_kept_patterns()
    place_lines_directly_without_floats()
    take_lengths_directly()
    take_plain_lengths_at_once()
    ask_once_where_a_box_is()
    turn_into_bytes_by_type()
    compress_packed_objects_once()
