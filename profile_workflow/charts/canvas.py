"""What every chart is drawn on: shapes and words at places, mirrored from right to left.

Nothing here needs a style, a script or a pattern by name: hatching is drawn line by line, so that
a browser, WeasyPrint and a printer without colours show the same thing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe

from profile_workflow.charts.letters import FONT_SIZE

WIDTH = 640
INK, RULE, GRID = "#16303a", "#5a6b72", "#cdd8dc"
_FONTS = "Noto Sans, Vazirmatn, sans-serif"
#: How far below the middle of its letters a line of words has its baseline.
MIDDLE = FONT_SIZE * 0.35
_STEP = 6

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Fill:
    """What tells one part of a bar from the next: a tone, lines drawn on it, the ink of words."""

    colour: str
    hatch: str = ""
    lines: str = ""
    ink: str = INK


#: Tones that differ in lightness, every other one hatched: told apart without colour.
FILLS = (
    Fill("#1f6f78", ink="#ffffff"),
    Fill("#f6e3bd", "/", "#8a5f12"),
    Fill("#123f4a", ink="#ffffff"),
    Fill("#e6eef0", "-", "#5a6b72"),
    Fill("#8f5410", ink="#ffffff"),
    Fill("#ffffff", "\\", "#123f4a"),
)
#: Shape of a point and rhythm of a line, told apart without colour: name, dashes, colour.
STROKES = (
    ("circle", "", "#1f6f78"),
    ("square", "7 3", "#8f5410"),
    ("triangle", "2 3", "#123f4a"),
    ("diamond", "9 3 2 3", "#7a3b69"),
    ("cross", "14 4", "#4a565e"),
    ("wedge", "4 2", "#4d6b12"),
)
_SHAPES: dict[str, Sequence[Point]] = {
    "square": ((-3.6, -3.6), (3.6, -3.6), (3.6, 3.6), (-3.6, 3.6)),
    "triangle": ((0, -4.8), (4.6, 3.6), (-4.6, 3.6)),
    "diamond": ((0, -5.2), (5.2, 0), (0, 5.2), (-5.2, 0)),
    "wedge": ((0, 4.8), (4.6, -3.6), (-4.6, -3.6)),
    "cross": (
        *((-4.6, -3), (-3, -4.6), (0, -1.6), (3, -4.6), (4.6, -3), (1.6, 0)),
        *((4.6, 3), (3, 4.6), (0, 1.6), (-3, 4.6), (-4.6, 3), (-1.6, 0)),
    ),
}


@dataclass(frozen=True, slots=True)
class Named:
    """What is said of a picture as a whole.

    Attributes:
        id: Prefix of the ids inside the picture, unique on the page.
        title: What the chart shows.
        description: The same in words, for those who do not see it.
        direction: ``ltr`` or ``rtl``; the latter mirrors the picture.
    """

    id: str
    title: str
    description: str
    direction: str = "ltr"


class Canvas:
    """Takes shapes and words; ``x`` counts from where reading begins.

    Args:
        direction: ``ltr`` or ``rtl``.
    """

    def __init__(self, direction: str = "ltr") -> None:
        self._from_right = direction == "rtl"
        self._parts: list[str] = []

    def _x(self, x: float) -> float:
        return WIDTH - x if self._from_right else x

    def words(
        self, words: str, x: float, y: float, anchor: str = "start", *, bold: bool = False,
        ink: str = INK,
    ) -> None:  # fmt: skip
        """Write a line; ``y`` is its baseline. Anchors are turned here, not by the renderer."""
        if self._from_right:
            anchor = {"start": "end", "end": "start"}.get(anchor, anchor)
        self._parts.append(
            f'<text x="{self._x(x):g}" y="{y:g}" text-anchor="{anchor}" direction="ltr" '
            f'unicode-bidi="plaintext" font-family="{_FONTS}" font-size="{FONT_SIZE}" '
            f'font-weight="{700 if bold else 400}" fill="{ink}">{escape(words)}</text>'
        )

    def line(self, start: Point, end: Point, *, stroke: str = GRID, width: float = 1) -> None:
        """Draw a line."""
        self._parts.append(
            f'<line x1="{self._x(start[0]):g}" y1="{start[1]:g}" x2="{self._x(end[0]):g}" '
            f'y2="{end[1]:g}" stroke="{stroke}" stroke-width="{width:g}"/>'
        )

    def path(self, points: Sequence[Point], *, stroke: str, dashes: str = "") -> None:
        """Draw a line through points."""
        drawn = " ".join(f"{self._x(x):g},{y:g}" for x, y in points)
        rhythm = f' stroke-dasharray="{dashes}"' if dashes else ""
        self._parts.append(
            f'<polyline points="{drawn}" fill="none" stroke="{stroke}" stroke-width="2" '
            f'stroke-linejoin="round"{rhythm}/>'
        )

    def marker(self, shape: str, at: Point, colour: str) -> None:
        """Draw the shape of a point."""
        x, y = self._x(at[0]), at[1]
        if shape == "circle":
            self._parts.append(f'<circle cx="{x:g}" cy="{y:g}" r="4" fill="{colour}"/>')
            return
        corners = " ".join(f"{x + dx:g},{y + dy:g}" for dx, dy in _SHAPES[shape])
        self._parts.append(f'<polygon points="{corners}" fill="{colour}"/>')

    def bar(self, x: float, y: float, length: float, height: float, fill: Fill) -> None:
        """Draw a bar with its hatching; ``x`` is its end nearer to where reading begins."""
        left = self._x(x + length) if self._from_right else x
        edge = fill.lines or fill.colour
        self._parts.append(
            f'<rect x="{left:g}" y="{y:g}" width="{length:g}" height="{height:g}" '
            f'fill="{fill.colour}" stroke="{edge}" stroke-width="0.75"/>'
        )
        lines = "".join(
            f"M{x1:g} {y1:g}L{x2:g} {y2:g}"
            for (x1, y1), (x2, y2) in _hatching(fill.hatch, left, y, length, height)
        )
        if lines:
            self._parts.append(f'<path d="{lines}" stroke="{fill.lines}" stroke-width="1.1"/>')

    def ground(self, x: float, y: float, length: float, height: float, colour: str) -> None:
        """Draw a plain ground, on which words can be read."""
        left = self._x(x + length) if self._from_right else x
        self._parts.append(
            f'<rect class="ground" x="{left:g}" y="{y:g}" width="{length:g}" '
            f'height="{height:g}" fill="{colour}"/>'
        )

    def svg(self, named: Named, height: float) -> SafeString:
        """Return the picture, with title and description, without style or script."""
        name = escape(named.id)
        # Every word is escaped, every other value is a number of ours.
        return mark_safe(  # noqa: S308
            f'<svg xmlns="http://www.w3.org/2000/svg" role="img" '
            f'viewBox="0 0 {WIDTH} {height:g}" width="100%" '
            f'aria-labelledby="{name}-title {name}-desc" direction="{named.direction}">'
            f'<title id="{name}-title">{escape(named.title)}</title>'
            f'<desc id="{name}-desc">{escape(named.description)}</desc>'
            f"{''.join(self._parts)}</svg>"
        )


#: Signs that XML does not know, not even escaped.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")
_HEAD = re.compile(r'viewBox="0 0 (\d+) ([\d.]+)" width="100%"')


def alone(picture: str) -> str:
    """Return a picture as a file of its own: with a size, on white, valid as XML.

    Its words name the fonts of the report, which the file does not hold; without them another one
    without serifs is taken.
    """
    whole = _HEAD.sub(r'viewBox="0 0 \1 \2" width="\1" height="\2"', _NO_XML.sub("", picture), 1)
    head, end, rest = whole.partition("</desc>")
    return f'{head}{end}<rect width="100%" height="100%" fill="#fff"/>{rest}\n'


def _hatching(
    kind: str, x: float, y: float, length: float, height: float
) -> Iterator[tuple[Point, Point]]:
    """Yield the lines of a hatching inside a box; they continue from one box to the next."""
    if kind == "-":
        for at in _steps(y, y + height, 4):
            yield (x, at), (x + length, at)
    elif kind == "/":
        yield from _slanting(x, y, x + length, y + height)
    elif kind == "\\":
        for (x1, y1), (x2, y2) in _slanting(-x - length, y, -x, y + height):
            yield (-x1, y1), (-x2, y2)


def _slanting(
    left: float, top: float, right: float, bottom: float
) -> Iterator[tuple[Point, Point]]:
    for total in _steps(left + top, right + bottom):
        first, last = max(left, total - bottom), min(right, total - top)
        if first < last:
            yield (first, total - first), (last, total - last)


def _steps(low: float, high: float, step: float = _STEP) -> Iterator[float]:
    at = (low // step + 1) * step
    while at < high:
        yield at
        at += step
