"""Finding what an address names, for whoever asks."""

from typing import cast

from django.http import Http404, HttpRequest

from profile_workflow.models import DataTable, Profile, Section, User
from profile_workflow.queries import profiles
from profile_workflow.queries.evidence import tables_of


def signed_in(request: HttpRequest) -> User:
    """Return who asks; the table of access has let only people with an account pass."""
    return cast("User", request.user)


def profile_or_404(request: HttpRequest, slug: str) -> Profile:
    """Return a profile in which whoever asks takes part.

    Raises:
        Http404: If there is none of that name for this person.
    """
    try:
        return profiles.visible_profile(signed_in(request), slug)
    except Profile.DoesNotExist:
        raise Http404 from None


def section_or_404(profile: Profile, key: str) -> Section:
    """Return a section of a profile.

    Raises:
        Http404: If it has no such section.
    """
    try:
        return profiles.section_of(profile, key)
    except Section.DoesNotExist:
        raise Http404 from None


def table_or_404(profile: Profile, table_id: int, *, viewer: User) -> DataTable:
    """Return a data table of a profile, as a reader may see it.

    Raises:
        Http404: If it has no such table.
    """
    found = next((one for one in tables_of(profile, viewer=viewer) if one.pk == table_id), None)
    if found is None:
        raise Http404
    return found
