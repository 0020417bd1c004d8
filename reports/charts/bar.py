"""Horizontal bars, from the left or, in languages written so, from the right."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe

_WIDTH = 640
_LABEL_WIDTH = 214
_GAP = 12
_VALUE_ROOM = 84
_BAR = 20
_LINE = 15
_PADDING = 9
_FONT_SIZE = 12
#: Average width of a character, as a share of the font size; wide enough for capitals.
_CHARACTER = 0.52
_MAX_LINES = 4
_FONTS = "Noto Sans, Vazirmatn, sans-serif"
_INK, _FILL, _RULE = "#16303a", "#1f6f78", "#b8c7cc"


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its words, its length (in the unit of the chart) and the value as printed."""

    label: str
    value: float
    text: str


@dataclass(frozen=True, slots=True)
class BarChart:
    """A chart of horizontal bars.

    Attributes:
        id: Prefix of the ids inside the picture, unique on the page.
        title: What the chart shows.
        description: The same in words, for those who do not see it.
        bars: From top to bottom.
        direction: ``ltr`` or ``rtl``; the latter mirrors the picture.
    """

    id: str
    title: str
    description: str
    bars: Sequence[Bar]
    direction: str = "ltr"


def wrap(label: str, width: float) -> list[str]:
    """Break a label into at most four lines of ``width`` pixels; the last one ends in "…"."""
    room = max(1, int(width / (_FONT_SIZE * _CHARACTER)))
    lines = [""]
    for word in label.split():
        candidate = f"{lines[-1]} {word}".strip()
        if len(candidate) <= room or not lines[-1]:
            lines[-1] = candidate
        else:
            lines.append(word)
    if len(lines) <= _MAX_LINES:
        return lines
    return [*lines[: _MAX_LINES - 1], f"{lines[_MAX_LINES - 1]}\u2026"]


def bar_chart(chart: BarChart) -> SafeString:
    """Draw a chart.

    Returns:
        An ``<svg>`` with title and description, without style or script; heights follow from the
        labels, lengths are proportional to the values, the longest one fills the room.
    """
    labels = [wrap(bar.label, _LABEL_WIDTH) for bar in chart.bars]
    longest = max((abs(bar.value) for bar in chart.bars), default=0) or 1
    room = _WIDTH - _LABEL_WIDTH - _GAP - _VALUE_ROOM
    top = 4.0
    drawn: list[str] = []
    for bar, lines in zip(chart.bars, labels, strict=True):
        height = max(_BAR, _LINE * len(lines)) + _PADDING
        length = room * max(0.0, bar.value) / longest
        drawn.append(_row(chart.direction, bar, lines, top=top, height=height, length=length))
        top += height
    axis = _mirrored(_LABEL_WIDTH + _GAP, chart.direction)
    rule = (
        f'<line x1="{axis:g}" y1="0" x2="{axis:g}" y2="{top:g}" stroke="{_RULE}" stroke-width="1"/>'
    )
    name = escape(chart.id)
    # Every word is escaped, every other value is a number of ours.
    return mark_safe(  # noqa: S308
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {_WIDTH} {top + 4:g}" '
        f'width="100%" aria-labelledby="{name}-title {name}-desc" direction="{chart.direction}">'
        f'<title id="{name}-title">{escape(chart.title)}</title>'
        f'<desc id="{name}-desc">{escape(chart.description)}</desc>'
        f"{rule}{''.join(drawn)}</svg>"
    )


def _mirrored(x: float, direction: str) -> float:
    return _WIDTH - x if direction == "rtl" else x


def _row(
    direction: str, bar: Bar, lines: list[str], *, top: float, height: float, length: float
) -> str:
    middle = top + (height - _PADDING) / 2
    start = _LABEL_WIDTH + _GAP
    left = _WIDTH - start - length if direction == "rtl" else start
    first = middle - _LINE * (len(lines) - 1) / 2 + _FONT_SIZE * 0.35
    parts = [
        _text(line, _LABEL_WIDTH, first + _LINE * number, "end", direction)
        for number, line in enumerate(lines)
    ]
    parts.append(
        f'<rect x="{left:g}" y="{middle - _BAR / 2:g}" width="{length:g}" height="{_BAR}" '
        f'fill="{_FILL}"/>'
    )
    baseline = middle + _FONT_SIZE * 0.35
    parts.append(_text(bar.text, start + length + 6, baseline, "start", direction, weight="700"))
    return "".join(parts)


def _text(words: str, x: float, y: float, anchor: str, direction: str, weight: str = "400") -> str:
    """Write words at a place; anchors are swapped by hand, as not every renderer mirrors them."""
    if direction == "rtl":
        anchor = "start" if anchor == "end" else "end"
    return (
        f'<text x="{_mirrored(x, direction):g}" y="{y:g}" text-anchor="{anchor}" '
        f'direction="ltr" unicode-bidi="plaintext" font-family="{_FONTS}" '
        f'font-size="{_FONT_SIZE}" font-weight="{weight}" fill="{_INK}">{escape(words)}</text>'
    )
