"""The cover and what repeats its identity: the map, the organisations, the colours."""

import re
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.utils.safestring import SafeString

from profile_workflow.charts.land.network import Colours, network_map
from reports.context.brand import Brand, Named
from reports.context.plain import Report
from reports.labels import Labels

#: Width and height of the map on the cover, in thirds of a millimetre of the paper.
COVER_MAP = (630.0, 348.0)
_TONE = re.compile(r"var\(--([a-z-]+)\)")


def map_of(report: Report, words: Labels, size: tuple[float, float]) -> SafeString | str:
    """Draw where the city lies in its network.

    Args:
        report: What is printed.
        words: The words that are printed, in its language.
        size: Width and height, in units of the drawing: the smaller, the larger its letters.

    Returns:
        The map as SVG; empty if nobody has said where the city lies.
    """
    brand, here = report.brand, report.brand.here
    if here is None:
        return ""
    tones = brand.tones
    return network_map(
        brand.network,
        here,
        size=size,
        colours=Colours(
            sea=tones["brand"], land=tones["land"], city=tones["pale"],
            here=tones["accent-light"], ink="#ffffff",
        ),
        words=_said(brand, here.name, words),
    )  # fmt: skip


def _said(brand: Brand, city: str, words: Labels) -> str:
    if not brand.network:
        return words.map_alone % {"city": city}
    cities = words.comma.join(sorted(place.name for place in brand.network))
    return words.map % {"cities": cities, "city": city}


def organisations(brand: Brand, words: Labels) -> list[dict[str, Any]]:
    """Return who is named on the cover: ``{"label", "logos", "names"}`` of each part in turn.

    ``logos`` are those of the organisations (``Named``) that have one, ``names`` the others.
    """
    called = {
        "donor": words.funded_by, "lead": words.implemented_by, "partner": words.partnered_by,
    }  # fmt: skip
    return [
        {"label": called[part], **_shown(tuple(several))}
        for part, several in groupby(brand.named, key=attrgetter("part"))
    ]


def _shown(several: tuple[Named, ...]) -> dict[str, Any]:
    return {
        "logos": [one for one in several if one.logo],
        "names": [one.name for one in several if not one.logo],
    }


def in_colours(style: str, brand: Brand) -> str:
    """Return a style sheet with the colours of the programme in it.

    WeasyPrint knows custom properties, but would look each of them up for every element.
    """
    tones = brand.tones
    return _TONE.sub(lambda found: tones[found[1]], style)
