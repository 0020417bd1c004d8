"""Registering what a profile works with: territories, definitions, sources, tables, priorities.

Moving a figure from requested to settled is a move of the engine.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from profile_workflow.errors import InvalidInput, NotAllowed, NotNow
from profile_workflow.models import (
    Acronym,
    Challenge,
    DataItem,
    DataTable,
    Priority,
    Profile,
    Section,
    Source,
    Territory,
    WorkingDefinition,
)
from profile_workflow.models.people import User
from profile_workflow.states import AUTHOR_ROLES, WRITING_STATES, ProfileState, Role

#: Any row of the register.
Row = TypeVar("Row", bound=models.Model)

_WRITERS = (*AUTHOR_ROLES, Role.PROJECT_TEAM)
_PRIORITY_SETTERS = (*AUTHOR_ROLES, Role.FOCAL_POINT, Role.PROJECT_TEAM)


def add_territory(profile: Profile, *, by: User, **fields: Any) -> Territory:
    """Register a boundary in which figures are drawn.

    Raises:
        NotAllowed, NotNow, InvalidInput: As for every entry of the register.
    """
    _check_may_register(profile, by)
    return _store(Territory(profile=profile, **fields))


def add_definition(profile: Profile, *, by: User, **fields: Any) -> WorkingDefinition:
    """Register what the profile means by a word that counts people."""
    _check_may_register(profile, by)
    return _store(WorkingDefinition(profile=profile, **fields))


def add_acronym(profile: Profile, *, by: User, short: str, long: str) -> Acronym:
    """Register an acronym with its long form."""
    _check_may_register(profile, by)
    return _store(Acronym(profile=profile, short=short, long=long))


def add_source(profile: Profile, *, by: User, **fields: Any) -> Source:
    """Register a source, so that the text can cite it."""
    _check_may_register(profile, by)
    return _store(Source(profile=profile, **fields))


def add_table(section: Section, *, by: User, **fields: Any) -> DataTable:
    """Register a table of figures in a section."""
    _check_may_register(section.profile, by)
    return _store(DataTable(profile=section.profile, section=section, **fields))


def add_figure(table: DataTable, *, by: User, **fields: Any) -> DataItem:
    """Register a figure as requested; it is received, confirmed and so on by moves."""
    _check_may_register(table.profile, by)
    figure: DataItem = _store(DataItem(table=table, **fields))
    return figure


def add_challenge(
    profile: Profile, *, by: User, sources: Iterable[Source] = (), **fields: Any
) -> Challenge:
    """Register a challenge with the sources that show it."""
    _check_may_register(profile, by)
    challenge = _store(Challenge(profile=profile, **fields))
    challenge.sources.set(sources)
    return challenge


@transaction.atomic
def set_priorities(
    profile: Profile, priorities: Sequence[Mapping[str, Any]], *, by: User
) -> list[Priority]:
    """Replace the list of priorities while they are being set; ranks follow the order given.

    Args:
        profile: The profile; the list it has is replaced as a whole.
        priorities: Fields of ``Priority``; ``challenges`` and ``sections`` are lists of rows.
        by: Who writes them down.

    Raises:
        NotAllowed: If the person does not take part in setting priorities.
        NotNow: If priorities are not being set now.
    """
    if not profile.roles_of(by).intersection(_PRIORITY_SETTERS):
        raise NotAllowed(_("The focal point and the authors write the priorities down."))
    if profile.state != ProfileState.PRIORITY_SETTING:
        raise NotNow(_("Priorities are written down while they are being set."))
    profile.priorities.all().delete()
    return [_add_priority(profile, rank, one) for rank, one in enumerate(priorities, 1)]


def _add_priority(profile: Profile, rank: int, given: Mapping[str, Any]) -> Priority:
    fields = {key: value for key, value in given.items() if key not in ("challenges", "sections")}
    priority = _store(Priority(profile=profile, rank=rank, **fields))
    priority.challenges.set(given.get("challenges", ()))
    priority.sections.set(given.get("sections", ()))
    return priority


def write_erratum(profile: Profile, text: str, *, by: User) -> None:
    """Write what a correction prints about itself.

    Raises:
        NotAllowed: If the person is not of the project team.
        NotNow: If no correction is open.
    """
    if Role.PROJECT_TEAM not in profile.roles_of(by):
        raise NotAllowed(_("The project team writes the erratum."))
    if profile.state != ProfileState.CORRECTION:
        raise NotNow(_("An erratum is written while a correction is open."))
    profile.erratum = text.strip()
    profile.save(update_fields=["erratum", "state"])


def _check_may_register(profile: Profile, by: User) -> None:
    if not profile.roles_of(by).intersection(_WRITERS):
        raise NotAllowed(_("Only the authors and the project team keep the register."))
    if profile.state not in (*WRITING_STATES, ProfileState.PLANNED):
        raise NotNow(
            _("The register cannot be changed in the state “%(state)s”.")
            % {"state": profile.get_state_display()}
        )


def _store(row: Row) -> Row:
    try:
        with transaction.atomic():
            row.full_clean(exclude=["state"])
            row.save()
    except ValidationError as error:
        raise InvalidInput("; ".join(error.messages)) from error
    except IntegrityError as error:
        raise InvalidInput(_("This entry exists already, or contradicts another one.")) from error
    return row
