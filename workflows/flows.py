"""The one flow: whose turn it is, from nomination to publication. The graph, nothing else.

Every way on is read from the state that the machine has just given the profile, so the process
and the machine cannot disagree. Never rename or move a node without a data migration: the
database knows it by ``workflows/flows.CityProfileFlow.<name>``.
"""

from datetime import datetime
from typing import Any

from viewflow.this_object import this
from viewflow.workflow import lock, nodes
from viewflow.workflow.activation import Activation
from viewflow.workflow.base import Flow

from profile_workflow.errors import NotComplete
from profile_workflow.models import Profile, Section, SignOff
from profile_workflow.queries import validation
from profile_workflow.services import lifecycle, rounds
from profile_workflow.services.lifecycle import Details
from profile_workflow.states import (
    EDITABLE_SECTION_STATES,
    PROFILE_VERDICTS,
    SECTION_VERDICTS,
    Role,
    ValidationKind,
)
from profile_workflow.states import ProfileState as S
from workflows.models.process import ProfileProcess, Task
from workflows.nodes import ForEach, Gather, GatherActivation, HumanTask

_ANSWERS = ("approve", "reserve", "object_to", "waive", "lapse", "lapse_tacitly")


class CityProfileFlow(Flow):
    """City Migration Profile."""

    process_class = ProfileProcess
    task_class = Task
    lock_impl = lock.SelectForUpdateLock(nowait=False, attempts=1)

    start = nodes.StartHandle(this.begin).Next(this.plan)

    plan = HumanTask(Role.PROJECT_TEAM, ["begin_inception"], days=15).When(S.INCEPTION, this.incept)
    incept = HumanTask(Role.LOCAL_EXPERT, ["begin_drafting"], days=20).When(
        S.DRAFTING, this.open_drafts
    )

    open_drafts = ForEach(this.sections_to_write).Next(this.draft).IfNone(this.submit)
    draft = HumanTask(Role.LOCAL_EXPERT, ["submit"], days=60, owner=this.author_of).Next(
        this.drafts_in
    )
    drafts_in = Gather().When(S.CORRECTION, this.correct).Next(this.submit)
    submit = (
        HumanTask(
            Role.LOCAL_EXPERT,
            [
                "submit_draft",
                "submit_minor_revision",
                "submit_major_revision",
                "submit_qa_revision",
                "submit_validation_revision",
                "submit_new_evidence",
                "call_second_workshop",
            ],
            days=5,
        )
        .When(S.EXPERT_REVIEW, this.open_reviews)
        .When(S.PROJECT_QA, this.qa)
        .When(S.CONSULTATION, this.open_consultation)
    )

    open_reviews = ForEach(this.sections_to_review).Next(this.review).IfNone(this.open_conclusions)
    review = HumanTask(
        Role.INTERNATIONAL_EXPERT,
        SECTION_VERDICTS,
        days=15,
        owner=this.person_wanted,
        until=this.day_agreed,
    ).Next(this.reviews_in)
    reviews_in = Gather().Next(this.open_conclusions)
    open_conclusions = (
        ForEach(this.reviewers_to_conclude).Next(this.close_round).IfNone(this.conclusions_in)
    )
    close_round = HumanTask(
        Role.INTERNATIONAL_EXPERT, PROFILE_VERDICTS, days=3, owner=this.person_wanted
    ).Next(this.conclusions_in)
    conclusions_in = Gather().When(S.PROJECT_QA, this.qa).When(S.REVISION_EXPERT, this.open_drafts)

    qa = (
        HumanTask(
            Role.PROJECT_TEAM,
            [
                "pass_as_first",
                "pass_qa",
                "return_for_revision",
                "return_to_review",
                "waive_second_pass",
                "take_pass_back",
            ],
            days=10,
            not_for=this.first_of_two,
            shared=this.is_checked_by_two,
        )
        .When(S.PROJECT_QA, this.qa)
        .When(S.CONSULTATION, this.open_consultation)
        .When(S.REVISION_QA, this.open_drafts)
        .When(S.EXPERT_REVIEW, this.open_reviews)
    )

    open_consultation = ForEach(this.people_to_consult).Next(this.consult).IfNone(this.conclude)
    consult = HumanTask(
        Role.STAKEHOLDER, _ANSWERS, days=20, owner=this.person_asked, closes_with_round=True
    ).Next(this.answers_in)
    answers_in = Gather().Next(this.conclude)
    conclude = (
        HumanTask(
            Role.FOCAL_POINT,
            ["conclude_consultation", "extend_consultation", "revise_after_consultation"],
            days=5,
        )
        .When(S.SIGNOFF, this.open_signoff)
        .When(S.CONSULTATION, this.open_consultation)
        .When(S.REVISION_VALIDATION, this.open_drafts)
    )

    open_signoff = ForEach(this.people_to_sign).Next(this.sign).IfNone(this.signatures_in)
    sign = HumanTask(
        Role.CITY_AUTHORITY, _ANSWERS, days=15, owner=this.person_asked, closes_with_round=True
    ).Next(this.signatures_in)
    signatures_in = (
        Gather(this.count_signatures)
        .When(S.PRIORITY_SETTING, this.prioritise)
        .When(S.REVISION_VALIDATION, this.open_drafts)
        .When(S.SIGNOFF, this.open_signoff)
    )

    prioritise = (
        HumanTask(Role.FOCAL_POINT, ["agree_priorities", "dispute_finding"], days=15)
        .When(S.PRIORITIES_ADOPTED, this.adopt)
        .When(S.REVISION_VALIDATION, this.open_drafts)
    )
    adopt = (
        HumanTask(Role.CITY_AUTHORITY, ["adopt_priorities", "return_priorities"], days=15)
        .When(S.PRODUCTION, this.produce)
        .When(S.PRIORITY_SETTING, this.prioritise)
    )
    produce = (
        HumanTask(Role.PROJECT_TEAM, ["publish", "report_defect"], days=25)
        .When(S.PUBLISHED, this.end)
        .When(S.PROJECT_QA, this.qa)
    )

    start_correction = nodes.StartHandle(this.begin).Next(this.open_drafts)
    correct = HumanTask(Role.PROJECT_TEAM, ["publish_correction"], days=10).When(
        S.PUBLISHED, this.end
    )

    end = nodes.End()

    # What the nodes ask for. Each reads the machine or lets the machine move; none decides.

    def begin(self, activation: Activation, profile: Profile, **context: Any) -> ProfileProcess:
        """Tie the new process to its profile."""
        process: ProfileProcess = activation.process
        process.set_out(profile, context["moment"])
        return process

    def sections_to_write(self, activation: Activation) -> list[Section]:
        """Return the sections whose authors have the pen."""
        sections = activation.process.profile.sections.filter(state__in=EDITABLE_SECTION_STATES)
        return list(sections.order_by("position"))

    def sections_to_review(self, activation: Activation) -> list[Section]:
        """Open a round of review; return each section once for each who is to judge it."""
        return rounds.open_review_round(activation.process.profile, at=activation.process.moment)

    def reviewers_to_conclude(self, activation: Activation) -> list[Profile]:
        """Return the profile once for each reviewer who recommends something for the whole."""
        return rounds.ask_to_conclude(activation.process.profile)

    def people_to_consult(self, activation: Activation) -> list[SignOff]:
        """Open a round of consultation; return the sign-offs asked for."""
        return _open_round(activation, ValidationKind.CONSULTATION)

    def people_to_sign(self, activation: Activation) -> list[SignOff]:
        """Open a round of sign-off; return the signatures asked for."""
        return _open_round(activation, ValidationKind.SIGNOFF)

    def author_of(self, activation: Activation, section: Section) -> int | None:
        """Return who writes a section, if it is not the local expert's as a matter of course."""
        return section.author_id

    def person_wanted(self, activation: Activation, document: Section | Profile) -> int | None:
        """Return whose review or conclusion a branch asks for, if it is somebody's own."""
        return document.asked_of

    def day_agreed(self, activation: Activation, section: Section) -> datetime | None:
        """Return until when somebody has agreed to review, if he has."""
        return section.wanted_until

    def person_asked(self, activation: Activation, signoff: SignOff) -> int:
        """Return whose answer it is."""
        assert signoff.person_id is not None
        return signoff.person_id

    def first_of_two(self, profile: Profile) -> int | None:
        """Return who has passed the text already, so that somebody else has to."""
        return profile.passed_first_by() if profile.is_checked_by_two() else None

    def is_checked_by_two(self, profile: Profile) -> bool:
        """Return whether two people judge the text side by side, or began to."""
        return profile.is_checked_by_two() or profile.is_passed_once()

    def count_signatures(self, activation: GatherActivation) -> None:
        """Validate when all have signed, return when somebody objected, or ask the silent again."""
        process = activation.process
        profile: Profile = process.profile
        # Where all have signed this very text before, nobody was asked who could object.
        asked = activation.has_branches
        objected, reason = validation.open_objections(profile) if asked else ([], "")
        if objected:
            details = Details(reason=reason, sections=objected)
            lifecycle.move(
                profile, "return_after_objection", by=None, at=process.moment, details=details
            )
            return
        try:
            lifecycle.move(profile, "validate", by=None, at=process.moment)
        except NotComplete:
            rounds.close_validation_round(profile, at=process.moment)
        else:
            lifecycle.move(profile, "open_priority_setting", by=None, at=process.moment)


def _open_round(activation: Activation, kind: ValidationKind) -> list[SignOff]:
    process = activation.process
    return rounds.open_validation_round(process.profile, kind, at=process.moment)


def human_tasks() -> dict[str, HumanTask]:
    """Return every human task of the flow by name."""
    return {
        node.name: node for node in CityProfileFlow.instance.nodes() if isinstance(node, HumanTask)
    }
