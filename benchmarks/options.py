"""What may be chosen on the command line, and the one task that a measuring process is given."""

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

PARTS = ("flow", "lists", "pages", "writing", "answering", "web", "pdf")
DATABASES = ("SQLite", "PostgreSQL")
RESULTS = Path(__file__).parent / "results"
#: Sizes of which there are several, the smallest first.
_SEVERAL = ("lengths", "pages")


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured.

    Attributes:
        processes: Whole processes of each of the three contestants, after one to warm up.
        profiles: Profiles on the board, 13 sections each.
        tasks: Tasks in the table.
        calls: Calls of each list.
        users: People who open pages at the same time.
        seconds: How long they do so with a pause after each page, and half as long without.
        writers: People who save texts at the same time, each a section of his own.
        saving: How many seconds they do so with a pause after each, and half as long without.
        validators: People who answer by personal link at the same time.
        answering: How many seconds they do so with a pause after each section, and without.
        lengths: Lengths of the texts that are rendered and compared, in words.
        rounds: How often each is, and how often the page for writing is opened.
        pages: Lengths of the invented reports, in pages.
        repetitions: How often each report is printed.
    """

    processes: int = 9
    profiles: int = 200
    tasks: int = 100_000
    calls: int = 200
    users: int = 20
    seconds: int = 40
    writers: int = 50
    saving: int = 16
    validators: int = 50
    answering: int = 16
    lengths: tuple[int, ...] = (900, 6_300, 20_000)
    rounds: int = 5
    pages: tuple[int, ...] = (16, 75, 220)
    repetitions: int = 2


@dataclass(frozen=True, slots=True)
class Task:
    """One part on one database, measured in a process of its own."""

    part: str
    database: str
    result: str
    sizes: Sizes = field(default_factory=Sizes)

    def to_json(self) -> str:
        """Return the task as JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a task back."""
        values: dict[str, Any] = json.loads(text)
        sizes = values.pop("sizes")
        for name in _SEVERAL:
            sizes[name] = tuple(sizes[name])
        return cls(sizes=Sizes(**sizes), **values)


@dataclass(frozen=True, slots=True)
class Options:
    """What to measure, how much of it, for how long at most, and where to keep the results."""

    parts: tuple[str, ...]
    databases: tuple[str, ...]
    sizes: Sizes
    minutes: float
    output: Path


def url_of(database: str, folder: Path) -> str | None:
    """Return the URL of a database; None if there is no server for it.

    A PostgreSQL server is named by ``TEST_POSTGRES_URL``; ``make benchmark`` starts one.
    """
    if database == "SQLite":
        return f"sqlite:///{folder / 'unused.sqlite3'}"
    return os.environ.get("TEST_POSTGRES_URL")


def read(arguments: Sequence[str] | None = None) -> Options:
    """Read the command line."""
    given = _parser().parse_args(arguments)
    chosen = {name: getattr(given, name) for name in Sizes.__dataclass_fields__}
    for name in _SEVERAL:
        chosen[name] = tuple(sorted(chosen[name]))
    return Options(
        parts=tuple(given.part or PARTS),
        databases=tuple(given.database or DATABASES),
        sizes=Sizes(**chosen),
        minutes=given.minutes,
        output=given.output,
    )


def _parser() -> argparse.ArgumentParser:
    usual = Sizes()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--part", action="append", choices=PARTS, help="may be given repeatedly")
    parser.add_argument("--database", action="append", choices=DATABASES)
    parser.add_argument("--processes", type=int, default=usual.processes)
    parser.add_argument("--profiles", type=int, default=usual.profiles)
    parser.add_argument("--tasks", type=int, default=usual.tasks)
    parser.add_argument("--calls", type=int, default=usual.calls, help="of each list")
    parser.add_argument("--users", type=int, default=usual.users, help="at the same time")
    parser.add_argument("--seconds", type=int, default=usual.seconds, help="of opening pages")
    parser.add_argument("--writers", type=int, default=usual.writers, help="at the same time")
    parser.add_argument("--saving", type=int, default=usual.saving, help="seconds of saving")
    parser.add_argument("--validators", type=int, default=usual.validators, help="who answer")
    parser.add_argument("--answering", type=int, default=usual.answering, help="seconds of it")
    parser.add_argument("--lengths", type=int, nargs="+", default=usual.lengths, help="in words")
    parser.add_argument("--rounds", type=int, default=usual.rounds, help="of each comparison")
    parser.add_argument("--pages", type=int, nargs="+", default=usual.pages, help="of PDFs")
    parser.add_argument("--repetitions", type=int, default=usual.repetitions, help="of each PDF")
    parser.add_argument("--minutes", type=float, default=20, help="the whole run at most")
    parser.add_argument("--output", type=Path, default=RESULTS, help="folder of the JSON files")
    return parser
