"""A map of a network of cities: land alone, without any border between States, and the cities.

``land.txt`` is the coast of Natural Earth at 1:50 million (public domain), thinned by us: one ring
a line as an SVG path, in twentieths of a degree, north upwards. It is finer between 20° W and
50° E, 18° N and 60° N, and leaves out Antarctica and small islands.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

from django.utils.safestring import SafeString, mark_safe

from profile_workflow.charts.letters import width_of

_FILE = Path(__file__).with_name("land.txt")
#: Units of the file in one degree.
_DEGREE = 20.0
#: A map shows at least so many degrees from west to east.
_LEAST_SPAN = 16.0
_MARGIN = 0.09
_NUMBERS = re.compile(r"-?\d+")
_FONTS = "Noto Sans, Vazirmatn, sans-serif"

Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A city on the map: its name, degrees east and degrees north."""

    name: str
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class Colours:
    """Colours of a map, as CSS writes them."""

    sea: str
    land: str
    city: str
    here: str
    ink: str


@dataclass(frozen=True, slots=True)
class _View:
    """What of the earth is shown: an equidistant projection, true in the middle of the map."""

    west: float
    north: float
    stretch: float
    scale: float
    width: float
    height: float

    def at(self, east: float, north: float) -> tuple[float, float]:
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


def network_map(
    places: Sequence[Place], here: Place, *, size: tuple[float, float], colours: Colours, words: str
) -> SafeString:
    """Draw where the cities of a network lie.

    Args:
        places: The other cities.
        here: The city that the map is about; it is marked and always named.
        size: Width and height of the picture.
        colours: Its colours.
        words: What it shows, for those who do not see it.

    Returns:
        An SVG without style or script. Names that would cover something are left out.
    """
    view = _view([*places, here], *size)
    land = "".join(_coasts(view))
    # Every word is escaped, every other value is a number or a colour of ours.
    return mark_safe(  # noqa: S308
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {size[0]:g} {size[1]:g}" '
        f'width="100%" direction="ltr"><title>{escape(words)}</title>'
        f'<rect width="{size[0]:g}" height="{size[1]:g}" fill="{colours.sea}"/>'
        f'<path d="{land}" fill="{colours.land}"/>{_cities(places, here, view, colours)}</svg>'
    )


def _view(places: Sequence[Place], width: float, height: float) -> _View:
    west, east = min(p.east for p in places), max(p.east for p in places)
    south, north = min(p.north for p in places), max(p.north for p in places)
    stretch = math.cos(math.radians((south + north) / 2))
    # Degrees of latitude across and down that must be seen.
    across = max((east - west) * stretch, _LEAST_SPAN * stretch)
    down = max(north - south, 1.0)
    room = 1 - 2 * _MARGIN
    scale = min(width * room / across, height * room / down)
    return _View(
        west=(west + east) / 2 - width / 2 / scale / stretch,
        north=(south + north) / 2 + height / 2 / scale,
        stretch=stretch,
        scale=scale,
        width=width,
        height=height,
    )


def _coasts(view: _View) -> Iterator[str]:
    """Yield the coasts that are in view, cut off a little outside of it."""
    edge = 20.0
    for ring in rings():
        points = [view.at(*point) for point in ring]
        xs, ys = [x for x, _y in points], [y for _x, y in points]
        if max(xs) < 0 or min(xs) > view.width or max(ys) < 0 or min(ys) > view.height:
            continue
        kept: list[tuple[float, float]] = []
        for x, y in points:
            held = (
                round(min(max(x, -edge), view.width + edge), 1),
                round(min(max(y, -edge), view.height + edge), 1),
            )
            if not kept or held != kept[-1]:
                kept.append(held)
        yield "M" + "L".join(f"{x:g} {y:g}" for x, y in kept) + "Z"


_Box = tuple[float, float, float, float]


def _cities(places: Sequence[Place], here: Place, view: _View, colours: Colours) -> str:
    spots = [view.at(one.east, one.north) for one in places]
    centre = view.at(here.east, here.north)
    taken: list[_Box] = [(x - 4, y - 4, x + 4, y + 4) for x, y in spots]
    name = _name(here.name, centre, 15, 700, colours.ink, view, taken, must=True)
    taken.append((centre[0] - 12, centre[1] - 12, centre[0] + 12, centre[1] + 12))
    drawn = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="{colours.city}"/>' for x, y in spots]
    names = [
        _name(one.name, spot, 9.5, 400, colours.ink, view, taken)
        for one, spot in zip(places, spots, strict=True)
    ]
    x, y = centre
    mark = (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="10" fill="none" stroke="{colours.here}" '
        f'stroke-width="1.6"/><circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{colours.here}"/>'
    )
    return "".join([*drawn, *names, mark, name])


def _name(
    words: str,
    spot: tuple[float, float],
    size: float,
    weight: int,
    ink: str,
    view: _View,
    taken: list[_Box],
    *,
    must: bool = False,
) -> str:
    """Write a name beside, above or below its spot, where nothing stands yet."""
    width, (x, y) = width_of(words, size), spot
    away = 14.0 if must else 5.5
    tried = [
        ("start", x + away, y + size * 0.35), ("end", x - away, y + size * 0.35),
        ("middle", x, y - away - 1), ("middle", x, y + away + size * 0.8),
    ]  # fmt: skip
    for place, (anchor, left, base) in enumerate(tried):
        start = {"start": left, "end": left - width, "middle": left - width / 2}[anchor]
        box = (start, base - size * 0.9, start + width, base + size * 0.25)
        inside = box[0] > 2 and box[2] < view.width - 2 and box[1] > 2 and box[3] < view.height - 2
        own = (x - 4, y - 4, x + 4, y + 4)
        if inside and not any(_meet(box, other) for other in taken if other != own):
            break
        if must and inside and place == len(tried) - 1:
            break
    else:
        if not must:
            return ""
        anchor, left, base = tried[0]
        box = (left, base - size, left + width, base)
    taken.append(box)
    return (
        f'<text x="{left:.1f}" y="{base:.1f}" text-anchor="{anchor}" direction="ltr" '
        f'unicode-bidi="plaintext" font-family="{_FONTS}" font-size="{size:g}" '
        f'font-weight="{weight}" fill="{ink}">{escape(words)}</text>'
    )


def _meet(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
