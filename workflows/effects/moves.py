"""What a move causes: who is told of it and of his turn, and which PDF is made."""

from collections.abc import Iterable, Mapping
from typing import Any

from profile_workflow.days import role_day
from profile_workflow.models import Event, InputRequest, Profile, ReviewInvitation, SignOff, User
from profile_workflow.queries import validation
from profile_workflow.services.lifecycle import Details
from profile_workflow.states import AUTHOR_ROLES, PROFILE_VERDICTS, ProfileState, Role
from workflows import notifications
from workflows.effects.requests import about_invitation, about_request
from workflows.effects.sending import EVERYBODY, enqueue, holders, paced
from workflows.executors import Job
from workflows.letters import MailKind
from workflows.models import JobKind, ProfileProcess

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

#: Moves that everybody concerned is told about, and how.
ANNOUNCEMENTS: dict[str, tuple[MailKind, tuple[Role, ...]]] = {
    "hold": (MailKind.HELD, EVERYBODY),
    "resume": (MailKind.RESUMED, EVERYBODY),
    "cancel": (MailKind.CANCELLED, EVERYBODY),
    "withdraw": (MailKind.WITHDRAWN, EVERYBODY),
    "publish": (MailKind.PUBLISHED, EVERYBODY),
    "publish_correction": (MailKind.PUBLISHED, EVERYBODY),
    "object_to": (
        MailKind.OBJECTION_RECEIVED,
        (Role.PROJECT_TEAM, Role.FOCAL_POINT, Role.LOCAL_EXPERT),
    ),
}

#: States on whose entering a PDF is built, so that it is there when somebody asks for it.
BUILDS: dict[str, str] = {
    ProfileState.CONSULTATION: "consultation",
    # Of the same text, with how the consultation ended: the authority takes it from his link.
    ProfileState.SIGNOFF: "consultation",
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
        jobs += about_request(event, document, by)
    if isinstance(document, ReviewInvitation):
        jobs += about_invitation(event, document, by)
    if process is not None:
        told = {job.payload["user"] for job in jobs}
        untold = {person: tasks for person, tasks in turns.items() if person not in told}
        jobs += _your_turn(process, event, untold)
    jobs += _outcome(event, profile, by)
    if event.document == "profile" and event.to_state in BUILDS:
        jobs.append(_build(event, profile))
    enqueue(jobs)


def tasks_were_opened(process: ProfileProcess, *, event: Event | None) -> None:
    """Tell people of tasks that were opened without a move of their document."""
    enqueue(_your_turn(process, event, _turns(process)))


def version_was_withdrawn(event: Event, version: str, *, by: User) -> None:
    """Tell everybody who takes part that a published version is public no more, and why."""
    about: notifications.Details = {"reason_event": event.pk, "version": version}
    people = holders(event.profile, EVERYBODY, event, by)
    recipients = dict.fromkeys(people, about)
    kind = MailKind.VERSION_WITHDRAWN
    enqueue(notifications.notify(event.pk, kind, recipients, profile_id=event.profile_id))


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


def _announcement(
    event: Event, profile: Profile, by: User | None, turns: Mapping[int, list[int]]
) -> list[Job]:
    kind, roles = ANNOUNCEMENTS.get(event.move, (None, ()))
    if kind is None:
        return []
    about: notifications.Details = {"reason_event": event.pk} if event.reason_hash else {}
    recipients = _about(holders(profile, roles, event, by), about, turns)
    if kind == MailKind.OBJECTION_RECEIVED and not turns:
        return paced(event, kind, recipients)
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
    recipients = _about(holders(profile, roles, event, by), about, turns)
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
