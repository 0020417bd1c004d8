"""Tables as files for spreadsheet programs: comma-separated text, and Office Open XML."""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

Cell = str | int | float | Decimal | date | datetime | bool | None

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Signs with which a spreadsheet program takes a text for a formula, the wide ones included.
_FORMULA_SIGNS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
#: Longest text of one cell that spreadsheet programs read.
_LONGEST_CELL = 32_767
_WIDTH_OF_COLUMN = 24


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """Return a table as comma-separated text in UTF-8, to be saved.

    Args:
        name: Name of the file without its ending.
        header: The words over the columns.
        rows: The cells of each row; a text that a program would take for a formula gets an
            apostrophe before it.
    """
    response = attachment(f"{name}.csv", "text/csv; charset=utf-8")
    # The mark without which Excel takes the text for another encoding.
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow([_plain(cell) for cell in header])
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return response


def xlsx_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """Return a table as an Excel workbook with one sheet, to be saved.

    Args:
        name: Name of the file without its ending, and of the sheet.
        header: The words over the columns.
        rows: The cells of each row; numbers and times stay numbers and times, and a text is never
            a formula.
    """
    book = Workbook()
    sheet = book.active
    sheet.title = _sheet_name(name)
    sheet.append([_stored(cell) for cell in header])
    for row in rows:
        sheet.append([_stored(cell) for cell in row])
    for heading in sheet[1]:
        heading.font = Font(bold=True)
        sheet.column_dimensions[heading.column_letter].width = _WIDTH_OF_COLUMN
    sheet.freeze_panes = "A2"
    content = BytesIO()
    book.save(content)
    response = attachment(f"{name}.xlsx", XLSX)
    response.write(content.getvalue())
    return response


def attachment(file_name: str, content_type: str) -> HttpResponse:
    """Return an empty answer that a browser saves as a file."""
    response = HttpResponse(content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, file_name) or ""
    return response


def _plain(cell: Cell) -> str:
    """Return a cell as text; a number may begin with a minus, a text may not."""
    if isinstance(cell, datetime):
        return timezone.localtime(cell).strftime("%Y-%m-%d %H:%M")
    if isinstance(cell, str):
        return _harmless(cell)
    return "" if cell is None else str(cell)


def _stored(cell: Cell) -> Cell:
    """Return a cell as a workbook can hold it: times without zone, text without controls."""
    if isinstance(cell, datetime):
        return timezone.localtime(cell).replace(tzinfo=None)
    if isinstance(cell, str):
        return _harmless(ILLEGAL_CHARACTERS_RE.sub("", cell))[:_LONGEST_CELL]
    return cell


def _harmless(text: str) -> str:
    """Keep a text from being read as a formula. Source: OWASP, CSV Injection."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_SIGNS) else text


def _sheet_name(name: str) -> str:
    return "".join("-" if sign in "\\/*?:[]" else sign for sign in name)[:31]
