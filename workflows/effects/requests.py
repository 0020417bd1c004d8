"""What requests for input and invitations to review cause."""

from collections.abc import Iterable

from profile_workflow.days import role_day
from profile_workflow.models import Event, InputRequest, ReviewInvitation, User
from profile_workflow.queries.requests import askers_of
from profile_workflow.states import Role
from workflows import notifications
from workflows.effects.sending import enqueue, holders
from workflows.executors import Job
from workflows.letters import MailKind

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


def request_was_made(event: Event, request: InputRequest) -> None:
    """Tell whoever is asked for input."""
    enqueue(_request_mail(event, request, MailKind.REQUEST, request.asked_of_id))


def about_request(event: Event, request: InputRequest, by: User | None) -> list[Job]:
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
    enqueue(_invitation_mail(event, invitation, kind, [invitation.person_id]))


def about_invitation(event: Event, invitation: ReviewInvitation, by: User | None) -> list[Job]:
    """Return the mails of a move of an invitation: to the team what the person has answered."""
    kind = _TELLS_INVITED.get(event.move)
    if kind is not None:
        return _invitation_mail(event, invitation, kind, [invitation.person_id])
    team = holders(invitation.profile, [Role.PROJECT_TEAM], event, by)
    return _invitation_mail(event, invitation, MailKind.REVIEW_ANSWERED, team)


def _invitation_mail(
    event: Event, invitation: ReviewInvitation, kind: MailKind, people: Iterable[int]
) -> list[Job]:
    about: notifications.Details = {"invitation": invitation.pk}
    if event.reason_hash:
        about["reason_event"] = event.pk
    recipients = dict.fromkeys(people, about)
    return notifications.notify(event.pk, kind, recipients, profile_id=invitation.profile_id)
