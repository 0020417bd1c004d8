"""Every legal move of a figure, and of the request for it."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from profile_workflow.machines.describing import says
from profile_workflow.states import DataItemState, RequestState


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
