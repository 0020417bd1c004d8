"""Saying no on a page of the register: which of the three, and why."""

from dataclasses import dataclass

from profile_workflow.errors import DomainError


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something was not done.

    Attributes:
        status: 403 not you, 404 gone, 409 not now, 422 cannot be stored.
        message: A sentence for the person.
    """

    status: int
    message: str


def refused(error: DomainError) -> Refusal:
    """Return a refusal of a service as a page shows it."""
    return Refusal(error.status, str(error))
