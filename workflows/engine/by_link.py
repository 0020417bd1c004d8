"""Personal links: sending an answer through one, all of it or nothing, and sending one again."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from profile_workflow import rules
from profile_workflow.errors import MadeAlready, NotComplete
from profile_workflow.models import AnsweringLink, Event, SignOff
from profile_workflow.models.people import User
from profile_workflow.queries.profiles import sections_asked_about
from profile_workflow.services import links, priority_answers, section_answers
from profile_workflow.services.lifecycle import Details
from profile_workflow.services.locking import locked
from profile_workflow.services.log import Actor, Entry, document_name, record
from profile_workflow.services.objections import stands_already
from profile_workflow.states import SignOffState
from workflows import effects
from workflows.engine.locking import refetched
from workflows.engine.moves import perform

#: The state to which each answer leads, in which it need not be given again.
_STATE_AFTER = {"approve": SignOffState.APPROVED, "object_to": SignOffState.OBJECTED}


@transaction.atomic
def send_answer(link: AnsweringLink, *, at: datetime, base: str | None = None) -> Event | None:
    """Send what was saved: the same sign-off and comments as somebody with an account makes.

    Args:
        link: The link through which it is sent.
        at: When.
        base: ``mark_of_all`` what was looked at, sections and labels; None for whatever it is.

    Returns:
        The event that says that it came by link; None in a secret round, and if nothing has
        changed since it was sent last, so that it can be sent twice.

    Raises:
        NotNow: If the link takes no answers.
        NotComplete: If a section has no answer yet, with the list.
        StaleEntry: If other answers are saved than those that were looked at.
        NotAllowed, InvalidInput: As the comments and the sign-off are refused.
    """
    link = links.locked_with_profile(link, at=at)
    section_answers.check_purpose(link)
    signoff: SignOff = link.signoff
    profile = signoff.round.profile
    answers = section_answers.answers_of(signoff)
    missing = section_answers.lacking(sections_asked_about(signoff.round), answers)
    if missing:
        raise NotComplete(_("Some sections have no answer yet."), missing)
    given = list(answers.values())
    labels = priority_answers.answers_of(signoff).values()
    section_answers.check_seen(base, section_answers.mark_of_all(given, labels))
    move, details = section_answers.move_for(given), section_answers.said_with(given)
    waiting = [one for one in given if one.waits_to_be_sent]
    ranked = [one for one in labels if one.waits_to_be_sent]
    is_new = _says_something_new(signoff, move, details)
    if not waiting and not ranked and not is_new:
        return None
    assert signoff.person is not None
    section_answers.pass_comments_on(waiting, signoff, at=at)
    priority_answers.note_sent(ranked, at=at)
    if is_new:
        perform(signoff, move, by=signoff.person, at=at, details=details)
    signoff = refetched(signoff, profile)
    if signoff.round.is_secret:
        effects.sealed_answer_came_by_link(signoff, at=at)
        return None
    role = rules.acting_role(f"{signoff.document_type}.{move}", signoff.person, signoff)
    entry = Entry(
        document_name(signoff), "send_by_link", signoff.state, signoff.state, signoff.digest
    )
    event = record(profile, [entry], actor=Actor(signoff.person, role), at=at)[0]
    effects.answer_came_by_link(event, signoff)
    return event


def _says_something_new(signoff: SignOff, move: str, details: Details) -> bool:
    """Whether the sign-off has to move: to another answer, or to an objection in other words."""
    if signoff.state != _STATE_AFTER[move]:
        return True
    is_objection = move == "object_to"
    return is_objection and not stands_already(signoff, details.reason, details.sections)


@transaction.atomic
def send_link_again(signoff: SignOff, *, seen: int | None, by: User, at: datetime) -> AnsweringLink:
    """Send somebody who is consulted another link; the one before ends.

    Args:
        signoff: What he is asked for.
        seen: Id of his newest link when the button was shown; None if he had none.
        by: Who sends it.
        at: When.

    Raises:
        NotAllowed, NotNow: As ``links.issue_again``.
        MadeAlready: If another one was sent by a click before this one.
    """
    locked(signoff.round.profile_id, at)
    newest = signoff.links.order_by("-pk").first()
    if newest is not None and newest.pk != seen:
        raise MadeAlready(_("Another link has been sent already."), made=newest)
    made = links.issue_again(signoff, by=by, at=at)
    effects.link_was_issued(made)
    return made


@transaction.atomic
def revoke_link(signoff: SignOff, *, reason: str, by: User, at: datetime) -> None:
    """End the link of somebody who is consulted, and tell him why.

    Args:
        signoff: What he is asked for.
        reason: Why.
        by: Who ends it.
        at: When.

    Raises:
        NotAllowed, NotNow, NotComplete: As ``links.revoke``.
    """
    event = links.revoke(signoff, reason=reason, by=by, at=at)
    effects.link_was_revoked(event, signoff)
