"""Lets people open pages of the served site, and says how long half and nearly all of them wait."""

import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.utils import timezone

from benchmarks.crowd import Answers, let_loose
from benchmarks.databases import analyse
from benchmarks.lists.filling import Filling
from benchmarks.options import Sizes
from benchmarks.pages.filling import Reading
from benchmarks.pages.people import people
from benchmarks.results import Result
from benchmarks.server import served

_SCRIPT = Path(__file__).with_name("locustfile.py")
#: A page that takes longer makes people wonder whether anything happens.
_TARGET = "≤ 1000"


def measure(database: str, sizes: Sizes) -> list[Result]:
    """Return the median and the slow end of each page, and how many pages a second are served."""
    at = timezone.now()
    programme = Filling(profiles=sizes.profiles, tasks=sizes.tasks, at=at).fill()
    Reading(at=at).fill()
    analyse()
    with tempfile.TemporaryDirectory(prefix="benchmark-pages-") as name:
        folder = Path(name)
        persons = folder / "people.json"
        persons.write_text(json.dumps(people(programme, number=sizes.users)), encoding="utf-8")
        with served(folder) as address:
            _opened(address, persons, sizes.users, seconds=3, pause=False)
            calm = _opened(address, persons, sizes.users, seconds=sizes.seconds, pause=True)
            rush = _opened(address, persons, sizes.users, seconds=sizes.seconds // 2, pause=False)
    return [*_times(calm, database, sizes.users), *_rush(rush, database, sizes)]


def _opened(address: str, persons: Path, users: int, *, seconds: int, pause: bool) -> list[Answers]:
    """Let people open pages for some seconds; return what was counted of each page."""
    environment = {
        "BENCHMARK_PEOPLE": str(persons),
        "BENCHMARK_PAUSE": "yes" if pause else "no",
    }
    counted = let_loose(_SCRIPT, address, people=users, seconds=seconds, environment=environment)
    failed = [page.name for page in counted if page.failures]
    if failed:
        raise RuntimeError(f"pages failed: {failed}")
    return counted


def _times(counted: Sequence[Answers], database: str, users: int) -> Iterator[Result]:
    for page in sorted(counted, key=lambda page: page.name):
        name = f"{page.name}, {database}, {users} people"
        yield Result(f"{name}: p50", page.percentile(0.5), "ms")
        yield Result(f"{name}: p95", page.percentile(0.95), "ms", target=_TARGET)


def _rush(counted: Sequence[Answers], database: str, sizes: Sizes) -> Iterator[Result]:
    pages = Answers("all pages", sum((page.times for page in counted), Counter()), 0)
    name = f"{pages.name}, {database}, {sizes.users} people without a pause"
    yield Result(f"{name}: served", pages.times.total() / (sizes.seconds // 2), "pages a second")
    yield Result(f"{name}: p95", pages.percentile(0.95), "ms")
