"""Who keeps the register and when: what the screens offer and what the services accept."""

from django.db import models
from django.utils.translation import gettext as _

from profile_workflow.errors import DomainError, NotAllowed, NotNow
from profile_workflow.languages import listed
from profile_workflow.models import Challenge, DataItem, DataTable, Profile, Section
from profile_workflow.models.people import User
from profile_workflow.queries.evidence import Entry, Uses
from profile_workflow.states import (
    AUTHOR_ROLES,
    EDITABLE_SECTION_STATES,
    SETTLED_DATA_STATES,
    WRITING_STATES,
    ProfileState,
    Role,
    SectionState,
)

_WRITERS = (*AUTHOR_ROLES, Role.PROJECT_TEAM)
_OPEN_STATES = (*WRITING_STATES, ProfileState.PLANNED)
#: Who else keeps the register in some states: the city settles with the expert what the city is
#: and whom it counts, and writes down what the participants of a workshop add.
_BESIDES = {
    ProfileState.INCEPTION: (Role.FOCAL_POINT,),
    ProfileState.PRIORITY_SETTING: (Role.FOCAL_POINT,),
}
_OPEN_SECTIONS = (*EDITABLE_SECTION_STATES, SectionState.EMPTY)


def refusal_to_register(
    profile: Profile,
    by: User,
    section: Section | None = None,
    *,
    kind: type[models.Model] | None = None,
) -> DomainError | None:
    """Return why a person may not add to the register now, or None if he may.

    Args:
        profile: The profile.
        by: Who would add.
        section: The section that a table or figure belongs to; it is frozen with its text.
        kind: What would be added: while priorities are set, participants still add challenges.
    """
    if not profile.roles_of(by).intersection(keepers(profile)):
        return NotAllowed(_("Only the authors and the project team keep the register."))
    is_workshop = kind is Challenge and profile.state == ProfileState.PRIORITY_SETTING
    if profile.state not in _OPEN_STATES and not is_workshop:
        return NotNow(
            _("The register cannot be changed in the state “%(state)s”.")
            % {"state": profile.get_state_display()}
        )
    if section is not None and section.state not in _OPEN_SECTIONS:
        return NotNow(
            _("Tables and figures are frozen with their section: “%(section)s” is “%(state)s”.")
            % {"section": section, "state": section.get_state_display()}
        )
    return None


def keepers(profile: Profile) -> tuple[Role, ...]:
    """Return the roles that keep the register in the state of a profile."""
    return (*_WRITERS, *_BESIDES.get(profile.state, ()))


def refusal_to_change(entry: Entry, by: User, uses: Uses) -> DomainError | None:
    """Return why a person may not change an entry now, or None if he may.

    Nothing that an approved section rests on changes, and no figure that is settled.
    """
    refusal = refusal_to_register(entry.profile, by, section_of(entry), kind=type(entry))
    if refusal is not None:
        return refusal
    if entry.profile.state == ProfileState.PRIORITY_SETTING:
        return _refusal_to_change_validated(entry)
    if isinstance(entry, DataItem) and entry.state in SETTLED_DATA_STATES:
        return NotNow(
            _("A settled figure stays as it is (“%(state)s”). Open it again first, with a reason.")
            % {"state": entry.get_state_display()}
        )
    approved = uses.approved(entry)
    if approved:
        return NotNow(
            _("“%(entry)s” stays as it is, because approved text rests on it: %(sections)s.")
            % {"entry": entry, "sections": listed(approved)}
        )
    return None


def _refusal_to_change_validated(entry: Entry) -> DomainError | None:
    """Only what participants added after the text was validated can still be changed."""
    if isinstance(entry, Challenge) and entry.from_workshop:
        return None
    return NotNow(_("“%(entry)s” stays as it is: it was validated.") % {"entry": entry})


def refusal_to_remove(entry: Entry, by: User, uses: Uses) -> DomainError | None:
    """Return why a person may not remove an entry now, or None if he may."""
    refusal = refusal_to_change(entry, by, uses)
    if refusal is not None:
        return refusal
    places = [use.where for use in uses.of(entry)]
    if places:
        return NotNow(
            _("“%(entry)s” cannot be removed. It is used by %(places)s.")
            % {"entry": entry, "places": listed(places)}
        )
    if isinstance(entry, DataTable) and _has_settled_figures(entry):
        return NotNow(_("The table holds settled figures. Open them again first, with a reason."))
    return None


def section_of(entry: Entry) -> Section | None:
    """Return the section that an entry is frozen with, if any."""
    if isinstance(entry, DataTable):
        return entry.section
    return entry.table.section if isinstance(entry, DataItem) else None


def _has_settled_figures(table: DataTable) -> bool:
    # Over all of them, so that what is fetched already costs no query.
    return any(one.state in SETTLED_DATA_STATES for one in table.items.all())
