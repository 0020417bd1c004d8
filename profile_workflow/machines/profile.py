"""Every legal move of a profile."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import GET_STATE, ConcurrentTransitionMixin, FSMField, transition

from profile_workflow.machines.describing import says, wherever
from profile_workflow.states import PUBLISHED_STATES, WORKING_STATES, ProfileState, Severity


def asks_minor_revision(profile: "ProfileMachine") -> bool:
    """Whether the last round ended with a minor revision."""
    return profile.revision_severity == Severity.MINOR


def asks_major_revision(profile: "ProfileMachine") -> bool:
    """Whether the last round ended with a major revision."""
    return profile.revision_severity == Severity.MAJOR


def waits_for_first_pass(profile: "ProfileMachine") -> bool:
    """Whether two people have to pass the text, and none of them has."""
    return profile.is_checked_by_two() and not profile.is_passed_once()


def waits_for_last_pass(profile: "ProfileMachine") -> bool:
    """Whether the pass of one more person is all that is wanted."""
    return not waits_for_first_pass(profile)


def waits_for_second_pass(profile: "ProfileMachine") -> bool:
    """Whether two people have to pass the text, and one of them has."""
    return profile.is_checked_by_two() and profile.is_passed_once()


class ProfileMachine(ConcurrentTransitionMixin, models.Model):
    """The path of a profile. Source: the programme's process, domain notes 4.1."""

    document_type = "profile"

    S = ProfileState

    state = FSMField(_("state"), default=S.PLANNED, choices=S.choices, protected=True)
    held_state = models.CharField(
        _("state before the hold"), max_length=50, choices=S.choices, blank=True
    )
    revision_severity = models.CharField(
        _("revision asked for"), max_length=10, choices=Severity.choices, blank=True
    )

    #: Where the move that is being made leads, if that follows from others; never stored.
    outcome: str = ""

    class Meta:
        abstract = True

    def is_checked_by_two(self) -> bool:
        """Whether two people have to pass the text in quality assurance."""
        raise NotImplementedError

    def is_passed_once(self) -> bool:
        """Whether one of two people has passed the text as it is."""
        raise NotImplementedError

    @transition(state, S.PLANNED, S.INCEPTION, custom=says(_("Start inception")))
    def begin_inception(self) -> None: ...

    @transition(state, S.INCEPTION, S.DRAFTING, custom=says(_("Start drafting")))
    def begin_drafting(self) -> None: ...

    @transition(state, S.DRAFTING, S.EXPERT_REVIEW, custom=says(_("Submit for expert review")))
    def submit_draft(self) -> None: ...

    # While others still have to conclude, the review goes on; the last one's move leads to where
    # the strictest recommendation does.
    @transition(
        state,
        S.EXPERT_REVIEW,
        wherever(S.PROJECT_QA, S.EXPERT_REVIEW, S.REVISION_EXPERT),
        custom=says(_("Recommend acceptance")),
    )
    def recommend_acceptance(self) -> None: ...

    @transition(
        state,
        S.EXPERT_REVIEW,
        wherever(S.REVISION_EXPERT, S.EXPERT_REVIEW),
        custom=says(_("Ask for a minor revision"), reason=True),
    )
    def request_minor_revision(self) -> None: ...

    @transition(
        state,
        S.EXPERT_REVIEW,
        wherever(S.REVISION_EXPERT, S.EXPERT_REVIEW),
        custom=says(_("Ask for a major revision"), reason=True),
    )
    def request_major_revision(self) -> None: ...

    @transition(
        state,
        S.EXPERT_REVIEW,
        wherever(S.REVISION_EXPERT, S.EXPERT_REVIEW),
        custom=says(_("Recommend declining the text"), reason=True),
    )
    def recommend_declining(self) -> None: ...

    @transition(
        state,
        S.EXPERT_REVIEW,
        wherever(S.PROJECT_QA, S.EXPERT_REVIEW, S.REVISION_EXPERT),
        custom=says(_("Go on without a reviewer"), system=True),
    )
    def go_on_without(self) -> None: ...

    @transition(
        state,
        S.REVISION_EXPERT,
        S.PROJECT_QA,
        conditions=[asks_minor_revision],
        custom=says(_("Submit the minor revision")),
    )
    def submit_minor_revision(self) -> None: ...

    @transition(
        state,
        S.REVISION_EXPERT,
        S.EXPERT_REVIEW,
        conditions=[asks_major_revision],
        custom=says(_("Submit the major revision")),
    )
    def submit_major_revision(self) -> None: ...

    @transition(
        state,
        S.PROJECT_QA,
        S.PROJECT_QA,
        conditions=[waits_for_first_pass],
        custom=says(_("Pass as the first of two")),
    )
    def pass_as_first(self) -> None: ...

    @transition(
        state,
        S.PROJECT_QA,
        S.CONSULTATION,
        conditions=[waits_for_last_pass],
        custom=says(_("Pass quality assurance")),
    )
    def pass_qa(self) -> None: ...

    @transition(
        state,
        S.PROJECT_QA,
        S.CONSULTATION,
        conditions=[waits_for_second_pass],
        custom=says(_("Go on without the second person"), reason=True),
    )
    def waive_second_pass(self) -> None: ...

    @transition(
        state,
        S.PROJECT_QA,
        S.PROJECT_QA,
        conditions=[waits_for_second_pass],
        custom=says(_("Take your pass back"), reason=True),
    )
    def take_pass_back(self) -> None: ...

    @transition(
        state,
        S.PROJECT_QA,
        S.REVISION_QA,
        custom=says(_("Return sections to the local expert"), reason=True),
    )
    def return_for_revision(self) -> None: ...

    @transition(
        state,
        S.PROJECT_QA,
        S.EXPERT_REVIEW,
        custom=says(_("Return sections to expert review"), reason=True),
    )
    def return_to_review(self) -> None: ...

    @transition(state, S.REVISION_QA, S.PROJECT_QA, custom=says(_("Submit to quality assurance")))
    def submit_qa_revision(self) -> None: ...

    @transition(state, S.CONSULTATION, S.SIGNOFF, custom=says(_("Ask for sign-off")))
    def conclude_consultation(self) -> None: ...

    @transition(
        state,
        S.CONSULTATION,
        S.CONSULTATION,
        custom=says(_("Extend the consultation"), reason=True),
    )
    def extend_consultation(self) -> None: ...

    @transition(
        state,
        S.CONSULTATION,
        S.REVISION_VALIDATION,
        custom=says(_("Return sections after the consultation"), reason=True),
    )
    def revise_after_consultation(self) -> None: ...

    @transition(
        state,
        S.REVISION_VALIDATION,
        S.PROJECT_QA,
        custom=says(_("Submit the revision to quality assurance")),
    )
    def submit_validation_revision(self) -> None: ...

    @transition(
        state,
        S.REVISION_VALIDATION,
        S.EXPERT_REVIEW,
        custom=says(_("Submit new evidence to expert review")),
    )
    def submit_new_evidence(self) -> None: ...

    @transition(
        state,
        S.REVISION_VALIDATION,
        S.CONSULTATION,
        custom=says(_("Call a second workshop")),
    )
    def call_second_workshop(self) -> None: ...

    @transition(state, S.SIGNOFF, S.VALIDATED, custom=says(_("Validate"), system=True))
    def validate(self) -> None: ...

    @transition(
        state,
        S.SIGNOFF,
        S.REVISION_VALIDATION,
        custom=says(_("Return after an objection"), reason=True, system=True),
    )
    def return_after_objection(self) -> None: ...

    @transition(
        state, S.VALIDATED, S.PRIORITY_SETTING, custom=says(_("Open priority setting"), system=True)
    )
    def open_priority_setting(self) -> None: ...

    @transition(
        state, S.PRIORITY_SETTING, S.PRIORITIES_ADOPTED, custom=says(_("Agree the priorities"))
    )
    def agree_priorities(self) -> None: ...

    @transition(
        state,
        S.PRIORITY_SETTING,
        S.REVISION_VALIDATION,
        custom=says(_("Return a finding that proved wrong"), reason=True),
    )
    def dispute_finding(self) -> None: ...

    @transition(state, S.PRIORITIES_ADOPTED, S.PRODUCTION, custom=says(_("Adopt the priorities")))
    def adopt_priorities(self) -> None: ...

    @transition(
        state,
        S.PRIORITIES_ADOPTED,
        S.PRIORITY_SETTING,
        custom=says(_("Return the priorities"), reason=True),
    )
    def return_priorities(self) -> None: ...

    @transition(state, S.PRODUCTION, S.PUBLISHED, custom=says(_("Publish")))
    def publish(self) -> None: ...

    @transition(
        state,
        S.PRODUCTION,
        S.PROJECT_QA,
        custom=says(_("Report a defect of content"), reason=True),
    )
    def report_defect(self) -> None: ...

    @transition(state, S.PUBLISHED, S.CORRECTION, custom=says(_("Open a correction"), reason=True))
    def open_correction(self) -> None: ...

    @transition(
        state, S.CORRECTION, S.PUBLISHED, custom=says(_("Publish the correction"), reason=True)
    )
    def publish_correction(self) -> None: ...

    @transition(
        state, S.PUBLISHED, S.UPDATE_DUE, custom=says(_("Declare an update due"), reason=True)
    )
    def declare_update_due(self) -> None: ...

    @transition(
        state,
        [S.PUBLISHED, S.UPDATE_DUE],
        S.SUPERSEDED,
        custom=says(_("Supersede by the new edition"), system=True),
    )
    def supersede(self) -> None: ...

    @transition(
        state,
        list(PUBLISHED_STATES),
        S.CANCELLED,
        custom=says(_("Withdraw from publication"), reason=True),
    )
    def withdraw(self) -> None: ...

    @transition(state, list(WORKING_STATES), S.ON_HOLD, custom=says(_("Put on hold"), reason=True))
    def hold(self) -> None: ...

    @transition(
        state,
        S.ON_HOLD,
        GET_STATE(lambda profile: profile.held_state, states=list(WORKING_STATES)),
        custom=says(_("Resume"), reason=True),
    )
    def resume(self) -> None: ...

    @transition(state, [S.PLANNED, S.ON_HOLD], S.CANCELLED, custom=says(_("Cancel"), reason=True))
    def cancel(self) -> None: ...
