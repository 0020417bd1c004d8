"""Making a move on a page: one call of the engine, and its three refusals in words."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django import forms
from django.utils import timezone

from profile_workflow.errors import DomainError, InvalidInput, Missing, NotComplete
from profile_workflow.forms.moves import MoveForm
from profile_workflow.models import User
from workflows import engine

HTTP_UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a move was not made.

    Attributes:
        status: 403 not you, 409 not now, 422 not complete.
        message: A sentence for the person.
        missing: What is not complete, beyond what the form itself asks for.
    """

    status: int
    message: str = ""
    missing: Sequence[Missing] = field(default=())


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
        return Refusal(error.status, str(error))
    return None


def refused(form: forms.Form, error: DomainError, *, beside: str | None = None) -> Refusal:
    """Return why something was refused, for a page that shows its form again.

    What was given wrongly is marked beside a field, so that the page says it once.
    """
    if isinstance(error, InvalidInput):
        form.add_error(beside, str(error))
        return Refusal(error.status)
    return Refusal(error.status, str(error))
