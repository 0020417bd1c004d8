"""A person's own list: what waits for him, what he could take, what he has done."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profile_workflow.days import role_day
from profile_workflow.models import Assignment, City, InputRequest, TemplateSection, User
from profile_workflow.queries.requests import waiting_for
from profile_workflow.states import ProfileState, RequestState, Role
from workflows import turns
from workflows.models import Task
from workflows.models.process import TaskQuerySet
from workflows.queries.tasks import owned_by
from workflows.queries.waiting import Waits, waits_of

#: Most rows of one list of the inbox; the rest is counted.
MOST_ROWS = 50
MOST_DONE = 20
#: How far back finished tasks are shown.
DONE_SINCE = timedelta(days=30)
THIS_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Row:
    """A task in words, with all that a list shows of it.

    Attributes:
        task: Number of the task.
        label: What to do, beginning with the verb.
        step: Name of the task in the flow.
        section: The section to do it to; empty for the whole profile.
        section_key: Key of that section.
        why: Why it is in this person's list.
        is_taken: Whether it is somebody's own, not a whole role's.
        slug: The profile.
        city: Name of its city.
        zone: Time zone of the city.
        is_paused: Whether the profile is on hold.
        request: Number of the request for input, if it is one and no task.
    """

    task: int
    label: str
    step: str
    section: str
    section_key: str
    why: str
    is_taken: bool
    slug: str
    city: str
    edition: int
    zone: str
    is_paused: bool
    due_at: datetime | None
    finished: datetime | None
    request: int = 0


@dataclass(slots=True)
class Inbox:
    """A person's tasks by urgency. Lists are cut at ``MOST_ROWS``, the two counts are not."""

    number: int = 0
    number_late: int = 0
    overdue: list[Row] = field(default_factory=list)
    this_week: list[Row] = field(default_factory=list)
    later: list[Row] = field(default_factory=list)
    paused: list[Row] = field(default_factory=list)
    queue: list[Row] = field(default_factory=list)
    waiting: list[Waits] = field(default_factory=list)
    done: list[Row] = field(default_factory=list)

    @property
    def next(self) -> Waits | None:
        """What comes next and when, for somebody who has nothing to do."""
        return next((row for row in self.waiting if row.due_at and not row.is_paused), None)

    @property
    def is_cut(self) -> bool:
        """Whether there are more tasks than are listed."""
        return self.number > len(self.overdue) + len(self.this_week) + len(self.later)


def inbox(user: User, at: datetime) -> Inbox:
    """Return what a person has to do, could take, did, and waits for: six queries at most."""
    held = list(
        Assignment.objects.active(role_day(at))
        .filter(user=user)
        .select_related("stands_in_for__user")
        .order_by("pk")
    )
    mine = owned_by(user, held)
    found = Inbox()
    for row in _rows(user, mine, _takable(held)):
        _group(found, row, at).append(row)
    _count(found, mine, at)
    _add_requests(found, user, held, at)
    found.waiting = _waiting(mine, held)
    found.done = _done(user, at)
    return found


def _count(found: Inbox, mine: Q, at: datetime) -> None:
    """Count what is to be done; the database is asked only where the list was cut."""
    listed = len(found.overdue) + len(found.this_week) + len(found.later)
    found.number, found.number_late = listed, len(found.overdue)
    if listed + len(found.paused) < MOST_ROWS:
        return
    running = Task.objects.open().filter(mine).exclude(profile__state=ProfileState.ON_HOLD)
    counts = running.aggregate(number=Count("pk"), late=Count("pk", filter=Q(due_at__lt=at)))
    found.number, found.number_late = counts["number"], counts["late"]


def _add_requests(found: Inbox, user: User, held: Sequence[Assignment], at: datetime) -> None:
    """Put the requests for input that wait for a person among his tasks, by their deadlines."""
    waiting = waiting_for(user, held, on=role_day(at))[:MOST_ROWS]
    rows = [_request_row(one, user) for one in waiting]
    for row in rows:
        group = _group(found, row, at)
        group.append(row)
        group.sort(key=lambda one: (one.due_at is None, one.due_at))
    running = [row for row in rows if not row.is_paused]
    found.number += len(running)
    found.number_late += sum(row in found.overdue for row in running)


#: State of a request → what it asks of whoever has the turn.
_OF_REQUESTS: Mapping[str, "str | Promise"] = {
    RequestState.ASKED: gettext_lazy("Answer a request"),
    RequestState.ASKED_BACK: gettext_lazy("Reply to a question about your request"),
    RequestState.ANSWERED: gettext_lazy("Look at the answer to your request"),
    RequestState.NOT_AVAILABLE: gettext_lazy("Look at the answer to your request"),
}


def _request_row(one: InputRequest, user: User) -> Row:
    profile = one.profile
    is_asked = one.state == RequestState.ASKED
    owner = one.asked_of if is_asked else one.asked_by
    why = str(Role(one.asked_role).label) if is_asked else str(_("you have asked"))
    if owner.pk != user.pk:
        why = _("instead of %(person)s") % {"person": owner.full_name}
    return Row(
        task=0,
        label=str(_OF_REQUESTS[one.state]),
        step="request",
        section=one.subject,
        section_key="",
        why=why,
        is_taken=True,
        slug=profile.slug,
        city=str(profile.city),
        edition=profile.edition,
        zone=profile.city.time_zone,
        is_paused=profile.state == ProfileState.ON_HOLD,
        due_at=one.due_at if is_asked else None,
        finished=None,
        request=one.pk,
    )


def _rows(user: User, mine: Q, takable: Q | None) -> list[Row]:
    """Return a person's tasks, and those that wait for anybody in his roles: one query."""
    open_tasks = Task.objects.open()
    lists = [_first(open_tasks.filter(mine), "due_at", "pk")]
    if takable is not None:
        lists.append(_first(open_tasks.filter(takable, owner__isnull=True), "due_at", "pk"))
    return [_row(one, user) for one in _listed(lists, *_IN_ORDER)]


def _group(found: Inbox, row: Row, at: datetime) -> list[Row]:
    if not row.is_taken:
        return found.queue
    if row.is_paused:
        return found.paused
    if row.due_at is None or row.due_at > at + THIS_WEEK:
        return found.later
    return found.overdue if row.due_at < at else found.this_week


#: Most urgent first; what is due on one day stands in the order of the text.
_IN_ORDER = ("due_at", "profile_id", "section__position", "pk")
#: What a row shows; everything else stays in the database, and no documents are built of it.
_NAMES = tuple(f"profile__city__{name}" for name in ("name", "name_fr", "name_ar"))
_HEADING = tuple(
    f"section__template_section__{name}" for name in ("number", "title", "title_fr", "title_ar")
)
_SHOWN = (
    "pk",
    "flow_task",
    "role",
    "owner",
    "owner__full_name",
    "due_at",
    "finished",
    "profile__slug",
    "profile__edition",
    "profile__state",
    "profile__city__time_zone",
    *_NAMES,
    "section",
    "section__key",
    "section__state",
    *_HEADING,
)


def _row(one: Mapping[str, Any], user: User) -> Row:
    name, is_rework = one["flow_task"].name, turns.is_rework(one["section__state"])
    return Row(
        task=one["pk"],
        label=turns.wording(name, is_rework=is_rework),
        step=name,
        section=_heading(one),
        section_key=one["section__key"] or "",
        why=_why(one, user),
        is_taken=one["owner"] is not None,
        slug=one["profile__slug"],
        city=str(City(**_without_path(one, _NAMES))),
        edition=one["profile__edition"],
        zone=one["profile__city__time_zone"],
        is_paused=one["profile__state"] == ProfileState.ON_HOLD,
        due_at=one["due_at"],
        finished=one["finished"],
    )


def _heading(one: Mapping[str, Any]) -> str:
    if one["section"] is None:
        return ""
    return TemplateSection(**_without_path(one, _HEADING)).heading


def _without_path(one: Mapping[str, Any], paths: Iterable[str]) -> dict[str, Any]:
    return {path.rpartition("__")[2]: one[path] for path in paths}


def _why(one: Mapping[str, Any], user: User) -> str:
    if one["owner"] is not None and one["owner"] != user.pk:
        return _("you stand in for %(person)s") % {"person": one["owner__full_name"]}
    return str(Role(one["role"]).label) if one["role"] else ""


def _takable(held: Iterable[Assignment]) -> Q | None:
    """Return which tasks wait for whoever of a role takes them, for the roles that are held."""
    roles: dict[str, tuple[set[int], set[int]]] = {}
    for one in held:
        profiles, programmes = roles.setdefault(one.role, (set(), set()))
        if one.profile_id is None:
            programmes.add(one.programme_id)
        else:
            profiles.add(one.profile_id)
    if not roles:
        return None
    takable = Q(pk__in=())
    for role, (profiles, programmes) in roles.items():
        takable |= Q(role=role, profile__in=profiles)
        if programmes:
            takable |= Q(role=role, profile__programme__in=programmes)
    return takable


def _waiting(mine: Q, held: Iterable[Assignment]) -> list[Waits]:
    """Return what the profiles of a person wait for from others, earliest deadline first.

    The project team of a whole programme has the board for that.
    """
    parts = {(one.profile_id, one.role) for one in held if one.profile_id is not None}
    if not parts:
        return []
    tasks = Task.objects.open().filter(profile__in={profile for profile, _role in parts})
    return waits_of(tasks.exclude(mine), without_queues=parts)


def _done(user: User, at: datetime) -> list[Row]:
    done = Task.objects.filter(done_by=user, finished__gte=at - DONE_SINCE)
    order = ("-finished", "-pk")
    listed = _listed([_first(done, *order, most=MOST_DONE)], *order)
    return [_row(one, user) for one in listed]


def _first(tasks: TaskQuerySet, *order: str, most: int = MOST_ROWS) -> TaskQuerySet:
    """Return the ids of the first of some tasks, chosen by an index on tasks alone.

    Left to itself, SQLite goes through all profiles and their tasks.
    """
    return tasks.order_by(*order).values("pk")[:most]


def _listed(lists: Sequence[TaskQuerySet], *order: str) -> Iterable[Mapping[str, Any]]:
    """Return of the tasks of some lists of ids what a row shows."""
    first, *others = lists
    if others:
        # SQLite cuts no part of a union; so each part asks for ids that were cut before.
        parts = [Task.objects.filter(pk__in=one).order_by().values("pk") for one in lists]
        first = parts[0].union(*parts[1:], all=True)
    return Task.objects.filter(pk__in=first).order_by(*order).values(*_SHOWN)
