"""The table: what each move asks for."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from profile_workflow.errors import Missing
from profile_workflow.models import Profile, Section
from profile_workflow.requirements.approval import (
    all_have_agreed,
    answers_are_unsealed,
    checks_are_answered,
    commenter_is_not_under_seal,
    objections_are_answered,
    quorum_is_reached,
    text_is_as_signed,
)
from profile_workflow.requirements.evidence import (
    definitions_are_given,
    erratum_is_written,
    figures_are_as_published,
    figures_are_sound,
    territory_is_known,
)
from profile_workflow.requirements.known import forget
from profile_workflow.requirements.people import people_are_named, stakeholders_are_named
from profile_workflow.requirements.priorities import priorities_are_agreed
from profile_workflow.requirements.sections import (
    SECTION_UNFINISHED,
    a_section_is_returned,
    acceptance_is_consistent,
    comments_are_answered,
    objection_names_sections,
    reviewers_differ_on_acceptance,
    reviewers_differ_on_minor_changes,
    section_comments_are_answered,
    sections_are_finished,
    sections_are_named,
    severity_is_consistent,
    texts_are_accepted,
    texts_are_finished,
)
from profile_workflow.requirements.texts import (
    draft_holds_nothing_that_stops,
    draft_is_filled,
    draft_refers_to_what_exists,
    drafts_lack,
    text_is_sound,
)
from profile_workflow.requirements.workshops import (
    workshop_confirmed_the_text,
    workshop_objections_are_answered,
    workshop_set_priorities,
)
from profile_workflow.states import ProfileState

#: A check takes the document and the sections named with the move, and yields what is missing.
Check = Callable[[Any, Sequence[Section]], Iterable[Missing]]

_REVISION = (sections_are_finished, comments_are_answered)
#: What the software can check before a text goes out to the city, whichever way it goes.
_SOUND = (figures_are_sound, text_is_sound, stakeholders_are_named)

#: What each move asks for. A move that is not listed asks for nothing.
REQUIREMENTS: dict[str, tuple[Check, ...]] = {
    "profile.begin_inception": (people_are_named,),
    "profile.begin_drafting": (territory_is_known, definitions_are_given),
    "profile.submit_draft": _REVISION,
    "profile.submit_minor_revision": _REVISION,
    "profile.submit_major_revision": _REVISION,
    "profile.submit_qa_revision": _REVISION,
    "profile.submit_validation_revision": _REVISION,
    "profile.submit_new_evidence": _REVISION,
    "profile.call_second_workshop": (texts_are_finished, comments_are_answered, *_SOUND),
    "profile.recommend_acceptance": (acceptance_is_consistent,),
    "profile.request_minor_revision": (severity_is_consistent,),
    "profile.request_major_revision": (a_section_is_returned,),
    "profile.recommend_declining": (a_section_is_returned,),
    **{
        f"profile.{move}": (
            texts_are_accepted,
            comments_are_answered,
            *_SOUND,
            checks_are_answered,
        )
        for move in ("pass_as_first", "pass_qa", "waive_second_pass")
    },
    "profile.return_for_revision": (sections_are_named,),
    "profile.return_to_review": (sections_are_named,),
    "profile.conclude_consultation": (
        answers_are_unsealed,
        comments_are_answered,
        quorum_is_reached,
        objections_are_answered,
        workshop_confirmed_the_text,
        workshop_objections_are_answered,
    ),
    "profile.extend_consultation": (answers_are_unsealed,),
    "profile.revise_after_consultation": (answers_are_unsealed, sections_are_named),
    "profile.validate": (all_have_agreed,),
    "profile.return_after_objection": (sections_are_named,),
    "profile.agree_priorities": (
        priorities_are_agreed,
        workshop_set_priorities,
        workshop_objections_are_answered,
    ),
    "profile.dispute_finding": (sections_are_named,),
    "profile.adopt_priorities": (priorities_are_agreed,),
    "profile.publish": (text_is_as_signed,),
    "profile.open_correction": (sections_are_named, figures_are_as_published),
    "profile.publish_correction": (
        sections_are_finished,
        figures_are_sound,
        erratum_is_written,
    ),
    "section.submit": (
        draft_is_filled,
        draft_refers_to_what_exists,
        draft_holds_nothing_that_stops,
        section_comments_are_answered,
    ),
    "section.settle_accept": (reviewers_differ_on_acceptance,),
    "section.settle_minor": (reviewers_differ_on_minor_changes,),
    "comment.verify": (commenter_is_not_under_seal,),
    "comment.reopen": (commenter_is_not_under_seal,),
    "sign_off.object_to": (objection_names_sections,),
}


#: State → the next move that judges the evidence.
_NEXT_GATE: dict[str, str] = {
    ProfileState.PLANNED: "profile.begin_drafting",
    ProfileState.INCEPTION: "profile.begin_drafting",
    **dict.fromkeys(
        (
            ProfileState.DRAFTING,
            ProfileState.EXPERT_REVIEW,
            ProfileState.REVISION_EXPERT,
            ProfileState.PROJECT_QA,
            ProfileState.REVISION_QA,
            ProfileState.REVISION_VALIDATION,
        ),
        "profile.pass_qa",
    ),
    ProfileState.PRIORITY_SETTING: "profile.agree_priorities",
    ProfileState.PRIORITIES_ADOPTED: "profile.adopt_priorities",
    ProfileState.CORRECTION: "profile.publish_correction",
}

#: Checks of what a profile is made of besides its text.
_OF_EVIDENCE = (
    territory_is_known,
    definitions_are_given,
    figures_are_sound,
    text_is_sound,
    priorities_are_agreed,
    erratum_is_written,
)


def next_gate(profile: Profile) -> str:
    """Return the next permission that judges the evidence of a profile; empty if none will."""
    return _NEXT_GATE.get(profile.working_state, "")


def evidence_missing(profile: Profile) -> tuple[Missing, ...]:
    """Return what the evidence of a profile still lacks for its next gate."""
    checks = REQUIREMENTS.get(next_gate(profile), ())
    return _run(tuple(one for one in checks if one in _OF_EVIDENCE), profile, ())


def register(permission: str, check: Check) -> None:
    """Add a check that lives in another package, e.g. that the PDF is built. Idempotent."""
    if check not in REQUIREMENTS.get(permission, ()):
        REQUIREMENTS[permission] = (*REQUIREMENTS.get(permission, ()), check)


def missing_for(
    permission: str, document: Any, sections: Sequence[Section] = ()
) -> tuple[Missing, ...]:
    """Return everything that ``document`` still lacks for a move, in the order of the table."""
    return _run(REQUIREMENTS.get(permission, ()), document, sections)


def with_drafts(profile: Profile, missing: Sequence[Missing]) -> tuple[Missing, ...]:
    """Return what is missing, each unfinished section followed by what its working text lacks.

    For those who see working texts.
    """
    keys = [one.section for one in missing if one.code == SECTION_UNFINISHED]
    try:
        lacks = drafts_lack(profile, keys) if keys else {}
    finally:
        forget(profile)
    return tuple(
        each
        for one in missing
        for each in (one, *(lacks.get(one.section, ()) if one.code == SECTION_UNFINISHED else ()))
    )


def _run(
    checks: Iterable[Check], document: Any, sections: Sequence[Section]
) -> tuple[Missing, ...]:
    try:
        return tuple(missing for check in checks for missing in check(document, sections))
    finally:
        forget(document.profile)
