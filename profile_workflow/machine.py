"""Every legal move of every document: one abstract state machine each, with empty bodies.

``custom`` says what the engine needs to know of a move: ``reason`` (the mover must say why),
``answer`` (the mover must give words or a file), ``system`` (only the software makes it, never a
person), ``label`` (words on the button).
"""

from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_fsm import GET_STATE, ConcurrentTransitionMixin, FSMField, transition

from profile_workflow.states import (
    PUBLISHED_STATES,
    WORKING_STATES,
    CommentState,
    DataItemState,
    InvitationState,
    ProfileState,
    RequestState,
    SectionState,
    Severity,
    SignOffState,
)


def says(
    label: "str | Promise", *, reason: bool = False, system: bool = False, answer: bool = False
) -> dict[str, Any]:
    """Describe a move for the engine and the screens."""
    return {"label": label, "reason": reason, "system": system, "answer": answer}


def asks_minor_revision(profile: "ProfileMachine") -> bool:
    """Whether the last round ended with a minor revision."""
    return profile.revision_severity == Severity.MINOR


def asks_major_revision(profile: "ProfileMachine") -> bool:
    """Whether the last round ended with a major revision."""
    return profile.revision_severity == Severity.MAJOR


def _wherever(default: str, *others: str) -> GET_STATE:
    """Return a target that the service names under the lock; by itself it is the default."""
    return GET_STATE(lambda document: document.outcome or default, states=[default, *others])


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
        _wherever(S.PROJECT_QA, S.EXPERT_REVIEW, S.REVISION_EXPERT),
        custom=says(_("Recommend acceptance")),
    )
    def recommend_acceptance(self) -> None: ...

    @transition(
        state,
        S.EXPERT_REVIEW,
        _wherever(S.REVISION_EXPERT, S.EXPERT_REVIEW),
        custom=says(_("Ask for a minor revision"), reason=True),
    )
    def request_minor_revision(self) -> None: ...

    @transition(
        state,
        S.EXPERT_REVIEW,
        _wherever(S.REVISION_EXPERT, S.EXPERT_REVIEW),
        custom=says(_("Ask for a major revision"), reason=True),
    )
    def request_major_revision(self) -> None: ...

    @transition(
        state,
        S.EXPERT_REVIEW,
        _wherever(S.REVISION_EXPERT, S.EXPERT_REVIEW),
        custom=says(_("Recommend declining the text"), reason=True),
    )
    def recommend_declining(self) -> None: ...

    @transition(
        state,
        S.EXPERT_REVIEW,
        _wherever(S.PROJECT_QA, S.EXPERT_REVIEW, S.REVISION_EXPERT),
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


def is_in_review(section: "SectionMachine") -> bool:
    """Whether the profile of a section is in expert review."""
    return bool(section.profile.working_state == ProfileState.EXPERT_REVIEW)  # type: ignore[attr-defined]


class SectionMachine(ConcurrentTransitionMixin, models.Model):
    """The path of one section. Source: domain notes 4.2."""

    document_type = "section"

    S = SectionState

    state = FSMField(_("state"), default=S.EMPTY, choices=S.choices, protected=True)

    #: Where the move that is being made leads, if that follows from others; never stored.
    outcome: str = ""

    class Meta:
        abstract = True

    @transition(state, S.EMPTY, S.DRAFTING, custom=says(_("Open for drafting"), system=True))
    def begin(self) -> None: ...

    @transition(
        state,
        [S.DRAFTING, S.CHANGES_REQUESTED, S.REOPENED],
        S.READY,
        custom=says(_("Submit the section")),
    )
    def submit(self) -> None: ...

    @transition(state, S.READY, S.DRAFTING, custom=says(_("Take back"), reason=True))
    def take_back(self) -> None: ...

    @transition(state, S.READY, S.UNDER_REVIEW, custom=says(_("Open for review"), system=True))
    def open_review(self) -> None: ...

    # While others still judge the section it stays under review; the last decision leads to where
    # the strictest one does (ADR 0014).
    @transition(
        state,
        S.UNDER_REVIEW,
        _wherever(S.ACCEPTED, S.UNDER_REVIEW, S.CHANGES_REQUESTED),
        custom=says(_("Accept")),
    )
    def accept(self) -> None: ...

    @transition(
        state,
        S.UNDER_REVIEW,
        _wherever(S.CHANGES_REQUESTED, S.UNDER_REVIEW),
        custom=says(_("Accept with minor changes"), reason=True),
    )
    def request_minor_changes(self) -> None: ...

    @transition(
        state,
        S.UNDER_REVIEW,
        _wherever(S.CHANGES_REQUESTED, S.UNDER_REVIEW),
        custom=says(_("Ask for major changes"), reason=True),
    )
    def request_major_changes(self) -> None: ...

    @transition(
        state,
        S.UNDER_REVIEW,
        _wherever(S.CHANGES_REQUESTED, S.UNDER_REVIEW),
        custom=says(_("Decline the section"), reason=True),
    )
    def decline(self) -> None: ...

    @transition(
        state,
        S.UNDER_REVIEW,
        _wherever(S.ACCEPTED, S.UNDER_REVIEW, S.CHANGES_REQUESTED),
        custom=says(_("Go on without a reviewer"), system=True),
    )
    def go_on_without(self) -> None: ...

    @transition(
        state,
        [S.UNDER_REVIEW, S.ACCEPTED, S.CHANGES_REQUESTED],
        S.UNDER_REVIEW,
        conditions=[is_in_review],
        custom=says(_("Take the decision back"), reason=True),
    )
    def take_back_decision(self) -> None: ...

    @transition(
        state,
        S.CHANGES_REQUESTED,
        S.ACCEPTED,
        conditions=[is_in_review],
        custom=says(_("Settle: accept"), reason=True),
    )
    def settle_accept(self) -> None: ...

    @transition(
        state,
        S.CHANGES_REQUESTED,
        S.CHANGES_REQUESTED,
        conditions=[is_in_review],
        custom=says(_("Settle: minor changes"), reason=True),
    )
    def settle_minor(self) -> None: ...

    @transition(state, S.READY, S.ACCEPTED, custom=says(_("Accept the revision"), system=True))
    def accept_revision(self) -> None: ...

    @transition(
        state,
        [S.ACCEPTED, S.LOCKED],
        S.REOPENED,
        custom=says(_("Reopen"), reason=True, system=True),
    )
    def reopen(self) -> None: ...

    @transition(
        state,
        [S.ACCEPTED, S.LOCKED],
        S.READY,
        custom=says(_("Send to review again"), reason=True, system=True),
    )
    def recall(self) -> None: ...

    @transition(state, [S.ACCEPTED, S.READY], S.LOCKED, custom=says(_("Lock"), system=True))
    def lock(self) -> None: ...


class CommentMachine(ConcurrentTransitionMixin, models.Model):
    """The life of a comment: answered by the author, closed by the commenter."""

    document_type = "comment"

    S = CommentState

    state = FSMField(_("state"), default=S.OPEN, choices=S.choices, protected=True)

    class Meta:
        abstract = True

    @transition(state, S.OPEN, S.ACCEPTED, custom=says(_("Accept")))
    def accept(self) -> None: ...

    @transition(state, S.OPEN, S.PARTLY_ACCEPTED, custom=says(_("Accept in part"), reason=True))
    def accept_partly(self) -> None: ...

    @transition(state, S.OPEN, S.DECLINED, custom=says(_("Decline"), reason=True))
    def decline(self) -> None: ...

    @transition(state, S.OPEN, S.DEFERRED, custom=says(_("Defer to the next edition"), reason=True))
    def defer(self) -> None: ...

    @transition(
        state,
        [S.ACCEPTED, S.PARTLY_ACCEPTED, S.DECLINED, S.DEFERRED],
        S.VERIFIED,
        custom=says(_("Close")),
    )
    def verify(self) -> None: ...

    @transition(
        state,
        [S.ACCEPTED, S.PARTLY_ACCEPTED, S.DECLINED, S.DEFERRED],
        S.OPEN,
        custom=says(_("Open again"), reason=True),
    )
    def reopen(self) -> None: ...

    @transition(
        state,
        [S.ACCEPTED, S.PARTLY_ACCEPTED, S.DECLINED, S.DEFERRED],
        S.CLOSED_BY_DEADLINE,
        custom=says(_("Close by deadline"), system=True),
    )
    def close_by_deadline(self) -> None: ...


class DataItemMachine(ConcurrentTransitionMixin, models.Model):
    """The life of a figure, from asking for it to printing it."""

    document_type = "data_item"

    S = DataItemState

    state = FSMField(_("state"), default=S.REQUESTED, choices=S.choices, protected=True)

    class Meta:
        abstract = True

    @transition(state, S.REQUESTED, S.RECEIVED, custom=says(_("Record as received")))
    def receive(self) -> None: ...

    @transition(
        state,
        [S.RECEIVED, S.RECONCILED],
        S.IN_CONFLICT,
        custom=says(_("Report a conflict"), reason=True),
    )
    def dispute(self) -> None: ...

    @transition(state, S.RECEIVED, S.RECONCILED, custom=says(_("Confirm")))
    def confirm(self) -> None: ...

    @transition(state, S.IN_CONFLICT, S.RECONCILED, custom=says(_("Choose a value"), reason=True))
    def reconcile(self) -> None: ...

    @transition(
        state,
        [S.RECEIVED, S.IN_CONFLICT],
        S.PUBLISHED_AS_RANGE,
        custom=says(_("Publish as a range"), reason=True),
    )
    def publish_as_range(self) -> None: ...

    @transition(
        state,
        [S.REQUESTED, S.RECEIVED, S.IN_CONFLICT],
        S.NOT_AVAILABLE,
        custom=says(_("Record as not available"), reason=True),
    )
    def mark_unavailable(self) -> None: ...

    @transition(
        state,
        [S.RECONCILED, S.PUBLISHED_AS_RANGE],
        S.STALE,
        custom=says(_("Mark as out of date"), reason=True),
    )
    def expire(self) -> None: ...

    @transition(state, [S.STALE, S.NOT_AVAILABLE], S.REQUESTED, custom=says(_("Request again")))
    def request_again(self) -> None: ...


class InputRequestMachine(ConcurrentTransitionMixin, models.Model):
    """The life of a request for input: asked, answered or not, taken by whoever asked."""

    document_type = "input_request"

    S = RequestState

    state = FSMField(_("state"), default=S.ASKED, choices=S.choices, protected=True)

    class Meta:
        abstract = True

    @transition(
        state, [S.ASKED, S.ASKED_BACK], S.ANSWERED, custom=says(_("Send the answer"), answer=True)
    )
    def give_answer(self) -> None: ...

    @transition(
        state,
        [S.ASKED, S.ASKED_BACK],
        S.NOT_AVAILABLE,
        custom=says(_("Say that it is not available"), reason=True),
    )
    def say_unavailable(self) -> None: ...

    @transition(state, S.ASKED, S.ASKED_BACK, custom=says(_("Ask back"), reason=True))
    def ask_back(self) -> None: ...

    @transition(
        state, [S.ASKED, S.ASKED_BACK], S.ASKED, custom=says(_("Hand it on to somebody else"))
    )
    def hand_on(self) -> None: ...

    @transition(state, S.ASKED_BACK, S.ASKED, custom=says(_("Reply to the question"), reason=True))
    def reply_to_question(self) -> None: ...

    @transition(state, S.ANSWERED, S.ACCEPTED, custom=says(_("Accept the answer")))
    def accept_answer(self) -> None: ...

    @transition(
        state,
        S.NOT_AVAILABLE,
        S.UNAVAILABLE,
        custom=says(_("Record as not available"), reason=True),
    )
    def record_absence(self) -> None: ...

    @transition(
        state,
        [S.ANSWERED, S.NOT_AVAILABLE, S.ACCEPTED, S.UNAVAILABLE],
        S.ASKED,
        custom=says(_("Ask again"), reason=True),
    )
    def ask_again(self) -> None: ...

    @transition(
        state,
        [S.ASKED, S.ASKED_BACK],
        S.WITHDRAWN,
        custom=says(_("Withdraw the request"), reason=True),
    )
    def withdraw_request(self) -> None: ...


class InvitationMachine(ConcurrentTransitionMixin, models.Model):
    """The life of an invitation to review. To accept is to declare that there is no interest.

    Nobody has a part in the profile, and sees of its text, before it is accepted.
    """

    document_type = "invitation"

    S = InvitationState

    state = FSMField(_("state"), default=S.INVITED, choices=S.choices, protected=True)

    class Meta:
        abstract = True

    @transition(state, S.INVITED, S.ACCEPTED, custom=says(_("Accept, without an interest")))
    def accept_invitation(self) -> None: ...

    @transition(
        state,
        S.INVITED,
        S.INTEREST_DECLARED,
        custom=says(_("Accept, and declare an interest")),
    )
    def declare_interest(self) -> None: ...

    @transition(state, S.INVITED, S.DATE_PROPOSED, custom=says(_("Propose another date")))
    def propose_date(self) -> None: ...

    @transition(
        state,
        [S.INVITED, S.DATE_PROPOSED, S.INTEREST_DECLARED],
        S.DECLINED,
        custom=says(_("Decline the invitation")),
    )
    def decline_invitation(self) -> None: ...

    @transition(state, S.DATE_PROPOSED, S.INVITED, custom=says(_("Set the date and ask again")))
    def set_date(self) -> None: ...

    @transition(
        state,
        S.INTEREST_DECLARED,
        S.ACCEPTED,
        custom=says(_("Clear the interest"), reason=True),
    )
    def clear_interest(self) -> None: ...

    @transition(
        state,
        S.INTEREST_DECLARED,
        S.BARRED,
        custom=says(_("Do not clear the interest"), reason=True),
    )
    def bar_interest(self) -> None: ...

    @transition(
        state,
        [S.INVITED, S.DATE_PROPOSED, S.INTEREST_DECLARED],
        S.WITHDRAWN,
        custom=says(_("Withdraw the invitation"), reason=True),
    )
    def withdraw_invitation(self) -> None: ...


def is_open(signoff: "SignOffMachine") -> bool:
    """Whether the round in which the person was asked still takes answers."""
    return signoff.round_is_open()


class SignOffMachine(ConcurrentTransitionMixin, models.Model):
    """The answer of one person who was asked to agree; changeable until the round closes."""

    document_type = "sign_off"

    S = SignOffState

    state = FSMField(_("state"), default=S.ASKED, choices=S.choices, protected=True)

    class Meta:
        abstract = True

    def round_is_open(self) -> bool:
        """Whether answers are still taken."""
        raise NotImplementedError

    @transition(
        state,
        [S.ASKED, S.RESERVATION, S.OBJECTED],
        S.APPROVED,
        conditions=[is_open],
        custom=says(_("Approve")),
    )
    def approve(self) -> None: ...

    @transition(
        state,
        [S.ASKED, S.APPROVED, S.OBJECTED],
        S.RESERVATION,
        conditions=[is_open],
        custom=says(_("Approve with reservation"), reason=True),
    )
    def reserve(self) -> None: ...

    @transition(
        state,
        [S.ASKED, S.APPROVED, S.RESERVATION, S.OBJECTED],
        S.OBJECTED,
        conditions=[is_open],
        custom=says(_("Object"), reason=True),
    )
    def object_to(self) -> None: ...

    @transition(state, S.ASKED, S.TACIT, custom=says(_("Take as agreed"), system=True))
    def lapse_tacitly(self) -> None: ...

    @transition(state, S.ASKED, S.NO_ANSWER, custom=says(_("Close without answer"), system=True))
    def lapse(self) -> None: ...

    @transition(state, [S.ASKED, S.NO_ANSWER], S.WAIVED, custom=says(_("Waive"), reason=True))
    def waive(self) -> None: ...
