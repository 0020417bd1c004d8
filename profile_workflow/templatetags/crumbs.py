"""The way to a page: from the profile, or from a page of the navigation, down to where one is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse

from profile_workflow.models import Profile, Section
from profile_workflow.web.navigation import PROFILE_PAGES, SITE_PAGES

register = template.Library()

_OF_SITE = {page.name: page.label for page in SITE_PAGES}
_OF_PROFILE = {page.name: page.label for page in PROFILE_PAGES}


@dataclass(frozen=True, slots=True)
class Crumb:
    """A page above this one: its address, and words that are each of one language."""

    address: str
    words: tuple[str, ...]


@register.inclusion_tag("profile_workflow/parts/_crumbs.html")
def crumbs(
    *way: Profile | Section | str, here: object, above: str = "", above_label: object = ""
) -> Mapping[str, Any]:
    """Show the way to a page.

    Args:
        way: What stands above it: a profile, a section, or the name of a page of the navigation.
        here: What the page itself is called.
        above: Address of a page between, if there is one.
        above_label: What that page is called.
    """
    profile = next((one for one in way if isinstance(one, Profile)), None)
    found = [_crumb(one, profile) for one in way]
    if above:
        found.append(Crumb(above, (str(above_label),)))
    return {"above": found, "here": here}


def _crumb(one: Profile | Section | str, profile: Profile | None) -> Crumb:
    if isinstance(one, Profile):
        return Crumb(one.get_absolute_url(), (str(one.city), str(one.edition)))
    of_profile = [profile.slug] if profile else []
    if not isinstance(one, str):
        assert isinstance(one, Section)
        return Crumb(reverse("section", args=[*of_profile, one.key]), (str(one),))
    if one in _OF_SITE:
        return Crumb(reverse(one), (str(_OF_SITE[one]),))
    return Crumb(reverse(one, args=of_profile), (str(_OF_PROFILE[one]),))
