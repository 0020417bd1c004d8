"""The way of a profile: in each state, what leads on to the next one."""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.utils import timezone

from profile_workflow.models import Profile
from profile_workflow.queries.quality import checklist
from profile_workflow.queries.validation import unanswered_objections
from profile_workflow.queries.workshops import unanswered_remarks
from profile_workflow.services import judging, objections, profiles, quality, workshops
from profile_workflow.services.people import Part
from profile_workflow.states import CriterionScope, ProfileState, Role, SectionState, Verdict
from tests.factories.documents import asked, fresh, holder, move, sections
from tests.factories.given import (
    freeze_edition,
    give_erratum,
    give_priority,
    give_territory,
    prepare_publication,
    write,
)
from tests.factories.programmes import numbers
from tests.measuring import measured_once
from tests.moulds import mould
from workflows import engine

S = ProfileState
EDITABLE = (SectionState.DRAFTING, SectionState.CHANGES_REQUESTED, SectionState.REOPENED)


def _begin_inception(profile: Profile, at: datetime) -> None:
    move(profile, "begin_inception", holder(profile, Role.PROJECT_TEAM), at=at)


def _begin_drafting(profile: Profile, at: datetime) -> None:
    give_territory(profile)
    move(profile, "begin_drafting", holder(profile, Role.LOCAL_EXPERT), at=at)


def submit_sections(profile: Profile, *, at: datetime | None = None) -> None:
    """Write every section whose author has the pen, and submit it."""
    expert = holder(profile, Role.LOCAL_EXPERT)
    for one in sections(profile, *EDITABLE):
        write(one, f"Text of chapter {one.key}, written {next(numbers)}.", at=at)
        move(one, "submit", expert, at=at)


def _submit(name: str) -> "Step":
    def submit(profile: Profile, at: datetime) -> None:
        submit_sections(profile, at=at)
        move(profile, name, holder(profile, Role.LOCAL_EXPERT), at=at)

    return submit


def accept_sections(profile: Profile, *, at: datetime | None = None) -> None:
    """Accept every section that is under review."""
    praise = _praise(profile, CriterionScope.SECTION)
    for one in sections(profile, SectionState.UNDER_REVIEW):
        move(one, "accept", holder(profile, Role.INTERNATIONAL_EXPERT), at=at, assessment=praise)


def _praise(profile: Profile, scope: CriterionScope) -> judging.Assessment:
    """Return the best answer to each criterion of the template, if it has any."""
    return {one.key: (len(one.scale), "") for one in judging.criteria_of(profile, scope)}


def _recommend_acceptance(profile: Profile, at: datetime) -> None:
    accept_sections(profile, at=at)
    praise = _praise(profile, CriterionScope.PROFILE)
    reviewer = holder(profile, Role.INTERNATIONAL_EXPERT)
    move(profile, "recommend_acceptance", reviewer, at=at, assessment=praise)


def _request_revision(profile: Profile, at: datetime) -> None:
    reviewer = holder(profile, Role.INTERNATIONAL_EXPERT)
    first, *others = sections(profile, SectionState.UNDER_REVIEW)
    move(first, "request_minor_changes", reviewer, at=at, reason="The figures are missing.")
    for one in others:
        move(one, "accept", reviewer, at=at)
    move(profile, "request_minor_revision", reviewer, at=at, reason="Almost there.")


def answer_checks(profile: Profile, *, at: datetime | None = None) -> None:
    """Let the project team answer what the template asks quality assurance."""
    profile, team = fresh(profile), holder(profile, Role.PROJECT_TEAM)
    for one in checklist(profile):
        if one.answer is None:
            moment = at or timezone.now()
            quality.answer_check(profile, one.question, Verdict.YES, by=team, at=moment)


def answer_objections(profile: Profile, *, at: datetime | None = None) -> None:
    """Let the project team answer every objection in writing, those of workshops too."""
    team, moment = holder(profile, Role.PROJECT_TEAM), at or timezone.now()
    for one in unanswered_objections(profile).select_related("round"):
        objections.answer_objection(one, "We have looked at it.", by=team, at=moment)
    for said in unanswered_remarks(profile).select_related("workshop"):
        workshops.answer_remark(said, "We have looked at it.", by=team, at=moment)


def _pass_qa(profile: Profile, at: datetime) -> None:
    answer_checks(profile, at=at)
    move(profile, "pass_qa", holder(profile, Role.PROJECT_TEAM), at=at)


def _return_for_revision(profile: Profile, at: datetime) -> None:
    named = sections(profile)[:1]
    team = holder(profile, Role.PROJECT_TEAM)
    move(profile, "return_for_revision", team, at=at, reason="Too long.", sections=named)


def approve_all(profile: Profile, *, at: datetime | None = None) -> None:
    """Let everybody who is asked approve."""
    for one in asked(profile):
        move(one, "approve", one.person, at=at)


def _conclude_consultation(profile: Profile, at: datetime) -> None:
    approve_all(profile, at=at)
    move(profile, "conclude_consultation", holder(profile, Role.FOCAL_POINT), at=at)


def _revise_after_consultation(profile: Profile, at: datetime) -> None:
    approve_all(profile, at=at)
    focal_point = holder(profile, Role.FOCAL_POINT)
    named = sections(profile)[:1]
    move(profile, "revise_after_consultation", focal_point, at=at, reason="New.", sections=named)


def _sign(profile: Profile, at: datetime) -> None:
    approve_all(profile, at=at)


def _agree_priorities(profile: Profile, at: datetime) -> None:
    give_priority(profile)
    move(profile, "agree_priorities", holder(profile, Role.FOCAL_POINT), at=at)


def _adopt_priorities(profile: Profile, at: datetime) -> None:
    move(profile, "adopt_priorities", holder(profile, Role.CITY_AUTHORITY), at=at)


def _publish(profile: Profile, at: datetime) -> None:
    prepare_publication(profile)
    move(profile, "publish", holder(profile, Role.PROJECT_TEAM), at=at)


def _open_correction(profile: Profile, at: datetime) -> None:
    team = holder(profile, Role.PROJECT_TEAM)
    named = sections(profile)[:1]
    move(profile, "open_correction", team, at=at, reason="A wrong figure.", sections=named)


def _publish_correction(profile: Profile, at: datetime) -> None:
    submit_sections(profile, at=at)
    give_erratum(profile)
    prepare_publication(profile)
    team = holder(profile, Role.PROJECT_TEAM)
    move(profile, "publish_correction", team, at=at, reason="The figure is right now.")


def _declare_update_due(profile: Profile, at: datetime) -> None:
    team = holder(profile, Role.PROJECT_TEAM)
    move(profile, "declare_update_due", team, at=at, reason="Five years have passed.")


def _supersede(profile: Profile, at: datetime) -> None:
    bring_to(start_next_edition(profile, at=at), S.PUBLISHED, at=at)


def next_edition(profile: Profile) -> profiles.Nomination:
    """Return what starts the next edition of a profile, with the same people."""
    named = profile.assignments.filter(ends_on=None, stands_in_for=None).order_by("pk")
    return profiles.Nomination(
        city=profile.city,
        edition=profile.edition + 1000,
        template=profile.template,
        language=profile.language,
        title=profile.title,
        people=[
            Part(one.user, Role(one.role), one.category) for one in named.select_related("user")
        ],
    )


def start_next_edition(profile: Profile, *, at: datetime | None = None) -> Profile:
    """Nominate the next edition of a profile whose update is due."""
    return engine.nominate_next_edition(
        fresh(profile),
        next_edition(profile),
        by=holder(profile, Role.PROJECT_TEAM),
        at=at or timezone.now(),
    )


def _hold(profile: Profile, at: datetime) -> None:
    move(profile, "hold", holder(profile, Role.PROJECT_TEAM), at=at, reason="Elections.")


def _cancel(profile: Profile, at: datetime) -> None:
    move(profile, "cancel", holder(profile, Role.PROJECT_TEAM), at=at, reason="No funds.")


def publish_for_real(profile: Profile, *, at: datetime | None = None) -> Profile:
    """Publish a profile, or its correction, with a real web edition and real data."""
    if fresh(profile).state == S.CORRECTION:
        submit_sections(profile, at=at)
        give_erratum(profile)
        move_made, why = "publish_correction", {"reason": "The figure is right now."}
    else:
        profile = bring_to(profile, S.PRODUCTION, at=at)
        move_made, why = "publish", {}
    freeze_edition(profile)
    move(profile, move_made, holder(profile, Role.PROJECT_TEAM), at=at, **why)
    return fresh(profile)


Step = Callable[[Profile, datetime], None]

#: The straight way: what is done in a state so that the next one is reached.
FORWARD: dict[str, Step] = {
    S.PLANNED: _begin_inception,
    S.INCEPTION: _begin_drafting,
    S.DRAFTING: _submit("submit_draft"),
    S.EXPERT_REVIEW: _recommend_acceptance,
    S.REVISION_EXPERT: _submit("submit_minor_revision"),
    S.PROJECT_QA: _pass_qa,
    S.REVISION_QA: _submit("submit_qa_revision"),
    S.CONSULTATION: _conclude_consultation,
    S.REVISION_VALIDATION: _submit("submit_validation_revision"),
    S.SIGNOFF: _sign,
    S.PRIORITY_SETTING: _agree_priorities,
    S.PRIORITIES_ADOPTED: _adopt_priorities,
    S.PRODUCTION: _publish,
    S.CORRECTION: _publish_correction,
}

#: States beside the straight way: from which state, and by doing what, each is reached.
ASIDE: dict[str, tuple[ProfileState, Step]] = {
    S.REVISION_EXPERT: (S.EXPERT_REVIEW, _request_revision),
    S.REVISION_QA: (S.PROJECT_QA, _return_for_revision),
    S.REVISION_VALIDATION: (S.CONSULTATION, _revise_after_consultation),
    S.CORRECTION: (S.PUBLISHED, _open_correction),
    S.UPDATE_DUE: (S.PUBLISHED, _declare_update_due),
    S.SUPERSEDED: (S.UPDATE_DUE, _supersede),
    S.ON_HOLD: (S.DRAFTING, _hold),
    S.CANCELLED: (S.ON_HOLD, _cancel),
}

#: States in which a profile can rest; ``validated`` is only passed through, within one move.
RESTS: Sequence[ProfileState] = tuple(state for state in S if state != S.VALIDATED)


@mould
def advance(profile: Profile, *, at: datetime | None = None) -> Profile:
    """Take the straight way to the next state."""
    profile = fresh(profile)
    with measured_once("advance", profile.state):
        FORWARD[profile.state](profile, at or timezone.now())
    return fresh(profile)


def bring_to(profile: Profile, state: ProfileState, *, at: datetime | None = None) -> Profile:
    """Bring a profile to a state by the shortest way there; return it as it is then.

    Raises:
        ValueError: If no profile rests in the state, or no way leads there any more.
    """
    profile = fresh(profile)
    if profile.state == state:
        return profile
    if state not in RESTS:
        raise ValueError(f"no profile rests in the state {state}")
    if state in ASIDE:
        return _turn_aside(bring_to(profile, ASIDE[state][0], at=at), state, at=at)
    while profile.state != state:
        if profile.state not in FORWARD:
            raise ValueError(f"no way leads from {profile.state} to {state}")
        profile = advance(profile, at=at)
    return profile


@mould
def _turn_aside(profile: Profile, state: ProfileState, *, at: datetime | None) -> Profile:
    with measured_once("aside", state):
        ASIDE[state][1](profile, at or timezone.now())
    return fresh(profile)
