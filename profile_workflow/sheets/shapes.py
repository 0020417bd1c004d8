"""What is read of a file: its sheets with their cells, and what was left out of them."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

#: Largest file, in bytes, and what an ``.xlsx`` may say that it unpacks to.
MOST_BYTES = 5 * 1024 * 1024
MOST_UNPACKED = 30 * 1024 * 1024
#: Most files in an ``.xlsx``, and how many times smaller than its content one may be.
MOST_ENTRIES = 500
MOST_RATIO = 200
#: Most sheets, rows and columns that are read, and letters of one cell and of all of them.
MOST_SHEETS = 12
MOST_ROWS = 1000
MOST_COLUMNS = 60
MOST_IN_CELL = 500
MOST_LETTERS = 300_000
#: What stands in a cell whose formula has no result that the file keeps.
NO_RESULT = "#?"

Cell = str | Decimal


@dataclass(slots=True)
class Sheet:
    """A sheet as it is seen: hidden rows and columns are empty, merged cells are filled downwards.

    Attributes:
        name: What its tab says; empty for a file that has no tabs.
        rows: The cells, from row 1 and column A on.
        remarks: What was left out or could not be read, in sentences.
    """

    name: str
    rows: list[list[Cell]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def trim(self) -> None:
        """Drop empty cells at the ends of rows, and empty rows at the end."""
        for row in self.rows:
            while row and row[-1] == "":
                row.pop()
        while self.rows and not self.rows[-1]:
            self.rows.pop()

    @property
    def letters(self) -> int:
        """How much stands in it."""
        return sum(len(str(cell)) for row in self.rows for cell in row)


def packed(sheets: Iterable[Sheet]) -> str:
    """Return sheets as text, to be sent to and fro with a form."""
    return json.dumps(
        [[one.name, one.remarks, [[_packed(cell) for cell in row] for row in one.rows]]
         for one in sheets],
        ensure_ascii=False,
        separators=(",", ":"),
    )  # fmt: skip


def _packed(cell: Cell) -> str | list[str]:
    return [str(cell)] if isinstance(cell, Decimal) else cell


def unpacked(text: str) -> list[Sheet]:
    """Return the sheets that ``packed`` made a text of; none if it is another text."""
    try:
        sheets = [_sheet(*one) for one in json.loads(text)]
        for one in sheets:
            one.trim()
        return [one for one in sheets if one.rows]
    except (ValueError, TypeError, InvalidOperation, RecursionError):
        return []


def _sheet(name: str, remarks: Sequence[str], rows: Sequence[Sequence[Any]]) -> Sheet:
    return Sheet(
        str(name), [[_unpacked(cell) for cell in row] for row in rows], list(map(str, remarks))
    )


def _unpacked(cell: Any) -> Cell:
    if not isinstance(cell, list):
        return str(cell)
    value = Decimal(str(cell[0])) if cell else Decimal(0)
    return value if value.is_finite() else ""
