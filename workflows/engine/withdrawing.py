"""Withdrawing one version of what was published, while others stand."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from profile_workflow.errors import Missing, NotComplete, raise_if
from profile_workflow.models import Event, Profile
from profile_workflow.models.people import User
from profile_workflow.services.locking import locked
from profile_workflow.services.log import Actor, Entry, record
from profile_workflow.states import Role
from reports import publications
from workflows import effects


@transaction.atomic
def withdraw_version(
    profile: Profile, version: str, *, reason: str, by: User, at: datetime
) -> Event:
    """Take one version out of what everybody can read; the newest of the others is in force.

    Its files and rows stay, and its addresses say why it was withdrawn. It cannot be undone.

    Raises:
        NotAllowed: If ``by`` is not of the project team.
        NotNow: If the version is not public, or no other one is.
        NotComplete: If there is no reason.
    """
    profile = locked(profile.pk, at)
    raise_if(publications.refusal_to_withdraw(profile, version, by))
    if not reason.strip():
        raise NotComplete(
            _("This cannot be done yet: something is missing."),
            (Missing("no_reason", _("Give a reason; everybody will see it.")),),
        )
    entry = Entry(f"version:{version}", "withdraw_version", "", "", reason=reason.strip())
    event = record(profile, [entry], actor=Actor(by, Role.PROJECT_TEAM), at=at)[0]
    publications.withdraw(profile, version, event)
    effects.version_was_withdrawn(event, version, by=by)
    return event
