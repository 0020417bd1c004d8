"""Files of spreadsheet programs as people send them, and as nobody should."""

import io
import re
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

from openpyxl import Workbook


def xlsx(*rows: Sequence[Any], arrange: Callable[[Any], None] | None = None) -> bytes:
    """Return a workbook with one sheet, changed by ``arrange`` before it is saved."""
    return book({"Data": rows}, arrange)


def book(
    sheets: dict[str, Sequence[Sequence[Any]]], arrange: Callable[[Any], None] | None = None
) -> bytes:
    """Return a workbook of several sheets; ``arrange`` is given the first one."""
    made = Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    if arrange is not None:
        arrange(made.worksheets[0])
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def changed(content: bytes, change: dict[str, Callable[[bytes], bytes]]) -> bytes:
    """Return a file whose parts, by the end of their names, are changed or added."""
    out = io.BytesIO()
    left = dict(change)
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            ends = [end for end in change if name.endswith(end)]
            data = old.read(name)
            for end in ends:
                data = left.pop(end)(data)
            new.writestr(name, data)
        for name, make in left.items():
            new.writestr(name, make(b""))
    return out.getvalue()


def with_results(content: bytes, *results: str) -> bytes:
    """Return a file whose formulas keep these results."""
    given = iter(results)

    def fill(data: bytes) -> bytes:
        return re.sub(rb"</f><v ?/?>(</v>)?", lambda _m: f"</f><v>{next(given)}</v>".encode(), data)

    return changed(content, {"sheet1.xml": fill})


def bomb(megabytes: int) -> bytes:
    """Return a workbook whose sheet unpacks to so much, of one letter."""
    blanks = b" " * (megabytes * 1024 * 1024)
    start = b"<sheetData>"
    return changed(xlsx(["x"]), {"sheet1.xml": lambda data: data.replace(start, start + blanks)})
