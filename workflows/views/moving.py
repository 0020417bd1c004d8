"""Making a move on a page: one call of the engine, and its three refusals in words."""

from collections.abc import Sequence

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from profile_workflow.errors import DomainError, NotComplete
from profile_workflow.forms.invitations import AnswerForm
from profile_workflow.forms.moves import MoveForm
from profile_workflow.forms.requests import RequestMoveForm
from profile_workflow.models import User
from profile_workflow.queries.profiles import sections_of
from profile_workflow.queries.quality import suggested_return
from profile_workflow.services.lifecycle import Offer
from profile_workflow.web.refusing import HTTP_UNPROCESSABLE, Refusal, refused
from workflows import engine, turns
from workflows.models import Task


def make_move(form: MoveForm, document: engine.Document, *, by: User) -> Refusal | None:
    """Make the move that a form asks for; return why not, if it was refused.

    What the form lacks is marked beside its fields.
    """
    if not form.is_valid():
        return Refusal(HTTP_UNPROCESSABLE)
    try:
        engine.perform(document, form.move, by=by, at=timezone.now(), details=form.details)
    except NotComplete as error:
        rest = form.take_missing(error.missing)
        return Refusal(error.status, str(error) if rest else "", rest)
    except DomainError as error:
        return Refusal.of(error)
    return None


def make_own_move(
    form: AnswerForm | RequestMoveForm, document: engine.Document, *, by: User
) -> Refusal | None:
    """Make the move of one of several forms on a page; return why not, if it was refused."""
    if not form.is_valid():
        return Refusal(HTTP_UNPROCESSABLE)
    try:
        engine.perform(document, form.makes, by=by, at=timezone.now(), details=form.details)
    except NotComplete as error:
        rest = form.take_missing(error.missing)
        return Refusal(error.status, str(error) if rest else "", rest)
    except DomainError as error:
        return refused(form, error, beside="due_on" if "due_on" in form.fields else None)
    return None


def task_offers(task: Task, user: User) -> list[Offer]:
    """Return the moves of a task that a person may make now, in the order of the flow.

    An answer can be changed after its task, as long as the round is open.
    """
    if not task.is_open and task.signoff_id is None:
        return []
    moves = task.flow_task.moves
    offers = [offer for offer in engine.offers(task.document, user) if offer.move in moves]
    return sorted(offers, key=lambda offer: moves.index(offer.move))


def task_form(task: Task, offers: Sequence[Offer], data: QueryDict | None = None) -> MoveForm:
    """Return the form with which one of the moves of a task is made."""
    is_qa = task.flow_task.name == "qa"
    return MoveForm(
        data,
        offers=offers,
        moves=task.flow_task.moves,
        sections=sections_of(task.profile),
        attribution=task.profile.attribution,
        initial=suggested_return(task.profile) if is_qa else None,
    )


def done_message(task: Task, chosen: str = "") -> str:
    """Say that a task has been done, and what was chosen where there was a choice."""
    label = turns.label(task)
    subject = f"{label} – {task.section}" if task.section else label
    done = _("Done: %(task)s.") % {"task": subject}
    if not chosen:
        return done
    return done + " " + _("You chose: %(move)s.") % {"move": chosen}
