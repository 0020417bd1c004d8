"""Rows of the register as its pages show them: with where they are used and what may be done."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.text import capfirst

from profile_workflow.models import DataItem, DataTable, Profile, Section, Source, User
from profile_workflow.queries.evidence import Entry, Uses
from profile_workflow.services.keeping import (
    refusal_to_change,
    refusal_to_register,
    refusal_to_remove,
)
from profile_workflow.services.ordering import order_mark
from profile_workflow.states import SETTLED_DATA_STATES
from profile_workflow.web.reading import figure_in_words


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """An entry with the sections that use it, and whether the reader may change or remove it."""

    entry: Any
    sections: Sequence[Section]
    may_change: bool
    may_remove: bool


def rows_of(
    entries: Iterable[Entry], *, viewer: User, uses: Uses, shown: Uses
) -> list[RegisterRow]:
    """Return entries as rows.

    Args:
        entries: The entries.
        viewer: Who reads.
        uses: What rests on them, by which it is judged whether they may be changed.
        shown: What of it the reader may see.
    """
    return [
        RegisterRow(
            one,
            shown.sections_citing(one),
            refusal_to_change(one, viewer, uses) is None,
            refusal_to_remove(one, viewer, uses) is None,
        )
        for one in entries
    ]


def in_words(one: Source, other: Source, name: str) -> tuple[str, str, str]:
    """Return the label of a field and what two sources say in it, in words."""
    field: Any = Source._meta.get_field(name)  # noqa: SLF001 - Django's own API
    return capfirst(str(field.verbose_name)), _said(one, name), _said(other, name)


def _said(source: Source, name: str) -> str:
    value = source.get_kind_display() if name == "kind" else getattr(source, name)
    return date_format(value) if isinstance(value, date) else str(value or "")


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A figure with its value in words, and what it lacks."""

    item: DataItem
    value: str
    is_settled: bool
    is_unsourced: bool


def figure_rows(table: DataTable) -> list[FigureRow]:
    """Return the figures of a table, which were fetched with it, in their order."""
    return [
        FigureRow(
            one,
            figure_in_words(one),
            one.state in SETTLED_DATA_STATES,
            one.has_value and not one.is_sourced,
        )
        for one in table.items.all()
    ]


@dataclass(frozen=True, slots=True)
class TableRow:
    """A table with how many figures it has, how many are settled, and how many lack evidence."""

    table: DataTable
    figures: int
    settled: int
    unsourced: int


@dataclass(frozen=True, slots=True)
class SectionTables:
    """A section with its tables.

    Attributes:
        may_register: Whether the reader may add tables, and order them.
    """

    section: Section
    tables: list[TableRow]
    may_register: bool

    @property
    def may_shift(self) -> bool:
        """Whether the reader may order the tables, and there is something to order."""
        return self.may_register and len(self.tables) > 1

    @property
    def order(self) -> str:
        """The mark of their order."""
        return order_mark([row.table for row in self.tables])


def tables_by_section(
    tables: Iterable[DataTable], profile: Profile, *, viewer: User
) -> list[SectionTables]:
    """Return every section that has tables, in their order."""
    found: dict[int, SectionTables] = {}
    for table in tables:
        rows = figure_rows(table)
        group = found.get(table.section_id)
        if group is None:
            may = refusal_to_register(profile, viewer, table.section) is None
            group = found[table.section_id] = SectionTables(table.section, [], may)
        settled, lacking = (sum(getattr(row, name) for row in rows) for name in _COUNTED)
        group.tables.append(TableRow(table, len(rows), settled, lacking))
    return list(found.values())


_COUNTED = ("is_settled", "is_unsourced")
