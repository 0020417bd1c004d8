"""Bars cut into parts: as long as their sum, or all as long as one another, showing shares."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from profile_workflow.charts.bar import GAP, Labels, density
from profile_workflow.charts.canvas import (
    FILLS,
    GRID,
    INK,
    MIDDLE,
    RULE,
    WIDTH,
    Canvas,
    Fill,
    Named,
)
from profile_workflow.charts.letters import LINE, cut, width_of

_BESIDE = 6
_MOST_WORDS = 190
_SWATCH = 16
#: Room at the edge, half the width of "100%".
_EDGE = 24


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a bar: its value, none if it is not known, and what is printed in it."""

    value: float | None
    text: str


@dataclass(frozen=True, slots=True)
class StackedBar:
    """A bar with its parts, in the order of their names, and what is printed beside it."""

    label: str
    parts: Sequence[Part]
    text: str = ""

    @property
    def whole(self) -> float:
        """The sum of what is known."""
        return sum(part.value or 0 for part in self.parts)


def stacked_chart(
    named: Named, names: Sequence[str], bars: Sequence[StackedBar], *, marks: Sequence[str] = ()
) -> SafeString:
    """Draw bars of parts that are not negative.

    Args:
        named: What is said of the picture.
        names: The parts, each told by a tone and a hatching.
        bars: From top to bottom.
        marks: Words at none, half and all of the whole; with them all bars are of one length,
            and one that lacks a part has none.
    """
    canvas, close = Canvas(named.direction), density(len(bars))
    words = max((width_of(bar.text) for bar in bars), default=0)
    beside = _EDGE if marks else min(words, _MOST_WORDS) + _BESIDE
    labels = Labels([bar.label for bar in bars], close)
    start, end = labels.end + GAP, WIDTH - beside
    top = begin = _legend(canvas, names)
    bottom = top + sum(map(close.height, labels.lines))
    longest = max((bar.whole for bar in bars), default=0) or 1
    for number, mark in enumerate(marks):
        x = start + (end - start) * number / (len(marks) - 1)
        canvas.line((x, top - 2), (x, bottom), stroke=GRID)
        canvas.words(mark, x, bottom + LINE, "middle")
    for bar, lines in zip(bars, labels.lines, strict=True):
        height = close.height(lines)
        middle = top + (height - close.padding) / 2
        labels.write(canvas, lines, middle=middle)
        place = _Place(start, end - start, middle, close.bar)
        _bar(canvas, bar, place, whole=bar.whole if marks else longest)
        top += height
    canvas.line((start, begin - 2), (start, bottom), stroke=RULE)
    return canvas.svg(named, bottom + (LINE + 8 if marks else 4))


def _legend(canvas: Canvas, names: Sequence[str]) -> float:
    """Write what each fill stands for; return where the bars begin."""
    x, y, most = 0.0, 4.0, WIDTH / 2
    for name, fill in zip(names, FILLS, strict=False):
        words = cut(name, most - _SWATCH - 3 * _BESIDE)
        needed = _SWATCH + _BESIDE + width_of(words) + 3 * _BESIDE
        if x and x + needed > WIDTH + 3 * _BESIDE:
            x, y = 0.0, y + LINE + 5
        canvas.bar(x + 1, y, _SWATCH, 12, fill)
        canvas.words(words, x + 1 + _SWATCH + _BESIDE, y + 6 + MIDDLE)
        x += needed
    return y + LINE + 11


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a bar is drawn: where it starts, the room for the whole, its middle, its height."""

    start: float
    room: float
    middle: float
    thick: float


def _bar(canvas: Canvas, bar: StackedBar, place: _Place, *, whole: float) -> None:
    at = place.start
    for part, length, fill in _lengths(bar, place.room, whole):
        canvas.bar(at, place.middle - place.thick / 2, length, place.thick, fill)
        _inside(canvas, part.text, fill, at=at, length=length, middle=place.middle)
        at += length
    if bar.text:
        is_whole = bool(bar.parts) and all(part.value is not None for part in bar.parts)
        canvas.words(
            cut(bar.text, _MOST_WORDS),
            at + _BESIDE,
            place.middle + MIDDLE,
            bold=is_whole,
            ink=INK if is_whole else RULE,
        )


def _lengths(bar: StackedBar, room: float, whole: float) -> Iterator[tuple[Part, float, Fill]]:
    for part, fill in zip(bar.parts, FILLS, strict=False):
        if part.value and whole:
            yield part, room * part.value / whole, fill


def _inside(
    canvas: Canvas, text: str, fill: Fill, *, at: float, length: float, middle: float
) -> None:
    """Print a value in its part, if there is room for it."""
    needed = width_of(text)
    if not text or needed + 4 > length:
        return
    centre = at + length / 2
    if fill.hatch:
        canvas.ground(centre - needed / 2, middle - 7, needed, 14, fill.colour)
    canvas.words(text, centre, middle + MIDDLE, "middle", ink=fill.ink)
