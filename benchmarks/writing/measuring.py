"""Saving by many on each database; the page for writing, rendering and comparing on one."""

import tempfile
from pathlib import Path

from django.utils import timezone

from benchmarks.databases import analyse
from benchmarks.lists.filling import Filling
from benchmarks.options import Sizes
from benchmarks.pages.filling import Reading
from benchmarks.results import Result
from benchmarks.server import served
from benchmarks.writing import comparing, opening, saving
from benchmarks.writing.writers import writers


def measure(database: str, sizes: Sizes) -> list[Result]:
    """Return the times of saves; beside SQLite also what does not depend on the database."""
    at = timezone.now()
    Filling(profiles=sizes.profiles, tasks=0, at=at).fill()
    Reading(at=at).fill()
    people = writers(sizes.writers)
    analyse()
    results: list[Result] = []
    with tempfile.TemporaryDirectory(prefix="benchmark-writing-") as name:
        folder = Path(name)
        with served(folder) as address:
            results += saving.measure(address, folder, people, sizes)
            if database == "SQLite":
                results += opening.measure(address, people[0], sizes.rounds)
    if database == "SQLite":
        results += comparing.measure(sizes)
    return results
