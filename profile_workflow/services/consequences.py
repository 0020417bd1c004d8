"""What follows from a move outside its own document: decisions, rounds closed, sections moved.

``follow`` writes rows after the transition and says which sections must move too: a table from
``<document>.<move>``. What the document itself keeps of the move stands in ``preparations``.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from profile_workflow.models import (
    Decision,
    Profile,
    Revision,
    Section,
    SignOff,
    ValidationRound,
    Workshop,
)
from profile_workflow.queries.judging import forget_round, open_round
from profile_workflow.queries.validation import unanswered_objections
from profile_workflow.queries.workshops import unanswered_remarks
from profile_workflow.services import invitations, judging, requests
from profile_workflow.services.log import Actor
from profile_workflow.services.preparations import Happening
from profile_workflow.services.revisions import freeze_profile
from profile_workflow.states import PROFILE_VERDICTS, SECTION_VERDICTS, SectionState

if TYPE_CHECKING:
    from profile_workflow.services.lifecycle import Details


@dataclass(frozen=True, slots=True)
class Cascade:
    """Sections that move because the profile moved."""

    sections: Sequence[Section]
    move: str


def _in_state(profile: Profile, *states: SectionState) -> list[Section]:
    return list(profile.sections.filter(state__in=states).order_by("position"))


def _decide_in_round(event: Happening) -> list[Cascade]:
    current = open_round(event.document.profile)
    return _decide(event, current.pk if current else None)


def _decide(event: Happening, review_round_id: int | None = None) -> list[Cascade]:
    document = event.document
    section = document if isinstance(document, Section) else None
    revision = section.revision if section else None
    profile: Profile = document.profile
    assert event.actor.user is not None
    made = Decision.objects.create(
        profile=profile,
        section=section,
        revision=revision,
        review_round_id=review_round_id,
        move=event.move,
        digest=revision.sha256 if revision else profile.text_digest(),
        reason=event.details.reason.strip(),
        by=event.actor.user,
        role=event.actor.role or "",
        at=event.at,
    )
    judging.keep_answers(made, event.details.assessment)
    profile.forget_pass()
    return []


def _recommend(event: Happening) -> list[Cascade]:
    """Keep what somebody recommends; what was accepted is frozen, to know of which revisions."""
    if event.move == "recommend_acceptance":
        freeze_profile(event.document, at=event.at)
    _decide_in_round(event)
    return _close_review_round(event)


def _close_review_round(event: Happening) -> list[Cascade]:
    profile: Profile = event.document
    opened = open_round(profile)
    if opened is not None and profile.concluded_as:
        opened.closed_at, opened.outcome = event.at, profile.concluded_as
        opened.save(update_fields=["closed_at", "outcome", "awaited"])
        forget_round(profile)
        # What was not sent was about this text; it must not be there beforehand for the next one.
        profile.review_drafts.all().delete()
    return []


def _close_validation_round(event: Happening) -> list[Cascade]:
    ValidationRound.objects.filter(profile=event.document, closed_at__isnull=True).update(
        closed_at=event.at
    )
    return []


def _close_round_and_reopen(event: Happening) -> list[Cascade]:
    _close_validation_round(event)
    return _reopen_named(event)


def _close_consultation(event: Happening) -> list[Cascade]:
    _close_workshops(event)
    return _close_validation_round(event)


def _close_workshops(event: Happening) -> list[Cascade]:
    """Let the records of workshops stand as they are: the stage that they served is over."""
    Workshop.objects.filter(profile=event.document, closed_at__isnull=True).update(
        closed_at=event.at
    )
    return []


def _close_workshops_and_reopen(event: Happening) -> list[Cascade]:
    _close_workshops(event)
    return _reopen_named(event)


def _answer_and_reopen(event: Happening) -> list[Cascade]:
    """The reason of a return is the written answer to who has objected to what is returned."""
    _close_workshops(event)
    returned = [section.pk for section in event.details.sections]
    unanswered_remarks(event.document).filter(section__in=returned).update(
        response=event.details.reason.strip(),
        responded_by=event.actor.user,
        responded_at=event.at,
    )
    named = SignOff.sections.through.objects.filter(
        section__in=[section.pk for section in event.details.sections],
        signoff__round__closed_at__isnull=True,
    )
    unanswered_objections(event.document).filter(pk__in=named.values("signoff")).update(
        response=event.details.reason.strip(),
        responded_by=event.actor.user,
        responded_at=event.at,
    )
    return _close_round_and_reopen(event)


def _close_round_and_lock(event: Happening) -> list[Cascade]:
    _close_validation_round(event)
    return _lock_all(event)


def _reopen_named(event: Happening) -> list[Cascade]:
    return [Cascade(_approved_of(event), "reopen")]


def _decide_and_reopen(event: Happening) -> list[Cascade]:
    _decide(event)
    return _reopen_named(event)


def _decide_and_recall(event: Happening) -> list[Cascade]:
    _decide(event)
    return [Cascade(_approved_of(event), "recall")]


def _approved_of(event: Happening) -> list[Section]:
    named = {section.pk for section in event.details.sections}
    approved = _in_state(event.document, SectionState.ACCEPTED, SectionState.LOCKED)
    return [section for section in approved if section.pk in named]


def _open_all(event: Happening) -> list[Cascade]:
    return [Cascade(_in_state(event.document, SectionState.EMPTY), "begin")]


def _accept_revised(event: Happening) -> list[Cascade]:
    return [Cascade(_in_state(event.document, SectionState.READY), "accept_revision")]


def _lock_all(event: Happening) -> list[Cascade]:
    unlocked = _in_state(event.document, SectionState.ACCEPTED, SectionState.READY)
    return [Cascade(unlocked, "lock")]


def _keep_objection(event: Happening) -> list[Cascade]:
    event.document.sections.set(event.details.sections)
    return []


def _say(event: Happening) -> list[Cascade]:
    assert event.actor.user is not None
    requests.say(
        event.document,
        event.move,
        words=event.details.answer or event.details.reason,
        attachment=event.details.attachment,
        by=event.actor.user,
        role=event.actor.role or "",
        at=event.at,
    )
    return []


def _give_part(event: Happening) -> list[Cascade]:
    invitations.give_part(event.document, actor=event.actor, at=event.at)
    return []


_FOLLOW: dict[str, Callable[[Happening], Iterable[Cascade]]] = {
    "profile.begin_drafting": _open_all,
    "profile.submit_minor_revision": _accept_revised,
    "profile.submit_qa_revision": _accept_revised,
    "profile.submit_validation_revision": _accept_revised,
    "profile.call_second_workshop": _accept_revised,
    **{f"profile.{move}": _recommend for move in PROFILE_VERDICTS},
    "profile.go_on_without": _close_review_round,
    "profile.pass_as_first": _decide,
    "profile.take_pass_back": _decide,
    "profile.pass_qa": _decide,
    "profile.waive_second_pass": _decide,
    "profile.return_for_revision": _decide_and_reopen,
    "profile.return_to_review": _decide_and_recall,
    "profile.conclude_consultation": _close_consultation,
    "profile.extend_consultation": _close_validation_round,
    "profile.revise_after_consultation": _answer_and_reopen,
    "profile.validate": _close_round_and_lock,
    "profile.return_after_objection": _close_round_and_reopen,
    "profile.agree_priorities": _close_workshops,
    "profile.dispute_finding": _close_workshops_and_reopen,
    "profile.adopt_priorities": _decide,
    "profile.open_correction": _reopen_named,
    "profile.publish_correction": _lock_all,
    **{
        f"section.{move}": _decide_in_round
        for move in (*SECTION_VERDICTS, "settle_accept", "settle_minor")
    },
    "invitation.accept_invitation": _give_part,
    "invitation.clear_interest": _give_part,
    "sign_off.object_to": _keep_objection,
    **{f"input_request.{move}": _say for move in requests.MOVES},
}


def follow(
    document: Any, move: str, *, actor: Actor, at: datetime, details: "Details"
) -> Iterable[Cascade]:
    """Write the rows that go with a move; return the sections that must move because of it."""
    step = _FOLLOW.get(f"{document.document_type}.{move}")
    return step(Happening(document, move, actor, at, details)) if step else ()


#: Moves of the whole profile that judge or carry its text, so their record names its hash.
_JUDGES_TEXT = {
    "submit_draft",
    "submit_minor_revision",
    "submit_major_revision",
    "submit_qa_revision",
    "submit_validation_revision",
    "submit_new_evidence",
    "call_second_workshop",
    *PROFILE_VERDICTS,
    "pass_as_first",
    "pass_qa",
    "waive_second_pass",
    "validate",
    "adopt_priorities",
    "publish",
    "publish_correction",
}


def judged_hash(document: Any, move: str) -> str:
    """Return the SHA-256 of the text that a move is about; empty where it is about none."""
    if isinstance(document, Section):
        revision: Revision | None = document.revision
        return revision.sha256 if revision else ""
    if isinstance(document, SignOff):
        return str(document.digest)
    if isinstance(document, Profile) and move in _JUDGES_TEXT:
        return str(document.text_digest())
    return ""
