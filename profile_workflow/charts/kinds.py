"""Which chart fits which figures, and the chart that is drawn of them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from profile_workflow.charts.bar import Bar, bar_chart
from profile_workflow.charts.canvas import FILLS, STROKES, Named
from profile_workflow.charts.line import Axis, Series, line_chart, marks_for
from profile_workflow.charts.pyramid import AgeGroup, Side, pyramid
from profile_workflow.charts.rows import (
    Charted,
    commonest_unit,
    printed,
    sexes_of,
    told_apart,
    value_of,
)
from profile_workflow.charts.stacked import Part, StackedBar, stacked_chart
from profile_workflow.charts.words import Words, words_in
from profile_workflow.errors import InvalidInput
from profile_workflow.numerals import quantity
from profile_workflow.states import ChartKind

#: Most rows of bars that a page of paper holds.
MOST_BARS = 40
_YEAR = re.compile(r"[12]\d{3}")
_NUMBER = re.compile(r"\d+")
_TENTH = Decimal("0.1")


class Unfit(InvalidInput):
    """A kind of chart does not fit the figures of a table."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart that was drawn.

    Attributes:
        kind: Which one.
        picture: The SVG.
        unit: What its values are counted in; empty for shares.
        left_out: Labels of the figures that it does not show.
    """

    kind: ChartKind
    picture: SafeString
    unit: str
    left_out: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be drawn: the picture, what it says of itself, the unit, the rows it shows."""

    draw: Callable[[Named], SafeString]
    says: str
    content: str
    unit: str
    shown: Sequence[Charted]


def draw(
    kind: ChartKind, rows: Sequence[Charted], *, name: str, title: str, language: str
) -> Chart:
    """Draw the figures of a table.

    Args:
        kind: The kind of chart.
        rows: The figures, in the order of the table.
        name: Prefix of the ids inside the picture.
        title: What the table is called.
        language: The language of the profile.

    Raises:
        Unfit: If the kind does not fit the figures; it says why, in the language in force.
    """
    words = words_in(language)
    plan = _PLANS[kind](rows, words, language)
    description = f"{plan.says % {'unit': plan.unit}} {plan.content}"
    picture = plan.draw(Named(name, title, description, words.direction))
    shown = {id(row) for row in plan.shown}
    left_out = tuple(row.label for row in rows if id(row) not in shown)
    return Chart(kind, picture, plan.unit, left_out)


def draw_chosen(
    chosen: str, rows: Sequence[Charted], *, name: str, title: str, language: str
) -> Chart | None:
    """Draw the kind that was chosen, or else the first one that fits; nothing if none does."""
    for kind in dict.fromkeys((ChartKind(chosen or ChartKind.BAR), *ChartKind)):
        try:
            return draw(kind, rows, name=name, title=title, language=language)
        except Unfit:
            continue
    return None


def why_not(kind: ChartKind, rows: Sequence[Charted]) -> Unfit | None:
    """Return why a kind does not fit the figures of a table, or None if it does."""
    try:
        _PLANS[kind](rows, words_in("en"), "en")
    except Unfit as unfit:
        return unfit
    return None


# Bars


def _bars(rows: Sequence[Charted], words: Words, language: str) -> _Plan:
    unit = commonest_unit(row for row in rows if value_of(row) is not None)
    shown = [row for row in rows if row.unit == unit]
    if all(value_of(row) is None for row in shown):
        raise Unfit(_("There is no figure with a value yet."))
    _check_number(shown)
    bars = [
        Bar(label, _float(value_of(row)), printed(row, language))
        for label, row in zip(told_apart(shown), shown, strict=True)
    ]
    content = "; ".join(f"{bar.label}{words.colon}{bar.text}" for bar in bars)
    return _Plan(lambda named: bar_chart(named, bars), words.bars, content, unit, shown)


# Lines


def _lines(rows: Sequence[Charted], words: Words, language: str) -> _Plan:
    unit = commonest_unit(row for row in rows if value_of(row) is not None)
    shown = [row for row in rows if row.unit == unit and _year_of(row) is not None]
    lines = _by_series(shown)
    known = {name: points for name, points in lines.items() if any(map(_known, points.values()))}
    if not any(len([v for v in points.values() if _known(v)]) > 1 for points in known.values()):
        raise Unfit(
            _(
                "A line needs the same thing counted in two years or more: rows with the same "
                "words in “What is counted” and different years."
            )
        )
    if len(known) > len(STROKES):
        raise Unfit(_("More than six lines cannot be told apart."))
    shown = [row for row in shown if _series_of(row) in known]
    series = [_series(name, points, unit, language) for name, points in known.items()]
    values = [float(one) for points in known.values() for one in points.values() if one is not None]
    marks = marks_for(values)
    axis = Axis(
        [(mark, quantity(Decimal(f"{mark:.10g}"), unit, language)) for mark in marks],
        words.axis_is_cut if marks[0] > 0 else "",
    )
    content = "; ".join(
        f"{name} ({_told(points, unit, words, language)})" for name, points in known.items()
    )
    return _Plan(lambda named: line_chart(named, series, axis), words.line, content, unit, shown)


def _year_of(row: Charted) -> int | None:
    """Return the year of a figure; a row whose label is a year is of that one."""
    label = row.label.strip()
    return row.year or (int(label) if _YEAR.fullmatch(label) else None)


def _series_of(row: Charted) -> str:
    label = row.label.strip()
    return "" if _YEAR.fullmatch(label) else label


def _by_series(rows: Sequence[Charted]) -> dict[str, dict[int, Decimal | None]]:
    """Return the values of each label by year, the years in order."""
    found: dict[str, dict[int, Decimal | None]] = {}
    for row in sorted(rows, key=lambda one: _year_of(one) or 0):
        name, year = _series_of(row), _year_of(row) or 0
        points = found.setdefault(name, {})
        if year in points:
            raise Unfit(
                _("“%(label)s” has two figures for %(year)s. One a year can be drawn.")
                % {"label": name or row.label, "year": year}
            )
        points[year] = value_of(row)
    order = dict.fromkeys(map(_series_of, rows))
    return {name: found[name] for name in order}


def _series(name: str, points: Mapping[int, Decimal | None], unit: str, language: str) -> Series:
    last = [value for value in points.values() if value is not None][-1]
    several = [(year, _float(value)) for year, value in points.items()]
    return Series(name, several, quantity(last, unit, language))


def _told(points: Mapping[int, Decimal | None], unit: str, words: Words, language: str) -> str:
    return words.comma.join(
        f"{year}{words.colon}{_quantity(value, unit, words, language)}"
        for year, value in points.items()
    )


# Stacked bars


@dataclass(frozen=True, slots=True)
class _Stack:
    """Bars with their labels and the values of their parts, in the order of the names."""

    names: Sequence[str]
    bars: Sequence[tuple[str, Sequence[Decimal | None]]]
    unit: str
    shown: Sequence[Charted]


def _stacked(rows: Sequence[Charted], words: Words, language: str) -> _Plan:
    stack = _stack(rows, words)
    bars = []
    for label, values in stack.bars:
        parts = [
            Part(_float(value), _quantity(value, stack.unit, words, language)) for value in values
        ]
        bars.append(StackedBar(label, parts, _sum(values, stack.unit, words, language)))
    return _Plan(
        lambda named: stacked_chart(named, stack.names, bars),
        words.stacked,
        _parts_told(stack.names, bars, words),
        stack.unit,
        stack.shown,
    )


def _shares(rows: Sequence[Charted], words: Words, language: str) -> _Plan:
    stack = _stack(rows, words)
    bars = [_shared(label, values, words, language) for label, values in stack.bars]
    marks = [quantity(Decimal(one), "%", language) for one in (0, 50, 100)]
    return _Plan(
        lambda named: stacked_chart(named, stack.names, bars, marks=marks),
        words.share,
        _parts_told(stack.names, bars, words),
        "%",
        stack.shown,
    )


def _shared(
    label: str, values: Sequence[Decimal | None], words: Words, language: str
) -> StackedBar:
    """Return a bar of shares; it has no parts where the whole is not known, or nothing."""
    known = [value for value in values if value is not None]
    whole = sum(known, Decimal(0))
    if len(known) < len(values):
        return StackedBar(label, [], words.not_available)
    if not whole:
        return StackedBar(label, [], quantity(whole, "", language))
    shares = [(100 * value / whole) for value in known]
    return StackedBar(
        label,
        [Part(float(one), quantity(one.quantize(_TENTH), "%", language)) for one in shares],
    )


def _stack(rows: Sequence[Charted], words: Words) -> _Stack:
    by_sex = any(None not in sexes_of(row) for row in rows)
    stack = _by_sex(rows, words) if by_sex else _by_year(rows)
    if any(value is not None and value < 0 for _label, values in stack.bars for value in values):
        raise Unfit(_("A part of a whole cannot be less than nothing."))
    _check_number(stack.bars)
    return stack


def _by_sex(rows: Sequence[Charted], words: Words) -> _Stack:
    unit = commonest_unit(row for row in rows if None not in sexes_of(row))
    shown = [row for row in rows if row.unit == unit and sexes_of(row) != (None, None)]
    bars = list(zip(told_apart(shown), map(sexes_of, shown), strict=True))
    return _Stack((words.women, words.men), bars, unit, shown)


def _by_year(rows: Sequence[Charted]) -> _Stack:
    unit = commonest_unit(row for row in rows if value_of(row) is not None)
    shown = [row for row in rows if row.unit == unit and row.year and not row.label.isdecimal()]
    parts = _by_series(shown)
    years = sorted({year for points in parts.values() for year in points})
    if len(parts) < 2 or len(years) < 2 or not any(map(value_of, shown)):
        raise Unfit(
            _(
                "Stacked bars need parts of a whole: the figures of women and men in each row, "
                "or the same parts in two years or more."
            )
        )
    if len(parts) > len(FILLS):
        raise Unfit(_("More than six parts cannot be told apart."))
    bars = [(str(year), [points.get(year) for points in parts.values()]) for year in years]
    return _Stack(list(parts), bars, unit, shown)


def _sum(values: Sequence[Decimal | None], unit: str, words: Words, language: str) -> str:
    known = [value for value in values if value is not None]
    if not known:
        return words.not_available
    if len(known) < len(values):
        return words.incomplete
    return quantity(sum(known, Decimal(0)), unit, language)


def _parts_told(names: Sequence[str], bars: Sequence[StackedBar], words: Words) -> str:
    told = []
    for bar in bars:
        parts = [f"{name} {part.text}" for name, part in zip(names, bar.parts, strict=False)]
        told.append(f"{bar.label}{words.colon}{words.comma.join(parts) or bar.text}")
    return "; ".join(told)


# Pyramid


def _pyramid(rows: Sequence[Charted], words: Words, language: str) -> _Plan:
    both = [row for row in rows if sexes_of(row) != (None, None)]
    ages = [row for row in both if _NUMBER.search(row.label)]
    unit = commonest_unit(ages)
    shown = [row for row in ages if row.unit == unit]
    _check_ages(shown)
    if _age(shown[0]) > _age(shown[-1]):
        shown.reverse()
    groups = [
        AgeGroup(label, *(_side(one, unit, words, language) for one in reversed(sexes_of(row))))
        for label, row in zip(told_apart(shown), shown, strict=True)
    ]
    content = "; ".join(
        f"{group.label}{words.colon}{words.men} {group.men.text}{words.comma}"
        f"{words.women} {group.women.text}"
        for group in groups
    )
    return _Plan(
        lambda named: pyramid(named, groups, men=words.men, women=words.women),
        words.pyramid,
        content,
        unit,
        shown,
    )


def _check_ages(rows: Sequence[Charted]) -> None:
    if len(rows) < 2:
        raise Unfit(
            _(
                "A pyramid needs two age groups or more, such as 0–14, with the figures of women "
                "and men in each row."
            )
        )
    if any(value is not None and value < 0 for row in rows for value in sexes_of(row)):
        raise Unfit(_("A part of a whole cannot be less than nothing."))
    _check_number(rows)


def _age(row: Charted) -> int:
    found = _NUMBER.search(row.label)
    return int(found[0]) if found else 0


def _side(value: Decimal | None, unit: str, words: Words, language: str) -> Side:
    return Side(_float(value), _quantity(value, unit, words, language))


# All of them


def _check_number(several: Sequence[object]) -> None:
    if len(several) > MOST_BARS:
        raise Unfit(
            _("There are %(number)s rows; a page holds %(most)s bars.")
            % {"number": len(several), "most": MOST_BARS}
        )


def _known(value: Decimal | None) -> bool:
    return value is not None


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _quantity(value: Decimal | None, unit: str, words: Words, language: str) -> str:
    return words.not_available if value is None else quantity(value, unit, language)


_PLANS: Mapping[ChartKind, Callable[[Sequence[Charted], Words, str], _Plan]] = {
    ChartKind.BAR: _bars,
    ChartKind.LINE: _lines,
    ChartKind.STACKED: _stacked,
    ChartKind.SHARE: _shares,
    ChartKind.PYRAMID: _pyramid,
}
