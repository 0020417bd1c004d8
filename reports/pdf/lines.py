"""Lines of text as they are written on pages, glyph by glyph, from what Pango made of them once.

WeasyPrint asks Pango for every line up to three times: to find where it ends, to measure what it
then consists of, and to draw it; of a justified line Pango then shapes every word by itself. Here
the glyphs are kept when the line is found, and spaces are widened while it is written. What a font
is asked for are whole thousandths of its size; the rest is carried on to the next glyphs, so that a
line ends where it was laid out to end.
"""

import struct
import sys
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from weasyprint.formatting_structure.boxes import TextBox
from weasyprint.layout import inline
from weasyprint.text import line_break
from weasyprint.text.ffi import FROM_UNITS, ffi, pango
from weasyprint.text.line_break import Layout

from reports.pdf import drawn

#: A glyph as Pango has it: its number, its width, how far it is moved, and what we do not need.
_GLYPH = struct.Struct("=IiiiI")
_CLUSTER = struct.Struct("=i")
_SPACES = (b" ", "\u00a0".encode())
#: A line with one of these may be another one when it is drawn than where it was found.
_CHANGING = ("\n", "\t", "\u00ad")


@dataclass(frozen=True, slots=True)
class _Run:
    """Glyphs of one font and one direction.

    Attributes:
        face: The font.
        begins: Where its text begins in that of the line, in bytes.
        length: How long its text is, in bytes.
        is_rtl: Whether it is read from the right.
        glyphs: As Pango has them.
        clusters: For each glyph where its text begins in that of the run.
    """

    face: drawn.Face
    begins: int
    length: int
    is_rtl: bool
    glyphs: bytes
    clusters: bytes

    @property
    def has_all_glyphs(self) -> bool:
        """Whether the font can draw all of it."""
        return all(one[0] <= pango.PANGO_GLYPH_EMPTY for one in _GLYPH.iter_unpack(self.glyphs))

    def write(
        self, writer: "_Writer", font: Any, text: bytes, wider: float, behind: float
    ) -> float:
        """Write the glyphs.

        Args:
            writer: Where to.
            font: The font in the file.
            text: The line.
            wider: By how many pixels each space is wider.
            behind: What remained of the glyphs before, in thousandths of the size of the font.

        Returns:
            What remains.
        """
        written, size = writer.glyphs, self.face.size
        unit = 1000 * FROM_UNITS / size
        clusters = [cluster for (cluster,) in _CLUSTER.iter_unpack(self.clusters)]
        infos = _GLYPH.iter_unpack(self.glyphs)
        for place, (glyph, width, right, up, _attributes) in enumerate(infos):
            begins = self.begins + clusters[place]
            if begins >= len(text):
                # The space at which the line was broken.
                continue
            if glyph != pango.PANGO_GLYPH_EMPTY:
                if glyph not in font.to_unicode:
                    self._note(font, glyph, text[begins : self._end_of_cluster(place, clusters)])
                if not -1 < behind < 1:
                    behind = writer.catch_up(behind)
                if right or up:
                    writer.move_glyph(glyph, -right * unit, -up * FROM_UNITS)
                    behind += right * unit
                else:
                    written.append(f"{glyph:04x}")
                behind += font.widths[glyph]
            behind -= width * unit
            if wider and text.startswith(_SPACES, begins):
                behind -= wider * 1000 / size
        return writer.catch_up(behind)

    def _note(self, font: Any, glyph: int, characters: bytes) -> None:
        """Note what a glyph stands for, and how wide it is."""
        font.to_unicode[glyph] = characters.decode()
        font.widths.setdefault(glyph, drawn.width_of_glyph(self.face, glyph))

    def _end_of_cluster(self, place: int, clusters: list[int]) -> int:
        following = place - 1 if self.is_rtl else place + 1
        is_last = not 0 <= following < len(clusters)
        return self.begins + (self.length if is_last else clusters[following])


@dataclass(slots=True)
class _Writer:
    """Collects glyphs for the stream of a page, and what is left out between them."""

    stream: Any
    array: list[str] = field(default_factory=list)
    glyphs: list[str] = field(default_factory=list)

    def move(self, distance: float) -> None:
        """Go back by so many thousandths of the size of the font; ahead, if negative."""
        self._close()
        follows_a_number = self.array and not self.array[-1].endswith(">")
        self.array.append(f" {distance}" if follows_a_number else f"{distance}")

    def catch_up(self, behind: float) -> float:
        """Go back by whole thousandths; return what remains."""
        if not -1 < behind < 1:
            self.move(int(behind))
        return behind - int(behind)

    def move_glyph(self, glyph: int, distance: float, rise: float) -> None:
        """Write a glyph that is out of line, such as a mark above a letter."""
        if rise:
            self.show()
            self.stream.set_text_rise(round(rise, 3))
        if distance:
            self.move(round(distance, 2))
        self.glyphs.append(f"{glyph:04x}")
        if rise:
            self.show()
            self.stream.set_text_rise(0)

    def show(self) -> None:
        """Show what has been collected."""
        self._close()
        if self.array:
            self.stream.show_text("".join(self.array))
            self.array.clear()

    def _close(self) -> None:
        if self.glyphs:
            self.array.append(f"<{''.join(self.glyphs)}>")
            self.glyphs.clear()


def _runs(line: Any) -> Iterator[_Run]:
    found = line.runs
    while found != ffi.NULL:
        item, string = found.data.item, found.data.glyphs
        yield _Run(
            drawn.face_of(item.analysis.font),
            item.offset,
            item.length,
            bool(item.analysis.level % 2),
            ffi.buffer(string.glyphs, string.num_glyphs * _GLYPH.size)[:],
            ffi.buffer(string.log_clusters, string.num_glyphs * _CLUSTER.size)[:],
        )
        found = found.next


def measure_lines_where_they_are_found() -> None:
    """Measure the first line of a text as it was found in that, without having it shaped again."""
    original = line_break.first_line_metrics

    def first_line_metrics(
        line: Any, text: str, layout: Any, resume_at: Any, space_collapse: bool, style: Any,
        hyphenated: bool = False, hyphenation_character: Any = None,
    ) -> Any:  # fmt: skip
        is_as_found = resume_at and not hyphenated and style["letter_spacing"] == "normal"
        words = text.encode()[: line.length].decode() if is_as_found else ""
        words = words.rstrip(" ") if space_collapse else words
        if not words or any(one in words for one in _CHANGING):
            further = (resume_at, space_collapse, style, hyphenated, hyphenation_character)
            return original(line, text, layout, *further)
        layout.text = words
        width, height = line_break.line_size(line, style)
        baseline = pango.pango_layout_get_baseline(layout.layout) * FROM_UNITS
        layout.deactivate()
        return layout, len(words.encode()), resume_at, width, height, baseline

    line_break.first_line_metrics = first_line_metrics


def keep_the_glyphs_of_lines() -> None:
    """Keep the glyphs of a layout's first line, and use no layout of Pango from then on."""
    reactivate, deactivate = Layout.reactivate, Layout.deactivate
    Layout.runs = None

    def deactivate_with_glyphs(self: Any) -> None:
        if "layout" not in self.__dict__:
            return
        if self.runs is None and self.text.strip():
            line = pango.pango_layout_get_line_readonly(self.layout, 0)
            if line.length >= len(self.text.encode()):
                runs = tuple(_runs(line))
                self.runs = runs if all(run.has_all_glyphs for run in runs) else None
        deactivate(self)

    def reactivate_without_glyphs(self: Any, style: Any) -> None:
        if self.runs is None:
            reactivate(self, style)

    Layout.deactivate = deactivate_with_glyphs
    Layout.reactivate = reactivate_without_glyphs


def write_lines_from_their_glyphs() -> None:
    """Write a line from the glyphs that were kept of it."""
    module = sys.modules["weasyprint.draw.text"]
    original = module.draw_first_line

    def draw_first_line(
        stream: Any, textbox: Any, text_overflow: str, block_ellipsis: Any, matrix: Any
    ) -> Any:
        layout = textbox.pango_layout
        if layout.runs is None:
            return original(stream, textbox, text_overflow, block_ellipsis, matrix)
        writer, text = _Writer(stream), layout.text.encode()
        behind = 0.0
        stream.set_text_matrix(*matrix.values)
        for run in layout.runs:
            font = drawn.font_on_page(stream, run.face)
            writer.show()
            stream.set_font_size(font.hash, run.face.size)
            behind = run.write(writer, font, text, layout.justification_spacing, behind)
        writer.show()
        return []

    module.draw_first_line = draw_first_line  # type: ignore[attr-defined]


def justify_without_pango() -> None:
    """Note by how much the spaces of a line are wider, without a layout of Pango for it."""
    original = inline.add_word_spacing

    def add_word_spacing(context: Any, box: Any, spacing: float, x_advance: float) -> Any:
        if not isinstance(box, TextBox) or box.pango_layout.runs is None:
            return original(context, box, spacing, x_advance)
        box.justification_spacing = spacing
        box.position_x += x_advance
        wider = spacing * inline.count_expandable_spaces(box)
        box.width += wider
        box.pango_layout = copy(box.pango_layout)
        box.pango_layout.justification_spacing = spacing
        return x_advance + wider

    inline.add_word_spacing = add_word_spacing


def install() -> None:
    """Install all of it. Call once in a process."""
    measure_lines_where_they_are_found()
    keep_the_glyphs_of_lines()
    write_lines_from_their_glyphs()
    justify_without_pango()
