"""Horizontal bars, from the left or, in languages written so, from the right."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from profile_workflow.charts.canvas import FILLS, INK, MIDDLE, RULE, WIDTH, Canvas, Named
from profile_workflow.charts.letters import LINE, cut, width_of, wrap
from profile_workflow.charts.scale import Scale, with_zero

_MOST_LABEL = 214
GAP = 12
_BESIDE = 6
#: Most room for the words beside a bar.
_MOST_WORDS = 190


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its words, its value if there is one, and what is printed beside it."""

    label: str
    value: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Density:
    """How close bars stand: most lines of a label, height of a bar, what lies between two."""

    most_lines: int
    bar: float
    padding: float

    def height(self, lines: Sequence[str]) -> float:
        """Return the height of a row."""
        return max(self.bar, LINE * len(lines)) + self.padding


class Labels:
    """The labels of bars, broken into lines; they end beside the bars, and need no more than that.

    Attributes:
        lines: The lines of each label.
        end: Where the lines end.
    """

    def __init__(self, labels: Sequence[str], close: Density) -> None:
        self.lines = [wrap(one, _MOST_LABEL, close.most_lines) for one in labels]
        self.end = max((width_of(line) for several in self.lines for line in several), default=0)

    def write(self, canvas: Canvas, lines: Sequence[str], *, middle: float) -> None:
        """Write the label of a bar whose middle is there."""
        first = middle - LINE * (len(lines) - 1) / 2 + MIDDLE
        for number, line in enumerate(lines):
            canvas.words(line, self.end, first + LINE * number, "end")


def density(number: int) -> Density:
    """Return how close so many bars stand, so that a page of paper holds them."""
    if number <= 10:
        return Density(4, 20, 9)
    return Density(2, 18, 7) if number <= 20 else Density(1, 13, 4)


def bar_chart(named: Named, bars: Sequence[Bar]) -> SafeString:
    """Draw bars from top to bottom; negative ones run the other way, and none has no bar.

    Returns:
        The picture: heights follow from the labels, lengths are proportional to the values.
    """
    canvas, close = Canvas(named.direction), density(len(bars))
    low, high = with_zero(bar.value for bar in bars if bar.value is not None)
    words = max((width_of(bar.text) for bar in bars), default=0)
    room = min(words, _MOST_WORDS) + _BESIDE
    labels = Labels([bar.label for bar in bars], close)
    scale = Scale(low, high, labels.end + GAP + (room if low < 0 else 0), WIDTH - room)
    top = 4.0
    for bar, lines in zip(bars, labels.lines, strict=True):
        height = close.height(lines)
        _row(canvas, bar, scale, middle=top + (height - close.padding) / 2, thick=close.bar)
        labels.write(canvas, lines, middle=top + (height - close.padding) / 2)
        top += height
    canvas.line((scale.at(0), 0), (scale.at(0), top), stroke=RULE)
    return canvas.svg(named, top + 4)


def _row(canvas: Canvas, bar: Bar, scale: Scale, *, middle: float, thick: float) -> None:
    text = cut(bar.text, _MOST_WORDS)
    zero, value = scale.at(0), scale.at(bar.value or 0)
    if bar.value is not None:
        canvas.bar(min(zero, value), middle - thick / 2, abs(value - zero), thick, FILLS[0])
    if bar.value is not None and bar.value < 0:
        canvas.words(text, value - _BESIDE, middle + MIDDLE, "end", bold=True)
    else:
        is_known = bar.value is not None
        ink = INK if is_known else RULE
        canvas.words(text, value + _BESIDE, middle + MIDDLE, bold=is_known, ink=ink)
