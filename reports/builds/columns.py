"""How wide the columns of typed tables are: said beforehand, so that nobody has to try them out.

WeasyPrint finds the widths of a table by setting each of its words on a line of its own, which is a
tenth of all its work. The rule here is the one it follows (CSS 2.2, 17.5.2.2: what a column needs
at least, and a part of what it would like), with widths of letters that are known already.
"""

import html
import re

from profile_workflow.charts.letters import width_of

_TABLE = re.compile(
    r"<table(?P<rest>[^>]*)>(?P<caption>\s*<caption>.*?</caption>)?(?P<rows>.*?)</table>", re.DOTALL
)
_ROW = re.compile(r"<tr[^>]*>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<t[hd](?P<attributes>[^>]*)>(?P<words>.*?)</t[hd]>", re.DOTALL)
_SPANNING = re.compile(r"<tr[^>]*>\s*<td colspan=.*?</tr>", re.DOTALL)
_CLASSES = re.compile(r' class="([^"]*)"')
_TAG = re.compile(r"<[^>]+>")
#: The words of a day, which are not broken into lines.
_DAY = re.compile(r'(?<= class="day">)[^<]+')
#: A text is not broken at a space that forbids it either.
_WORD = re.compile(r"[^ \t\r\n]+")
#: Of the page inside its margins and of the sides of a cell, at the size of tables, in points.
_PAGE, _SIDES, _SIZE = 459.0, 11.5, 8.0
#: The same in programs that choose the letters themselves: bold ones, and some room.
_OTHER_SIZE = 10.5
#: What is longer is broken into lines anyway.
_LONGEST = 260.0
#: Letters of the longest word that is not broken: a fingerprint is.
_LONGEST_WORD = 30


def with_columns(written: str) -> str:
    """Return HTML in which each plain table and each small one says how wide its columns are.

    One that has another class has its widths from the style sheet; one in which cells span columns,
    or rows have different numbers of cells, is left to WeasyPrint.
    """
    return _TABLE.sub(_measured, written)


def with_all_columns(written: str) -> str:
    """Return HTML in which every table says how wide its columns are, for programs without style.

    Cells that span columns are not asked how wide they want to be.
    """
    return _TABLE.sub(_told, written)


def _told(table: re.Match[str]) -> str:
    rows = _cells(_SPANNING.sub("", table["rows"]))
    if "<colgroup>" in table[0] or not _is_even(rows):
        return table[0]
    columns = _columns(rows, _OTHER_SIZE)
    return f"<table{table['rest']}>{table['caption'] or ''}{columns}{table['rows']}</table>"


def _measured(table: re.Match[str]) -> str:
    classes = _CLASSES.search(table["rest"])
    is_other = classes is not None and "small" not in classes[1].split()
    if is_other or "colspan" in table["rows"] or "<col" in table["rows"]:
        return table[0]
    rows = _cells(table["rows"])
    if not _is_even(rows):
        return table[0]
    named = f"{classes[1]} measured" if classes else "measured"
    rest = _CLASSES.sub("", table["rest"]).rstrip()
    return (
        f'<table{rest} class="{named}">{table["caption"] or ""}'
        f"{_columns(rows)}{table['rows']}</table>"
    )


def _cells(rows: str) -> list[list[str]]:
    rows = _DAY.sub(lambda day: day[0].replace(" ", "\u00a0"), rows)
    return [[_words(cell["words"]) for cell in _CELL.finditer(row)] for row in _ROW.findall(rows)]


def _is_even(rows: list[list[str]]) -> bool:
    return len({len(row) for row in rows}) == 1 and bool(rows[0])


def _columns(rows: list[list[str]], size: float = _SIZE) -> str:
    columns = "".join(f'<col style="width: {width:.1f}%">' for width in _widths(rows, size))
    return f"<colgroup>{columns}</colgroup>"


def _words(cell: str) -> str:
    words = _WORD.findall(html.unescape(_TAG.sub(" ", cell)))
    return " ".join(word[:_LONGEST_WORD] for word in words)


def _widths(rows: list[list[str]], size: float) -> list[float]:
    """Return the share of each column, in per cent."""
    needed, liked = [], []
    for column in zip(*rows, strict=True):
        words = [word for cell in column for word in cell.split(" ")]
        least = max(width_of(word, size) for word in words) + _SIDES
        most = max(min(width_of(cell, size), _LONGEST) for cell in column) + _SIDES
        needed.append(least)
        liked.append(max(most - least, 1.0))
    left = max(_PAGE - sum(needed), 0.0)
    widths = [least + left * more / sum(liked) for least, more in zip(needed, liked, strict=True)]
    return [100 * width / sum(widths) for width in widths]
