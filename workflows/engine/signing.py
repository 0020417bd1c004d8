"""Signing for a city through a personal link: the code that is mailed, and the move it confirms."""

from datetime import datetime

from django.db import transaction

from profile_workflow import rules
from profile_workflow.errors import CodeRefused
from profile_workflow.models import (
    AnsweringLink,
    Event,
    Profile,
    SigningAnswer,
    SigningCode,
    SignOff,
)
from profile_workflow.services import lifecycle, signing
from profile_workflow.services.lifecycle import Details
from profile_workflow.services.log import Actor, Entry, document_name, record
from profile_workflow.services.signing import Verdict
from profile_workflow.states import Signature, SignOffState
from workflows import effects
from workflows.engine.moves import perform


@transaction.atomic
def ask_for_code(link: AnsweringLink, *, seen: int | None, at: datetime) -> SigningCode:
    """Mail the code that confirms the answer that is saved; the code before ends.

    Nobody waits for a code in vain: what the sign-off would refuse is refused here.

    Args:
        link: The link through which somebody signs.
        seen: Id of the newest code when the button was shown; None if there was none.
        at: When.

    Raises:
        NotNow, NotComplete, MadeAlready: As ``signing.issue_code``.
        NotAllowed, NotNow, NotComplete: As the move is refused.
    """
    made = signing.issue_code(link, seen=seen, at=at)
    signoff: SignOff = made.link.signoff
    answer = signing.answer_of(signoff)
    assert answer is not None
    if not _stands(answer, signoff):
        actor = lifecycle.actor_for(signoff, answer.move, signoff.person)
        details = _details(answer, signoff.round.profile)
        lifecycle.check(signoff, answer.move, actor=actor, details=details)
    effects.code_was_asked_for(made)
    return made


def sign_by_link(link: AnsweringLink, typed: str, *, at: datetime) -> Event | None:
    """Sign off with a code: the same move as with an account, and a line that a code was used.

    A wrong code is counted even though it is refused.

    Args:
        link: The link through which somebody signs.
        typed: The digits that were typed.
        at: When.

    Returns:
        The event that says that a code confirmed it; None if the answer was sent already, so that
        a click can be repeated.

    Raises:
        CodeRefused: If the code does not confirm the answer that is saved, with the reason.
        NotNow: If the link takes no signature.
        NotAllowed, NotNow, NotComplete: As the move is refused; the code stays good then.
    """
    with transaction.atomic():
        verdict, answer = signing.redeem(link, typed, at=at)
        if verdict is Verdict.SENT_ALREADY:
            return None
        if verdict is Verdict.RIGHT and answer is not None:
            return _signed(answer, at)
    raise CodeRefused(signing.REFUSALS[verdict])


def _signed(answer: SigningAnswer, at: datetime) -> Event:
    signoff: SignOff = answer.signoff
    profile, person = signoff.round.profile, signoff.person
    details, state = _details(answer, profile), signoff.state
    role = rules.acting_role(f"{signoff.document_type}.{answer.move}", person, signoff)
    if _stands(answer, signoff):
        names = {"signatory": details.signatory, "function": details.function}
        SignOff.objects.filter(pk=signoff.pk).update(**names)
    else:
        state = perform(signoff, answer.move, by=person, at=at, details=details).to_state
    signing.note_signed(answer, at=at)
    entry = Entry(document_name(signoff), "sign_by_link", state, state, signoff.digest)
    event = record(profile, [entry], actor=Actor(person, role), at=at)[0]
    effects.answer_came_by_link(event, signoff)
    return event


def _stands(answer: SigningAnswer, signoff: SignOff) -> bool:
    """Whether he has approved before, and only says anew who signs."""
    return answer.move == Signature.APPROVE and signoff.state == SignOffState.APPROVED


def _details(answer: SigningAnswer, profile: Profile) -> Details:
    named = profile.sections.filter(key__in=answer.sections).select_related("template_section")
    return Details(
        reason=answer.statement,
        sections=list(named.order_by("position")) if answer.sections else (),
        signatory=answer.signatory,
        function=answer.function,
    )
