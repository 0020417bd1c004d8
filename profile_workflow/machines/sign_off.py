"""Every legal move of an answer to a round of validation."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from profile_workflow.machines.describing import says
from profile_workflow.states import SignOffState


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
