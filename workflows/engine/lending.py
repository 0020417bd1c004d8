"""Letting somebody stand in for a time: named by the project team, or asked for by the holder."""

from datetime import date, datetime

from django.db import transaction

from profile_workflow.models import Assignment
from profile_workflow.models.people import User
from profile_workflow.services import people
from workflows import effects


@transaction.atomic
def substitute(
    part: Assignment, *, person: User, starts_on: date, ends_on: date, by: User, at: datetime
) -> Assignment:
    """Let a person stand in for the holder of a part; he gets a mail.

    Raises:
        NotAllowed, NotNow, InvalidInput: As ``people.substitute``.
    """
    made = people.substitute(
        part, by_user=person, starts_on=starts_on, ends_on=ends_on, by=by, at=at
    )
    effects.substitute_was_named(made, at=at)
    return made


@transaction.atomic
def ask_for_substitute(
    part: Assignment, *, email: str, starts_on: date, ends_on: date, by: User, at: datetime
) -> None:
    """Let the holder name who stands in for him; mails tell the others what has come of it.

    Raises:
        NotAllowed, NotNow, InvalidInput, MadeAlready: As ``people.ask_for_substitute``.
    """
    made = people.ask_for_substitute(
        part, email=email, starts_on=starts_on, ends_on=ends_on, by=by, at=at
    )
    if made is not None:
        effects.substitute_was_named(made, at=at)
    effects.substitute_was_asked_for(made or part, at=at)
