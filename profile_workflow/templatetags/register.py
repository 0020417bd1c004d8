"""The row of pages about what a profile rests on: its evidence, its priorities, its findings."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

from profile_workflow.models import Profile
from profile_workflow.queries.guidance import sees_guidance
from profile_workflow.web.loading import signed_in

register = template.Library()

#: Name of the address → what the page is called there.
_PAGES = {
    "evidence": _("Basis"),
    "sources": _("Sources"),
    "tables": _("Data tables"),
    "pictures": _("Pictures"),
    "challenges": _("Challenges"),
    "priorities": _("Priorities"),
    "findings": _("Findings"),
}


@register.inclusion_tag("profile_workflow/parts/_register_nav.html", takes_context=True)
def register_nav(context: Mapping[str, Any], profile: Profile, here: str) -> Mapping[str, Any]:
    """Show the row; findings only to those who see them.

    Args:
        context: That of the page, with its request.
        profile: What the pages are about.
        here: Name of the address of this page.
    """
    viewer = signed_in(context["request"])
    hidden = set() if sees_guidance(profile, viewer) else {"findings"}
    pages = {name: label for name, label in _PAGES.items() if name not in hidden}
    return {"pages": pages, "profile": profile, "here": here}
