"""Lets many people answer by link at once, and looks whether what was confirmed is there."""

import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.answering.validators import validators
from benchmarks.crowd import Answers, let_loose
from benchmarks.databases import analyse
from benchmarks.options import Sizes
from benchmarks.results import Result
from benchmarks.server import served
from profile_workflow.models import SectionAnswer

_SCRIPT = Path(__file__).with_name("locustfile.py")
_SECONDS_TO_WARM_UP = 3
#: A link must not be dearer to open than the same page with an account.
_BESIDE_AN_ACCOUNT = "ratio ≤ 1.2"
_SAVED, _SENT = "≤ 500", "≤ 1000"
#: 150 people, each with 13 sections, within the last two minutes: what nobody has seen yet.
_NEEDED = "≥ 16"

Counted = dict[str, Answers]


def measure(database: str, sizes: Sizes) -> list[Result]:
    """Return what the pages of a link cost, and how many answers a second are taken at most.

    Raises:
        RuntimeError: If words that were confirmed are not in the database.
    """
    people = [one.as_dict() for one in validators(sizes.validators)]
    analyse()
    with tempfile.TemporaryDirectory(prefix="benchmark-answering-") as name:
        file = Path(name) / "validators.json"
        file.write_text(json.dumps(people), encoding="utf-8")
        with served(Path(name)) as address:
            _answered(address, file, sizes, seconds=_SECONDS_TO_WARM_UP, pause=False)
            calm = _answered(address, file, sizes, seconds=sizes.answering, pause=True)
            rush = _answered(address, file, sizes, seconds=sizes.answering, pause=False)
    title = f"answers by link, {database}, {sizes.validators} people"
    return [*_calm(title, calm), *_rush(f"{title} without a pause", rush, sizes.answering)]


def _answered(address: str, file: Path, sizes: Sizes, *, seconds: int, pause: bool) -> Counted:
    environment = {"BENCHMARK_VALIDATORS": str(file), "BENCHMARK_PAUSE": "yes" if pause else "no"}
    counted = let_loose(
        _SCRIPT, address, people=sizes.validators, seconds=seconds, environment=environment
    )
    _look_for_what_was_confirmed(json.loads(file.read_text(encoding="utf-8")))
    return {one.name: one for one in counted}


def _calm(title: str, counted: Counted) -> Iterator[Result]:
    by_link, with_account = counted["by link"], counted["with an account"]
    yield Result(
        f"{title}: a section by link beside one with an account, p50",
        by_link.percentile(0.5),
        "ms",
        baseline=with_account.percentile(0.5),
        target=_BESIDE_AN_ACCOUNT,
    )
    yield Result(f"{title}: saved, p50", counted["saved"].percentile(0.5), "ms")
    yield Result(f"{title}: saved, p95", counted["saved"].percentile(0.95), "ms", target=_SAVED)
    # A machine that is busy with something else does not come as far within the time.
    if "sent" in counted:
        yield Result(f"{title}: sent, p95", counted["sent"].percentile(0.95), "ms", target=_SENT)
    failed = sum(one.failures for one in counted.values())
    yield Result(f"{title}: failed", failed, "requests", target="≤ 0")


def _rush(title: str, counted: Counted, seconds: int) -> Iterator[Result]:
    for name, unit, needed in (
        ("saved", "answers to sections a second", _NEEDED),
        ("sent", "whole answers a second", ""),
    ):
        if name in counted:
            done = counted[name].times.total() - counted[name].failures
            yield Result(f"{title}: {name}", done / seconds, unit, target=needed)
    failed = sum(one.failures for one in counted.values())
    yield Result(f"{title}: failed", failed, "requests", target="≤ 0")


def _look_for_what_was_confirmed(people: Sequence[dict[str, Any]]) -> None:
    """Compare all words; those sent later may have taken the place of confirmed ones."""
    found = SectionAnswer.objects.filter(signoff__in=[one["signoff"] for one in people])
    rows = found.values_list("signoff", "section__key", "text")
    stored = {(signoff, key): text for signoff, key, text in rows}
    lost = [
        (one["signoff"], key)
        for one in people
        for key, words in one["confirmed"].items()
        if stored.get((one["signoff"], key)) not in (words, one["sent"][key])
    ]
    if lost:
        raise RuntimeError(f"confirmed, but not in the database: {lost}")
