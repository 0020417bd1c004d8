"""Saying no on a page: which of the three, why, and what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from django import forms
from django.utils.translation import gettext as _

from profile_workflow.errors import DomainError, InvalidInput, Missing, NotComplete
from profile_workflow.models import User

HTTP_NOT_FOUND = 404
HTTP_CONFLICT = 409
HTTP_UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something was not done.

    Attributes:
        status: 403 not you, 404 gone, 409 not now, 422 not complete or cannot be stored.
        message: A sentence for the person; empty if the form on the page says it.
        missing: What is not complete, beyond what the form itself asks for.
    """

    status: int
    message: str = ""
    missing: Sequence[Missing] = ()

    @classmethod
    def of(cls, error: DomainError) -> Self:
        """Return the refusal of a service as a page shows it."""
        missing = error.missing if isinstance(error, NotComplete) else ()
        return cls(error.status, str(error), missing)


def refused(form: forms.Form, error: DomainError, *, beside: str | None = None) -> Refusal:
    """Return why something was refused, for a page that shows its form again.

    What was given wrongly is marked beside a field, so that the page says it once.
    """
    if isinstance(error, InvalidInput):
        form.add_error(beside, str(error))
        return Refusal(error.status)
    return Refusal.of(error)


def other_writer(person: User) -> str:
    """Say that a page was written by somebody else than whoever is signed in now."""
    return _(
        "Somebody else wrote this, and now %(person)s is signed in. Nothing has been saved: "
        "sign in as before, or press “Save draft” once more to save it as %(person)s."
    ) % {"person": person.full_name}
