"""``python -m profile_workflow.charts.land land-50m.json``: make the outline that is kept here.

``land-50m.json`` is of the npm package ``world-atlas`` 2.0.2 (ISC), which holds the land of Natural
Earth 1:50m (public domain) as TopoJSON. What lies outside the picture is cut off, and points that
would not be seen are left out.
"""

import json
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from profile_workflow.charts.land.drawing import HEIGHT, KEPT_AT, WIDTH, place

Point = tuple[float, float]
#: Points nearer to the line between their neighbours, and land smaller than this, are left out.
_TOLERANCE, _SMALLEST = 0.7, 6.0
_ORIGIN = "Natural Earth 1:50m land (public domain), by way of world-atlas 2.0.2"


def _arcs(topology: dict[str, Any]) -> list[list[Point]]:
    (fx, fy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    found = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((x * fx + tx, y * fy + ty))
        found.append(points)
    return found


def _rings(topology: dict[str, Any]) -> Iterator[list[Point]]:
    """Yield every ring of the land in degrees east and north."""
    arcs = _arcs(topology)
    for land in topology["objects"]["land"]["geometries"]:
        polygons = land["arcs"] if land["type"] == "MultiPolygon" else [land["arcs"]]
        for polygon in polygons:
            for ring in polygon:
                yield [
                    point
                    for number in ring
                    for point in (arcs[number] if number >= 0 else arcs[~number][::-1])
                ]


def _cut(ring: list[Point], axis: int, border: float, *, keeps_more: bool) -> list[Point]:
    """Return what of a ring lies on one side of a border (Sutherland and Hodgman)."""
    kept: list[Point] = []
    for before, point in zip([ring[-1], *ring[:-1]], ring, strict=True):
        was_in = (before[axis] >= border) == keeps_more
        is_in = (point[axis] >= border) == keeps_more
        if was_in != is_in:
            share = (border - before[axis]) / (point[axis] - before[axis])
            other = before[1 - axis] + share * (point[1 - axis] - before[1 - axis])
            kept.append((border, other) if axis == 0 else (other, border))
        if is_in:
            kept.append(point)
    return kept


def _within(ring: list[Point]) -> list[Point]:
    sides = ((0, 0, True), (0, WIDTH, False), (1, 0, True), (1, HEIGHT, False))
    for axis, border, keeps_more in sides:
        ring = _cut(ring, axis, border, keeps_more=keeps_more) if ring else ring
    return ring


def _simplified(line: list[Point]) -> list[Point]:
    """Leave out what nobody would see (Douglas and Peucker)."""
    (ax, ay), (bx, by) = line[0], line[-1]
    length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5

    def away(point: Point) -> float:
        x, y = point
        if not length:
            return float(((x - ax) ** 2 + (y - ay) ** 2) ** 0.5)
        return float(abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length)

    farthest = max(range(1, len(line) - 1), key=lambda at: away(line[at]), default=0)
    if not farthest or away(line[farthest]) < _TOLERANCE:
        return [line[0], line[-1]]
    return _simplified(line[: farthest + 1])[:-1] + _simplified(line[farthest:])


def _area(ring: list[Point]) -> float:
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    area: float = sum(x * v - u * y for (x, y), (u, v) in pairs)
    return abs(area) / 2


def _drawn(ring: list[Point]) -> str:
    points = [(round(x), round(y)) for x, y in ring]
    steps = [f"M{points[0][0]} {points[0][1]}"]
    for (x, y), (u, v) in pairwise(points):
        if (x, y) != (u, v):
            steps.append(f"l{u - x} {v - y}")
    return "".join(steps).replace(" -", "-") + "z"


def path_of(topology: dict[str, Any]) -> str:
    """Return the land within the picture as the ``d`` of an SVG path."""
    pieces = []
    for ring in _rings(topology):
        seen = _within([place(latitude, longitude) for longitude, latitude in ring])
        if len(seen) > 3 and _area(seen) >= _SMALLEST:
            half = len(seen) // 2
            pieces.append(_drawn(_simplified(seen[: half + 1])[:-1] + _simplified(seen[half:])))
    return "".join(pieces)


if __name__ == "__main__":
    read = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    KEPT_AT.write_text(json.dumps({"origin": _ORIGIN, "path": path_of(read)}) + "\n")
