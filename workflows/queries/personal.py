"""A person's own list: what waits for him, what he could take, what he has done."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profile_workflow.days import role_day
from profile_workflow.models import Assignment, TemplateSection, User
from profile_workflow.queries import invitations
from profile_workflow.queries.requests import waiting_for
from profile_workflow.states import RequestState, Role
from workflows import turns
from workflows.models import Task
from workflows.queries.tasks import beyond_invitation, has_a_voice
from workflows.queries.waiting import Place, Waits, places_of, waits_of

#: One line of the database, by the names that ``values`` was given.
Line = Mapping[str, Any]

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
        invitation: Number of the invitation to review, if it is one; the profile is not open yet.
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
    request: int = 0
    invitation: int = 0


@dataclass(frozen=True, slots=True)
class Done:
    """A finished task in words: its number, what it was, on which section of which profile, when.

    ``section`` is empty for the whole profile.
    """

    task: int
    label: str
    section: str
    city: str
    edition: int
    finished: datetime


@dataclass(slots=True)
class Inbox:
    """A person's tasks by urgency. Lists are cut at ``MOST_ROWS``, the two counts are not.

    ``has_board`` says that what waits for others stands on the board, and not here.
    """

    number: int = 0
    number_late: int = 0
    overdue: list[Row] = field(default_factory=list)
    this_week: list[Row] = field(default_factory=list)
    later: list[Row] = field(default_factory=list)
    paused: list[Row] = field(default_factory=list)
    queue: list[Row] = field(default_factory=list)
    waiting: list[Waits] = field(default_factory=list)
    done: list[Done] = field(default_factory=list)
    has_board: bool = False

    @property
    def next(self) -> Waits | None:
        """What comes next and when, for somebody who has nothing to do."""
        return next((row for row in self.waiting if row.due_at and not row.is_paused), None)

    @property
    def is_cut(self) -> bool:
        """Whether there are more tasks than are listed."""
        return self.number > len(self.overdue) + len(self.this_week) + len(self.later)


def inbox(user: User, at: datetime) -> Inbox:
    """Return what a person has to do, could take, did, and waits for: six queries at most.

    The open tasks are read at once and told apart here, and what is shown of their profiles is
    read once for all lists: to build and to plan a query takes longer than to run it.
    """
    held = _held(user, at)
    open_tasks, done = _open_tasks(user, held, at), _done(user, at)
    requests = list(waiting_for(user, held, on=role_day(at)).values(*_OF_A_REQUEST)[:MOST_ROWS])
    invited = list(invitations.waiting_for(user).values(*_OF_AN_INVITATION)[:MOST_ROWS])
    places = places_of({one["profile"] for one in chain(open_tasks, done, requests, invited)})
    parts = _Parts(user, held)
    mine, others = _parted(open_tasks, parts.is_own)
    queue, waiting = _parted(others, lambda one: parts.may_take(one, places[one["profile"]]))
    found = Inbox(
        queue=[_row(one, places, user) for one in queue[:MOST_ROWS]],
        waiting=waits_of([_counted(one) for one in waiting if parts.is_followed(one)], places),
        done=[_done_row(one, places) for one in done],
        has_board=any(one.role == Role.PROJECT_TEAM and not one.profile_id for one in held),
    )
    _add_tasks(found, [_row(one, places, user) for one in mine], at)
    asked = [_request_row(one, places, user) for one in requests]
    _add_requests(found, [*asked, *(_invitation_row(one, places) for one in invited)], at)
    return found


def _held(user: User, at: datetime) -> list[Assignment]:
    held = Assignment.objects.active(role_day(at)).filter(user=user)
    return list(held.select_related("stands_in_for").order_by("pk"))


def _open_tasks(user: User, held: Sequence[Assignment], at: datetime) -> list[Line]:
    """Return a person's open tasks, those of his profiles, and those that he could take."""
    wanted = Q(owner=user) | Q(profile__in={one.profile_id for one in held} - {None})
    for one in held:
        if one.profile_id is None:
            wanted |= Q(role=one.role, owner=None, profile__programme=one.programme_id)
    # What a reviewer was not invited to, or has judged, he could not take.
    closed = {} if not _reviews(held) else {"closed": _closed_to(user, at)}
    found = Task.objects.open().filter(wanted).order_by(*_IN_ORDER)
    return list(found.values(*_SHOWN, **closed))


def _reviews(held: Sequence[Assignment]) -> bool:
    return any(one.role == Role.INTERNATIONAL_EXPERT for one in held)


def _closed_to(user: User, at: datetime) -> "ExpressionWrapper[Q]":
    closed = beyond_invitation(user, on=role_day(at)) | has_a_voice(user)
    return ExpressionWrapper(closed, output_field=BooleanField())


def _done(user: User, at: datetime) -> list[Line]:
    done = Task.objects.filter(done_by=user, finished__gte=at - DONE_SINCE)
    return list(done.order_by("-finished", "-pk").values(*_SHOWN_OF_DONE)[:MOST_DONE])


class _Parts:
    """What an open task is to a person who holds some parts."""

    def __init__(self, user: User, held: Sequence[Assignment]) -> None:
        self._user = user.pk
        self._roles = {(one.role, one.profile_id) for one in held if one.profile_id}
        self._wide = {(one.role, one.programme_id) for one in held if not one.profile_id}
        self._profiles = {profile for _role, profile in self._roles}
        self._lent = {
            (one.stands_in_for.user_id, one.profile_id) for one in held if one.stands_in_for
        }

    def is_own(self, one: Line) -> bool:
        """Whether the task is the person's, or that of somebody for whom he stands in there."""
        return one["owner"] == self._user or (one["owner"], one["profile"]) in self._lent

    def may_take(self, one: Line, place: Place) -> bool:
        """Whether the task waits for whoever of a role takes it, and the person holds the role."""
        if one["not_for"] == self._user:
            return False
        here = (one["role"], one["profile"]) in self._roles
        if one.get("closed"):
            return False
        return one["owner"] is None and (here or (one["role"], place.programme) in self._wide)

    def is_followed(self, one: Line) -> bool:
        """Whether the task is of a profile of the person's.

        The project team of a whole programme has the board for what others have to do.
        """
        return one["profile"] in self._profiles


def _parted(
    several: Iterable[Line], holds: Callable[[Line], bool]
) -> tuple[list[Line], list[Line]]:
    """Return those for which something holds, and the others, each in the same order."""
    yes: list[Line] = []
    no: list[Line] = []
    for one in several:
        (yes if holds(one) else no).append(one)
    return yes, no


def _counted(one: Line) -> Line:
    """Return an open task as ``waits_of`` takes it."""
    return {
        **one,
        "is_answer": one["signoff"] is not None,
        "is_rework": turns.is_rework(one["section__state"]),
        "number": 1,
        "since": one["created"],
        "first": one["due_at"],
    }


def _add_tasks(found: Inbox, rows: Sequence[Row], at: datetime) -> None:
    """Count all tasks of a person, and list the most urgent ones."""
    running = [row for row in rows if not row.is_paused]
    found.number = len(running)
    found.number_late = sum(row.due_at is not None and row.due_at < at for row in running)
    for row in rows[:MOST_ROWS]:
        _group(found, row, at).append(row)


def _add_requests(found: Inbox, rows: Sequence[Row], at: datetime) -> None:
    """Put requests for input and invitations that wait among the tasks, by their deadlines."""
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


#: What is shown of a request.
_OF_A_REQUEST = (
    *("pk", "profile", "state", "subject", "due_at", "asked_role"),
    *("asked_of", "asked_of__full_name", "asked_by", "asked_by__full_name"),
)


def _request_row(one: Line, places: Mapping[int, Place], user: User) -> Row:
    is_asked = one["state"] == RequestState.ASKED
    owner = "asked_of" if is_asked else "asked_by"
    why = str(Role(one["asked_role"]).label) if is_asked else str(_("you have asked"))
    if one[owner] != user.pk:
        why = _("instead of %(person)s") % {"person": one[f"{owner}__full_name"]}
    return Row(
        task=0,
        label=str(_OF_REQUESTS[one["state"]]),
        step="request",
        section=one["subject"],
        section_key="",
        why=why,
        is_taken=True,
        **_named(places[one["profile"]]),
        due_at=one["due_at"] if is_asked else None,
        request=one["pk"],
    )


#: What is shown of an invitation.
_OF_AN_INVITATION = ("pk", "profile", "answer_by")


def _invitation_row(one: Line, places: Mapping[int, Place]) -> Row:
    return Row(
        task=0,
        label=_("Answer an invitation to review"),
        step="invitation",
        section="",
        section_key="",
        why=str(Role.INTERNATIONAL_EXPERT.label),
        is_taken=True,
        **_named(places[one["profile"]]),
        due_at=one["answer_by"],
        invitation=one["pk"],
    )


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
#: What is shown of a task; everything else stays in the database, and no documents are built of it.
_HEADING = tuple(
    f"section__template_section__{name}" for name in ("number", "title", "title_fr", "title_ar")
)
_SHOWN = (
    *("pk", "profile", "flow_task", "role", "owner", "owner__full_name", "signoff", "not_for"),
    *("created", "due_at", "section", "section__key", "section__state", *_HEADING),
)
#: What is shown of one that is done: fewer columns, of fewer tables.
_SHOWN_OF_DONE = (
    *("pk", "profile", "flow_task", "finished", "section", "section__state"),
    *_HEADING,
)


def _named(place: Place) -> dict[str, Any]:
    """Return what a row tells of its profile."""
    return {
        "slug": place.slug,
        "city": place.city,
        "edition": place.edition,
        "zone": place.zone,
        "is_paused": place.is_paused,
    }


def _row(one: Line, places: Mapping[int, Place], user: User) -> Row:
    return Row(
        task=one["pk"],
        label=_label(one),
        step=one["flow_task"].name,
        section=_heading(one),
        section_key=one["section__key"] or "",
        why=_why(one, user),
        is_taken=one["owner"] is not None,
        **_named(places[one["profile"]]),
        due_at=one["due_at"],
    )


def _done_row(one: Line, places: Mapping[int, Place]) -> Done:
    place = places[one["profile"]]
    return Done(one["pk"], _label(one), _heading(one), place.city, place.edition, one["finished"])


def _label(one: Line) -> str:
    return turns.wording(one["flow_task"].name, is_rework=turns.is_rework(one["section__state"]))


def _heading(one: Line) -> str:
    if one["section"] is None:
        return ""
    return TemplateSection(**{path.rpartition("__")[2]: one[path] for path in _HEADING}).heading


def _why(one: Line, user: User) -> str:
    if one["owner"] is not None and one["owner"] != user.pk:
        return _("you stand in for %(person)s") % {"person": one["owner__full_name"]}
    return str(Role(one["role"]).label) if one["role"] else ""
