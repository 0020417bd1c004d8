"""Renders texts of several lengths and compares each with a later version, and with worse ones."""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from django.core.cache import cache

from benchmarks.options import Sizes
from benchmarks.results import Result
from benchmarks.texts import SOURCES, Author
from profile_workflow import markup
from profile_workflow.web.redline import redline

#: The length for which there is a target: the longest section of a usual profile, in words.
_USUAL = 6_300
_SECOND = "≤ 1000"
_PATHOLOGICAL = "≤ 2000"
_CITATIONS = {f"source-{number}": f"Office {2000 + number}" for number in range(SOURCES)}
_LINES = ("Yes.", "No.", "Not known.", "See above.", "In part.", "Not asked.", "None.", "Some.")


def measure(sizes: Sizes) -> list[Result]:
    """Return the times by length, how they grow, and those of pairs that are hard to compare."""
    bills = {length: _bill(length, sizes.rounds) for length in sizes.lengths}
    return [*_times(bills), *_growth(bills), *_pathological(max(sizes.lengths))]


@dataclass(frozen=True, slots=True)
class Bill:
    """Milliseconds of the processes of one text, and its exact length.

    Attributes:
        render: Markdown to HTML.
        compare: HTML with the HTML of the later version.
        both: All that somebody waits for: two texts rendered, then compared.
    """

    words: int
    render: float
    compare: float
    both: float


def _bill(length: int, rounds: int) -> Bill:
    author = Author(5)
    blocks = author.blocks(length)
    old, new = "\n\n".join(blocks), "\n\n".join(author.changed(blocks))
    pages = _html(old), _html(new)
    return Bill(
        words=markup.word_count(old),
        render=_median(lambda: _html(old), rounds),
        compare=_median(lambda: _compare(*pages), rounds),
        both=_median(lambda: _compare(_html(old), _html(new)), rounds),
    )


def _html(text: str) -> str:
    found = markup.render(text, citations=_CITATIONS, chapter="3")
    if found.problems:
        raise RuntimeError(f"the text was not rendered whole: {found.problems[0]}")
    return found.html


def _compare(old: str, new: str) -> None:
    """Compare two texts that nobody has compared before.

    Raises:
        RuntimeError: If there was nothing to be found, or nothing was looked for.
    """
    cache.clear()
    if redline(old, new).changes == 0:
        raise RuntimeError("no change was found")


def _median(call: Callable[[], object], rounds: int) -> float:
    return median(_milliseconds(call) for _round in range(rounds))


def _milliseconds(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return 1000 * (time.perf_counter() - begun)


def _times(bills: Mapping[int, Bill]) -> Iterator[Result]:
    for length, bill in bills.items():
        target = _SECOND if length == _USUAL else ""
        yield Result(f"render, {length:,} words", bill.render, "ms")
        yield Result(f"compare, {length:,} words", bill.compare, "ms", target=target)
        yield Result(f"render two and compare, {length:,} words", bill.both, "ms", target=target)


def _growth(bills: Mapping[int, Bill]) -> Iterator[Result]:
    """Compare what a thousand words cost in the shortest text and in each longer one."""
    shortest = min(bills)
    first = bills[shortest]
    for length, bill in bills.items():
        if length == shortest:
            continue
        beside = f"a thousand words, {length:,} beside {shortest:,}"
        thousands, of_first = bill.words / 1000, first.words / 1000
        yield Result(f"render: {beside}", bill.render / thousands, "ms", first.render / of_first)
        yield Result(f"compare: {beside}", bill.compare / thousands, "ms", first.compare / of_first)


def _pathological(length: int) -> Iterator[Result]:
    for name, (old, new) in _pairs(length).items():
        pages = _html(old), _html(new)
        milliseconds = _milliseconds(lambda pages=pages: _compare(*pages))  # type: ignore[misc]
        yield Result(f"compare, {name}", milliseconds, "ms", target=_PATHOLOGICAL)


def _pairs(length: int) -> dict[str, tuple[str, str]]:
    """Return pairs of texts that a careless comparison would take minutes over."""
    chance = random.Random(6)  # noqa: S311 - no secret, but the same at every run

    def lines(number: int) -> Sequence[str]:
        return chance.choices(_LINES, k=number)

    def words(paragraphs: int) -> str:
        return "\n\n".join(" ".join(lines(640)) for _paragraph in range(paragraphs))

    return {
        "2,500 short paragraphs shuffled": ("\n\n".join(lines(2500)), "\n\n".join(lines(2500))),
        "a list of 5,000 short lines shuffled": (
            "\n".join(f"- {line}" for line in lines(5000)),
            "\n".join(f"- {line}" for line in lines(5000)),
        ),
        "10 paragraphs of few words shuffled": (words(10), words(10)),
        f"unrelated texts of {length:,} words": (Author(7).text(length), Author(8).text(length)),
        "paragraphs with the same line between any two": (
            "\n\n".join(f"Was {number}.\n\nSee above." for number in range(1200)),
            "\n\n".join(f"Is {number}.\n\nSee above." for number in range(1200)),
        ),
    }
