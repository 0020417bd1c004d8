"""What a run of the benchmarks keeps, and what it leaves of the runs before."""

import datetime

import pytest

from benchmarks.results import Result, load, store

pytestmark = pytest.mark.unit

MOMENT = datetime.datetime(2026, 11, 1, 9, tzinfo=datetime.UTC)


def line(name, value):
    return Result(name, value, "ms")


def kept(folder):
    return [(one.name, one.value) for one in load(folder / "latest.json")]


def test_a_run_of_a_part_replaces_only_its_own_lines(tmp_path):
    store([line("inbox", 20), line("PDF", 5)], tmp_path, at=MOMENT, whole=False)
    store([line("PDF", 6), line("autosave", 8)], tmp_path, at=MOMENT, whole=False)
    assert kept(tmp_path) == [("inbox", 20), ("PDF", 6), ("autosave", 8)]


def test_a_whole_run_leaves_nothing_of_those_before(tmp_path):
    store([line("inbox", 20), line("renamed", 5)], tmp_path, at=MOMENT, whole=True)
    path = store([line("inbox", 21)], tmp_path, at=MOMENT, whole=True)
    assert kept(tmp_path) == [("inbox", 21)]
    assert path.name == "2026-11-01T090000Z.json"
