"""What a move causes outside the database: mails and PDF builds, noted in its own transaction.

The worker executes them after the commit, at least once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from profile_workflow.days import role_day
from profile_workflow.models import (
    AnsweringLink,
    Assignment,
    Event,
    InputRequest,
    PaperAnswer,
    Profile,
    ReviewInvitation,
    SigningCode,
    SignOff,
    ValidationRound,
)
from profile_workflow.models.people import User
from profile_workflow.queries import validation
from profile_workflow.queries.requests import askers_of
from profile_workflow.services.lifecycle import Details
from profile_workflow.services.log import document_name
from profile_workflow.states import AUTHOR_ROLES, PROFILE_VERDICTS, ProfileState, Role
from workflows import notifications
from workflows.executors import Job, get_executor
from workflows.letters import MailKind
from workflows.models import JobKind, OutboxJob, ProfileProcess, Task

#: Moves that send work back, and the roles that are told with the reason.
RETURNS: dict[str, tuple[Role, ...]] = {
    "request_minor_revision": (*AUTHOR_ROLES, Role.PROJECT_TEAM),
    "request_major_revision": (*AUTHOR_ROLES, Role.PROJECT_TEAM),
    "recommend_declining": (*AUTHOR_ROLES, Role.PROJECT_TEAM),
    "return_for_revision": AUTHOR_ROLES,
    "return_to_review": (Role.INTERNATIONAL_EXPERT, *AUTHOR_ROLES),
    "revise_after_consultation": (*AUTHOR_ROLES, Role.PROJECT_TEAM),
    "return_after_objection": (*AUTHOR_ROLES, Role.PROJECT_TEAM, Role.FOCAL_POINT),
    "dispute_finding": (*AUTHOR_ROLES, Role.PROJECT_TEAM),
    "return_priorities": (Role.FOCAL_POINT,),
    "report_defect": (Role.PROJECT_TEAM, *AUTHOR_ROLES),
}

#: Moves with which a reviewer concludes; what the round comes to is told when it is closed.
_CONCLUDES = frozenset((*PROFILE_VERDICTS, "go_on_without"))
_EVERYBODY = tuple(Role)
#: Time between two mails about one and the same answer.
_PACE = timedelta(hours=1)

#: Moves that everybody concerned is told about, and how.
ANNOUNCEMENTS: dict[str, tuple[MailKind, tuple[Role, ...]]] = {
    "hold": (MailKind.HELD, _EVERYBODY),
    "resume": (MailKind.RESUMED, _EVERYBODY),
    "cancel": (MailKind.CANCELLED, _EVERYBODY),
    "withdraw": (MailKind.WITHDRAWN, _EVERYBODY),
    "publish": (MailKind.PUBLISHED, _EVERYBODY),
    "publish_correction": (MailKind.PUBLISHED, _EVERYBODY),
    "object_to": (
        MailKind.OBJECTION_RECEIVED,
        (Role.PROJECT_TEAM, Role.FOCAL_POINT, Role.LOCAL_EXPERT),
    ),
}

#: Moves of a request after which whoever is asked then has to answer.
_ASKS = frozenset({"hand_on", "reply_to_question", "ask_again"})
#: Moves of a request that whoever has asked is told.
_ANSWERS = frozenset({"give_answer", "say_unavailable", "ask_back", "hand_on"})

#: Moves of an invitation → what the person who was invited is told.
_TELLS_INVITED: dict[str, MailKind] = {
    "set_date": MailKind.REVIEW_INVITATION,
    "clear_interest": MailKind.REVIEW_DECIDED,
    "bar_interest": MailKind.REVIEW_DECIDED,
    "withdraw_invitation": MailKind.REVIEW_DECIDED,
}

#: States on whose entering a PDF is built, so that it is there when somebody asks for it.
BUILDS: dict[str, str] = {
    ProfileState.CONSULTATION: "consultation",
    ProfileState.PRODUCTION: "publication",
}


def move_was_made(
    event: Event,
    document: Any,
    process: ProfileProcess | None,
    *,
    by: User | None,
    details: Details,
) -> None:
    """Note every effect of a move: one mail a person, and one query for the outbox."""
    profile: Profile = document.profile
    turns = _turns(process) if process is not None else {}
    jobs = [
        *_announcement(event, profile, by, turns),
        *_return(event, profile, by, details, turns),
    ]
    if isinstance(document, InputRequest):
        jobs += _about_request(event, document, by)
    if isinstance(document, ReviewInvitation):
        jobs += _about_invitation(event, document, by)
    if process is not None:
        told = {job.payload["user"] for job in jobs}
        untold = {person: tasks for person, tasks in turns.items() if person not in told}
        jobs += _your_turn(process, event, untold)
    jobs += _outcome(event, profile, by)
    if event.document == "profile" and event.to_state in BUILDS:
        jobs.append(_build(event, profile))
    _enqueue(jobs)


def tasks_were_opened(process: ProfileProcess, *, event: Event | None) -> None:
    """Tell people of tasks that were opened without a move of their document."""
    _enqueue(_your_turn(process, event, _turns(process)))


def task_was_handed_over(event: Event, task: Task) -> None:
    """Tell the new owner of a task."""
    assert task.owner_id is not None
    _enqueue(
        notifications.tasks_opened(
            event.pk, {task.owner_id: [task.pk]}, profile_id=task.profile_id, reason_event=event.pk
        )
    )


def deadlines_were_changed(event: Event, tasks: Sequence[Task], *, by: User) -> None:
    """Tell those whose turn it is that their tasks have another last day, and why."""
    profile: Profile = event.profile
    turns = notifications.whose_turn(tasks, profile=profile, on=role_day(event.at))
    recipients: dict[int, notifications.Details] = {
        person: {"tasks": ids, "reason_event": event.pk}
        for person, ids in turns.items()
        if person != by.pk
    }
    _enqueue(
        notifications.notify(event.pk, MailKind.DEADLINE_CHANGED, recipients, profile_id=profile.pk)
    )


def version_was_withdrawn(event: Event, version: str, *, by: User) -> None:
    """Tell everybody who takes part that a published version is public no more, and why."""
    about: notifications.Details = {"reason_event": event.pk, "version": version}
    people = _holders(event.profile, _EVERYBODY, event, by)
    recipients = dict.fromkeys(people, about)
    kind = MailKind.VERSION_WITHDRAWN
    _enqueue(notifications.notify(event.pk, kind, recipients, profile_id=event.profile_id))


def substitute_was_named(substitution: Assignment, *, at: datetime) -> None:
    """Tell somebody that he stands in for another, and when."""
    _tell_of_part(substitution, [substitution.user_id], at)


def substitute_was_asked_for(part: Assignment, *, at: datetime) -> None:
    """Tell the project team of a substitution, or of the part for which nobody could be named."""
    assert part.profile is not None
    held = Assignment.objects.active(role_day(at)).for_profile(part.profile)
    team = held.in_roles([Role.PROJECT_TEAM]).values_list("user_id", flat=True)
    _tell_of_part(part, team.distinct().order_by("user_id"), at)


def _tell_of_part(part: Assignment, people: Iterable[int], at: datetime) -> None:
    assert part.profile_id is not None
    recipients: dict[int, notifications.Details] = {one: {"part": part.pk} for one in people}
    occasion = f"{part.pk}.{at.isoformat()}"
    _enqueue(
        notifications.notify(
            None, MailKind.SUBSTITUTE, recipients, profile_id=part.profile_id, occasion=occasion
        )
    )


def request_was_made(event: Event, request: InputRequest) -> None:
    """Tell whoever is asked for input."""
    _enqueue(_request_mail(event, request, MailKind.REQUEST, request.asked_of_id))


def _about_request(event: Event, request: InputRequest, by: User | None) -> list[Job]:
    """Return the mails of a move of a request: to whoever has to act on it, not to the mover."""
    told: list[tuple[MailKind, int]] = []
    if event.move in _ASKS:
        told.append((MailKind.REQUEST, request.asked_of_id))
    if event.move in _ANSWERS:
        askers = askers_of(request, on=role_day(event.at))
        told += [(MailKind.REQUEST_ANSWERED, person) for person in askers]
    if event.move == "withdraw_request":
        told.append((MailKind.REQUEST_WITHDRAWN, request.asked_of_id))
    return [
        job
        for kind, person in told
        if by is None or person != by.pk
        for job in _request_mail(event, request, kind, person)
    ]


def _request_mail(event: Event, request: InputRequest, kind: MailKind, person: int) -> list[Job]:
    about: notifications.Details = {"request": request.pk}
    if event.reason_hash:
        about["reason_event"] = event.pk
    return notifications.notify(event.pk, kind, {person: about}, profile_id=request.profile_id)


def invitation_was_sent(event: Event, invitation: ReviewInvitation) -> None:
    """Tell somebody that he is invited to review."""
    kind = MailKind.REVIEW_INVITATION
    _enqueue(_invitation_mail(event, invitation, kind, [invitation.person_id]))


def _about_invitation(event: Event, invitation: ReviewInvitation, by: User | None) -> list[Job]:
    """Return the mails of a move of an invitation: to the team what the person has answered."""
    kind = _TELLS_INVITED.get(event.move)
    if kind is not None:
        return _invitation_mail(event, invitation, kind, [invitation.person_id])
    team = _holders(invitation.profile, [Role.PROJECT_TEAM], event, by)
    return _invitation_mail(event, invitation, MailKind.REVIEW_ANSWERED, team)


def _invitation_mail(
    event: Event, invitation: ReviewInvitation, kind: MailKind, people: Iterable[int]
) -> list[Job]:
    about: notifications.Details = {"invitation": invitation.pk}
    if event.reason_hash:
        about["reason_event"] = event.pk
    recipients = dict.fromkeys(people, about)
    return notifications.notify(event.pk, kind, recipients, profile_id=invitation.profile_id)


def answer_came_by_link(event: Event, signoff: SignOff) -> None:
    """Send a receipt to whoever has answered through a personal link."""
    about: notifications.Details = {"signoff": signoff.pk}
    _enqueue(_paced(event, MailKind.RECEIPT, {_asked(signoff): about}))


def _asked(signoff: SignOff) -> int:
    """Return who was asked: while a round takes answers, that is known."""
    assert signoff.person_id is not None
    return signoff.person_id


def sealed_answer_came_by_link(signoff: SignOff, *, at: datetime) -> None:
    """Send a receipt of an answer that is sealed: the first at once, of later ones one an hour."""
    about: notifications.Details = {"signoff": signoff.pk}
    later = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + _PACE
    name = document_name(signoff)
    for occasion, not_before in ((name, None), (f"{name}.{later:%Y%m%dT%H}", later)):
        jobs = notifications.notify(
            None,
            MailKind.RECEIPT,
            {_asked(signoff): about},
            profile_id=signoff.round.profile_id,
            occasion=occasion,
        )
        if not_before is None and OutboxJob.objects.filter(key=jobs[0].key).exists():
            continue
        _enqueue([replace(job, not_before=not_before) for job in jobs])
        return


def attribution_was_changed(event: Event, opened: ValidationRound) -> None:
    """Tell all who are asked in a round that answers are attributed otherwise, and why."""
    about: notifications.Details = {"round": opened.pk, "reason_event": event.pk}
    people = opened.signoffs.filter(person__isnull=False).order_by("pk")
    recipients = dict.fromkeys(people.values_list("person_id", flat=True), about)
    _enqueue(
        notifications.notify(
            event.pk, MailKind.ATTRIBUTION_CHANGED, recipients, profile_id=event.profile_id
        )
    )


def answers_were_unsealed(task: Task, opened: ValidationRound, *, at: datetime) -> None:
    """Tell those who conclude a round that its answers can be read now."""
    turns = notifications.whose_turn([task], profile=task.profile, on=role_day(at))
    occasion = f"unsealed{opened.pk}"
    _enqueue(notifications.tasks_opened(None, turns, profile_id=task.profile_id, occasion=occasion))


def _paced(
    event: Event, kind: MailKind, recipients: Mapping[int, notifications.Details]
) -> list[Job]:
    """Return the mails of an event that one person can cause again and again with one answer.

    The first goes out at once; those of the hour after it as one, when the clock strikes. So
    nobody who holds a link fills the mailboxes of others, and the last word is told all the same.
    """
    profile_id: int = event.profile_id
    of_late = Event.objects.filter(
        profile=profile_id,
        document=event.document,
        move=event.move,
        at__gt=event.at - _PACE,
        seq__lt=event.seq,
    )
    if not of_late.exists():
        return notifications.notify(event.pk, kind, recipients, profile_id=profile_id)
    later = event.at.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + _PACE
    occasion = f"{event.document}.{later:%Y%m%dT%H}"
    jobs = notifications.notify(None, kind, recipients, profile_id=profile_id, occasion=occasion)
    return [replace(job, not_before=later) for job in jobs]


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
    _enqueue(jobs)


def paper_was_entered(event: Event, paper: PaperAnswer) -> None:
    """Tell somebody that his form was entered in his name, and how he corrects it."""
    signoff = paper.signoff
    about: notifications.Details = {"paper": paper.pk, "round": signoff.round_id}
    if paper.counts:
        about["signoff"] = signoff.pk
    _enqueue(
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
    _enqueue(
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
    _enqueue(
        notifications.notify(
            event.pk,
            MailKind.LINK_REVOKED,
            {_asked(signoff): about},
            profile_id=event.profile_id,
        )
    )


def _enqueue(jobs: list[Job]) -> None:
    if jobs:
        get_executor().enqueue(jobs)


def _turns(process: ProfileProcess) -> dict[int, list[int]]:
    """Return person id → ids of the tasks that the move has opened for that person."""
    if not process.opened:
        return {}
    return notifications.whose_turn(
        process.opened, profile=process.profile, on=role_day(process.moment)
    )


def _your_turn(
    process: ProfileProcess, event: Event | None, turns: Mapping[int, list[int]]
) -> list[Job]:
    """Return the “your turn” mails, or the invitations when a validation round has opened."""
    if not turns:
        return []
    occasion = "" if event else f"p{process.pk}t{process.opened[0].pk}"
    event_id = event.pk if event else None
    asked = process.opened[0].signoff
    if asked is not None:
        return _invitations(asked, turns, process, event_id, occasion)
    return notifications.tasks_opened(
        event_id, turns, profile_id=process.profile_id, occasion=occasion
    )


def _invitations(
    asked: SignOff,
    turns: Mapping[int, Iterable[int]],
    process: ProfileProcess,
    event_id: int | None,
    occasion: str,
) -> list[Job]:
    recipients: dict[int, notifications.Details] = {
        person: {"round": asked.round_id, "tasks": list(tasks)} for person, tasks in turns.items()
    }
    return notifications.notify(
        event_id,
        MailKind.CONSULTATION_OPENED,
        recipients,
        profile_id=process.profile_id,
        occasion=occasion,
    )


def _holders(profile: Profile, roles: Iterable[Role], event: Event, by: User | None) -> list[int]:
    held = Assignment.objects.active(role_day(event.at)).for_profile(profile).in_roles(roles)
    people = held.values_list("user_id", flat=True).distinct().order_by("user_id")
    return [person for person in people if by is None or person != by.pk]


def _announcement(
    event: Event, profile: Profile, by: User | None, turns: Mapping[int, list[int]]
) -> list[Job]:
    kind, roles = ANNOUNCEMENTS.get(event.move, (None, ()))
    if kind is None:
        return []
    about: notifications.Details = {"reason_event": event.pk} if event.reason_hash else {}
    recipients = _about(_holders(profile, roles, event, by), about, turns)
    if kind == MailKind.OBJECTION_RECEIVED and not turns:
        return _paced(event, kind, recipients)
    return notifications.notify(event.pk, kind, recipients, profile_id=profile.pk)


def _return(
    event: Event,
    profile: Profile,
    by: User | None,
    details: Details,
    turns: Mapping[int, list[int]],
) -> list[Job]:
    # Of several who review, the last one's move ends the round; it tells what all come to.
    move = profile.concluded_as if event.move in _CONCLUDES else event.move
    roles = RETURNS.get(move, ())
    if not roles:
        return []
    about: notifications.Details = {
        "reason_event": event.pk,
        "sections": [section.key for section in details.sections],
    }
    recipients = _about(_holders(profile, roles, event, by), about, turns)
    return notifications.notify(event.pk, MailKind.RETURNED, recipients, profile_id=profile.pk)


def _outcome(event: Event, profile: Profile, by: User | None) -> list[Job]:
    """Return the mails “you said, we did” of a consultation that is concluded.

    To those who have answered; under the Chatham House Rule nobody knows who has, so that all get
    it who are asked.
    """
    if event.move != "conclude_consultation":
        return []
    people = [one for one in validation.people_who_said(profile) if by is None or one != by.pk]
    recipients = {one: notifications.Details() for one in people}
    return notifications.notify(event.pk, MailKind.OUTCOME, recipients, profile_id=profile.pk)


def _about(
    people: Iterable[int], about: notifications.Details, turns: Mapping[int, list[int]]
) -> dict[int, notifications.Details]:
    """Return what each person is told: what happened, and the tasks that are his because of it."""
    return {person: {**about, "tasks": list(turns.get(person, ()))} for person in people}


def _build(event: Event, profile: Profile) -> Job:
    kind = BUILDS[event.to_state]
    return Job(
        kind=JobKind.PDF,
        key=f"pdf:{kind}:{event.pk}",
        payload={"profile": profile.pk, "kind": kind, "language": profile.language},
        profile_id=profile.pk,
    )
