"""What stands beside a text that is being written: its draft, who writes, what it can refer to."""

from dataclasses import dataclass
from datetime import datetime

from profile_workflow.models import (
    DataTable,
    Draft,
    Profile,
    Section,
    Source,
    User,
)


def draft_of(section: Section) -> Draft:
    """Return the working text of a section, with who saved it last and who writes now."""
    return Draft.objects.select_related("saved_by", "editor").get(section=section)


@dataclass(frozen=True, slots=True)
class Writing:
    """Somebody else has the text open for writing."""

    person: User
    since: datetime


def somebody_else(draft: Draft, *, viewer: User, at: datetime) -> Writing | None:
    """Return who else writes at a moment, if anybody does."""
    if draft.editor is None or draft.edited_since is None or draft.edited_until is None:
        return None
    if draft.editor_id == viewer.pk or draft.edited_until <= at:
        return None
    return Writing(draft.editor, draft.edited_since)


@dataclass(frozen=True, slots=True)
class Material:
    """What an author can build on.

    Attributes:
        sources: The whole bibliography of the profile.
        tables: The data tables of the section.
    """

    sources: list[Source]
    tables: list[DataTable]


def material_for(section: Section, profile: Profile) -> Material:
    """Return what the author of a section can build on: two queries."""
    tables = profile.data_tables.filter(section=section).order_by("position", "pk")
    return Material(
        sources=list(profile.sources.order_by("authors", "year", "key")),
        tables=list(tables),
    )
