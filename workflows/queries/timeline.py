"""The history of a profile as one list: the events of its log and the PDFs that were made of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, CharField, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import TruncDate

from profile_workflow.models import Profile, User
from profile_workflow.queries import history
from profile_workflow.queries.attribution import may_see_names
from profile_workflow.queries.history import Line, Subject, Wanted
from profile_workflow.states import Role
from reports.models import Build
from workflows.queries import builds
from workflows.queries.builds import BuildLine

_EVENT, _BUILD = 1, 0
_LINES_AT_ONCE = 500
#: Before everything else that happens on a day.
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
#: Moment, sort and number of what happened; then what puts it in order: the day, the moment if
#: it may be told, and else what says nothing.
Place = tuple[datetime, int, int, date, datetime, str]


@dataclass(frozen=True, slots=True)
class Happening:
    """An event or the order of a PDF.

    ``day`` is that of the reader; that of the city where he is told no time of day, which he could
    find out by moving his own zone.
    """

    at: datetime
    day: date
    line: Line | None = None
    build: BuildLine | None = None


def places(profile: Profile, wanted: Wanted, *, viewer: User) -> "QuerySet[Any, Any]":
    """Return the ``Place`` of all that a reader wants, newest first.

    What he is told by its day stands at the end of that day, in the order of its hashes: else what
    one person sent at once would stand together.
    """
    by_day = history.told_by_day(profile, viewer=viewer)
    zone = ZoneInfo(profile.city.time_zone)
    events = history.events_of(profile, wanted, viewer=viewer).order_by()
    marked = events.annotate(
        sort=Value(_EVENT, IntegerField()),
        day=Case(When(by_day, then=TruncDate("at", tzinfo=zone)), default=TruncDate("at")),
        moment=Case(When(by_day, then=Value(_FIRST)), default=F("at")),
        mixed=Case(When(by_day, then=F("hash")), default=Value("")),
    ).values_list("at", "sort", "seq", "day", "moment", "mixed")
    also = _builds(profile, wanted, viewer).annotate(
        sort=Value(_BUILD, IntegerField()),
        day=TruncDate("created_at"),
        moment=F("created_at"),
        mixed=Value("", CharField()),
    )
    ordered = also.values_list("created_at", "sort", "pk", "day", "moment", "mixed")
    both = marked.union(ordered, all=True)
    return both.order_by("-day", "-moment", "mixed", "-sort", "-seq")


def _builds(profile: Profile, wanted: Wanted, viewer: User) -> "QuerySet[Build]":
    """Return the builds that a reader wants, of the kinds that he may open.

    Asking for one person finds a build only if the page shows him as who asked for it.
    """
    kinds = builds.kinds_for(profile, viewer)
    found = Build.objects.filter(wanted.within("created_at"), profile=profile, kind__in=kinds)
    is_other = wanted.kind not in ("", Subject.BUILD)
    if is_other or wanted.section or wanted.number is not None:
        return found.filter(pk__in=())
    if wanted.person is None:
        return found
    return found.filter(_is_shown(profile, viewer), requested_by=wanted.person)


def _is_shown(profile: Profile, viewer: User) -> Q:
    if may_see_names(viewer, profile):
        return Q()
    hidden = profile.assignments.filter(role=Role.STAKEHOLDER).values("user")
    return ~Q(requested_by__in=hidden) | Q(requested_by=viewer)


def people_in(profile: Profile, *, viewer: User) -> list[User]:
    """Return the people whose names a reader may look for, by name."""
    acted = {one.pk: one for one in history.people_in(profile, viewer=viewer)}
    asked = _builds(profile, Wanted(), viewer).filter(_is_shown(profile, viewer))
    others = User.objects.filter(pk__in=asked.values("requested_by")).exclude(pk__in=acted)
    everybody = [*acted.values(), *others]
    return sorted(everybody, key=lambda one: (one.full_name, one.pk))


def happenings(profile: Profile, found: Sequence[Place], *, viewer: User) -> list[Happening]:
    """Return what happened in words, in the order given: a constant number of queries."""
    events = [number for _at, sort, number, *_order in found if sort == _EVENT]
    orders = [number for _at, sort, number, *_order in found if sort == _BUILD]
    lines = {one.event.seq: one for one in history.lines(profile, events, viewer=viewer)}
    made = {}
    if orders:
        made = {one.build.pk: one for one in builds.lines(profile, orders, viewer=viewer)}
    return [
        Happening(at, day, line=lines[number])
        if sort == _EVENT
        else Happening(at, day, build=made[number])
        for at, sort, number, day, *_order in found
        if number in (lines if sort == _EVENT else made)
    ]


def all_happenings(
    profile: Profile, found: Iterable[Place], *, viewer: User
) -> Iterator[Happening]:
    """Yield everything in words, a handful of queries for some hundred lines."""
    rows = list(found)
    for start in range(0, len(rows), _LINES_AT_ONCE):
        yield from happenings(profile, rows[start : start + _LINES_AT_ONCE], viewer=viewer)
