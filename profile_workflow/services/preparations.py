"""What a move writes into its own document before the new state: dates, texts, who judged it.

A table from ``<document>.<move>``. What follows elsewhere stands in ``consequences``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from profile_workflow.models import Comment, InputRequest, Section, SignOff
from profile_workflow.services import invitations, judging, requests
from profile_workflow.services.log import Actor
from profile_workflow.services.revisions import freeze_section
from profile_workflow.states import PROFILE_VERDICTS, SECTION_VERDICTS

if TYPE_CHECKING:
    from profile_workflow.services.lifecycle import Details


@dataclass(frozen=True, slots=True)
class Happening:
    """One move with its circumstances, as the functions of the tables receive it."""

    document: Any
    move: str
    actor: Actor
    at: datetime
    details: "Details"


def _hold(event: Happening) -> set[str]:
    event.document.held_state = event.document.state
    return {"held_state"}


def _judge(event: Happening) -> set[str]:
    return judging.judge(event.document, event.move)


def _conclude(event: Happening) -> set[str]:
    return judging.conclude(event.document, event.move)


def _withdraw(event: Happening) -> set[str]:
    assert event.actor.user is not None
    reason = event.details.reason.strip()
    return judging.withdraw(event.document, by=event.actor.user, at=event.at, reason=reason)


def _make_room(event: Happening) -> set[str]:
    """Let another edition follow the one before: this one will not."""
    event.document.previous_edition = None
    return {"previous_edition"}


def _choose_attribution(event: Happening) -> set[str]:
    """Keep the rule that was chosen until the round that the move opens is made."""
    event.document.attribution_chosen = event.details.attribution
    return set()


def _publish(event: Happening) -> set[str]:
    event.document.published_at = event.at
    return {"published_at"}


def _publish_correction(event: Happening) -> set[str]:
    event.document.publication_version += 1
    event.document.published_at = event.at
    return {"publication_version", "published_at"}


def _open_correction(event: Happening) -> set[str]:
    event.document.erratum = ""
    return {"erratum"}


def _freeze(event: Happening) -> set[str]:
    section: Section = event.document
    assert event.actor.user is not None
    section.revision = freeze_section(section, by=event.actor.user, at=event.at)
    return {"revision"}


def _answer(event: Happening) -> set[str]:
    comment: Comment = event.document
    comment.answer = (event.details.answer or event.details.reason).strip()
    comment.answered_by = event.actor.user
    comment.answered_at = event.at
    return {"answer", "answered_by", "answered_at"}


def _close_comment(event: Happening) -> set[str]:
    event.document.closed_at = event.at
    return {"closed_at"}


def _sign(event: Happening) -> set[str]:
    signoff: SignOff = event.document
    signoff.statement = event.details.reason.strip()
    signoff.answered_at = event.at
    signoff.signatory, signoff.function = event.details.signatory, event.details.function
    return {"statement", "answered_at", "signatory", "function"}


def _object(event: Happening) -> set[str]:
    """Ask for another answer: the one to an objection made before says nothing to this one.

    What was answered before stays in the event log.
    """
    signoff: SignOff = event.document
    signoff.response, signoff.responded_by, signoff.responded_at = "", None, None
    return {*_sign(event), "response", "responded_by", "responded_at"}


def _lapse(event: Happening) -> set[str]:
    event.document.answered_at = event.at
    return {"answered_at"}


def _hand_on(event: Happening) -> set[str]:
    changed = requests.hand_to(event.document, event.details.person)
    return changed | _set_day(event)


def _set_day(event: Happening) -> set[str]:
    """Whoever is asked from now on is reminded anew, and has a new day if one was given."""
    request: InputRequest = event.document
    request.reminded_at = request.escalated_at = None
    if event.details.due_on is not None:
        request.due_at = requests.last_moment(request.profile, event.details.due_on, at=event.at)
    return {"reminded_at", "escalated_at", "due_at"}


def _declare_none(event: Happening) -> set[str]:
    return invitations.declare(event.document, "", at=event.at)


def _declare(event: Happening) -> set[str]:
    return invitations.declare_interest(event.document, event.details.answer, at=event.at)


def _propose(event: Happening) -> set[str]:
    return invitations.propose(
        event.document, event.details.due_on, event.details.answer, at=event.at
    )


def _decline(event: Happening) -> set[str]:
    said = event.details
    return invitations.decline(
        event.document, said.declining, said.answer, suggested=said.suggested, at=event.at
    )


def _set_date(event: Happening) -> set[str]:
    return invitations.set_date(event.document, event.details.due_on, at=event.at)


#: Moves of a profile with which it is asked what the city and its stakeholders think.
OPENS_CONSULTATION = (
    *("pass_qa", "waive_second_pass"),
    *("extend_consultation", "call_second_workshop"),
)

_PREPARE: dict[str, Callable[[Happening], set[str]]] = {
    "profile.hold": _hold,
    "profile.cancel": _make_room,
    **{f"profile.{move}": _conclude for move in (*PROFILE_VERDICTS, "go_on_without")},
    **{f"section.{move}": _judge for move in (*SECTION_VERDICTS, "go_on_without")},
    "section.take_back_decision": _withdraw,
    **{f"profile.{move}": _choose_attribution for move in OPENS_CONSULTATION},
    "profile.publish": _publish,
    "profile.publish_correction": _publish_correction,
    "profile.open_correction": _open_correction,
    "section.submit": _freeze,
    "comment.accept": _answer,
    "comment.accept_partly": _answer,
    "comment.decline": _answer,
    "comment.defer": _answer,
    "comment.verify": _close_comment,
    "comment.close_by_deadline": _close_comment,
    "input_request.hand_on": _hand_on,
    "input_request.reply_to_question": _set_day,
    "input_request.ask_again": _set_day,
    "invitation.accept_invitation": _declare_none,
    "invitation.declare_interest": _declare,
    "invitation.propose_date": _propose,
    "invitation.decline_invitation": _decline,
    "invitation.set_date": _set_date,
    "sign_off.approve": _sign,
    "sign_off.reserve": _sign,
    "sign_off.object_to": _object,
    "sign_off.waive": _sign,
    "sign_off.lapse": _lapse,
    "sign_off.lapse_tacitly": _lapse,
}


def prepare(
    document: Any, move: str, *, actor: Actor, at: datetime, details: "Details"
) -> set[str]:
    """Set the fields that go with a move; return their names."""
    step = _PREPARE.get(f"{document.document_type}.{move}")
    return step(Happening(document, move, actor, at, details)) if step else set()
