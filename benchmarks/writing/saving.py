"""Lets many people save their texts at once, and looks whether what was confirmed is there."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.db import connection

from benchmarks.crowd import Answers, let_loose
from benchmarks.options import Sizes
from benchmarks.results import Result
from benchmarks.writing.writers import Writer
from profile_workflow.models import Draft

_SCRIPT = Path(__file__).with_name("locustfile.py")
_SECONDS_TO_WARM_UP = 3
#: Later somebody who has stopped to think goes on before he sees that his text is safe.
_TARGET = "≤ 500"
#: Seconds that a writer stops between two saves, on average.
_PAUSE = 2


def measure(address: str, folder: Path, writers: Sequence[Writer], sizes: Sizes) -> list[Result]:
    """Return how long a save takes while many write as people do, and how many are served at most.

    Raises:
        RuntimeError: If a text that was confirmed is not in the database.
    """
    file = folder / "writers.json"
    content = [one.as_dict() for one in writers]
    file.write_text(json.dumps(content), encoding="utf-8")
    number = len(writers)
    _saved(address, file, number, seconds=_SECONDS_TO_WARM_UP, pause=False)
    calm = _saved(address, file, number, seconds=sizes.saving, pause=True)
    rush = _saved(address, file, number, seconds=sizes.saving // 2, pause=False)
    name = f"autosave, {_database()}, {number} writers"
    return [
        Result(f"{name}: p50", calm.percentile(0.5), "ms"),
        Result(f"{name}: p95", calm.percentile(0.95), "ms", target=_TARGET),
        Result(f"{name}: failed", calm.failures, "saves", target="≤ 0"),
        *_rush(f"{name} without a pause", rush, sizes),
    ]


def _rush(name: str, rush: Answers, sizes: Sizes) -> Iterator[Result]:
    served = (rush.times.total() - rush.failures) / (sizes.saving // 2)
    needed = f"≥ {sizes.writers / _PAUSE:g}"
    yield Result(f"{name}: served", served, "saves a second", target=needed)
    yield Result(f"{name}: p95", rush.percentile(0.95), "ms")
    yield Result(f"{name}: failed", rush.failures, "saves", target="≤ 0")


def _database() -> str:
    """Return the name of the database, and whether it waits for the disk as it does in earnest."""
    if connection.vendor == "sqlite":
        return "SQLite"
    with connection.cursor() as cursor:
        cursor.execute("SHOW fsync")
        (waits,) = cursor.fetchone()
    return "PostgreSQL" if waits == "on" else "PostgreSQL without fsync"


def _saved(address: str, file: Path, number: int, *, seconds: int, pause: bool) -> Answers:
    environment = {"BENCHMARK_WRITERS": str(file), "BENCHMARK_PAUSE": "yes" if pause else "no"}
    (counted,) = let_loose(
        _SCRIPT, address, people=number, seconds=seconds, environment=environment
    )
    _look_for_what_was_confirmed(json.loads(file.read_text(encoding="utf-8")))
    return counted


def _look_for_what_was_confirmed(writers: Sequence[dict[str, str]]) -> None:
    """Compare every text; one that was sent later may have taken the place of a confirmed one."""
    drafts = Draft.objects.filter(section__in=[one["section"] for one in writers])
    stored = dict(drafts.values_list("section", "text"))
    lost = [
        one["address"]
        for one in writers
        if one["confirmed"] and stored[one["section"]] not in (one["confirmed"], one["sent"])
    ]
    if lost:
        raise RuntimeError(f"confirmed, but not in the database: {lost}")
