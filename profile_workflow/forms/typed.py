"""A table typed in a text as a data table: what its columns mean, its key, title and unit."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profile_workflow import markup
from profile_workflow.forms.entries import placed_key
from profile_workflow.forms.figure_rows import Fault, column_of, label_of, read_table
from profile_workflow.forms.numbers import decimal_mark
from profile_workflow.forms.renderer import StyledForm
from profile_workflow.markup import MAX_TABLE_COLUMNS, MAX_TABLE_ROWS, TypedTable
from profile_workflow.models import Profile

_CITATION = re.compile(r"\[@([^\],;]+)(?:,\s*(?:pp?\.|S\.|ص\.?)?\s*([^\];]*))?\]")
_VALUE = "value"
_MORE = gettext_lazy(
    "It holds a citation, a note, a reference or a link, for which a data table has no place. "
    "Put it into the text, or into a column “%(column)s” if it is the source of the row."
)


class WhichTableForm(forms.Form):
    """Which typed table a form was sent for, and in which text; each of it may be missing."""

    begin = forms.IntegerField(required=False)
    base_version = forms.IntegerField(required=False)
    caption = forms.CharField(required=False, strip=False)

    @property
    def told(self) -> dict[str, Any]:
        """What of it can be read."""
        self.is_valid()
        return self.cleaned_data


class TypedTableForm(StyledForm):
    """What a typed table lacks to be a data table; the cells are read from the text itself."""

    begin = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    base_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    caption = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=200,
        help_text=gettext_lazy("Printed above the table, with place and year."),
    )
    key = forms.CharField(
        label=gettext_lazy("Key"),
        max_length=20,
        help_text=gettext_lazy("The text places the table by it: [[table:4-A]]."),
        widget=forms.TextInput(attrs={"dir": "ltr"}),
    )
    unit = forms.CharField(
        label=gettext_lazy("Unit"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("Of all its numbers, e.g. people; empty if a column tells it."),
    )
    decimal = forms.ChoiceField(
        label=gettext_lazy("Decimal mark"),
        help_text=gettext_lazy("How the numbers of the table are written."),
        choices=[(".", gettext_lazy("point: 1,234.5")), (",", gettext_lazy("comma: 1.234,5"))],
    )

    def __init__(self, *args: Any, profile: Profile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The table is written in the language of the text, whoever reads it.
        self.fields["decimal"].initial = decimal_mark(profile.language)

    def clean_key(self) -> str:
        """Return the key, if the text can place a table by it."""
        return placed_key(str(self.cleaned_data["key"]))


@dataclass(frozen=True, slots=True)
class CellFault:
    """What is wrong with one cell of a typed table: its row and its column as they are named."""

    row: str
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A typed table as the register would take it, whole or not at all.

    Attributes:
        figures: Fields of ``DataItem`` for each figure.
        says_source: Whether the figures say what the source line below the table says.
        faults: What is wrong, by row and column.
        problem: What is wrong with the table as a whole.
    """

    figures: Sequence[Mapping[str, Any]] = ()
    says_source: bool = False
    faults: Sequence[CellFault] = ()
    problem: str = ""

    @property
    def is_sound(self) -> bool:
        """Whether nothing of the table would be lost."""
        return bool(self.figures) and not self.faults and not self.problem


def read_typed(table: TypedTable, *, unit: str, mark: str, profile: Profile) -> Reading:
    """Read a typed table as figures. Reading never fails.

    The first column names what is counted, unless it says something known or another one does.
    Columns that are known say what they say; each other one holds values: of a year, or of what
    its name says.

    Args:
        table: The table.
        unit: Unit of its numbers, if no column tells it.
        mark: The decimal mark of its numbers.
        profile: Whose territories, definitions and sources the cells name.
    """
    columns = [column_of(name) for name in table.rows[0]]
    if "label" not in columns and not columns[0]:
        columns[0] = "label"
    if problem := _problem(table, columns):
        return Reading(problem=problem)
    if faults := list(_unreadable(table, columns)):
        return Reading(faults=faults)
    source, page = _source_of_all(table, columns, profile)
    given = {"unit": unit} if "unit" not in columns else {}
    given |= {"source": source} if source else {}
    given |= {"page": page} if page else {}
    melted = [one for row in _rows(table, columns) for one in _figures(table, row, unit)]
    found = read_table(
        _cells([{**one.said, **given} for one in melted]), mark=mark, profile=profile
    )
    faults = list(dict.fromkeys(_as_typed(fault, melted) for fault in found.faults))
    return Reading(found.figures, bool(source), faults, found.problem)


# What cannot be taken over whole


def _problem(table: TypedTable, columns: Sequence[str]) -> str:
    """Return why a table as a whole cannot be taken over; empty if it can."""
    if table.is_too_large:
        said = _(
            "A text shows at most %(rows)s rows and %(columns)s columns of a table; "
            "this one is larger."
        )
        return said % {"rows": MAX_TABLE_ROWS, "columns": MAX_TABLE_COLUMNS}
    if markup.holds_more(table.typed_caption):
        return _(
            "The caption holds a citation, a note, a reference or a link, for which a data table "
            "has no place. Put it into the text."
        )
    if table.prose:
        said = _("“%(line)s” counts as a row of the table. Put a blank line before it.")
        return said % {"line": table.prose[0]}
    named = zip(table.rows[0], columns, strict=True)
    twice = [title for title, name in named if name and columns.count(name) > 1]
    if twice:
        words = ", ".join(dict.fromkeys(twice))
        return _("These columns occur twice: %(columns)s.") % {"columns": words}
    return _clash(table, columns)


def _clash(table: TypedTable, columns: Sequence[str]) -> str:
    """Return which columns would say the same of a figure, or nothing at all."""
    head = table.rows[0]
    values = [place for place, name in enumerate(columns) if _is_value(name)]
    said = [_VALUE, "text"] if values else []
    said += ["year"] if any(columns[place] for place in values) else []
    clashing = [head[columns.index(name)] for name in said if name in columns]
    if clashing:
        told = _(
            "The column “%(column)s” stands beside columns of values (%(values)s): a figure cannot "
            "hold both. Rename the column, or make two tables of it."
        )
        words = ", ".join(f"“{head[place]}”" for place in values)
        return told % {"column": clashing[0], "values": words}
    empty = [head[place] for place in values if not any(row[place] for row in table.rows[1:])]
    if empty and len(table.rows) > 1:
        told = _("The column “%(column)s” holds nothing. Fill it, or take it out of the table.")
        return told % {"column": empty[0]}
    return ""


def _is_value(name: str) -> bool:
    """Whether a column holds values: of a year, or of something that is not known."""
    return not name or name.isdecimal()


def _unreadable(table: TypedTable, columns: Sequence[str]) -> Iterator[CellFault]:
    """Yield the cells that hold more than their words, and those behind the last column."""
    head = table.rows[0]
    for number, (words, typed) in enumerate(zip(table.rows, table.typed_rows, strict=True)):
        row = _name_of(words, columns) if number else ""
        for title, name, cell in zip(head, columns, typed, strict=False):
            if markup.holds_more(cell) and (name != "source" or not number):
                yield CellFault(row, title, _MORE % {"column": label_of("source")})
        for cell in typed[len(head) :]:
            yield CellFault(row, cell, _("The row has more cells than there are columns."))


def _name_of(words: Sequence[str], columns: Sequence[str]) -> str:
    """Return what a row is called: its label, or else the first words that it has."""
    label = words[columns.index("label")] if "label" in columns else ""
    return label or next(filter(None, words), "")


# What a row says


def _source_of_all(table: TypedTable, columns: Sequence[str], profile: Profile) -> tuple[str, str]:
    """Return key and page of the source that the line below a table names, if it says no more.

    Otherwise nothing: then the line stays in the text, so that no word of it is lost.
    """
    _start, _colon, said = table.source.partition(":")
    key, page = _cited(said.strip().rstrip("."))
    is_free = "source" not in columns and not (page and "page" in columns)
    is_known = bool(key) and is_free and profile.sources.filter(key=key).exists()
    return (key, page) if is_known else ("", "")


def _cited(said: str) -> tuple[str, str]:
    """Return key and page, if nothing but one source is cited."""
    found = _CITATION.fullmatch(said)
    is_one = found is not None and len(markup.cited_keys(said)) == 1
    return (found[1].strip(), (found[2] or "").strip()) if found and is_one else ("", "")


@dataclass(frozen=True, slots=True)
class _Row:
    """A row: what it says in known columns, and what its columns of values hold."""

    name: str
    said: Mapping[str, str]
    values: Sequence[tuple[str, str, str]]
    heads: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Melted:
    """What becomes one figure, and where it stands: the row, and the column of each field."""

    row: str
    said: Mapping[str, str]
    heads: Mapping[str, str]


def _rows(table: TypedTable, columns: Sequence[str]) -> Iterator[_Row]:
    head = table.rows[0]
    heads = {name: title for title, name in zip(head, columns, strict=True) if name and title}
    for words, typed in zip(table.rows[1:], table.typed_rows[1:], strict=True):
        cells = list(zip(head, columns, words, strict=True))
        said = {name: cell for _head, name, cell in cells if not _is_value(name)}
        if "source" in said:
            said |= _row_source(typed[columns.index("source")], said)
        values = [one for one in cells if _is_value(one[1])]
        if any(words) or any(said.values()):
            yield _Row(_name_of(words, columns), said, values, heads)


def _row_source(typed: str, said: Mapping[str, str]) -> dict[str, str]:
    """Return the source of a row: cited, named by its key, or as it is typed."""
    key, page = _cited(typed)
    if key and not (page and "page" in said):
        return {"source": key, **({"page": page} if page else {})}
    return {"source": typed} if markup.holds_more(typed) else {}


def _figures(table: TypedTable, row: _Row, unit: str) -> Iterator[_Melted]:
    """Yield what a row says: once, or once for each of its columns of values."""
    filled = [one for one in row.values if one[2]]
    if not filled:
        yield _Melted(row.name, row.said, row.heads)
    # What the title or the unit says already need not be said again of the only column.
    known = {_plain(unit), _plain(table.caption)} if len(row.values) == 1 else set()
    for title, name, cell in filled:
        # A dash or a word is no number, but says why there is none.
        where = _VALUE if any(map(str.isdigit, cell)) else "text"
        about = {"year": name} if name else {}
        label = _label(row.said.get("label", ""), "" if name or _plain(title) in known else title)
        here = dict.fromkeys((where, "value_low", "value_high", *about), title)
        said = {**row.said, "label": label or title, where: cell, **about}
        yield _Melted(row.name, said, {**here, **row.heads})


def _plain(words: str) -> str:
    return " ".join(words.split()).casefold()


def _label(row: str, column: str) -> str:
    return ": ".join(filter(None, (row, column)))


def _cells(figures: Sequence[Mapping[str, str]]) -> str:
    """Return figures as the cells of a spreadsheet, from which figures are read."""
    names = list(dict.fromkeys(name for one in figures for name in one))
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(names)
    writer.writerows([one.get(name, "") for name in names] for one in figures)
    return out.getvalue()


def _as_typed(fault: Fault, melted: Sequence[_Melted]) -> CellFault:
    """Return a fault with the row and the column that it has in the typed table."""
    where = melted[fault.row - 2]
    heads = {label_of(name): title for name, title in where.heads.items()}
    return CellFault(where.row, heads.get(fault.column) or fault.column, fault.message)
