"""From degrees to the picture: the outline of the land, and the place of a city on it."""

import json
from functools import cache
from math import cos, radians
from pathlib import Path

#: Degrees of the picture: west, south, east, north.
WEST, SOUTH, EAST, NORTH = -11.5, 28.5, 40.0, 52.5
#: Degrees of longitude are drawn as long as they are in the middle of the picture.
_MIDDLE = cos(radians((SOUTH + NORTH) / 2))
WIDTH = 640
SCALE = WIDTH / ((EAST - WEST) * _MIDDLE)
HEIGHT = round((NORTH - SOUTH) * SCALE)
KEPT_AT = Path(__file__).with_name("mediterranean.json")


def place(latitude: float, longitude: float) -> tuple[float, float]:
    """Return where a place lies on the picture: from its left and from its top, in its units.

    Args:
        latitude: Degrees north.
        longitude: Degrees east.
    """
    across = (longitude - WEST) * _MIDDLE * SCALE
    down = (NORTH - latitude) * SCALE
    return round(across, 1), round(down, 1)


def is_shown(latitude: float, longitude: float) -> bool:
    """Whether a place lies within the picture."""
    return SOUTH <= latitude <= NORTH and WEST <= longitude <= EAST


@cache
def outline() -> str:
    """Return the land as the ``d`` of an SVG path, in the units of the picture."""
    kept: str = json.loads(KEPT_AT.read_text(encoding="utf-8"))["path"]
    return kept
