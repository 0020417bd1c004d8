"""Every legal move of an invitation to review."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from profile_workflow.machines.describing import says
from profile_workflow.states import InvitationState


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
