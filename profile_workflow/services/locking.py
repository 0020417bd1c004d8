"""The lock of every move: whoever changes anything of a profile holds it."""

from datetime import datetime

from profile_workflow.models import Profile


def locked(profile_id: int, at: datetime) -> Profile:
    """Return the profile, locked to the end of the transaction, as it is judged at a moment."""
    lockable = Profile.objects.select_for_update(of=("self",)).select_related("city", "programme")
    profile: Profile = lockable.get(pk=profile_id)
    profile.moment = at
    return profile
