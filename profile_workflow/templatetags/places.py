"""Where each thing that is missing can be mended: one table from its code to an address."""

from collections.abc import Mapping
from dataclasses import dataclass

from django import template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from profile_workflow.errors import Missing
from profile_workflow.models import Profile

register = template.Library()


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of place.

    Attributes:
        name: Name of the address.
        label: The words of the link, with the key of the section if it needs one.
        fragment: Where on the page.
        of_section: Whether the address names the section that the requirement is about.
    """

    name: str
    label: "str | Promise"
    fragment: str = ""
    of_section: bool = False


_TEXT = _Kind(
    "section_edit", _("Go to the text of section %(section)s"), "id_text", of_section=True
)
_SECTION = _Kind("section", _("Go to section %(section)s"), of_section=True)
_COMMENTS = _Kind(
    "section_review", _("Go to the comments on section %(section)s"), "comments", of_section=True
)
_FINDINGS = _Kind(
    "section_guidance", _("Go to the findings in section %(section)s"), "findings", of_section=True
)
_TERRITORIES = _Kind("evidence", _("Go to the territories"), "territories")
_DEFINITIONS = _Kind("evidence", _("Go to the working definitions"), "definitions")
_TABLES = _Kind("tables", _("Go to the data tables"))
_PICTURES = _Kind("pictures", _("Go to the picture"))
_PRIORITIES = _Kind("priorities", _("Go to the priorities"))
_PEOPLE = _Kind("people", _("See the people"))
_NEXT = _Kind("profile", _("See whose turn it is"), "next")
_CHECKS = _Kind("qa", _("Go to the check"), "checklist")
_OUTPUTS = _Kind("pdf", _("Go to the outputs"))
_PROFILE = _Kind("profile", _("Go to the profile"))

#: The table: code of the requirement → the place. A code without a line leads to the section that
#: it names, or to the overview of the profile.
_PLACES: Mapping[str, _Kind] = {
    "role_vacant": _PEOPLE,
    "no_stakeholder": _PEOPLE,
    "no_territory": _TERRITORIES,
    "no_definition": _DEFINITIONS,
    "section_empty": _TEXT,
    "section_unfinished": _SECTION,
    "citation_unknown": _TEXT,
    "table_unknown": _TEXT,
    "picture_unknown": _TEXT,
    "picture_incomplete": _PICTURES,
    "reference_unknown": _TEXT,
    "comment_open": _COMMENTS,
    "nothing_returned": _Kind("profile", _("See the sections"), "sections"),
    "major_changes": _SECTION,
    "figure_moved": _TABLES,
    "figure_unsettled": _TABLES,
    "figure_unsourced": _TABLES,
    "acronym_unexplained": _Kind("evidence", _("Go to the acronyms"), "acronyms"),
    "wording_blocked": _FINDINGS,
    "number_undefined": _FINDINGS,
    "objection": _Kind("round", _("See the objections"), "objections"),
    "workshop": _Kind("workshops", _("Go to the workshops")),
    "quorum": _NEXT,
    "signature": _NEXT,
    "text_changed": _NEXT,
    "no_priority": _PRIORITIES,
    "too_many_priorities": _PRIORITIES,
    "priority_incomplete": _PRIORITIES,
    "check_open": _CHECKS,
    "check_failed": _CHECKS,
    "no_erratum": _Kind("erratum", _("Write the erratum")),
    "no_pdf": _OUTPUTS,
}


@dataclass(frozen=True, slots=True)
class Place:
    """An address with the words of the link to it."""

    address: str
    label: str


@register.simple_tag
def place_of(missing: Missing, profile: Profile) -> Place:
    """Return where something that is missing can be mended."""
    if missing.position is not None:
        return _in_text(missing, profile)
    kind = _PLACES.get(missing.code, _SECTION if missing.section else _PROFILE)
    if kind.of_section and not missing.section:
        kind = _PROFILE
    arguments = [profile.slug, missing.section] if kind.of_section else [profile.slug]
    place = missing.fragment or kind.fragment
    fragment = f"#{place}" if place else ""
    label = str(kind.label) % {"section": missing.section}
    return Place(reverse(kind.name, args=arguments) + fragment, label)


def _in_text(missing: Missing, profile: Profile) -> Place:
    assert missing.position is not None
    start, end = missing.position
    page = reverse(_TEXT.name, args=[profile.slug, missing.section])
    return Place(f"{page}?at={start}-{end}#{_TEXT.fragment}", str(_("Show it in the text")))
