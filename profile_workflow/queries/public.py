"""What everybody may know, with or without an account: the cities, and what has been published."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from profile_workflow.models import City, Profile
from profile_workflow.states import ProfileState


@dataclass(frozen=True, slots=True)
class Edition:
    """A published profile: no more of it than its cover says."""

    year: int
    published_at: datetime
    slug: str


@dataclass(frozen=True, slots=True)
class Place:
    """A city of a network with its published profiles, newest first; perhaps none."""

    city: City
    editions: Sequence[Edition]


@dataclass(frozen=True, slots=True)
class Network:
    """A programme with its cities, in the order of their names.

    Attributes:
        name: Of the programme.
        places: Cities with a published profile.
        others: Cities without one.
    """

    name: str
    places: Sequence[Place]
    others: Sequence[Place]


def networks() -> list[Network]:
    """Return every programme that has a city. Two queries, however many there are.

    Whether a profile is being made cannot be learned from the answer: a city with an unpublished
    profile looks like one without any, and one whose profile is being corrected like one whose is
    not. What was cancelled is not named any more.
    """
    published = _published()
    of_programme: defaultdict[str, list[Place]] = defaultdict(list)
    for city in City.objects.select_related("programme").order_by("programme__name", "pk"):
        of_programme[str(city.programme)].append(Place(city, published.get(city.pk, ())))
    return [_network(name, places) for name, places in of_programme.items()]


def _network(name: str, places: Sequence[Place]) -> Network:
    ordered = sorted(places, key=lambda place: str(place.city))
    return Network(
        name,
        places=[place for place in ordered if place.editions],
        others=[place for place in ordered if not place.editions],
    )


def _published() -> Mapping[int, Sequence[Edition]]:
    found = (
        Profile.objects.filter(published_at__isnull=False)
        .exclude(state=ProfileState.CANCELLED)
        .order_by("-edition")
        .values_list("city_id", "edition", "published_at", "slug")
    )
    by_city: defaultdict[int, list[Edition]] = defaultdict(list)
    for city, year, published_at, slug in found:
        by_city[city].append(Edition(year, published_at, slug))
    return by_city
