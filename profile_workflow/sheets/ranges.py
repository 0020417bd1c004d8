"""Which part of a sheet is the table: found by the names of its columns, or given as A1:F30."""

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from openpyxl.utils import column_index_from_string, get_column_letter

from profile_workflow.sheets.shapes import MOST_COLUMNS, MOST_ROWS, Cell, Sheet

_CORNER = r"\s*\$?([A-Z]{1,2})\$?(\d{1,5})\s*"
_RANGE = re.compile(f"{_CORNER}:{_CORNER}", re.IGNORECASE)
#: Rows among which the names of the columns are looked for.
_SEARCHED = 60
#: A row of a table says at least what is counted and in which unit.
_LEAST_CELLS = 2


@dataclass(frozen=True, slots=True)
class Range:
    """A part of a sheet: first and last row, first and last column, counted from 1."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        first, last = get_column_letter(self.left), get_column_letter(self.right)
        return f"{first}{self.top}:{last}{self.bottom}"


def range_of(text: str) -> Range:
    """Return the part of a sheet that a text such as ``B4:G30`` names, in any order of its corners.

    Raises:
        ValueError: If it names none.
    """
    found = _RANGE.fullmatch(text)
    if found is None:
        raise ValueError(text)
    rows = sorted((int(found[2]), int(found[4])))
    columns = sorted(column_index_from_string(one.upper()) for one in (found[1], found[3]))
    if rows[0] < 1 or rows[1] > MOST_ROWS or columns[1] > MOST_COLUMNS:
        raise ValueError(text)
    return Range(rows[0], columns[0], rows[1], columns[1])


def names_known(sheet: Sheet, is_known: Callable[[str], bool]) -> int:
    """Return how many names of columns are known in the row that has most of them."""
    return max((_known(row, is_known) for row in sheet.rows[:_SEARCHED]), default=0)


def find_range(sheet: Sheet, is_known: Callable[[str], bool]) -> Range:
    """Return where the table of a sheet is: from the names of its columns to its last row.

    Args:
        sheet: A sheet with at least one filled cell.
        is_known: Whether a name of a column is known.
    """
    most = names_known(sheet, is_known)
    rows = list(enumerate(sheet.rows, 1))
    if most:
        top = next(number for number, row in rows if _known(row, is_known) == most)
    else:
        filled = [number for number, row in rows if _filled(row) >= _LEAST_CELLS]
        top = filled[0] if filled else next(number for number, row in rows if any(row))
    heads = [number for number, cell in enumerate(sheet.rows[top - 1], 1) if cell != ""]
    left, right = heads[0], heads[-1]
    below = [
        number
        for number, row in rows
        if number > top and _filled(row[left - 1 : right]) >= _LEAST_CELLS
    ]
    return Range(top, left, max([top, *below]), right)


def _known(row: list[Cell], is_known: Callable[[str], bool]) -> int:
    return sum(isinstance(cell, str) and is_known(cell) for cell in row)


def _filled(row: list[Cell]) -> int:
    return sum(cell != "" for cell in row)


def copied(sheet: Sheet, part: Range, *, mark: str) -> str:
    """Return a part of a sheet as a spreadsheet program copies it: cells apart by tabulators.

    Columns without a name are left out. Empty lines keep the numbers of the rows.

    Args:
        sheet: The sheet.
        part: The part, the names of its columns on top.
        mark: The decimal mark of its numbers.
    """
    rows = [row[part.left - 1 : part.right] for row in sheet.rows[part.top - 1 : part.bottom]]
    heads = rows[0] if rows else []
    named = [place for place, cell in enumerate(heads) if cell != ""]
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerows([] for _line in range(part.top - 1))
    for row in rows:
        cells = [_written(row[place], mark) if place < len(row) else "" for place in named]
        writer.writerow(cells if any(cells) else [])
    return out.getvalue().rstrip("\n") + "\n"


def mark_in(sheet: Sheet, part: Range) -> str:
    """Return the decimal mark that the numbers of a part are written with; empty if none is sure.

    Numbers such as 1.234 say nothing: in some languages they are thousands.
    """
    cells = [cell for row in sheet.rows[part.top - 1 : part.bottom] for cell in row]
    texts = [cell for cell in cells if isinstance(cell, str) and not _is_per_cent(cell)]
    marks = [mark for mark in ".," if any(_sure_of(mark).fullmatch(text) for text in texts)]
    return marks[0] if len(marks) == 1 else ""


@cache
def _sure_of(mark: str) -> re.Pattern[str]:
    """Return how a number looks that can be written with this decimal mark only."""
    other = re.escape("," if mark == "." else ".")
    own = re.escape(mark)
    return re.compile(
        rf"-?(?:\d+{own}(?:\d{{1,2}}|\d{{4,}})|\d{{1,3}}(?:[{other}\s]\d{{3}})+{own}\d+)\s?%?"
    )


def unnamed(sheet: Sheet, part: Range) -> list[str]:
    """Return the letters of columns that hold something, but have no name."""
    rows = [row[part.left - 1 : part.right] for row in sheet.rows[part.top - 1 : part.bottom]]
    heads = rows[0] if rows else []
    return [
        get_column_letter(part.left + place)
        for place in range(part.right - part.left + 1)
        if not (place < len(heads) and heads[place] != "")
        and any(place < len(row) and row[place] != "" for row in rows)
    ]


def below(sheet: Sheet, part: Range) -> list[int]:
    """Return the numbers of the rows beneath the part that hold something."""
    return [number for number, row in enumerate(sheet.rows, 1) if number > part.bottom and any(row)]


def _written(cell: Cell, mark: str) -> str:
    if isinstance(cell, Decimal):
        return f"{cell.normalize():f}".replace(".", mark)
    return cell.replace(".", mark) if _is_per_cent(cell) else cell


def _is_per_cent(cell: str) -> bool:
    """Whether we wrote it ourselves: a number shown in per cent."""
    return re.fullmatch(r"-?\d+(\.\d+)?%", cell) is not None
