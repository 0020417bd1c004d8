"""The coasts of the land, and what of them a map shows; no border between States anywhere.

``coasts.txt`` is the coast of Natural Earth at 1:50 million (public domain), thinned by us: one
ring a line as an SVG path, in twentieths of a degree, north upwards. It is finer between 20° W and
50° E, 18° N and 60° N, and leaves out Antarctica and small islands.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("coasts.txt")
#: Units of the file in one degree.
_DEGREE = 20.0
#: How far outside a map its land is cut off, in its units.
_EDGE = 20.0
_NUMBERS = re.compile(r"-?\d+")

Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class View:
    """What of the earth is shown: an equidistant projection, true in the middle of the map."""

    west: float
    north: float
    stretch: float
    scale: float
    width: float
    height: float

    def at(self, east: float, north: float) -> tuple[float, float]:
        """Return where a place lies on the map: from its left and from its top."""
        return (
            (east - self.west) * self.stretch * self.scale,
            (self.north - north) * self.scale,
        )


@cache
def rings() -> tuple[Ring, ...]:
    """Return the coasts, each a ring of degrees east and north."""
    return tuple(_ring(line) for line in _FILE.read_text(encoding="ascii").splitlines())


def _ring(path: str) -> Ring:
    numbers = [int(number) for number in _NUMBERS.findall(path)]
    x = y = 0
    points = []
    for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
        x, y = x + dx, y + dy
        points.append((x / _DEGREE, -y / _DEGREE))
    return tuple(points)


def coasts(view: View) -> Iterator[str]:
    """Yield the coasts that are in view, cut off a little outside of it."""
    for ring in rings():
        points = [view.at(*point) for point in ring]
        xs, ys = [x for x, _y in points], [y for _x, y in points]
        if max(xs) < 0 or min(xs) > view.width or max(ys) < 0 or min(ys) > view.height:
            continue
        kept: list[tuple[float, float]] = []
        for x, y in points:
            held = (
                round(min(max(x, -_EDGE), view.width + _EDGE), 1),
                round(min(max(y, -_EDGE), view.height + _EDGE), 1),
            )
            if not kept or held != kept[-1]:
                kept.append(held)
        yield "M" + "L".join(f"{x:g} {y:g}" for x, y in kept) + "Z"
