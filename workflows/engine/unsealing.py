"""Unsealing the answers of a secret round when it is over, and clearing the traces of them."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from viewflow.workflow.status import STATUS

from profile_workflow import calendars
from profile_workflow.errors import NotNow
from profile_workflow.models import Profile, ValidationRound
from profile_workflow.services import sealing
from profile_workflow.services.locking import locked
from profile_workflow.services.log import journal
from profile_workflow.states import ProfileState, SignOffState
from workflows import effects
from workflows.flows import CityProfileFlow
from workflows.letters import TASK_KINDS, MailKind
from workflows.models import JobKind, OutboxJob, Task


def rounds_to_unseal(at: datetime) -> "QuerySet[ValidationRound, ValidationRound]":
    """Return the secret rounds for whose answers nobody waits any more.

    Their time is over, or their profile was cancelled.
    """
    sealed = ValidationRound.objects.filter(is_secret=True, unsealed_at__isnull=True)
    waited_for = ValidationRound.objects.filter(signoffs__state=SignOffState.ASKED)
    over = (
        Q(closed_at__isnull=True, closes_at__lte=at, signoffs__isnull=False)
        & ~Q(profile__state=ProfileState.ON_HOLD)
        & ~Q(pk__in=waited_for.values("pk"))
    )
    found = sealed.filter(over | Q(profile__state=ProfileState.CANCELLED))
    return found.order_by("closes_at", "pk").distinct()


@transaction.atomic
def unseal(opened: ValidationRound, *, at: datetime) -> None:
    """Part the answers of a round from their authors, and ask for what is to be decided on them.

    Raises:
        NotNow: If it is not over, or somebody else was quicker.
    """
    profile = locked(opened.profile_id, at)
    fresh = rounds_to_unseal(at).filter(pk=opened.pk).first()
    if fresh is None:
        raise NotNow("There is nothing to unseal.")
    _unseal(fresh, profile, at=at)
    waiting = Task.objects.open().filter(profile=profile, flow_task=CityProfileFlow.conclude)
    task = waiting.first()
    if task is not None:
        due_at = calendars.deadline(at, CityProfileFlow.conclude.days, profile.city)
        waiting.update(due_at=due_at, reminded_at=None, escalated_at=None)
        effects.answers_were_unsealed(task, opened, at=at)


def _unseal(opened: ValidationRound, profile: Profile, *, at: datetime) -> None:
    """Unseal the answers of a round, and clear what tells who has answered, and when."""
    with journal(profile):
        signoffs = [one.pk for one in sealing.unseal(opened, profile, at=at)]
    tasks = Task.objects.filter(signoff__in=signoffs)
    tasks.update(
        status=STATUS.DONE, finished=at, due_at=opened.closes_at,
        owner=None, done_by=None, move="", assigned=None, reminded_at=None, escalated_at=None,
    )  # fmt: skip
    keys = set(tasks.values_list("pk", flat=True))
    join = _level_what_followed(keys, at=at)
    _forget_mails(opened, set(signoffs), keys | join)


def _level_what_followed(tasks: set[int], *, at: datetime) -> set[int]:
    """Let what came after the tasks tell neither who has answered, nor when the first and last did.

    Each task gets the same ones after it, in the order of asking: until then the rows stand in the
    order of the answers, and those who were silent when a profile is cancelled have none.

    Returns:
        Ids of the join and of what came after it.
    """
    through = Task.previous.through.objects
    links = through.filter(to_task__in=tasks)
    joins = sorted(set(links.values_list("from_task_id", flat=True)))
    links.delete()
    through.bulk_create(
        Task.previous.through(from_task_id=after, to_task_id=before)
        for before in sorted(tasks)
        for after in joins
    )
    followed = set(through.filter(to_task__in=joins).values_list("from_task_id", flat=True))
    Task.objects.filter(pk__in=joins).update(created=at, started=at, finished=at)
    waiting = Task.objects.filter(pk__in=followed)
    waiting.update(created=at, due_at=at, reminded_at=None, escalated_at=None)
    waiting.filter(assigned__isnull=False).update(assigned=at)
    return {*joins, *followed}


def _forget_mails(opened: ValidationRound, signoffs: set[int], tasks: set[int]) -> None:
    """Delete the jobs that tell who has answered, who was still asked to, or when all had.

    The invitations, which all have got alike, stay.
    """
    mails = OutboxJob.objects.filter(
        kind=JobKind.MAIL, profile=opened.profile_id, created_at__gte=opened.opened_at
    )
    told = [
        pk
        for pk, payload in mails.order_by("pk").values_list("pk", "payload")
        if (payload["kind"] == MailKind.RECEIPT and payload["signoff"] in signoffs)
        or (payload["kind"] in TASK_KINDS and not tasks.isdisjoint(payload["tasks"]))
    ]
    OutboxJob.objects.filter(pk__in=told).delete()
