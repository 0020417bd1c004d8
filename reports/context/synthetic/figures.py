"""The figures of the invented reports: a table for each kind of chart, and a picture."""

import hashlib
import io
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache

from PIL import Image, ImageDraw

from profile_workflow.pictures.shown import Shown
from profile_workflow.states import ChartKind
from reports.context.plain import FigureRow, TableOfFigures
from reports.context.synthetic.words import Words, number

_SIZE = (900, 360)


def table_of(words: Words, section: str, key: str, turn: int) -> TableOfFigures:
    """Return a table of figures; in turn all kinds of charts come."""
    name, chart, rows_of = _KINDS[turn % len(_KINDS)]
    title = words.said["tables"][name]
    if turn >= len(_KINDS):
        title = words.filled(words.said["of"].replace("{title}", title))
    rows = tuple(rows_of(words, turn))
    note = words.filled(words.said["notes"][0]) if turn % 2 else ""
    return TableOfFigures(key, section, title, note=note, chart=chart, rows=rows)


def _row(words: Words, label: str, turn: int, **values: object) -> FigureRow:
    given: dict[str, object] = {
        "value": number(turn),
        "unit": words.said["persons"],
        "year": 2024,
        "territory": words.said["territory"],
        "source": f"source-{turn % 40 + 1}",
        "page": str(turn % 90 + 1),
    }
    return FigureRow(label=label, **(given | values))  # type: ignore[arg-type]


def _glance(words: Words, turn: int) -> Iterator[FigureRow]:
    """Yield what a synopsis has: remarks, ranges, and figures that nobody has."""
    for position, label in enumerate(words.said["glance"]):
        value = number(turn + position)
        given: dict[str, object] = {"women": value // 2 + 7, "men": value - value // 2 - 7}
        if position % 5 == 1:
            given |= {"remark": words.said["remark"], "definition": words.said["definition"]}
        if position % 5 == 3:
            given = {"low": value, "high": value + 1200, "value": None}
        if position == 7:
            given = {"value": Decimal("17.4"), "unit": "%"}
        if position == 8:
            given = {"value": None, "available": False, "remark": words.said["missing"]}
        yield _row(words, label, turn + position, **given)


def _origins(words: Words, turn: int) -> Iterator[FigureRow]:
    for position, label in enumerate(words.said["origins"]):
        value = number(turn + position * 3)
        women = (value * (38 + position) / 100).quantize(Decimal(1))
        yield _row(words, label, turn + position, value=value, women=women, men=value - women)


def _by_years(words: Words, turn: int, years: range) -> Iterator[FigureRow]:
    for position, label in enumerate(words.said["status"]):
        for year in years:
            yield _row(
                words, label, turn + position, year=year, value=number(turn + position + year)
            )


def _status(words: Words, turn: int) -> Iterator[FigureRow]:
    return _by_years(words, turn, range(2022, 2025))


def _lines(words: Words, turn: int) -> Iterator[FigureRow]:
    return _by_years(words, turn, range(2019, 2025))


def _ages(words: Words, turn: int) -> Iterator[FigureRow]:
    for low in range(0, 75, 5):
        label = words.said["ages"].format(low=low, high=low + 4)
        women, men = number(turn + low) // 9, number(turn + low + 1) // 9
        yield _row(words, label, turn + low, value=women + men, women=women, men=men)


def _sectors(words: Words, turn: int) -> Iterator[FigureRow]:
    for position, label in enumerate(words.said["sectors"]):
        women, men = number(turn + position), number(turn + position * 5 + 1)
        yield _row(words, label, turn + position, value=women + men, women=women, men=men)


_KINDS: tuple[tuple[str, str, Callable[[Words, int], Iterator[FigureRow]]], ...] = (
    ("glance", ChartKind.BAR, _glance),
    ("ages", ChartKind.PYRAMID, _ages),
    ("lines", ChartKind.LINE, _lines),
    ("origins", ChartKind.BAR, _origins),
    ("status", ChartKind.STACKED, _status),
    ("sectors", ChartKind.SHARE, _sectors),
)


# The picture


def picture(words: Words) -> Shown:
    """Return the picture of a report with its words."""
    caption, alt, credit = words.said["picture"]
    sha256 = hashlib.sha256(picture_file()).hexdigest()
    return Shown("p1", sha256, "png", *_SIZE, caption=caption, alt=alt, credit=credit)


@cache
def picture_file() -> bytes:
    """Return a PNG of boxes and arrows, which stand for the same in each direction."""
    image = Image.new("RGB", _SIZE, "white")
    draw = ImageDraw.Draw(image)
    for column in range(4):
        left = 40 + column * 220
        draw.rounded_rectangle((left, 120, left + 150, 220), 16, "#e9f0f2", "#c8963e", 4)
        if column:
            draw.line((left - 62, 170, left - 10, 170), "#16333c", 5)
    draw.arc((80, 140, 820, 330), 20, 160, "#16333c", 5)
    content = io.BytesIO()
    image.save(content, "PNG")
    return content.getvalue()
