"""Searching: exactly what a person may open, nothing else, and nothing else counted."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import Q, QuerySet

from profile_workflow.models import (
    Assignment,
    City,
    Profile,
    SearchEntry,
    SearchKind,
    Section,
    Source,
    User,
)
from profile_workflow.models.fulltext import best_first, holding
from profile_workflow.spelling import Piece, marked, snippet, without_marks, words_of
from profile_workflow.states import AUTHOR_ROLES, Attribution, Role

#: Words of a search that are looked for.
MOST_WORDS = 10
#: Hits of a page that shows one kind, and of each kind where all are shown.
HITS_A_PAGE = 20
HITS_A_KIND = 5
#: Roles that see sources which no submitted text cites yet.
_KEEPERS = (*AUTHOR_ROLES, Role.PROJECT_TEAM)


# What a person may find


def may_find(user: User, *, on: date) -> "QuerySet[SearchEntry]":
    """Return the entries of the index that a person may find on a day.

    Profiles, submitted texts and cited sources of profiles in which he takes part; working texts
    that are his to write; cities of his profiles; people whose names those profiles show him.
    """
    visible = Profile.objects.visible_to(user)
    kept = _held(user, on, *_KEEPERS)
    return SearchEntry.objects.filter(
        Q(kind__in=(SearchKind.PROFILE, SearchKind.SECTION), profile__in=visible)
        | Q(kind=SearchKind.SOURCE, profile__in=visible.filter(kept))
        | (Q(kind=SearchKind.SOURCE, profile__in=visible) & ~Q(place=""))
        | Q(kind=SearchKind.DRAFT, object_id__in=sections_to_write(user, on=on).values("pk"))
        | Q(kind=SearchKind.CITY, object_id__in=visible.values("city"))
        | Q(kind=SearchKind.PERSON, object_id__in=parts_shown(user, on=on).values("user"))
    )


def _held(user: User, on: date, *roles: Role) -> Q:
    """Profiles on which a person holds one of some roles."""
    mine = Assignment.objects.active(on).filter(user=user, role__in=roles)
    return Q(pk__in=mine.filter(profile__isnull=False).values("profile")) | Q(
        programme__in=mine.filter(profile__isnull=True).values("programme")
    )


def sections_to_write(user: User, *, on: date) -> "QuerySet[Section]":
    """Return the sections whose working text is a person's to write; as ``rules.OWN_SECTION``."""
    leads = Profile.objects.filter(_held(user, on, Role.LOCAL_EXPERT))
    writes = Profile.objects.filter(_held(user, on, *AUTHOR_ROLES))
    sections: QuerySet[Section] = Section.objects.filter(
        Q(profile__in=leads) | Q(profile__in=writes, author=user)
    )
    return sections


def parts_shown(viewer: User, *, on: date) -> "QuerySet[Assignment]":
    """Return who does what, as far as the profiles show it to a reader; as ``people_of``.

    Members of the City Stakeholder Group are shown by name to the project team and to themselves,
    to others only where answers are attributed to persons.
    """
    visible = Profile.objects.visible_to(viewer)
    led = Profile.objects.filter(_held(viewer, on, Role.PROJECT_TEAM))
    within = Q(profile__in=visible) | Q(
        profile__isnull=True, programme__in=visible.values("programme")
    )
    named = (
        ~Q(role=Role.STAKEHOLDER)
        | Q(profile__attribution=Attribution.NAMED)
        | Q(profile__in=led)
        | Q(user=viewer)
    )
    return Assignment.objects.active(on).filter(within, named)


# What is found


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found.

    Attributes:
        kind: A ``SearchKind``.
        title: What it is called, in pieces.
        about: The words around what was found, in pieces; empty where the title is all.
        profile: Where it leads; for a person or a city the newest of its profiles.
        section: Key of the section to which it leads, if any.
        anchor: Place on that page, if any.
        parts: What a person does: role and profile.
    """

    kind: str
    title: list[Piece]
    about: list[Piece]
    profile: Profile | None
    section: str = ""
    anchor: str = ""
    parts: list[Assignment] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one kind that are shown, and how many there are."""

    kind: SearchKind
    number: int
    hits: list[Hit]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: how many of each kind, and those that are shown."""

    words: list[str] = field(default_factory=list)
    numbers: dict[SearchKind, int] = field(default_factory=dict)
    groups: list[Group] = field(default_factory=list)
    page: "Page[int] | None" = None
    was_cut: bool = False

    @property
    def total(self) -> int:
        """How many things were found."""
        return sum(self.numbers.values())


def search(viewer: User, query: str, *, kind: str, page: int, on: date) -> Found:
    """Search for all words of a query; a word finds longer ones that begin with it.

    Args:
        viewer: Who searches.
        query: What was typed; anything at all.
        kind: A ``SearchKind`` to show alone, in pages; empty for some of each kind.
        page: Number of the page; the last one if there are fewer.
        on: The day on which roles are judged.
    """
    words = list(dict.fromkeys(words_of(query)))
    wanted = words[:MOST_WORDS]
    if not wanted:
        return Found()
    ranked: dict[str, list[int]] = {}
    for kind_of_one, object_id in best_first(may_find(viewer, on=on), wanted, connection):
        ranked.setdefault(kind_of_one, []).append(object_id)
    numbers = {one: len(ranked[one]) for one in SearchKind if one in ranked}
    page_of_kind = Paginator(ranked.get(kind, []), HITS_A_PAGE).get_page(page) if kind else None
    if page_of_kind is None:
        shown = {one: ranked[one][:HITS_A_KIND] for one in numbers}
    else:
        shown = {SearchKind(kind): list(page_of_kind)} if kind in numbers else {}
    finder = _Finder(viewer, wanted, on)
    groups = [Group(one, numbers[one], finder.hits(one, ids)) for one, ids in shown.items()]
    return Found(wanted, numbers, groups, page_of_kind, was_cut=len(words) > len(wanted))


class _Finder:
    """Fetches what was found, a constant number of queries a kind, and puts it into words."""

    def __init__(self, viewer: User, wanted: Sequence[str], on: date) -> None:
        self.viewer = viewer
        self.wanted = wanted
        self.on = on

    def hits(self, kind: SearchKind, ids: Sequence[int]) -> list[Hit]:
        """Return the hits of a kind, in the order of ``ids``."""
        return list(_FETCH[kind](self, ids))

    def _marked(self, text: str) -> list[Piece]:
        return marked(text, self.wanted)

    def _about(self, text: str) -> list[Piece]:
        return snippet(without_marks(text), self.wanted)

    def profiles(self, ids: Sequence[int]) -> Iterable[Hit]:
        found = Profile.objects.select_related("city").in_bulk(ids)
        for profile in _in_order(found, ids):
            yield Hit(SearchKind.PROFILE, self._marked(str(profile)), [], profile)

    def sections(self, ids: Sequence[int]) -> Iterable[Hit]:
        for one in _in_order(_sections("revision").in_bulk(ids), ids):
            text = f"{one.revision.text} {one.revision.searched}" if one.revision else ""
            yield self._section_hit(SearchKind.SECTION, one, text)

    def drafts(self, ids: Sequence[int]) -> Iterable[Hit]:
        for one in _in_order(_sections("draft").in_bulk(ids), ids):
            text = f"{one.draft.text} {one.draft.searched}"
            yield self._section_hit(SearchKind.DRAFT, one, text)

    def _section_hit(self, kind: SearchKind, one: Section, text: str) -> Hit:
        return Hit(kind, self._marked(str(one)), self._about(text), one.profile, one.key)

    def sources(self, ids: Sequence[int]) -> Iterable[Hit]:
        found = Source.objects.select_related("profile__city").in_bulk(ids)
        kept = SearchEntry.objects.filter(kind=SearchKind.SOURCE, object_id__in=list(ids))
        places = dict(kept.values_list("object_id", "place"))
        for one in _in_order(found, ids):
            place = places.get(one.pk, "")
            anchor = f"source-{one.key}" if place else ""
            title = self._marked(str(one))
            yield Hit(SearchKind.SOURCE, title, [], one.profile, place, anchor)

    def people(self, ids: Sequence[int]) -> Iterable[Hit]:
        found = User.objects.in_bulk(ids)
        shown = parts_shown(self.viewer, on=self.on).filter(user__in=list(ids))
        parts: dict[int, list[Assignment]] = {}
        related = ("profile__city", "programme")
        for part in shown.select_related(*related).order_by("-profile__edition", "pk"):
            parts.setdefault(part.user_id, []).append(part)
        for one in _in_order(found, ids):
            does = parts[one.pk]
            where = next((part.profile for part in does if part.profile), None)
            name = self._marked(one.full_name)
            yield Hit(SearchKind.PERSON, name, [], where, parts=does)

    def cities(self, ids: Sequence[int]) -> Iterable[Hit]:
        visible = Profile.objects.visible_to(self.viewer).filter(city__in=list(ids))
        newest: dict[int, Profile] = {}
        for profile in visible.select_related("city").order_by("edition"):
            newest[profile.city_id] = profile
        for one in _in_order(City.objects.in_bulk(ids), ids):
            names = dict.fromkeys(filter(None, (str(one), one.name, one.name_fr, one.name_ar)))
            title = self._marked(" · ".join(names))
            yield Hit(SearchKind.CITY, title, [], newest.get(one.pk))


def _sections(text: str) -> "QuerySet[Section]":
    found: QuerySet[Section] = Section.objects.select_related(
        "template_section", "profile__city", text
    )
    return found


def _in_order(found: Mapping[int, Any], ids: Sequence[int]) -> Iterable[Any]:
    return (found[one] for one in ids if one in found)


_FETCH: Mapping[SearchKind, Callable[[_Finder, Sequence[int]], Iterable[Hit]]] = {
    SearchKind.PROFILE: _Finder.profiles,
    SearchKind.SECTION: _Finder.sections,
    SearchKind.DRAFT: _Finder.drafts,
    SearchKind.SOURCE: _Finder.sources,
    SearchKind.PERSON: _Finder.people,
    SearchKind.CITY: _Finder.cities,
}


def numbers_of_words(viewer: User, words: Sequence[str], *, on: date) -> dict[str, int]:
    """Return word → how many things it alone finds, for whoever found nothing with all of them."""
    allowed = may_find(viewer, on=on)
    return {word: holding(allowed, [word], connection).count() for word in words}
