"""Lines over the years, each named where it ends; what is not known is a gap."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from profile_workflow.charts.canvas import (
    GRID,
    MIDDLE,
    RULE,
    STROKES,
    WIDTH,
    Canvas,
    Named,
    Point,
)
from profile_workflow.charts.letters import LINE, cut, width_of, wrap
from profile_workflow.charts.scale import Scale, round_marks

_HEIGHT = 260
_TOP = 14.0
_NAMES = 168
_MOST_MARKS = 150
_BESIDE = 8
#: A name is beside the end of its line if it is not higher or lower than this.
_NEAR = 4


@dataclass(frozen=True, slots=True)
class Series:
    """A line: its name, its points by year, without value where none is known, and the last value.

    Attributes:
        name: May be empty where there is one line only.
        points: Year and value, in the order of the years.
        last: The last known value, as printed.
    """

    name: str
    points: Sequence[tuple[int, float | None]]
    last: str

    def stretches(self) -> Iterator[list[tuple[int, float]]]:
        """Yield the stretches without a gap."""
        found: list[tuple[int, float]] = []
        for year, value in self.points:
            if value is not None:
                found.append((year, value))
            elif found:
                yield found
                found = []
        if found:
            yield found


@dataclass(frozen=True, slots=True)
class Axis:
    """The marks of the values, as printed; ``note`` says if they do not begin at zero."""

    marks: Sequence[tuple[float, str]]
    note: str = ""


def marks_for(values: Sequence[float]) -> list[float]:
    """Return round marks; from zero on, unless that would press the lines flat."""
    low, high = min(values), max(values)
    return round_marks(low if low > high / 2 > 0 else min(low, 0.0), max(high, 0.0))


def line_chart(named: Named, several: Sequence[Series], axis: Axis) -> SafeString:
    """Draw at most six lines.

    Args:
        named: What is said of the picture.
        several: The lines, each with at least one known value.
        axis: Marks that enclose all values.
    """
    canvas = Canvas(named.direction)
    marks = [(value, cut(text, _MOST_MARKS)) for value, text in axis.marks]
    start = max(width_of(text) for _value, text in marks) + _BESIDE
    labels = [_lines(one) for one in several]
    height = max(_HEIGHT, sum(len(lines) * LINE + 4 for lines in labels))
    end = WIDTH - _NAMES - 2 * _BESIDE
    values = Scale(marks[0][0], marks[-1][0], _TOP + height, _TOP)
    all_years = sorted({year for one in several for year, _value in one.points})
    years = Scale(all_years[0], max(all_years[-1], all_years[0] + 1), start + 14, end - 8)
    for value, text in marks:
        y = values.at(value)
        canvas.line((start, y), (end, y), stroke=RULE if value == 0 else GRID)
        canvas.words(text, start - _BESIDE, y + MIDDLE, "end")
    bottom = _years(canvas, all_years, years, _TOP + height)
    for one, (shape, dashes, colour) in zip(several, STROKES, strict=False):
        _line(canvas, one, years, values, (shape, dashes, colour))
    _names(canvas, several, labels, years, values, end=end)
    if axis.note:
        bottom += LINE + 3
        canvas.words(cut(axis.note, WIDTH), 0, bottom, ink=RULE)
    return canvas.svg(named, bottom + 8)


def _lines(one: Series) -> list[str]:
    name = wrap(one.name, _NAMES - 14, 2) if one.name else []
    return [*name, cut(one.last, _NAMES - 14)]


def _years(canvas: Canvas, several: Sequence[int], scale: Scale, bottom: float) -> float:
    """Write the years for which there is room, the last one always; return the last baseline."""
    free = float("inf")
    for year in reversed(several):
        x, half = scale.at(year), width_of(str(year)) / 2
        canvas.line((x, bottom), (x, bottom + 4), stroke=RULE)
        if x + half < free:
            canvas.words(str(year), x, bottom + 6 + LINE - 2, "middle")
            free = x - half - 4
    return bottom + 6 + LINE - 2


def _line(
    canvas: Canvas, one: Series, years: Scale, values: Scale, look: tuple[str, str, str]
) -> None:
    shape, dashes, colour = look
    for stretch in one.stretches():
        points = [(years.at(year), values.at(value)) for year, value in stretch]
        if len(points) > 1:
            canvas.path(points, stroke=colour, dashes=dashes)
        for point in points:
            canvas.marker(shape, point, colour)


def _names(
    canvas: Canvas,
    several: Sequence[Series],
    labels: Sequence[Sequence[str]],
    years: Scale,
    values: Scale,
    *,
    end: float,
) -> None:
    """Write the name and the last value of each line beside its end, none upon another."""
    ends = [_end(one, years, values) for one in several]
    heights = [len(lines) * LINE + 4 for lines in labels]
    tops = spread([y for _x, y in ends], heights, _TOP - 8, values.start + 8)
    x = end + 2 * _BESIDE
    for (from_x, from_y), lines, top, height, (shape, _dashes, colour) in zip(
        ends, labels, tops, heights, STROKES, strict=False
    ):
        middle = top + height / 2
        is_beside = abs(middle - from_y) < _NEAR and end - from_x < 2 * _BESIDE
        if not is_beside:
            canvas.line((from_x + 6, from_y), (x - 4, middle), stroke=RULE, width=0.75)
            canvas.marker(shape, (x + 3, middle), colour)
        first = middle - LINE * (len(lines) - 1) / 2 + MIDDLE
        for number, line in enumerate(lines):
            is_last = number == len(lines) - 1
            canvas.words(line, x + (0 if is_beside else 14), first + LINE * number, bold=is_last)


def _end(one: Series, years: Scale, values: Scale) -> Point:
    year, value = next((year, value) for year, value in reversed(one.points) if value is not None)
    return years.at(year), values.at(value)


def spread(
    wanted: Sequence[float], heights: Sequence[float], low: float, high: float
) -> list[float]:
    """Return where boxes begin that are to stand around places, none upon another.

    Args:
        wanted: Where the middle of each box is to be.
        heights: How high each box is; together not more than ``high - low``.
        low: Where the first may begin.
        high: Where the last has to end.
    """
    order = sorted(range(len(wanted)), key=lambda one: wanted[one])
    tops = [0.0] * len(wanted)
    free = low
    for one in order:
        tops[one] = max(free, wanted[one] - heights[one] / 2)
        free = tops[one] + heights[one]
    free = high
    for one in reversed(order):
        tops[one] = min(tops[one], free - heights[one])
        free = tops[one]
    return tops
