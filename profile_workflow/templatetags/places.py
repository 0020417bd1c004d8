"""Where something that is missing can be mended."""

from django import template
from django.urls import reverse

from profile_workflow.errors import Missing
from profile_workflow.models import Profile

register = template.Library()

#: Code of what is missing → name of the page and place on it.
_PLACES = {
    "no_territory": ("evidence", "#territories"),
    "no_definition": ("evidence", "#definitions"),
    "acronym_unexplained": ("evidence", "#acronyms"),
    "citation_unknown": ("sources", ""),
    "table_unknown": ("tables", ""),
    "figure_unsettled": ("tables", "#s-%s"),
    "figure_unsourced": ("tables", "#s-%s"),
    "no_priority": ("priorities", ""),
    "too_many_priorities": ("priorities", ""),
    "priority_incomplete": ("priorities", ""),
    "no_erratum": ("erratum", ""),
}


@register.simple_tag
def place(missing: Missing, profile: Profile) -> str:
    """Return the address of the page where a thing that is missing is mended; empty if unknown."""
    if missing.code in _PLACES:
        page, anchor = _PLACES[missing.code]
        return reverse(page, args=[profile.slug]) + anchor.replace("%s", missing.section)
    if missing.section:
        return reverse("section", args=[profile.slug, missing.section])
    return ""
