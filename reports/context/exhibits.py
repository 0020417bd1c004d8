"""Tables and figures: numbered through the whole report and drawn the same everywhere."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from django.template.loader import render_to_string

from profile_workflow import days
from profile_workflow.charts.canvas import alone
from profile_workflow.charts.kinds import draw_chosen
from profile_workflow.charts.rows import printed
from profile_workflow.markup import Medium, first_strong_direction
from profile_workflow.numerals import quantity
from profile_workflow.pictures.shown import Shown
from reports.context.plain import DataFile, FigureRow, ListedExhibit, TableOfFigures
from reports.labels import Labels, labels

_CSV_COLUMNS = (
    "indicator",
    "label",
    "value",
    "low",
    "high",
    "text",
    "unit",
    "women",
    "men",
    "period",
    "year",
    "territory",
    "definition",
    "source",
    "page",
    "method",
    "quality",
    "state",
    "remark",
)
#: Rows, remarks among them, up to which a table of figures stays on one page.
_ROWS_OF_WHOLE = 7
#: First characters that make a spreadsheet take a text for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """A figure as a row of the printed table."""

    label: str
    unit: str
    definition: str
    value: str
    women: str
    men: str
    when: str
    territory: str
    source_key: str
    source: str
    page: str
    method: str
    quality: str
    remark: str

    @property
    def source_direction(self) -> str:
        """Direction of the citation, which may be Latin in an Arabic table."""
        return first_strong_direction(self.source)


@dataclass(slots=True)
class Exhibitor:
    """Draws what the text places and keeps the count.

    Attributes:
        medium: On the web the figures of a chart stand beneath it, and can be fetched.
        listed_tables: The list of tables so far.
        listed_figures: The list of figures so far.
        placed: Keys of the data tables drawn so far.
        drawings: Name of each chart drawn so far → the same as a file; on the web alone.
    """

    language: str
    data_tables: Mapping[str, TableOfFigures]
    citations: Mapping[str, str]
    medium: Medium = Medium.PRINT
    listed_tables: list[ListedExhibit] = field(default_factory=list)
    listed_figures: list[ListedExhibit] = field(default_factory=list)
    placed: set[str] = field(default_factory=set)
    drawings: dict[str, str] = field(default_factory=dict)

    @property
    def labels(self) -> Labels:
        """Words in the language of the report."""
        return labels(self.language)

    def label(self, caption: str, block: str) -> str:
        """Count a table typed in the text and return the words before its caption."""
        return self._list_table(caption, block).label

    def _list_table(self, title: str, anchor: str) -> ListedExhibit:
        label = self.labels.table % {"number": len(self.listed_tables) + 1}
        self.listed_tables.append(ListedExhibit(label, title, anchor))
        return self.listed_tables[-1]

    def table(self, key: str, block: str) -> str | None:
        """Draw a data table; ``None`` if there is no such table."""
        data = self.data_tables.get(key)
        if data is None:
            return None
        self.placed.add(key)
        return self._drawn("_data_table", self._content(data, block))

    def _content(self, data: TableOfFigures, block: str) -> dict[str, Any]:
        rows = [self._row(row) for row in data.rows]
        return {
            "id": block,
            "listed": self._list_table(data.title, block) if block else None,
            "title": data.title,
            "file": f"../files/{quote(name_of(data))}",
            "rows": rows,
            "note": data.note,
            "by_sex": any(row.women or row.men for row in rows),
            "is_whole": len(rows) + sum(bool(row.remark) for row in rows) <= _ROWS_OF_WHOLE,
        }

    def _drawn(self, template: str, context: dict[str, Any]) -> str:
        folder = "reports/web" if self.medium is Medium.WEB else "reports"
        return render_to_string(f"{folder}/{template}.html", context | {"labels": self.labels})

    def figure(self, key: str, block: str) -> str | None:
        """Draw the chart of a data table; ``None`` if the table is unknown or has no values."""
        data = self.data_tables.get(key)
        chart = data and draw_chosen(
            data.chart, data.rows, name=block, title=data.title, language=self.language
        )
        if not data or not chart:
            return None
        listed = self._list_figure(data.title, block)
        keys = dict.fromkeys(row.source for row in data.rows if row.source in self.citations)
        context = {
            "id": block,
            "listed": listed,
            "picture": chart.picture,
            "unit": chart.unit,
            "sources": [
                (key, self.citations[key], first_strong_direction(self.citations[key]))
                for key in keys
            ],
        }
        if self.medium is Medium.WEB:
            context["behind"] = self._content(data, "")
            self.drawings[drawing_of(data)] = alone(chart.picture)
            context["drawing"] = f"../files/{quote(drawing_of(data))}"
        return self._drawn("_figure", context)

    def _list_figure(self, title: str, anchor: str) -> ListedExhibit:
        label = self.labels.figure % {"number": len(self.listed_figures) + 1}
        self.listed_figures.append(ListedExhibit(label, title, anchor))
        return self.listed_figures[-1]

    def image(self, picture: Shown | None, block: str) -> str | None:
        """Write a picture with its caption and where it comes from; ``None`` if there is none."""
        if picture is None:
            return None
        page = picture.page
        cited = self.citations.get(picture.source, "")
        context = {
            "id": block,
            "listed": self._list_figure(picture.caption, block),
            "picture": picture,
            "cited": cited,
            "cited_direction": first_strong_direction(cited),
            "page": self.labels.page % {"number": page} if page.isdecimal() else page,
            "others": [
                (words, first_strong_direction(words))
                for words in (picture.credit, picture.licence)
                if words
            ],
        }
        return self._drawn("_picture", context)

    def _row(self, row: FigureRow) -> PrintedRow:
        return PrintedRow(
            label=row.label,
            unit="" if row.unit == "%" else row.unit,
            definition=row.definition,
            value=printed(row, self.language),
            women=self._part(row, row.women),
            men=self._part(row, row.men),
            when=_in_words(row.when, self.language),
            territory=row.territory,
            source_key=row.source,
            source=self.citations.get(row.source, ""),
            page=self.labels.page % {"number": row.page} if row.page.isdecimal() else row.page,
            method=row.method,
            quality=row.quality,
            remark=row.remark,
        )

    def _part(self, row: FigureRow, value: object) -> str:
        is_known = value is not None and row.available
        return quantity(value, row.unit, self.language) if is_known else ""  # type: ignore[arg-type]


def _in_words(when: str, language: str) -> str:
    """Return a reference period as it is printed: a day of the calendar (2019-06-26) in words."""
    try:
        return days.in_words(date.fromisoformat(when), language) if "-" in when else when
    except ValueError:
        return when


def drawing_of(data: TableOfFigures) -> str:
    """Return the name of the file with the chart of a table."""
    return f"chart-{data.key}.svg"


def name_of(data: TableOfFigures) -> str:
    """Return the name of the file with the figures of a table."""
    return f"table-{data.key}.csv"


def data_file(data: TableOfFigures) -> DataFile:
    """Return the figures of a table as CSV, one row a figure, with all that makes it one."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_CSV_COLUMNS)
    for row in data.rows:
        writer.writerow([_cell(getattr(row, column)) for column in _CSV_COLUMNS])
    return DataFile(name_of(data), data.title, out.getvalue())


def _cell(value: object) -> str:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    if isinstance(value, Decimal):
        # The database keeps four decimals of every number.
        return f"{value.normalize():f}"
    return "" if value is None else str(value)
