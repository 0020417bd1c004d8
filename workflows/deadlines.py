"""Deadlines: reminders before, reports after, rounds and substitutions that end by themselves.

Swept by the worker. Each thing is done in a transaction of its own and noted in it, so a sweep
that fails or is killed does nothing by halves, and the next one goes on.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Q, QuerySet

from profile_workflow.days import role_day
from profile_workflow.errors import DomainError, NotNow
from profile_workflow.models import (
    Assignment,
    Comment,
    InputRequest,
    ReviewInvitation,
    ValidationRound,
)
from profile_workflow.queries.requests import askers_of
from profile_workflow.states import (
    ANSWERED_COMMENT_STATES,
    FINAL_STATES,
    RESTING_STATES,
    InvitationState,
    ProfileState,
    RequestState,
    Role,
)
from workflows import engine, notifications
from workflows.executors import Job, get_executor
from workflows.letters import MailKind
from workflows.models import Task
from workflows.models.process import TaskQuerySet

logger = logging.getLogger(__name__)

#: Does one thing that is due, and returns how many things it has done.
Step = Callable[[Any, datetime], int]

#: How long before it is due a task is recalled to its owner.
REMIND_BEFORE = timedelta(days=3)

#: Whoever was asked for input less than this ago still remembers it.
NOT_REMINDED_WITHIN = timedelta(days=1)

#: How long a commenter has to open an answered comment again before it is closed.
CLOSE_COMMENTS_AFTER = timedelta(days=28)

#: Most things of one kind that one sweep does.
BATCH = 200

#: States of a profile in which nobody is reminded of what he was asked.
_STOPPED = (ProfileState.ON_HOLD, *RESTING_STATES)


def sweep(*, at: datetime) -> int:
    """Do everything that is due at a moment; return the number of things done.

    A failure of one thing is logged and left to the next sweep; the others are done.
    """
    steps: tuple[tuple[Step, Iterable[Any]], ...] = (
        (_clear_up_after, engine.substitutions_to_clear_up(at)),
        (_remind, _by_profile(_to_remind(at))),
        (_lapse, list(_to_lapse(at))),
        (_unseal, engine.rounds_to_unseal(at)),
        (_report_overdue, _by_profile(_to_report(at))),
        (_close_comment, list(_to_close(at))),
        (_remind_of_request, list(_requests_to_remind_of(at))),
        (_report_late_request, list(_late_requests(at))),
        (_remind_of_invitation, list(_invitations_to_remind_of(at))),
        (_report_silence, list(_silent_invitations(at))),
    )
    return sum(_attempt(step, thing, at) for step, things in steps for thing in things)


def _by_profile(tasks: Iterable[Task]) -> list[list[Task]]:
    """Group tasks, so that each person gets one mail a profile, however many tasks are due."""
    groups: dict[int, list[Task]] = {}
    for task in tasks:
        groups.setdefault(task.profile_id, []).append(task)
    return list(groups.values())


def _attempt(step: Step, thing: Any, at: datetime) -> int:
    try:
        with transaction.atomic():
            return step(thing, at)
    except NotNow:
        return 0  # the person, or another worker, was quicker
    except (DomainError, DatabaseError):
        logger.exception("A deadline of %r could not be handled; the next sweep tries", thing)
        return 0


def _open_tasks() -> TaskQuerySet:
    """Return the tasks that can be done: not those that wait until answers are unsealed."""
    sealed = ValidationRound.objects.filter(
        is_secret=True, unsealed_at__isnull=True, closed_at__isnull=True
    )
    waits = Q(signoff__isnull=True, profile__in=sealed.values("profile"))
    running = Task.objects.open().exclude(profile__state=ProfileState.ON_HOLD).exclude(waits)
    return running.select_related("profile", "signoff__round").order_by("due_at", "pk")


def _to_remind(at: datetime) -> Iterable[Task]:
    soon = _open_tasks().filter(
        reminded_at__isnull=True, due_at__lte=at + REMIND_BEFORE, due_at__gt=at
    )
    return soon[:BATCH]


def _to_lapse(at: datetime) -> Iterable[Task]:
    return _open_tasks().filter(signoff__isnull=False, due_at__lte=at)[:BATCH]


def _to_report(at: datetime) -> Iterable[Task]:
    late = _open_tasks().filter(signoff__isnull=True, escalated_at__isnull=True, due_at__lte=at)
    return late[:BATCH]


def _to_close(at: datetime) -> Iterable[Comment]:
    answered = Comment.objects.filter(
        state__in=ANSWERED_COMMENT_STATES, answered_at__lte=at - CLOSE_COMMENTS_AFTER
    )
    stopped = (ProfileState.ON_HOLD, *FINAL_STATES)
    open_for_long = answered.exclude(section__profile__state__in=stopped)
    return open_for_long.select_related("section").order_by("answered_at", "pk")[:BATCH]


def _clear_up_after(substitution: Assignment, at: datetime) -> int:
    return engine.clear_up_after(substitution, at=at)


def _open_requests() -> "QuerySet[InputRequest]":
    waiting = InputRequest.objects.filter(state=RequestState.ASKED)
    return waiting.exclude(profile__state__in=_STOPPED).order_by("due_at", "pk")


def _requests_to_remind_of(at: datetime) -> Iterable[InputRequest]:
    soon = _open_requests().filter(
        reminded_at__isnull=True,
        due_at__lte=at + REMIND_BEFORE,
        due_at__gt=at,
        asked_at__lte=at - NOT_REMINDED_WITHIN,
    )
    return soon[:BATCH]


def _late_requests(at: datetime) -> Iterable[InputRequest]:
    return _open_requests().filter(escalated_at__isnull=True, due_at__lte=at)[:BATCH]


def _remind_of_request(request: InputRequest, at: datetime) -> int:
    """Remind whoever is asked for input."""
    return _tell_of_request(request, "reminded_at", MailKind.REQUEST_REMINDER, at)


def _report_late_request(request: InputRequest, at: datetime) -> int:
    """Tell whoever is asked, and whoever has asked, that the answer is late."""
    return _tell_of_request(request, "escalated_at", MailKind.REQUEST_LATE, at)


def _tell_of_request(request: InputRequest, field: str, kind: MailKind, at: datetime) -> int:
    """Mark a request that nobody has answered or marked yet, and send the mails; 1 if so."""
    waiting = _open_requests().filter(pk=request.pk, **{f"{field}__isnull": True}).order_by()
    if not waiting.update(**{field: at}):
        return 0
    people = [request.asked_of_id]
    if kind == MailKind.REQUEST_LATE:
        people += askers_of(request, on=role_day(at))
    recipients: dict[int, notifications.Details] = {
        person: {"request": request.pk} for person in people
    }
    occasion = f"r{request.pk}d{at.date().isoformat()}"
    jobs = notifications.notify(
        None, kind, recipients, profile_id=request.profile_id, occasion=occasion
    )
    get_executor().enqueue(jobs)
    return 1


def _open_invitations() -> "QuerySet[ReviewInvitation]":
    waiting = ReviewInvitation.objects.filter(state=InvitationState.INVITED)
    return waiting.exclude(profile__state__in=_STOPPED).order_by("answer_by", "pk")


def _invitations_to_remind_of(at: datetime) -> Iterable[ReviewInvitation]:
    soon = _open_invitations().filter(
        reminded_at__isnull=True, answer_by__lte=at + REMIND_BEFORE, answer_by__gt=at
    )
    return soon[:BATCH]


def _silent_invitations(at: datetime) -> Iterable[ReviewInvitation]:
    silent = _open_invitations().filter(escalated_at__isnull=True, answer_by__lte=at)
    return silent.select_related("profile")[:BATCH]


def _remind_of_invitation(invitation: ReviewInvitation, at: datetime) -> int:
    """Remind whoever has not answered an invitation to review."""
    if not _marked(invitation, "reminded_at", at):
        return 0
    _tell_of_invitation(invitation, MailKind.REVIEW_REMINDER, [invitation.person_id], at)
    return 1


def _report_silence(invitation: ReviewInvitation, at: datetime) -> int:
    """Remind him once more when his time is over, and tell the project team."""
    if not _marked(invitation, "escalated_at", at):
        return 0
    held = Assignment.objects.active(role_day(at)).for_profile(invitation.profile)
    team = held.in_roles([Role.PROJECT_TEAM]).values_list("user_id", flat=True)
    _tell_of_invitation(invitation, MailKind.REVIEW_REMINDER, [invitation.person_id], at)
    _tell_of_invitation(invitation, MailKind.REVIEW_LATE, sorted(set(team)), at)
    return 1


def _marked(invitation: ReviewInvitation, field: str, at: datetime) -> bool:
    """Mark an invitation that nobody has answered or marked yet; return whether it was."""
    waiting = _open_invitations().filter(pk=invitation.pk, **{f"{field}__isnull": True})
    return bool(waiting.order_by().update(**{field: at}))


def _tell_of_invitation(
    invitation: ReviewInvitation, kind: MailKind, people: Iterable[int], at: datetime
) -> None:
    recipients: dict[int, notifications.Details] = {
        person: {"invitation": invitation.pk} for person in people
    }
    occasion = f"i{invitation.pk}d{at.date().isoformat()}"
    jobs = notifications.notify(
        None, kind, recipients, profile_id=invitation.profile_id, occasion=occasion
    )
    get_executor().enqueue(jobs)


def _unseal(opened: ValidationRound, at: datetime) -> int:
    engine.unseal(opened, at=at)
    return 1


def _close_comment(comment: Comment, at: datetime) -> int:
    engine.perform(comment, "close_by_deadline", by=None, at=at)
    return 1


def _lapse(task: Task, at: datetime) -> int:
    engine.lapse(task, at=at)
    return 1


def _remind(tasks: Sequence[Task], at: datetime) -> int:
    """Remind the owners of some tasks of one profile."""
    mine = _take(tasks, "reminded_at", at)
    rounds = {task.signoff.round_id for task in mine if task.signoff is not None}
    ValidationRound.objects.filter(pk__in=rounds, reminded_at__isnull=True).update(reminded_at=at)
    if mine:
        turns = notifications.whose_turn(mine, profile=mine[0].profile, on=role_day(at))
        _send(MailKind.REMINDER, turns, mine[0].profile_id, at)
    return len(mine)


def _report_overdue(tasks: Sequence[Task], at: datetime) -> int:
    """Tell the owners of some tasks of one profile, and its project team, that they are late."""
    mine = _take(tasks, "escalated_at", at)
    if not mine:
        return 0
    profile = mine[0].profile
    turns = notifications.whose_turn(mine, profile=profile, on=role_day(at))
    team = Assignment.objects.active(role_day(at)).for_profile(profile)
    for person in team.filter(role=Role.PROJECT_TEAM).values_list("user_id", flat=True):
        turns[person] = [task.pk for task in mine]
    _send(MailKind.OVERDUE, turns, profile.pk, at)
    return len(mine)


def _take(tasks: Sequence[Task], field: str, at: datetime) -> list[Task]:
    """Mark those tasks that nobody has finished or marked yet; return them."""
    waiting = Task.objects.open().filter(
        pk__in=[task.pk for task in tasks], **{f"{field}__isnull": True}
    )
    taken = set(waiting.select_for_update().values_list("pk", flat=True))
    Task.objects.filter(pk__in=taken).update(**{field: at})
    return [task for task in tasks if task.pk in taken]


def _send(kind: MailKind, turns: dict[int, list[int]], profile_id: int, at: datetime) -> None:
    recipients: dict[int, notifications.Details] = {
        person: {"tasks": tasks} for person, tasks in turns.items()
    }
    first = min(task for tasks in turns.values() for task in tasks) if turns else 0
    jobs: list[Job] = notifications.notify(
        None,
        kind,
        recipients,
        profile_id=profile_id,
        occasion=f"p{profile_id}t{first}d{at.date().isoformat()}",
    )
    get_executor().enqueue(jobs)
