"""Moving a table that is typed in a text to the register, where it can be shown as a chart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from profile_workflow.markup import Reference, TypedTable, repointed, with_placement
from profile_workflow.models import DataTable, Section
from profile_workflow.models.people import User
from profile_workflow.services import drafting, evidence
from profile_workflow.services.drafting import DraftText


@dataclass(frozen=True, slots=True)
class Moved:
    """What came of a move.

    Attributes:
        table: The data table.
        left: The sections whose texts refer to the typed table and could not be rewritten.
    """

    table: DataTable
    left: Sequence[Section]


@transaction.atomic
def move_to_register(
    section: Section,
    draft: DraftText,
    typed: TypedTable,
    *,
    fields: Mapping[str, str],
    figures: Sequence[Mapping[str, Any]],
    drop_source: bool,
    base_version: int,
    by: User,
    at: datetime,
) -> Moved:
    """Register a typed table with its figures, and let the text place it: all or nothing.

    What refers to the typed table leads to the data table then, in every text of the profile that
    the person may write and nobody else is writing.

    Args:
        section: The section.
        draft: Its working text.
        typed: A table that is typed in it.
        fields: Key and title of the data table.
        figures: Fields of ``DataItem`` for each figure.
        drop_source: Whether the figures say now what the line below the table said.
        base_version: Version of the working text.
        by: Who moves it.
        at: When.

    Raises:
        NotAllowed, NotNow, InvalidInput: As for every entry of the register, and every save.
        StaleEdit: If somebody has saved the text since.
    """
    key = fields["key"]

    def pointing(text: str) -> str:
        meant = Reference("table", section.key, typed.caption)
        return repointed(text, meant, key) if typed.is_meant else text

    text = with_placement(draft.text, typed, key=key, drop_source=drop_source)
    given = replace(draft, text=pointing(text), searched=pointing(draft.searched))
    drafting.save_draft(section, given, base_version=base_version, by=by, at=at)
    left = drafting.rewrite_where_allowed(section.profile, pointing, by=by, at=at)
    table = evidence.add_table(section, by=by, at=at, **fields)
    evidence.add_figures(table, figures, by=by, at=at)
    return Moved(table, left)
