"""What a correction changed, page by page, with its fields named in the language of the reader."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from django.core.paginator import Page, Paginator
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from profile_workflow.models import Challenge, DataTable, Priority
from profile_workflow.states import ChartKind
from reports.editions import Changes, EntryChange, SectionChange, TableChange

#: Characters of changed text after which another page begins.
CHARACTERS_A_PAGE = 60_000
#: Figures of a table that are told; all of them stand in the files of the two versions.
MOST_FIGURES = 100
#: Characters of a field that are told.
MOST_CHARACTERS = 1_500

Row = tuple[str, str, str]
Item = SectionChange | TableChange | EntryChange


@dataclass(frozen=True, slots=True)
class TableTold:
    """A table that changed.

    Attributes:
        rows: What changed: name, before, now.
        left_out: How many figures that changed are not among them.
    """

    file: str
    title: str
    what: str
    rows: Sequence[Row]
    left_out: int


@dataclass(frozen=True, slots=True)
class EntryTold:
    """A challenge or a priority that changed: what it is called, and its fields."""

    kind: str
    name: str
    what: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Told:
    """One page of what a correction changed."""

    page: "Page[list[Item]]"
    sections: Sequence[SectionChange]
    tables: Sequence[TableTold]
    entries: Sequence[EntryTold]


def told(changes: Changes, *, page: int) -> Told:
    """Return a page of what a correction changed; at least one thing stands on each."""
    items: list[Item] = [*changes.sections, *changes.tables, *changes.entries]
    shown = Paginator(list(_packed(items)), 1).get_page(page)
    several = [one for pack in shown.object_list for one in pack]
    return Told(
        page=shown,
        sections=[one for one in several if isinstance(one, SectionChange)],
        tables=[_table(one) for one in several if isinstance(one, TableChange)],
        entries=[_entry(one) for one in several if isinstance(one, EntryChange)],
    )


def _packed(items: Iterable[Item]) -> Iterator[list[Item]]:
    pack: list[Item] = []
    size = 0
    for one in items:
        weight = _weight(one)
        if pack and size + weight > CHARACTERS_A_PAGE:
            yield pack
            pack, size = [], 0
        pack.append(one)
        size += weight
    if pack:
        yield pack


def _weight(one: Item) -> int:
    """Return about how many characters a thing fills, its marks included."""
    if isinstance(one, SectionChange):
        return len(one.html)
    rows = _rows_of(one)
    return sum(200 + sum(min(len(part), MOST_CHARACTERS) for part in row) for row in rows)


def _rows_of(one: TableChange | EntryChange) -> Sequence[Row]:
    return (*one.about, *one.rows[:MOST_FIGURES]) if isinstance(one, TableChange) else one.rows


def _table(one: TableChange) -> TableTold:
    about = [
        (label, _chart(before), _chart(now)) if name == "chart" else (label, before, now)
        for name, before, now in one.about
        for label in [_label(DataTable, name)]
    ]
    rows = [_cut(row) for row in (*about, *one.rows[:MOST_FIGURES])]
    return TableTold(one.file, one.title, one.what, rows, max(0, len(one.rows) - MOST_FIGURES))


def _chart(code: str) -> str:
    return str(ChartKind(code).label) if code in ChartKind.values else code


def _entry(one: EntryChange) -> EntryTold:
    is_challenge = one.kind == "challenge"
    label = partial(_label, Challenge if is_challenge else Priority)
    rows = [_cut((label(name), before, now)) for name, before, now in one.rows]
    kind = _("Challenge") if is_challenge else _("Priority")
    return EntryTold(kind, one.name, one.what, rows)


def _label(model: type[Challenge | DataTable | Priority], name: str) -> str:
    names = {one.name: one.verbose_name for one in model._meta.fields}  # noqa: SLF001
    names |= {one.name: one.verbose_name for one in model._meta.many_to_many}  # noqa: SLF001
    return str(capfirst(names[name]))


def _cut(row: Row) -> Row:
    name, before, now = row
    return name, _short(before), _short(now)


def _short(text: str) -> str:
    return text if len(text) <= MOST_CHARACTERS else text[:MOST_CHARACTERS] + "…"
