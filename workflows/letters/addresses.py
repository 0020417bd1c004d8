"""Addresses in a mail: absolute, and of the site whatever host a request named."""

from django.conf import settings
from django.urls import reverse

from profile_workflow.models import InputRequest, Profile, ReviewInvitation, User
from profile_workflow.services import links


def address(name: str, *args: str) -> str:
    """Return the absolute address of a named page.

    The host is ``SITE_URL``, never that of a request.
    """
    return f"{settings.SITE_URL}{reverse(name, args=args)}"


def outcome_address(person: User, profile: Profile) -> str:
    """Return where somebody without an account reads what became of what was said.

    Empty where nothing ties a link to him any more; he has the address in his invitation.
    """
    token = links.token_after_closing(person, profile)
    return address("link", token) if token else ""


def request_address(request: InputRequest | None, profile: Profile) -> str:
    """Return where a request for input is read; empty if there is none."""
    if request is None:
        return ""
    return address("request", profile.slug, str(request.pk))


def invitation_address(
    invitation: ReviewInvitation | None, profile: Profile, *, is_invited: bool
) -> str:
    """Return where an invitation is read, by whoever was invited or by the team; empty if none."""
    if invitation is None:
        return ""
    number = str(invitation.pk)
    if is_invited:
        return address("my_invitation", number)
    return address("invitation", profile.slug, number)


def profile_address(profile: Profile) -> str:
    """Return where a profile is read by those who take part in it."""
    return address("profile", profile.slug)
