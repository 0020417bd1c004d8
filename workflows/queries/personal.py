"""A person's own list: what waits for him, what he could take, what he has done."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from profile_workflow.models import Assignment, User
from profile_workflow.states import ProfileState, Role
from workflows import turns
from workflows.models import Task
from workflows.models.process import TaskQuerySet
from workflows.queries.waiting import Waits, waits_of

#: Most rows of one list of the inbox; the rest is counted.
MOST_ROWS = 50
MOST_DONE = 20
#: How far back finished tasks are shown.
DONE_SINCE = timedelta(days=30)
THIS_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Row:
    """A task in words.

    Attributes:
        label: What to do, beginning with the verb.
        why: Why it is in this person's list.
    """

    task: Task
    label: str
    why: str

    @property
    def is_paused(self) -> bool:
        """Whether the profile is on hold."""
        return self.task.profile.state == ProfileState.ON_HOLD


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
    """Return what a person has to do, could take, did, and waits for: five queries at most."""
    held = list(
        Assignment.objects.active(at.date())
        .filter(user=user)
        .select_related("stands_in_for__user")
        .order_by("pk")
    )
    mine = _owned_by(user, held)
    found = Inbox()
    for row in _rows(user, mine, _takable(held)):
        _group(found, row.task, at).append(row)
    _count(found, mine, at)
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


def _owned_by(user: User, held: Iterable[Assignment]) -> Q:
    """Tasks of a person, and of those for whom he stands in."""
    mine = Q(owner=user)
    for one in held:
        if one.stands_in_for is not None and one.profile_id is not None:
            mine |= Q(owner=one.stands_in_for.user_id, profile=one.profile_id)
    return mine


def _rows(user: User, mine: Q, takable: Q | None) -> list[Row]:
    """Return a person's tasks, and those that wait for anybody in his roles: one query."""
    open_tasks = Task.objects.open()
    lists = [_first(open_tasks.filter(mine), "due_at", "pk")]
    if takable is not None:
        lists.append(_first(open_tasks.filter(takable, owner__isnull=True), "due_at", "pk"))
    return [_row(task, _why(task, user)) for task in _listed(lists, *_IN_ORDER)]


def _group(found: Inbox, task: Task, at: datetime) -> list[Row]:
    if task.owner_id is None:
        return found.queue
    if task.profile.state == ProfileState.ON_HOLD:
        return found.paused
    if task.due_at is None or task.due_at > at + THIS_WEEK:
        return found.later
    return found.overdue if task.due_at < at else found.this_week


def _row(task: Task, why: str) -> Row:
    return Row(task, turns.label(task), why)


def _why(task: Task, user: User) -> str:
    if task.owner is not None and task.owner_id != user.pk:
        return _("you stand in for %(person)s") % {"person": task.owner.full_name}
    return _role(task)


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
    return [_row(task, "") for task in _listed([_first(done, *order, most=MOST_DONE)], *order)]


#: Most urgent first; what is due on one day stands in the order of the text.
_IN_ORDER = ("due_at", "profile_id", "section__position", "pk")
#: What a row shows; everything else stays in the database, which halves the time of a list.
_SHOWN = (
    "due_at",
    "finished",
    "role",
    "flow_task",
    "owner__full_name",
    "profile__slug",
    "profile__edition",
    "profile__state",
    *(f"profile__city__{name}" for name in ("name", "name_fr", "name_ar", "time_zone")),
    "section__state",
    "section__key",
    *(f"section__template_section__{name}" for name in ("number", "title", "title_fr", "title_ar")),
)


def _first(tasks: TaskQuerySet, *order: str, most: int = MOST_ROWS) -> TaskQuerySet:
    """Return the ids of the first of some tasks, chosen by an index on tasks alone.

    Left to itself, SQLite goes through all profiles and their tasks.
    """
    return tasks.order_by(*order).values("pk")[:most]


def _listed(lists: Sequence[TaskQuerySet], *order: str) -> TaskQuerySet:
    """Return the tasks of some lists of ids with all that a row shows."""
    first, *others = lists
    if others:
        # SQLite cuts no part of a union; so each part asks for ids that were cut before.
        parts = [Task.objects.filter(pk__in=one).order_by().values("pk") for one in lists]
        first = parts[0].union(*parts[1:], all=True)
    chosen = Task.objects.filter(pk__in=first)
    related = chosen.select_related("profile__city", "section__template_section", "owner")
    return related.only(*_SHOWN).order_by(*order)


def _role(task: Task) -> str:
    return str(Role(task.role).label) if task.role else ""
