"""Text with separators – CSV – as the programs of many countries write it."""

import csv
import io
import re
from collections import Counter

from django.utils.translation import gettext as _

from profile_workflow.decoding import text_of
from profile_workflow.errors import InvalidInput
from profile_workflow.sheets.shapes import MOST_COLUMNS, MOST_IN_CELL, MOST_ROWS, Sheet

_SEPARATORS = ";,\t|"
#: What stands in no text: here is a program, a picture or the like.
_CONTROLS = re.compile(r"[\x01-\x08\x0e-\x19\x1b-\x1f]")
#: Rows by which the separator is found.
_SAMPLE = 30


def read_delimited(content: bytes) -> Sheet:
    """Read a CSV file, whatever its encoding and its separator.

    Raises:
        InvalidInput: If it is no text, or no table.
    """
    try:
        text, guessed = text_of(content)
        if _CONTROLS.search(text):
            raise ValueError  # noqa: TRY301 - said in the same words
    except ValueError:
        raise InvalidInput(
            _(
                "This is not a table: neither an Excel workbook (.xlsx) nor a CSV file. Save it in "
                "your spreadsheet program as one of them."
            )
        ) from None
    sheet = Sheet("")
    try:
        several = list(csv.reader(io.StringIO(text), delimiter=separator_of(text)))
    except csv.Error:
        raise InvalidInput(
            _("This file cannot be read as a table. Check its quotation marks, or use .xlsx.")
        ) from None
    if len(several) > MOST_ROWS:
        sheet.remarks.append(_("Only the first %(most)s rows were read.") % {"most": MOST_ROWS})
    sheet.rows = [
        [cell.strip()[:MOST_IN_CELL] for cell in row[:MOST_COLUMNS]] for row in several[:MOST_ROWS]
    ]
    if guessed:
        sheet.remarks.append(
            _("The file is not in UTF-8. Check its letters before you save anything.")
        )
    sheet.trim()
    return sheet


def separator_of(text: str) -> str:
    """Return the separator by which most rows come out with the same number of cells."""
    sample = "\n".join(text.splitlines()[:_SAMPLE])
    return max(_SEPARATORS, key=lambda one: _agreement(sample, one))


def _agreement(sample: str, separator: str) -> tuple[int, int]:
    """Return how many rows have the commonest number of cells above one, and that number."""
    try:
        rows = list(csv.reader(io.StringIO(sample), delimiter=separator))
    except csv.Error:
        return (0, 0)
    widths = Counter(len(row) for row in rows if len(row) > 1)
    if not widths:
        return (0, 0)
    width, times = widths.most_common(1)[0]
    return (times, width)
