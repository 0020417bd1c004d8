"""A person's own list: what waits for him, what he could take, what he has done."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from profile_workflow.models import Assignment, User
from profile_workflow.states import ProfileState, Role
from workflows import turns
from workflows.models import Task
from workflows.models.process import TaskQuerySet

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
    done: list[Row] = field(default_factory=list)

    @property
    def is_cut(self) -> bool:
        """Whether there are more tasks than are listed."""
        return self.number > len(self.overdue) + len(self.this_week) + len(self.later)


def inbox(user: User, at: datetime) -> Inbox:
    """Return what waits for a person, what he could take, and what he did: five queries."""
    held = list(
        Assignment.objects.active(at.date())
        .filter(user=user)
        .select_related("stands_in_for__user")
        .order_by("pk")
    )
    mine = _owned_by(user, held)
    counts = (
        Task.objects.open()
        .filter(mine)
        .exclude(profile__state=ProfileState.ON_HOLD)
        .aggregate(number=Count("pk"), late=Count("pk", filter=Q(due_at__lt=at)))
    )
    found = Inbox(number=counts["number"], number_late=counts["late"])
    for task in _listed(Task.objects.open().filter(mine), "due_at", "pk"):
        _group(found, task, at).append(_row(task, _why(task, user)))
    found.queue = _queue(held)
    found.done = _done(user, at)
    return found


def _owned_by(user: User, held: Iterable[Assignment]) -> Q:
    """Tasks of a person, and of those for whom he stands in."""
    mine = Q(owner=user)
    for one in held:
        if one.stands_in_for is not None and one.profile_id is not None:
            mine |= Q(owner=one.stands_in_for.user_id, profile=one.profile_id)
    return mine


def _group(found: Inbox, task: Task, at: datetime) -> list[Row]:
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


def _queue(held: Iterable[Assignment]) -> list[Row]:
    """Return tasks that wait for whoever of a role takes them, for the roles that are held."""
    roles: dict[str, tuple[set[int], set[int]]] = {}
    for one in held:
        profiles, programmes = roles.setdefault(one.role, (set(), set()))
        if one.profile_id is None:
            programmes.add(one.programme_id)
        else:
            profiles.add(one.profile_id)
    if not roles:
        return []
    takable = Q(pk__in=())
    for role, (profiles, programmes) in roles.items():
        takable |= Q(role=role, profile__in=profiles)
        if programmes:
            takable |= Q(role=role, profile__programme__in=programmes)
    tasks = _listed(Task.objects.open().filter(takable, owner__isnull=True), "due_at", "pk")
    return [_row(task, _role(task)) for task in tasks]


def _done(user: User, at: datetime) -> list[Row]:
    done = Task.objects.filter(done_by=user, finished__gte=at - DONE_SINCE)
    return [_row(task, "") for task in _listed(done, "-finished", "-pk", most=MOST_DONE)]


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


def _listed(tasks: TaskQuerySet, *order: str, most: int = MOST_ROWS) -> TaskQuerySet:
    """Return the first of some tasks with all that a row shows.

    They are chosen by an index on tasks first and joined then: left to itself, SQLite goes through
    all profiles and their tasks.
    """
    chosen = Task.objects.filter(pk__in=tasks.order_by(*order).values("pk")[:most])
    related = chosen.select_related("profile__city", "section__template_section", "owner")
    return related.only(*_SHOWN).order_by(*order)


def _role(task: Task) -> str:
    return str(Role(task.role).label) if task.role else ""
