"""The order of headings, and whether tables can be read on paper and aloud."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from profile_workflow.proofreading.findings import Finding, Level, Rule, of_whole
from profile_workflow.proofreading.folding import fold_text
from profile_workflow.proofreading.passages import Grid, Reading

#: Columns beyond which cells are too narrow on an upright A4 page with our margins (162 mm).
MOST_COLUMNS = 7

ORDER = Rule(
    "heading_order", Level.ADVISE,
    _("The heading “%(found)s” is of the lower level, but no heading of the higher one precedes."),
    _("Whoever listens to the text, and the contents of the PDF, go from level to level."),
)  # fmt: skip
EMPTY = Rule(
    "heading_empty", Level.ADVISE,
    _("Nothing stands beneath the heading “%(found)s”."),
    _("A heading promises a text; “nothing found, searched where” is one."),
)  # fmt: skip
CAPTION = Rule(
    "table_caption", Level.ADVISE,
    _("The table “%(table)s” has no caption. Write “Table: …” in the line before it."),
    _("Without a caption it has no number, is not in the list of tables and cannot be cited."),
)  # fmt: skip
SOURCE = Rule(
    "table_source", Level.ASK,
    _("Where is the table “%(table)s” from? Write “Source: …” in the line after it, or cite."),
    _("Every published figure carries its source."),
)  # fmt: skip
UNIT = Rule(
    "table_unit", Level.ASK,
    _("What do the figures of the table “%(table)s” count? Name the unit in caption or header."),
    _("Persons, households and per cent look alike in a cell."),
)  # fmt: skip
COLUMNS = Rule(
    "table_columns", Level.ADVISE,
    _("The table “%(table)s” has %(columns)s columns; more than %(most)s do not fit on a page."),
    _("Split it, or turn rows into columns."),
)  # fmt: skip
HEADER = Rule(
    "table_header", Level.ADVISE,
    _("A column of the table “%(table)s” has no header."),
    _("Whoever listens to a table hears the header before each cell."),
)  # fmt: skip

#: Bare figures, and nothing but dashes for a figure that is missing.
_NUMERIC = re.compile(r"[\d\s.,٫٬–-]+")
_YEAR = re.compile(r"(?:19|20)\d\d")
_UNITS = re.compile(
    fold_text(
        r"[%٪€$£(]|\b(?:number|count|share|rate|per|persons?|people|residents?|inhabitants?"
        r"|households?|families|pupils|students|children|women|men|workers?|permits?|cases|weights?|points?|scores?"
        r"|euros?|dinars?|dirhams?|dollars?|eur|usd|tnd|mad|jod|lbp|km|days?|months?"
        r"|nombre|effectifs?|part|taux|personnes?|habitants?|menages?|familles?|eleves?"
        r"|etudiants?|enfants?|femmes?|hommes?|travailleurs?|permis|cas|jours?|mois|poids|scores?)\b"
        r"|عدد|نسبة|معدل|أشخاص|شخص|سكان|نسمة|أسر|تلاميذ|طلاب|أطفال|نساء|رجال|عمال|تصاريح"
        r"|وزن|نقاط|دينار|درهم|دولار|يورو|يوم|أيام|شهر"
    ).text
)


def headings(reading: Reading) -> Iterator[Finding]:
    """Yield headings out of their order, and headings without a text."""
    if reading.titles and reading.titles[0].level > 3:
        passage = reading.titles[0].passage
        yield of_whole(ORDER, passage.text, passage.block, found=passage.text)
    for title in reading.titles:
        if title.is_empty:
            passage = title.passage
            yield of_whole(EMPTY, passage.text, passage.block, found=passage.text)


def tables(reading: Reading) -> Iterator[Finding]:
    """Yield what makes a typed table hard to find, to trust or to read."""
    for grid in reading.grids:
        name = _name(grid)
        content = "\n".join((grid.caption, *(" | ".join(row) for row in grid.rows)))
        values = {"table": name, "columns": str(len(grid.header)), "most": str(MOST_COLUMNS)}
        for rule, applies in _judged(grid):
            if applies:
                yield of_whole(rule, content, grid.block, values)


def _judged(grid: Grid) -> tuple[tuple[Rule, bool], ...]:
    return (
        (CAPTION, not grid.caption),
        (SOURCE, not grid.is_sourced),
        (UNIT, _lacks_unit(grid)),
        (COLUMNS, len(grid.header) > MOST_COLUMNS),
        (HEADER, not all(grid.header)),
    )


def _name(grid: Grid) -> str:
    return grid.caption or ", ".join(filter(None, grid.header)) or "…"


def _lacks_unit(grid: Grid) -> bool:
    """Whether a table of bare figures names what they count neither above nor beside them."""
    values = [cell for row in grid.body for cell in row[1:]]
    bare = [cell for cell in values if _NUMERIC.fullmatch(cell) and not _YEAR.fullmatch(cell)]
    if not bare or len(bare) * 2 < len(values):
        return False
    return not _UNITS.search(fold_text(" ".join((grid.caption, *grid.header))).text)
