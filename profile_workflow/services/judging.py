"""Judging in a round of review: what a decision comes to, taking one back, the answers with it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from profile_workflow.errors import InvalidInput, Missing, NotNow
from profile_workflow.models import (
    CriterionAnswer,
    Decision,
    Profile,
    ReviewDraft,
    ReviewRound,
    Section,
    TemplateCriterion,
    User,
)
from profile_workflow.queries.judging import (
    SETTLED_AS,
    STANDING,
    conclusion,
    open_round,
    verdict_of,
)
from profile_workflow.services.written import fits
from profile_workflow.states import (
    PROFILE_VERDICTS,
    SECTION_VERDICTS,
    CriterionScope,
    ProfileState,
    Role,
    SectionState,
    Severity,
)

#: Key of a criterion → the rating (a place in its scale, 0 for “cannot judge”, or None), words.
Assessment = Mapping[str, tuple[int | None, str]]

MOST_CHARACTERS = 10_000
_JUDGES = {
    **{f"section.{one}": CriterionScope.SECTION for one in SECTION_VERDICTS},
    **{f"profile.{one}": CriterionScope.PROFILE for one in PROFILE_VERDICTS},
}


# Whose voice it is


def refusal_of_voice(document: Any, move: str, by: User) -> str | None:
    """Return why somebody does not decide now: everybody has one voice in a round."""
    kind = document.document_type
    if kind == "section" and move in SECTION_VERDICTS:
        if document.pk in document.profile.judged_by(by):
            return _("You have decided on this section already; take that back to change it.")
    elif kind == "section" and move == "take_back_decision":
        if document.pk not in document.profile.judged_by(by):
            return _("You have decided nothing on this section in this round.")
    elif kind == "section" and move in SETTLED_AS:
        if document.pk in document.profile.judged_by(by):
            return _("You have judged this section yourself; somebody else settles it.")
    elif kind == "profile" and move in PROFILE_VERDICTS and None in document.judged_by(by):
        return _("You have concluded your review already; others still have to.")
    return None


# What a decision comes to


def judge(section: Section, move: str) -> set[str]:
    """Count a decision on a section, or a reviewer who will not make one, and say where it leads.

    Raises:
        NotNow: If nobody has decided anything, and nobody is left who could.
    """
    section.awaited_reviews = max(section.awaited_reviews - 1, 0)
    section.outcome = SectionState.UNDER_REVIEW
    if not section.awaited_reviews:
        opened = open_round(section.profile)
        moves = list(_on(section, opened).values_list("move", flat=True)) if opened else []
        verdict = verdict_of([*moves, *([move] if move in SECTION_VERDICTS else [])])
        if not verdict:
            raise NotNow(_("Nobody has judged this section yet."))
        is_accepted = verdict == "accept"
        section.outcome = SectionState.ACCEPTED if is_accepted else SectionState.CHANGES_REQUESTED
    return {"awaited_reviews"}


def conclude(profile: Profile, move: str) -> set[str]:
    """Count a recommendation, or a reviewer who will make none, and say where the round leads.

    Raises:
        NotNow: If nobody has recommended anything, and nobody is left who could.
    """
    opened = open_round(profile)
    if opened is None:
        return set()
    opened.awaited = max(opened.awaited - 1, 0)
    profile.outcome = ProfileState.EXPERT_REVIEW
    if opened.awaited:
        opened.save(update_fields=["awaited"])
        return set()
    found = conclusion(opened, move, profile)
    if not found:
        raise NotNow(_("Nobody has recommended anything yet."))
    profile.concluded_as = found
    if found == "recommend_acceptance":
        profile.outcome = ProfileState.PROJECT_QA
        return set()
    profile.outcome = ProfileState.REVISION_EXPERT
    is_minor = found == "request_minor_revision"
    profile.revision_severity = Severity.MINOR if is_minor else Severity.MAJOR
    return {"revision_severity"}


def _on(section: Section, opened: ReviewRound) -> "QuerySet[Decision]":
    return opened.decisions.filter(STANDING, section=section).order_by("pk")


def withdraw(section: Section, *, by: User, at: datetime, reason: str) -> set[str]:
    """Take back what somebody has decided on a section; it is waited for anew.

    What the project team settled rested on it, and so did what was recommended for the whole.
    """
    opened = open_round(section.profile)
    if opened is None:
        raise NotNow(_("This round is closed; what was decided in it stays."))
    own = _on(section, opened).filter(by=by, role=Role.INTERNATIONAL_EXPERT)
    taken = own.update(withdrawn_at=at, withdrawal=reason)
    if not taken:
        raise NotNow(_("You have decided nothing on this section in this round."))
    _on(section, opened).filter(move__in=SETTLED_AS).update(withdrawn_at=at, withdrawal=reason)
    whole = opened.decisions.filter(STANDING, section__isnull=True)
    whole.update(withdrawn_at=at, withdrawal=reason)
    opened.awaited = 0
    opened.save(update_fields=["awaited"])
    section.awaited_reviews += 1
    return {"awaited_reviews"}


# Criteria


def criteria_of(profile: Profile, scope: CriterionScope) -> list[TemplateCriterion]:
    """Return what the template asks of each section, or of the whole, in its order: one query."""
    found = TemplateCriterion.objects.filter(template=profile.template_id, scope=scope)
    return list(found.order_by("position"))


def lacking(document: Section | Profile, move: str, given: Assessment) -> list[Missing]:
    """Return the mandatory criteria that a decision leaves without an answer.

    Raises:
        InvalidInput: If a rating is none of the scale, or words are too long.
    """
    scope = _JUDGES.get(f"{document.document_type}.{move}")
    if scope is None:
        return []
    missing = []
    for one in criteria_of(document.profile, scope):
        rating, words = given.get(one.key, (None, ""))
        if (rating is not None and not 0 <= rating <= len(one.scale)) or not fits(
            words, most=MOST_CHARACTERS
        ):
            raise InvalidInput(_("This is no answer to “%(criterion)s”.") % {"criterion": one})
        if one.mandatory and rating is None:
            told = _("“%(criterion)s” has no answer yet.") % {"criterion": one}
            missing.append(Missing("criterion_open", told, fragment=one.key))
    return missing


def keep_answers(decision: Decision, given: Assessment) -> None:
    """Keep what was answered with a decision, and drop the draft of it."""
    document: Section | Profile = decision.section or decision.profile
    scope = _JUDGES.get(f"{document.document_type}.{decision.move}")
    if scope is None:
        return
    drafts = ReviewDraft.objects.filter(profile=decision.profile_id, author=decision.by_id)
    drafts.filter(section=decision.section_id).delete()
    if not given:
        return
    found = []
    for one in criteria_of(decision.profile, scope):
        rating, words = given.get(one.key, (None, ""))
        if rating is not None or words.strip():
            found.append(
                CriterionAnswer(decision=decision, criterion=one, rating=rating, text=words.strip())
            )
    CriterionAnswer.objects.bulk_create(found)
