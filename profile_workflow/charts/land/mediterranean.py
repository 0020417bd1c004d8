"""The map of the catalogue: the lands round the Mediterranean, always the same."""

from functools import cache
from math import cos, radians

from profile_workflow.charts.land.coasts import View, coasts

_WEST, _SOUTH, _EAST, _NORTH = -11.5, 28.5, 40.0, 52.5
#: Degrees of longitude are drawn as long as they are in the middle of the picture.
_MIDDLE = cos(radians((_SOUTH + _NORTH) / 2))
WIDTH = 640
_SCALE = WIDTH / ((_EAST - _WEST) * _MIDDLE)
HEIGHT = round((_NORTH - _SOUTH) * _SCALE)
_VIEW = View(west=_WEST, north=_NORTH, stretch=_MIDDLE, scale=_SCALE, width=WIDTH, height=HEIGHT)


def place(latitude: float, longitude: float) -> tuple[float, float]:
    """Return where a place lies on the picture: from its left and from its top, in its units.

    Args:
        latitude: Degrees north.
        longitude: Degrees east.
    """
    across, down = _VIEW.at(longitude, latitude)
    return round(across, 1), round(down, 1)


def is_shown(latitude: float, longitude: float) -> bool:
    """Whether a place lies within the picture."""
    return _SOUTH <= latitude <= _NORTH and _WEST <= longitude <= _EAST


@cache
def outline() -> str:
    """Return the land as the ``d`` of an SVG path, in the units of the picture."""
    return "".join(coasts(_VIEW))
