"""The erratum: what a correction prints about itself."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from profile_workflow.errors import DomainError, NotAllowed, NotNow, StaleEntry, raise_if
from profile_workflow.models import Profile
from profile_workflow.models.people import User
from profile_workflow.services import log
from profile_workflow.services.contents import fingerprint_of_text, told
from profile_workflow.services.locking import locked
from profile_workflow.services.log import Actor
from profile_workflow.states import ProfileState, Role


def refusal_to_write_erratum(profile: Profile, by: User) -> DomainError | None:
    """Return why a person may not write the erratum now, or None if he may."""
    if Role.PROJECT_TEAM not in profile.roles_of(by):
        return NotAllowed(_("The project team writes the erratum."))
    if profile.state != ProfileState.CORRECTION:
        return NotNow(_("An erratum is written while a correction is open."))
    return None


@transaction.atomic
def write_erratum(
    profile: Profile, text: str, *, by: User, at: datetime, base: str | None = None
) -> None:
    """Write what a correction prints about itself.

    Args:
        profile: The profile.
        text: The erratum; it replaces the one that is there.
        by: Who writes it.
        at: The moment.
        base: ``fingerprint_of_text`` of the one that was looked at; None for whatever it is.

    Raises:
        NotAllowed: If the person is not of the project team.
        NotNow: If no correction is open.
        StaleEntry: If somebody has written another one since ``base``.
    """
    profile = locked(profile.pk, at)
    raise_if(refusal_to_write_erratum(profile, by))
    if base is not None and base != fingerprint_of_text(profile.erratum):
        raise StaleEntry(
            _("Somebody has changed this in the meantime. Nothing was overwritten."),
            current=profile.erratum,
        )
    profile.erratum = text.strip()
    profile.save(update_fields=["erratum", "state"])
    actor = Actor(by, Role.PROJECT_TEAM)
    entry = log.Entry("evidence:erratum", "change", "", "", reason=told(profile.erratum))
    log.record(profile, [entry], actor=actor, at=at)
