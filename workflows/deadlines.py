"""Deadlines: reminders before, reports after, and rounds that close by themselves.

Swept by the worker. Each thing is done in a transaction of its own and noted in it, so a sweep
that fails or is killed does nothing by halves, and the next one goes on.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Model

from profile_workflow.errors import DomainError, NotNow
from profile_workflow.models import Assignment, Comment, ValidationRound
from profile_workflow.states import ANSWERED_COMMENT_STATES, FINAL_STATES, ProfileState, Role
from workflows import engine, notifications
from workflows.executors import Job, get_executor
from workflows.letters import MailKind
from workflows.models import Task
from workflows.models.process import TaskQuerySet

logger = logging.getLogger(__name__)

#: How long before it is due a task is recalled to its owner.
REMIND_BEFORE = timedelta(days=3)

#: How long a commenter has to open an answered comment again before it is closed.
CLOSE_COMMENTS_AFTER = timedelta(days=28)

#: Most things of one kind that one sweep does.
BATCH = 200


def sweep(*, at: datetime) -> int:
    """Do everything that is due at a moment; return the number of things done.

    A failure of one thing is logged and left to the next sweep; the others are done.
    """
    steps: tuple[tuple[Callable[[Any, datetime], None], Iterable[Any]], ...] = (
        (_remind, list(_to_remind(at))),
        (_lapse, list(_to_lapse(at))),
        (_report_overdue, list(_to_report(at))),
        (_close_comment, list(_to_close(at))),
    )
    return sum(_attempt(step, thing, at) for step, things in steps for thing in things)


def _attempt(step: Callable[[Any, datetime], None], thing: Model, at: datetime) -> int:
    try:
        with transaction.atomic():
            step(thing, at)
    except NotNow:
        return 0  # the person, or another worker, was quicker
    except (DomainError, DatabaseError):
        logger.exception("A deadline of %r could not be handled; the next sweep tries", thing)
        return 0
    return 1


def _open_tasks() -> TaskQuerySet:
    running = Task.objects.open().exclude(profile__state=ProfileState.ON_HOLD)
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


def _close_comment(comment: Comment, at: datetime) -> None:
    engine.perform(comment, "close_by_deadline", by=None, at=at)


def _remind(task: Task, at: datetime) -> None:
    if not Task.objects.open().filter(pk=task.pk, reminded_at__isnull=True).update(reminded_at=at):
        return
    if task.signoff is not None:
        ValidationRound.objects.filter(pk=task.signoff.round_id, reminded_at__isnull=True).update(
            reminded_at=at
        )
    turns = notifications.whose_turn([task], profile=task.profile, on=at.date())
    _send(MailKind.REMINDER, turns, task)


def _lapse(task: Task, at: datetime) -> None:
    engine.lapse(task, at=at)


def _report_overdue(task: Task, at: datetime) -> None:
    if (
        not Task.objects.open()
        .filter(pk=task.pk, escalated_at__isnull=True)
        .update(escalated_at=at)
    ):
        return
    turns = notifications.whose_turn([task], profile=task.profile, on=at.date())
    team = Assignment.objects.active(at.date()).for_profile(task.profile)
    for person in team.filter(role=Role.PROJECT_TEAM).values_list("user_id", flat=True):
        turns.setdefault(person, [task.pk])
    _send(MailKind.OVERDUE, turns, task)


def _send(kind: MailKind, turns: dict[int, list[int]], task: Task) -> None:
    recipients: dict[int, notifications.Details] = {
        person: {"tasks": tasks} for person, tasks in turns.items()
    }
    assert task.due_at is not None
    jobs: list[Job] = notifications.notify(
        None,
        kind,
        recipients,
        profile_id=task.profile_id,
        occasion=f"t{task.pk}d{task.due_at.date().isoformat()}",
    )
    get_executor().enqueue(jobs)
