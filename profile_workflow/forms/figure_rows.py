"""Rows of a spreadsheet as figures: names of columns, cells, and what is wrong with them."""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profile_workflow.forms.figures import FigureFields, FigureForm
from profile_workflow.forms.numbers import read_number, show_number
from profile_workflow.models import DataItem, Profile
from profile_workflow.sheets.shapes import NO_RESULT

MOST_ROWS = 300

_ENDS = re.compile(r"(.*\d)\s*[\u2013\u2014]\s*(\S.*)")
#: How spreadsheet programs show that a formula has no result.
_ERROR = re.compile(r"#[A-Z/0]+[!?]?")
_WITHOUT_RESULT = gettext_lazy(
    "“%(value)s” stands where a formula has no result. Open the file in your spreadsheet program "
    "and save it there, or write the value."
)
_YEAR = re.compile(r"(?:1[89]|20|21)\d{2}")
_PER_CENT = ("%", "\u066a")
_PER_CENT_SIGNS = "".join(_PER_CENT)
_NUMBERS = ("value", "value_low", "value_high", "women", "men", "numerator", "denominator")
_CHOICES = ("method", "quality")
_LINKS = ("territory", "definition", "source")
#: Columns in the order in which they are explained.
COLUMNS = (
    "label",
    "value",
    "unit",
    "year",
    "territory",
    "definition",
    "source",
    "page",
    "women",
    "men",
    "value_low",
    "value_high",
    "text",
    "period",
    "numerator",
    "denominator",
    "indicator",
    "method",
    "quality",
    "remark",
)


def is_column(name: str) -> bool:
    """Whether a column may be called so, in any language."""
    return _plain(name) in _names_of_columns()


def column_of(name: str) -> str:
    """Return the column that a name means, or the year that it is; empty if it is neither."""
    return _names_of_columns().get(_plain(name)) or _year_in(name)


@cache
def _names_of_columns() -> dict[str, str]:
    """Return what columns may be called, in any language → the column."""
    return _known(COLUMNS, label_of)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one cell: row as the spreadsheet counts it, column in words."""

    row: int
    column: str
    message: str


@dataclass(slots=True)
class Pasted:
    """A table as it was read.

    Attributes:
        columns: Fields in the order of the columns; empty for one that is not known.
        named: What the columns are called in the table.
        rows: The cells as they were copied, with the number of their row.
        figures: What is to be stored, one for each row without a fault.
        faults: What is wrong, by row and column.
        problem: What is wrong with the table as a whole.
    """

    columns: list[str] = field(default_factory=list)
    named: list[str] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    figures: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    problem: str = ""

    @property
    def is_sound(self) -> bool:
        """Whether all of it can be stored."""
        return bool(self.figures) and not self.faults and not self.problem

    @property
    def heads(self) -> list[str]:
        """The columns in words; one that is not known as it is called in the table."""
        both = zip(self.columns, self.named, strict=True)
        return [label_of(name) if name else named for name, named in both]


def label_of(name: str) -> str:
    """Return the name of a column in the language in force; that of a year is the year."""
    if name.isdecimal():
        return name
    return capfirst(str(FigureForm.base_fields[name].label))


def cell_of(figure: DataItem, name: str) -> str | int | Decimal | None:
    """Return what a file holds of a figure in a column: what reading the file again understands."""
    value = getattr(figure, name)
    if name in _CHOICES:
        return str(getattr(figure, f"get_{name}_display")())
    if name in _LINKS:
        return getattr(value, "key" if name == "source" else "code", None)
    return Decimal(f"{value.normalize():f}") if isinstance(value, Decimal) else value


def read_table(text: str, *, mark: str, profile: Profile) -> Pasted:
    """Read copied cells: names of columns first, then one figure a row, or one for each year.

    Args:
        text: Cells apart by tabulators, as spreadsheets copy them.
        mark: The decimal mark of its numbers.
        profile: Whose territories, definitions and sources the cells name.

    Returns:
        What was read, with everything that is wrong. Reading never fails.
    """
    try:
        lines = list(csv.reader(io.StringIO(text), delimiter="\t"))
    except csv.Error:
        return Pasted(problem=_("This could not be read as cells of a spreadsheet."))
    filled = [(number, row) for number, row in enumerate(lines, 1) if any(map(str.strip, row))]
    if len(filled) < 2:
        return Pasted(problem=_("There is no row below the names of the columns."))
    found = Pasted(rows=filled[1:])
    _read_heads(found, filled[0][1])
    if len(found.rows) * max(1, len(_years(found.columns))) > MOST_ROWS:
        return Pasted(
            problem=_("At most %(most)s rows can be saved at once.") % {"most": MOST_ROWS}
        )
    if not found.problem:
        reader = _Reader(mark, profile)
        for number, cells in found.rows:
            reader.read(found, number, cells)
    return found


def _read_heads(found: Pasted, heads: Sequence[str]) -> None:
    found.named = [head.strip() for head in heads]
    found.columns = [column_of(head) for head in heads]
    strange = [head for head, name in zip(heads, found.columns, strict=True) if not name]
    needed = [name for name in ("label", "unit") if name not in found.columns]
    # A column that is named by a year says what value and year there are.
    said = [*found.columns, *(("value", "year") if _years(found.columns) else ())]
    twice = {name for name in said if said.count(name) > 1}
    if strange:
        words = ", ".join(f"“{head}”" for head in strange)
        found.problem = _("These columns are not known: %(columns)s.") % {"columns": words}
    elif needed:
        words = ", ".join(label_of(name) for name in needed)
        found.problem = _("These columns are missing: %(columns)s.") % {"columns": words}
    elif twice:
        words = ", ".join(label_of(name) for name in sorted(twice))
        found.problem = _("These columns occur twice: %(columns)s.") % {"columns": words}


def _year_in(head: str) -> str:
    """Return the year that names a column, in our digits; empty if none does."""
    digits = "".join(str(unicodedata.decimal(one, one)) for one in head.strip())
    return digits if _YEAR.fullmatch(digits) else ""


def _years(columns: Sequence[str]) -> list[int]:
    """Return the places of the columns that are named by a year."""
    return [place for place, name in enumerate(columns) if name.isdecimal()]


def _by_year(
    columns: Sequence[str], cells: Sequence[str]
) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
    """Yield a row as it is, or once for each year: the year, the columns, their cells."""
    years = _years(columns)
    if not years:
        yield "", columns, cells
        return
    full = [*cells, *[""] * len(columns)][: len(columns)]
    others = [place for place in range(len(columns)) if place not in years]
    for place in years:
        names = [*(columns[one] for one in others), "value", "year"]
        yield columns[place], names, [*(full[one] for one in others), full[place], columns[place]]


def _known(names: Iterable[str], label: Callable[[str], str]) -> dict[str, str]:
    """Return what a name may be called, in any of the languages → the name."""
    several = list(names)
    known = {_plain(name): name for name in several}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            known |= {_plain(label(name)): name for name in several}
    return known


def _plain(words: object) -> str:
    return " ".join(str(words).replace("_", " ").split()).casefold()


class RowForm(FigureFields):
    """One row: what it names was looked up already, and asks nothing of the database."""


class _Reader:
    """Reads rows with what the profile knows: fetched once for all of them."""

    def __init__(self, mark: str, profile: Profile) -> None:
        self._mark = mark
        self._profile = profile
        self._links: dict[str, dict[str, Any]] = {
            "territory": _by_names(profile.territories.all(), "code", "name"),
            "definition": _by_names(profile.definitions.all(), "code", "term"),
            "source": _by_names(profile.sources.all(), "key"),
        }
        self._choices = {
            name: _known((code for code, _l in _choices(name)), lambda c, n=name: _label(n, c))  # type: ignore[misc]
            for name in _CHOICES
        }

    def read(self, found: Pasted, number: int, cells: Sequence[str]) -> None:
        """Read one row into what was found."""
        faults: list[Fault] = []
        for year, columns, values in _by_year(found.columns, cells):
            figure, wrong = self._figure(columns, values)
            names = {"value": year or "value"}
            faults += [Fault(number, label_of(names.get(one, one)), wrong[one]) for one in wrong]
            if not wrong:
                found.figures.append(figure)
        if any(cell.strip() for cell in cells[len(found.columns) :]):
            said = _("The row has more cells than there are columns.")
            faults.append(Fault(number, label_of("label"), said))
        # What is wrong with the row as a whole is wrong for each of its years.
        found.faults += dict.fromkeys(faults)

    def _figure(
        self, columns: Sequence[str], cells: Sequence[str]
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """Return the figure that cells make, and what is wrong with it, by column."""
        given: dict[str, str] = {}
        links: dict[str, Any] = {}
        faults: dict[str, str] = {}
        for name, cell in zip(columns, cells, strict=False):
            text = cell.strip()
            if not text:
                continue
            try:
                self._read_cell(name, text, given, links)
                if name in _NUMBERS and text.endswith(_PER_CENT):
                    _check_unit(given, columns, cells)
            except ValidationError as error:
                faults[name] = error.messages[0]
        form = RowForm(given, profile=self._profile)
        for name, messages in form.errors.items():
            faults.setdefault(name, " ".join(map(str, messages)))
        return ({} if faults else {**form.entered, **links}), faults

    def _read_cell(
        self, name: str, text: str, given: dict[str, str], links: dict[str, Any]
    ) -> None:
        if text == NO_RESULT or _ERROR.fullmatch(text):
            raise ValidationError(_WITHOUT_RESULT, params={"value": text}, code="formula")
        if name in _LINKS:
            links[name] = self._linked(name, text)
        elif name == "value" and (ends := _ENDS.fullmatch(text)):
            given["value_low"], given["value_high"] = self._number(ends[1]), self._number(ends[2])
        elif name in _NUMBERS:
            given[name] = self._number(text)
        elif name in _CHOICES:
            given[name] = self._choices[name].get(_plain(text), text)
        else:
            given[name] = text

    def _linked(self, name: str, text: str) -> Any:
        row = self._links[name].get(_plain(text.removeprefix("[@").removesuffix("]")))
        if row is None:
            raise ValidationError(
                _("“%(value)s” is not registered."), params={"value": text}, code="unknown"
            )
        return row

    def _number(self, text: str) -> str:
        try:
            return show_number(read_number(text.rstrip(_PER_CENT_SIGNS).strip(), self._mark))
        except ValueError:
            raise ValidationError(
                _("“%(value)s” is not a number. Words belong into the column “%(column)s”."),
                params={"value": text, "column": label_of("text")},
            ) from None


def _check_unit(given: dict[str, str], columns: Sequence[str], cells: Sequence[str]) -> None:
    """Let a number in per cent have no other unit; where none is given, that is the unit.

    Raises:
        ValidationError: If the unit is another one.
    """
    unit = dict(zip(columns, cells, strict=False)).get("unit", "").strip()
    if unit and unit not in _PER_CENT:
        raise ValidationError(
            _("The cell is in per cent, but the unit is “%(unit)s”."),
            params={"unit": unit},
            code="unit",
        )
    given.setdefault("unit", "%")


def _choices(name: str) -> Sequence[tuple[str, Any]]:
    return [one for one in cast("Any", DataItem._meta.get_field(name)).choices if one[0]]  # noqa: SLF001 - Django's own API


def _label(name: str, code: str) -> str:
    return str(dict(_choices(name))[code])


def _by_names(rows: Iterable[Any], *names: str) -> dict[str, Any]:
    return {_plain(getattr(row, name)): row for row in rows for name in names}
