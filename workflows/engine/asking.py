"""Asking somebody of the city for input: the request, its record, and the mail that tells of it."""

from datetime import datetime

from django.db import transaction

from profile_workflow.models import InputRequest, Profile
from profile_workflow.models.people import User
from profile_workflow.services import requests
from profile_workflow.services.locking import locked
from workflows import effects


@transaction.atomic
def ask(profile: Profile, wish: requests.Wish, *, by: User, at: datetime) -> InputRequest:
    """Ask for input; whoever is asked gets a mail.

    Raises:
        NotAllowed, NotNow, InvalidInput: As ``requests.ask``.
    """
    made, event = requests.ask(locked(profile.pk, at), wish, by=by, at=at)
    effects.request_was_made(event, made)
    return made
