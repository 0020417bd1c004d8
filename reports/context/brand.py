"""How the reports of a programme look: colours, who is named on the cover, where its cities are."""

from collections.abc import Iterable
from dataclasses import dataclass

from profile_workflow.charts.land.network import Place
from profile_workflow.colours import WHITE, Colour
from profile_workflow.models import City, Partner, Profile

_PARTS = tuple(Partner.Part)


@dataclass(frozen=True, slots=True)
class Named:
    """An organisation on the cover; ``logo`` is the SHA-256 of its picture, or empty."""

    part: str
    name: str
    logo: str = ""


@dataclass(frozen=True, slots=True)
class Brand:
    """Colours as ``#rrggbb``, organisations in the order of the cover, cities of the network.

    Attributes:
        here: The city of the report; ``None`` if nobody has said where it lies.
        network: The other cities.
    """

    colour: str = "#123f4a"
    accent: str = "#c8963e"
    named: tuple[Named, ...] = ()
    here: Place | None = None
    network: tuple[Place, ...] = ()

    @property
    def tones(self) -> dict[str, str]:
        """Custom property of the style sheets → colour."""
        ground, accent = Colour.read(self.colour), Colour.read(self.accent)
        return {
            "brand": str(ground),
            "accent": str(accent),
            "accent-ink": str(accent.readable_on(WHITE.mixed(ground, 0.07))),
            "accent-light": str(accent.mixed(WHITE, 0.35).readable_on(ground)),
            "tint": str(WHITE.mixed(ground, 0.07)),
            "rule": str(WHITE.mixed(ground, 0.25)),
            "pale": str(WHITE.mixed(ground, 0.14).readable_on(ground)),
            "land": str(ground.mixed(WHITE, 0.24)),
        }


def read_brand(profile: Profile, language: str) -> Brand:
    """Read how the reports of the profile's programme look: two queries."""
    programme = profile.programme
    partners = Partner.objects.filter(programme=programme, printed=True)
    cities = City.objects.filter(programme=programme, kind=City.Kind.CITY).order_by("slug")
    places = {city.pk: place for city in cities for place in _places([city], language)}
    here = places.pop(profile.city_id, None)
    return Brand(
        colour=programme.colour,
        accent=programme.accent,
        named=tuple(
            Named(one.part, one.name_in(language), one.logo_sha256)
            for one in sorted(partners, key=_place_on_cover)
        ),
        here=here,
        network=tuple(places.values()),
    )


def _place_on_cover(partner: Partner) -> tuple[int, int, int]:
    return _PARTS.index(Partner.Part(partner.part)), partner.position, partner.pk


def _places(cities: Iterable[City], language: str) -> Iterable[Place]:
    return (
        Place(city.name_in(language), city.longitude, city.latitude)
        for city in cities
        if city.longitude is not None and city.latitude is not None
    )
