"""Every legal move of a comment."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from profile_workflow.machines.describing import says
from profile_workflow.states import CommentState


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
