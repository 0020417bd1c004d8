"""Opening an ``.xlsx`` that somebody sent: a ZIP of XML that may be an attack, read within limits.

Formulas are not computed: what counts is the result that the file keeps. Macros, links to other
files and pictures are not looked at. Nothing is unpacked to disk.
"""

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string, range_boundaries

from profile_workflow.errors import InvalidInput
from profile_workflow.sheets.shapes import (
    MOST_COLUMNS,
    MOST_ENTRIES,
    MOST_IN_CELL,
    MOST_LETTERS,
    MOST_RATIO,
    MOST_ROWS,
    MOST_SHEETS,
    MOST_UNPACKED,
    NO_RESULT,
    Cell,
    Sheet,
)

_DAMAGED = gettext_lazy(
    "This file is damaged or is not an Excel workbook. Open it in your spreadsheet program and "
    "save it again as .xlsx."
)
_TOO_LARGE = gettext_lazy(
    "This workbook holds more than a table of a profile can. Copy the table into a workbook of its "
    "own, and send that."
)
#: From this size on it counts how tightly a part is packed.
_WORTH_CHECKING = 1_000_000
_BROKEN = (
    *(zipfile.BadZipFile, ElementTree.ParseError, KeyError, ValueError, TypeError, IndexError),
    *(AttributeError, EOFError, NotImplementedError, RuntimeError, OverflowError, AssertionError),
)
#: What a format of numbers prints as it stands.
_LITERAL = re.compile(r'"[^"]*"|\\.')
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def read_workbook(content: bytes) -> list[Sheet]:
    """Read the visible sheets that have something in them.

    Raises:
        InvalidInput: If it is no workbook, or too large, or has no cell that is filled; with a
            sentence on what to do.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            _check(archive)
            sheets = list(_sheets(content, archive))
    except _BROKEN as error:
        raise InvalidInput(_DAMAGED) from error
    if not sheets:
        raise InvalidInput(_("This workbook has no visible sheet with anything in it."))
    if sum(one.letters for one in sheets) > MOST_LETTERS:
        raise InvalidInput(_TOO_LARGE)
    return sheets


def _check(archive: zipfile.ZipFile) -> None:
    """Refuse what would burn memory or time, or is something else than a workbook."""
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES or sum(one.file_size for one in entries) > MOST_UNPACKED:
        raise InvalidInput(_TOO_LARGE)
    for one in entries:
        if one.file_size > max(_WORTH_CHECKING, MOST_RATIO * one.compress_size):
            raise InvalidInput(_TOO_LARGE)
    names = {one.filename for one in entries}
    if len(names) < len(entries):
        raise InvalidInput(_DAMAGED)
    if "xl/workbook.bin" in names or "[Content_Types].xml" not in names:
        raise InvalidInput(
            _("This is not an .xlsx file. Open it in your spreadsheet program and save it as one.")
        )
    for one in entries:
        if one.filename.lower().endswith((".xml", ".rels")):
            _check_xml(archive, one)


def _check_xml(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Refuse a part that declares a document type, or hides it in another encoding."""
    with archive.open(entry) as part:
        content = part.read()
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content or b"\x00" in content:
        raise InvalidInput(_DAMAGED)


def _sheets(content: bytes, archive: zipfile.ZipFile) -> Iterator[Sheet]:
    book = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        visible = [one for one in book.worksheets if one.sheet_state == "visible"]
        for one in visible[:MOST_SHEETS]:
            with archive.open(one._worksheet_path) as part:  # noqa: SLF001 - it has no public name
                layout = _layout(part)
            sheet = Sheet(str(one.title), _cells(one), [])
            _apply(layout, sheet)
            sheet.trim()
            if sheet.rows:
                yield sheet
    finally:
        book.close()


def _cells(sheet: Any) -> list[list[Cell]]:
    """Return the results of a sheet; what it says of its own size is not believed."""
    sheet.reset_dimensions()
    several = sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS)
    return [[_cell(one) for one in row] for row in several]


def _cell(cell: Any) -> Cell:
    value = cell.value
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value).upper()
    if isinstance(value, int | float):
        return _number(value, str(cell.number_format or ""))
    if isinstance(value, datetime):
        is_day = value.time() == time()
        return value.date().isoformat() if is_day else value.isoformat(" ", "minutes")
    if isinstance(value, date | time | timedelta):
        return str(value)
    return str(value).strip()[:MOST_IN_CELL]


def _number(value: float, shown_as: str) -> Cell:
    """Return a number as the program shows it: fifteen digits, per cent times a hundred."""
    number = Decimal(f"{value:.15g}")
    if not number.is_finite():
        return NO_RESULT
    if "%" in _LITERAL.sub("", shown_as):
        return f"{_plain(number * 100)}%"
    return number


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


# What the reader of openpyxl does not tell


@dataclass(slots=True)
class _Layout:
    """How a sheet is laid out; rows and columns count from 1.

    Attributes:
        hidden_rows, hidden_columns: What is not seen.
        without_result: Cells with a formula whose result the file does not keep.
        merged: First and last row of merged cells, and their first and last column.
        last_row: The last row there is.
    """

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    without_result: list[tuple[int, int]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    last_row: int = 0


def _layout(part: Any) -> _Layout:
    found = _Layout()
    # A document type was looked for before; nothing that could be expanded is left.
    for _event, element in ElementTree.iterparse(part):  # noqa: S314
        name = str(element.tag).rpartition("}")[2]
        take = _TAKES.get(name)
        if take is not None:
            take(found, element)
        if name in {"row", "col", "mergeCell"}:
            element.clear()
    return found


def _take_row(found: _Layout, row: Any) -> None:
    number = int(row.get("r") or found.last_row + 1)
    found.last_row = number
    if row.get("hidden") in {"1", "true"} and number <= MOST_ROWS:
        found.hidden_rows.add(number)
    for cell in row if number <= MOST_ROWS else ():
        parts = {str(one.tag).rpartition("}")[2]: one for one in cell}
        result = parts.get("v")
        if "f" in parts and (result is None or not result.text):
            reference = _REFERENCE.fullmatch(cell.get("r") or "")
            if reference:
                found.without_result.append((number, column_index_from_string(reference[1])))


def _take_column(found: _Layout, column: Any) -> None:
    if column.get("hidden") in {"1", "true"}:
        last = min(int(column.get("max")), MOST_COLUMNS)
        found.hidden_columns.update(range(int(column.get("min")), last + 1))


def _take_merged(found: _Layout, merged: Any) -> None:
    left, top, right, bottom = range_boundaries(merged.get("ref"))
    if top <= MOST_ROWS and left <= MOST_COLUMNS:
        found.merged.append((top, min(bottom, MOST_ROWS), left, min(right, MOST_COLUMNS)))


_TAKES: dict[str, Callable[[_Layout, Any], None]] = {
    "row": _take_row,
    "col": _take_column,
    "mergeCell": _take_merged,
}


def _apply(layout: _Layout, sheet: Sheet) -> None:
    """Show a sheet as its author sees it, and say what that leaves out."""
    _fill_merged(layout, sheet)
    _mark_without_result(layout, sheet)
    hidden = sum(_is_filled(sheet, row) for row in layout.hidden_rows)
    for number, row in enumerate(sheet.rows, 1):
        for column in range(1, len(row) + 1):
            if number in layout.hidden_rows or column in layout.hidden_columns:
                row[column - 1] = ""
    if hidden:
        sheet.remarks.append(
            ngettext(
                "%(number)s hidden row was left out.",
                "%(number)s hidden rows were left out.",
                hidden,
            )
            % {"number": hidden}
        )
    if layout.hidden_columns:
        sheet.remarks.append(_("Hidden columns were left out."))
    if layout.last_row > MOST_ROWS:
        sheet.remarks.append(_("Only the first %(most)s rows were read.") % {"most": MOST_ROWS})


def _is_filled(sheet: Sheet, number: int) -> bool:
    return number <= len(sheet.rows) and any(sheet.rows[number - 1])


def _fill_merged(layout: _Layout, sheet: Sheet) -> None:
    """Let what stands in merged cells stand in each of their rows, in the first column."""
    filled = False
    for top, bottom, left, _right in layout.merged:
        value = _at(sheet, top, left)
        for number in range(top + 1, min(bottom, len(sheet.rows)) + 1):
            if value != "":
                _put(sheet, number, left, value)
                filled = True
    if filled:
        sheet.remarks.append(
            _("Some cells are merged: what they say was taken for each of their rows.")
        )


def _mark_without_result(layout: _Layout, sheet: Sheet) -> None:
    marked = 0
    for row, column in layout.without_result:
        if _at(sheet, row, column) == "" and column <= MOST_COLUMNS:
            _put(sheet, row, column, NO_RESULT)
            marked += 1
    if marked:
        sheet.remarks.append(
            ngettext(
                "%(number)s cell holds a formula without its result. Open the file in your "
                "spreadsheet program and save it there, or write the value.",
                "%(number)s cells hold formulas without their results. Open the file in your "
                "spreadsheet program and save it there, or write the values.",
                marked,
            )
            % {"number": marked}
        )


def _at(sheet: Sheet, row: int, column: int) -> Cell:
    if row > len(sheet.rows) or column > len(sheet.rows[row - 1]):
        return ""
    return sheet.rows[row - 1][column - 1]


def _put(sheet: Sheet, row: int, column: int, value: Cell) -> None:
    while len(sheet.rows) < row:
        sheet.rows.append([])
    cells = sheet.rows[row - 1]
    cells.extend([""] * (column - len(cells)))
    cells[column - 1] = value
