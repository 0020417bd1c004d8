"""How the reports of a programme look: colours, who is named on the cover, where its cities are."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from profile_workflow.charts.land.network import Place
from profile_workflow.colours import WHITE, Colour, validate_colour, validate_ground
from profile_workflow.models import City, Partner, Profile

_PARTS = tuple(Partner.Part)
#: Of the ground and of the accent, where a programme has none that is fit.
_COLOURS = ("#123f4a", "#c8963e")


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

    colour: str = _COLOURS[0]
    accent: str = _COLOURS[1]
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
        colour=_fit(programme.colour, validate_ground, _COLOURS[0]),
        accent=_fit(programme.accent, validate_colour, _COLOURS[1]),
        named=tuple(
            Named(one.part, one.name_in(language), one.logo_sha256)
            for one in sorted(partners, key=_place_on_cover)
        ),
        here=here,
        network=tuple(places.values()),
    )


def _fit(colour: str, check: Callable[[str], None], otherwise: str) -> str:
    """Return a colour if it can be printed: forms check that, a hand in the table does not."""
    try:
        check(colour)
    except ValidationError:
        return otherwise
    return colour


def _place_on_cover(partner: Partner) -> tuple[int, int, int]:
    return _PARTS.index(Partner.Part(partner.part)), partner.position, partner.pk


def _places(cities: Iterable[City], language: str) -> Iterable[Place]:
    return (
        Place(city.name_in(language), city.longitude, city.latitude)
        for city in cities
        if city.longitude is not None and city.latitude is not None
    )
