"""Making the attribution of an open round stricter, and telling everybody who is asked."""

from datetime import datetime

from django.db import transaction

from profile_workflow.models import Profile
from profile_workflow.models.people import User
from profile_workflow.services import attributing
from profile_workflow.states import Attribution
from workflows import effects


@transaction.atomic
def make_attribution_stricter(
    profile: Profile, attribution: Attribution, *, reason: str, by: User, at: datetime
) -> None:
    """Attribute the answers of the open round less than was announced, and tell all who are asked.

    Raises:
        NotAllowed, NotNow, NotComplete, InvalidInput: As ``attributing.make_stricter``.
    """
    opened, event = attributing.make_stricter(profile, attribution, reason=reason, by=by, at=at)
    effects.attribution_was_changed(event, opened)
