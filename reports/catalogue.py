"""What everybody may read without an account: every published version, and what became of it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from babel import Locale
from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import F, QuerySet
from django.utils.translation import get_language

from profile_workflow.models import City, Profile, Revision, SearchEntry, SearchKind
from profile_workflow.models.fulltext import best_first
from profile_workflow.services.search_index import printed_words
from profile_workflow.spelling import Piece, marked, snippet, without_marks, words_of
from profile_workflow.states import ProfileState
from reports.models import Publication
from reports.publications import STILL_PUBLIC
from reports.verification import Status, withdrawals, withdrawn_versions

#: Profiles, and found passages, of a page of the catalogue.
PROFILES_A_PAGE = 30
HITS_A_PAGE = 20
#: Words of a search that are looked for.
MOST_WORDS = 10
#: Versions that the feed tells, newest first.
MOST_IN_FEED = 50


@dataclass(frozen=True, slots=True)
class Standing:
    """A profile that has been published, with all that was.

    Attributes:
        versions: Its publications in the language of its text, newest first.
        others: Those in other languages.
        withdrawn_at: When it was withdrawn; None if it is public.
        reason: Why it was.
        gone: Version that was withdrawn by itself → when and why.
        next_edition: The published profile that follows it.
        previous_edition: The published profile that it follows.
    """

    profile: Profile
    versions: Sequence[Publication]
    others: Sequence[Publication] = ()
    withdrawn_at: datetime | None = None
    reason: str = ""
    gone: Mapping[str, tuple[datetime, str]] = field(default_factory=dict)
    next_edition: Profile | None = None
    previous_edition: Profile | None = None

    @property
    def newest(self) -> Publication:
        """The version that is in force: the last that stands."""
        standing = (one for one in self.versions if one.version not in self.gone)
        return next(standing, self.versions[0])

    def version(self, number: str) -> Publication | None:
        """Return a version by its number."""
        return next((one for one in self.versions if one.version == number), None)

    def status_of(self, publication: Publication) -> Status:
        """Return what became of a version."""
        if self.withdrawn_at is not None or publication.version in self.gone:
            return Status.WITHDRAWN
        if publication.version != self.newest.version:
            return Status.CORRECTED
        return Status.SUPERSEDED if self.is_superseded else Status.PUBLISHED

    @property
    def is_superseded(self) -> bool:
        """Whether a newer edition that is still public has followed."""
        return self.profile.state == ProfileState.SUPERSEDED and self.next_edition is not None

    @property
    def is_due(self) -> bool:
        """Whether the programme has said that an update is due."""
        return bool(self.profile.state == ProfileState.UPDATE_DUE)


def standing_of(slug: str) -> Standing | None:
    """Return a published profile; None if there is none of that name, or nothing was published.

    Four queries at most; the same one for a profile that is not published and for none at all.
    """
    related = ("profile__city", "profile__programme", "profile__next_edition")
    found = Publication.objects.filter(profile__slug=slug)
    found = found.select_related(*related, "profile__previous_edition", "profile_version")
    several = list(found.order_by("-published_at", "-pk"))
    if not several:
        return None
    profile = several[0].profile
    own = [one for one in several if one.language == profile.language]
    withdrawn_at, reason = None, ""
    if profile.state == ProfileState.CANCELLED:
        withdrawn_at, reason = withdrawals([profile.pk]).get(profile.pk, (None, ""))
        withdrawn_at = withdrawn_at or profile.state_since
    following: Profile | None = getattr(profile, "next_edition", None)
    return Standing(
        profile,
        own or several,
        [one for one in several if one.language != profile.language] if own else [],
        withdrawn_at,
        reason,
        withdrawn_versions([profile.pk]).get(profile.pk, {}),
        following if _is_public(following) else None,
        profile.previous_edition if _is_public(profile.previous_edition) else None,
    )


def _is_public(profile: Profile | None) -> bool:
    return (
        profile is not None and profile.published_at is not None and profile.state in STILL_PUBLIC
    )


# The catalogue


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the catalogue is wanted; empty is all."""

    words: str = ""
    country: str = ""
    year: int | None = None
    language: str = ""
    keyword: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to choose from: only what is published."""

    countries: Sequence[tuple[str, str]]
    years: Sequence[int]
    languages: Sequence[str]
    keywords: Sequence[str]


@dataclass(frozen=True, slots=True)
class Listed:
    """A published profile as the catalogue names it."""

    profile: Profile
    newest: Publication
    is_superseded: bool
    is_due: bool


@dataclass(frozen=True, slots=True)
class CityListed:
    """A city with its published editions, newest first."""

    city: City
    country: str
    editions: Sequence[Listed]


@dataclass(frozen=True, slots=True)
class Passage:
    """A published section that holds the words that were searched for."""

    listed: Listed
    key: str
    title: list[Piece]
    about: list[Piece]


@dataclass(frozen=True, slots=True)
class Dot:
    """A city on the map."""

    city: City
    latitude: float
    longitude: float
    is_published: bool


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A page of the catalogue.

    Attributes:
        cities: Those with a published profile that is wanted, by name.
        page: The page of profiles, or of passages where words are searched for.
        number: How many profiles, or passages, there are.
        dots: Every city whose place is known.
    """

    page: "Page[Any]"
    number: int
    cities: Sequence[CityListed] = ()
    passages: Sequence[Passage] = ()
    words: Sequence[str] = ()
    dots: Sequence[Dot] = ()


def published() -> "QuerySet[Publication]":
    """Return every publication that is public, in the language of its text."""
    found: QuerySet[Publication] = (
        Publication.objects.standing()
        .filter(language=F("profile__language"), profile__state__in=STILL_PUBLIC)
        .select_related("profile__city__programme", "profile__next_edition")
    )
    return found


def feed() -> Sequence[Publication]:
    """Return the versions that were published last, newest first: one query."""
    return list(published().order_by("-published_at", "-pk")[:MOST_IN_FEED])


def shelf() -> list[Listed]:
    """Return every published profile with its newest version: one query."""
    return _newest(published().order_by("published_at", "pk"))


def catalogue(everything: Sequence[Listed], wanted: Wanted, *, page: int) -> Catalogue:
    """Return what is wanted of the shelf; a constant number of queries."""
    chosen = [one for one in everything if _is_wanted(one, wanted)]
    words = list(dict.fromkeys(words_of(wanted.words)))[:MOST_WORDS]
    dots = _dots({one.profile.city_id for one in chosen})
    if words:
        found = _hits(chosen, words)
        shown = Paginator(found, HITS_A_PAGE).get_page(page)
        passages = _passages(list(shown), {one.profile.pk: one for one in chosen}, words)
        return Catalogue(shown, len(found), (), passages, words, dots)
    ordered = sorted(
        chosen, key=lambda one: (str(one.profile.city), one.profile.city_id, -one.profile.edition)
    )
    shown_profiles = Paginator(ordered, PROFILES_A_PAGE).get_page(page)
    cities = _cities(list(shown_profiles))
    return Catalogue(shown_profiles, len(ordered), cities, dots=dots)


def _newest(found: Iterable[Publication]) -> list[Listed]:
    of_profile: dict[int, Publication] = {one.profile_id: one for one in found}
    return [
        Listed(
            one.profile,
            one,
            one.profile.state == ProfileState.SUPERSEDED
            and _is_public(getattr(one.profile, "next_edition", None)),
            one.profile.state == ProfileState.UPDATE_DUE,
        )
        for one in of_profile.values()
    ]


def _is_wanted(one: Listed, wanted: Wanted) -> bool:
    profile = one.profile
    return (
        wanted.country in ("", profile.city.country)
        and wanted.year in (None, profile.edition)
        and wanted.language in ("", profile.language)
        and (not wanted.keyword or wanted.keyword in profile.keywords)
    )


def choices_of(found: Iterable[Listed]) -> Choices:
    """Return what can be chosen of the shelf, countries by their names in the language in force."""
    several = [one.profile for one in found]
    names = country_names()
    countries = {one.city.country for one in several}
    return Choices(
        countries=sorted(((code, names.get(code, code)) for code in countries), key=_by_name),
        years=sorted({one.edition for one in several}, reverse=True),
        languages=sorted({one.language for one in several}),
        keywords=sorted({str(word) for one in several for word in one.keywords}, key=str.casefold),
    )


def _by_name(pair: tuple[str, str]) -> str:
    return pair[1]


def country_names() -> Mapping[str, str]:
    """Return the names of the countries in the language in force."""
    locale = Locale.parse((get_language() or "en")[:2])
    return {str(code): str(name) for code, name in locale.territories.items()}


def _cities(shown: Sequence[Listed]) -> list[CityListed]:
    names = country_names()
    of_city: dict[int, list[Listed]] = defaultdict(list)
    for one in shown:
        of_city[one.profile.city_id].append(one)
    return [
        CityListed(city, names.get(city.country, city.country), several)
        for several in of_city.values()
        for city in [several[0].profile.city]
    ]


def _dots(published_cities: set[int]) -> list[Dot]:
    """Return every city that lies somewhere, those with a published profile last, so on top."""
    cities = City.objects.filter(latitude__isnull=False, longitude__isnull=False).order_by("pk")
    dots = [
        Dot(one, float(one.latitude or 0), float(one.longitude or 0), one.pk in published_cities)
        for one in cities
    ]
    return sorted(dots, key=lambda dot: dot.is_published)


def _hits(chosen: Sequence[Listed], words: Sequence[str]) -> list[int]:
    """Return the ids of published texts that hold every word, the best first."""
    allowed = SearchEntry.objects.filter(
        kind=SearchKind.PUBLISHED, profile__in=[one.profile.pk for one in chosen]
    )
    return [pk for _kind, pk in best_first(allowed, words, connection)]


def _passages(
    ids: Sequence[int], chosen: Mapping[int, Listed], words: Sequence[str]
) -> list[Passage]:
    found = Revision.objects.select_related("section__template_section").in_bulk(ids)
    passages = []
    for pk in ids:
        revision = found[pk]
        section, listed = revision.section, chosen[revision.section.profile_id]
        title = section.template_section.title_in(listed.profile.language)
        about = snippet(without_marks(printed_words(revision)), words)
        named = marked(f"{section.number} {title}".strip(), words)
        passages.append(Passage(listed, f"section-{section.key.lower()}", named, about))
    return passages
