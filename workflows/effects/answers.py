"""What the rounds cause in which a city and its stakeholders answer: receipts, codes, links."""

from dataclasses import replace
from datetime import datetime

from profile_workflow.days import role_day
from profile_workflow.models import (
    AnsweringLink,
    Event,
    PaperAnswer,
    SigningCode,
    SignOff,
    ValidationRound,
)
from profile_workflow.services.log import document_name
from workflows import notifications
from workflows.effects.sending import enqueue, next_hour, paced
from workflows.letters import MailKind
from workflows.models import OutboxJob, Task


def answer_came_by_link(event: Event, signoff: SignOff) -> None:
    """Send a receipt to whoever has answered through a personal link."""
    about: notifications.Details = {"signoff": signoff.pk}
    enqueue(paced(event, MailKind.RECEIPT, {_asked(signoff): about}))


def _asked(signoff: SignOff) -> int:
    """Return who was asked: while a round takes answers, that is known."""
    assert signoff.person_id is not None
    return signoff.person_id


def sealed_answer_came_by_link(signoff: SignOff, *, at: datetime) -> None:
    """Send a receipt of an answer that is sealed: the first at once, of later ones one an hour."""
    about: notifications.Details = {"signoff": signoff.pk}
    name = document_name(signoff)
    later, in_an_hour = next_hour(name, at)
    for occasion, not_before in ((name, None), (in_an_hour, later)):
        jobs = notifications.notify(
            None,
            MailKind.RECEIPT,
            {_asked(signoff): about},
            profile_id=signoff.round.profile_id,
            occasion=occasion,
        )
        if not_before is None and OutboxJob.objects.filter(key=jobs[0].key).exists():
            continue
        enqueue([replace(job, not_before=not_before) for job in jobs])
        return


def attribution_was_changed(event: Event, opened: ValidationRound) -> None:
    """Tell all who are asked in a round that answers are attributed otherwise, and why."""
    about: notifications.Details = {"round": opened.pk, "reason_event": event.pk}
    people = opened.signoffs.filter(person__isnull=False).order_by("pk")
    recipients = dict.fromkeys(people.values_list("person_id", flat=True), about)
    enqueue(
        notifications.notify(
            event.pk, MailKind.ATTRIBUTION_CHANGED, recipients, profile_id=event.profile_id
        )
    )


def answers_were_unsealed(task: Task, opened: ValidationRound, *, at: datetime) -> None:
    """Tell those who conclude a round that its answers can be read now."""
    turns = notifications.whose_turn([task], profile=task.profile, on=role_day(at))
    occasion = f"unsealed{opened.pk}"
    enqueue(notifications.tasks_opened(None, turns, profile_id=task.profile_id, occasion=occasion))


def code_was_asked_for(code: SigningCode) -> None:
    """Mail somebody who signs through a personal link the code that confirms it, before others.

    The job says which code; its digits are derived when the mail is written.
    """
    signoff = code.link.signoff
    assert signoff.person_id is not None
    jobs = notifications.notify(
        None,
        MailKind.SIGNING_CODE,
        {signoff.person_id: {"code": code.pk}},
        profile_id=signoff.round.profile_id,
        occasion=f"code{code.pk}",
    )
    enqueue(jobs)


def paper_was_entered(event: Event, paper: PaperAnswer) -> None:
    """Tell somebody that his form was entered in his name, and how he corrects it."""
    signoff = paper.signoff
    about: notifications.Details = {"paper": paper.pk, "round": signoff.round_id}
    if paper.counts:
        about["signoff"] = signoff.pk
    enqueue(
        notifications.notify(
            event.pk,
            MailKind.PAPER_ENTERED,
            {_asked(signoff): about},
            profile_id=event.profile_id,
        )
    )


def link_was_issued(link: AnsweringLink) -> None:
    """Send somebody who is consulted his link another time."""
    signoff = link.signoff
    enqueue(
        notifications.notify(
            None,
            MailKind.CONSULTATION_OPENED,
            {_asked(signoff): {"round": signoff.round_id}},
            profile_id=signoff.round.profile_id,
            occasion=f"link{link.pk}",
        )
    )


def link_was_revoked(event: Event, signoff: SignOff) -> None:
    """Tell somebody who is consulted that his link opens nothing any more, and why."""
    about: notifications.Details = {"reason_event": event.pk}
    enqueue(
        notifications.notify(
            event.pk,
            MailKind.LINK_REVOKED,
            {_asked(signoff): about},
            profile_id=event.profile_id,
        )
    )
