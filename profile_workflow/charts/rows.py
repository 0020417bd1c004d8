"""What charts know of a figure, and how it is printed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from profile_workflow.charts.words import words_in
from profile_workflow.numerals import quantity, span


class Charted(Protocol):
    """A figure of a data table, as a chart needs it."""

    @property
    def label(self) -> str:
        """What is counted."""

    @property
    def value(self) -> Decimal | None:
        """The value, if there is one."""

    @property
    def low(self) -> Decimal | None:
        """The lowest value of a range."""

    @property
    def high(self) -> Decimal | None:
        """The highest value of a range."""

    @property
    def text(self) -> str:
        """The value in words."""

    @property
    def unit(self) -> str:
        """What it is counted in."""

    @property
    def women(self) -> Decimal | None:
        """The part of the women."""

    @property
    def men(self) -> Decimal | None:
        """The part of the men."""

    @property
    def year(self) -> int | None:
        """The year it is of."""

    @property
    def when(self) -> str:
        """The year or period, in words."""

    @property
    def available(self) -> bool:
        """Whether it is known."""


@dataclass(frozen=True, slots=True)
class Datum:
    """A figure that is charted, with nothing besides."""

    label: str
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    text: str = ""
    unit: str = ""
    women: Decimal | None = None
    men: Decimal | None = None
    year: int | None = None
    when: str = ""
    available: bool = True


def printed(row: Charted, language: str) -> str:
    """Return the value of a figure as it is printed in a language."""
    not_available = words_in(language).not_available
    if not row.available:
        return not_available
    if row.low is not None and row.high is not None:
        return span(row.low, row.high, row.unit, language)
    if row.value is not None:
        return quantity(row.value, row.unit, language)
    return row.text or not_available


def value_of(row: Charted) -> Decimal | None:
    """Return the value of a figure, if it is known as one number."""
    return row.value if row.available else None


def sexes_of(row: Charted) -> tuple[Decimal | None, Decimal | None]:
    """Return the parts of the women and of the men, as far as they are known."""
    return (row.women, row.men) if row.available else (None, None)


def commonest_unit(rows: Iterable[Charted]) -> str:
    """Return the unit that most of the rows have; only these share a scale."""
    units = Counter(row.unit for row in rows)
    return units.most_common(1)[0][0] if units else ""


def told_apart(rows: Sequence[Charted]) -> list[str]:
    """Return the labels of rows; those that occur twice with their year or period."""
    times = Counter(row.label for row in rows)
    return [
        f"{row.label} ({row.when})" if times[row.label] > 1 and row.when else row.label
        for row in rows
    ]
