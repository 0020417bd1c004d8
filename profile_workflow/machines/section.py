"""Every legal move of a section."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from profile_workflow.machines.describing import says, wherever
from profile_workflow.states import ProfileState, SectionState


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
        wherever(S.ACCEPTED, S.UNDER_REVIEW, S.CHANGES_REQUESTED),
        custom=says(_("Accept")),
    )
    def accept(self) -> None: ...

    @transition(
        state,
        S.UNDER_REVIEW,
        wherever(S.CHANGES_REQUESTED, S.UNDER_REVIEW),
        custom=says(_("Accept with minor changes"), reason=True),
    )
    def request_minor_changes(self) -> None: ...

    @transition(
        state,
        S.UNDER_REVIEW,
        wherever(S.CHANGES_REQUESTED, S.UNDER_REVIEW),
        custom=says(_("Ask for major changes"), reason=True),
    )
    def request_major_changes(self) -> None: ...

    @transition(
        state,
        S.UNDER_REVIEW,
        wherever(S.CHANGES_REQUESTED, S.UNDER_REVIEW),
        custom=says(_("Decline the section"), reason=True),
    )
    def decline(self) -> None: ...

    @transition(
        state,
        S.UNDER_REVIEW,
        wherever(S.ACCEPTED, S.UNDER_REVIEW, S.CHANGES_REQUESTED),
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
