"""A measured figure with its baseline and target, the printed table, the stored JSON."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Target:
    """A bound for a figure, or for its ratio to the baseline."""

    limit: float
    sign: str = "≤"
    of_ratio: bool = False

    def __str__(self) -> str:
        return f"{'ratio ' if self.of_ratio else ''}{self.sign} {self.limit:g}"

    def holds_for(self, figure: float) -> bool:
        """Whether a figure keeps the bound."""
        return figure <= self.limit if self.sign == "≤" else figure >= self.limit

    @classmethod
    def read(cls, text: str) -> Self:
        """Read a target as it is printed, e.g. ``ratio ≤ 1.2``."""
        of_ratio = text.startswith("ratio ")
        sign, limit = text.removeprefix("ratio ").split()
        return cls(float(limit), sign, of_ratio)


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the table. ``target`` is written as ``≤ 30`` or ``ratio ≤ 1.2``."""

    name: str
    value: float
    unit: str
    baseline: float | None = None
    target: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times the baseline it is."""
        return self.value / self.baseline if self.baseline else None

    @property
    def met(self) -> bool | None:
        """Whether the target is reached; None where there is none."""
        if not self.target:
            return None
        target = Target.read(self.target)
        figure = self.ratio if target.of_ratio else self.value
        return None if figure is None else target.holds_for(figure)

    def as_dict(self) -> dict[str, Any]:
        """Return what is stored."""
        return {
            "name": self.name,
            "value": round(self.value, 3),
            "unit": self.unit,
            "baseline": None if self.baseline is None else round(self.baseline, 3),
            "ratio": None if self.ratio is None else round(self.ratio, 3),
            "target": self.target or None,
            "met": self.met,
        }


def dump(results: Iterable[Result], path: Path) -> None:
    """Write results as a JSON list."""
    content = [result.as_dict() for result in results]
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def load(path: Path) -> list[Result]:
    """Read results back."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return [
        Result(one["name"], one["value"], one["unit"], one["baseline"], one["target"] or "")
        for one in content
    ]


def store(results: Sequence[Result], folder: Path, *, at: datetime, whole: bool) -> Path:
    """Keep the results of a run under its moment, and as ``latest.json``.

    Args:
        results: What was measured.
        folder: Where the files stand.
        at: The moment of the run.
        whole: Whether everything was measured; if not, ``latest.json`` keeps its other lines.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path, latest = folder / f"{at:%Y-%m-%dT%H%M%SZ}.json", folder / "latest.json"
    dump(results, path)
    before = [] if whole or not latest.exists() else load(latest)
    dump(_put_in(before, results), latest)
    return path


def _put_in(before: Iterable[Result], results: Iterable[Result]) -> list[Result]:
    """Return all lines, each in the place that its name had before; what is new comes last."""
    lines = {one.name: one for one in before} | {one.name: one for one in results}
    return list(lines.values())


_HEAD = ("name", "value", "unit", "baseline", "ratio", "target", "met")


def table(results: Iterable[Result]) -> str:
    """Return the results as lines with columns, readable as Markdown too."""
    rows = [_HEAD, *(_row(result) for result in results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    lines = [
        "| " + " | ".join(_put(cell, column, widths) for column, cell in enumerate(row)) + " |"
        for row in rows
    ]
    rules = ["-" * (width + 1) + (":" if _is_number(n) else "-") for n, width in enumerate(widths)]
    return "\n".join([lines[0], f"|{'|'.join(rules)}|", *lines[1:]])


def _row(result: Result) -> tuple[str, ...]:
    met = {True: "yes", False: "NO", None: ""}[result.met]
    return (
        result.name,
        _number(result.value),
        result.unit,
        _number(result.baseline),
        "" if result.ratio is None else f"{result.ratio:.2f}",
        result.target,
        met,
    )


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"


def _is_number(column: int) -> bool:
    return _HEAD[column] in ("value", "baseline", "ratio")


def _put(cell: str, column: int, widths: Sequence[int]) -> str:
    return cell.rjust(widths[column]) if _is_number(column) else cell.ljust(widths[column])
