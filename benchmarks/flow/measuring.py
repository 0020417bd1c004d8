"""Walks the process on all three contestants in turn and compares the medians."""

import gc
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.databases import counted
from benchmarks.flow.contestants import Contestant, Work, contestants
from benchmarks.flow.script import STEPS
from benchmarks.options import Sizes
from benchmarks.results import Result
from profile_workflow.states import ProfileState

#: Most queries that a move may cost: to publish reads all that is printed once more.
_MOST_QUERIES = "≤ 60"
_TARGET = "ratio ≤ 1.2"
#: Events that the product records besides the moves of documents.
_MORE_EVENTS = {"assign", "open_round", "ask"}


@dataclass(frozen=True, slots=True)
class Walk:
    """One process: the start and each move, in seconds or in queries."""

    start: float
    moves: tuple[float, ...]

    @property
    def whole(self) -> float:
        """The whole process."""
        return self.start + sum(self.moves)

    @property
    def a_move(self) -> float:
        """A move on average."""
        return sum(self.moves) / len(self.moves)


def measure(database: str, sizes: Sizes) -> list[Result]:
    """Return the product beside stock viewflow and beside bare django-fsm."""
    three = contestants()
    for one in three:
        _walk(one, _seconds)
    _check_same_moves(three)
    seconds = _timed(three, sizes.processes)
    queries = [_walk(one, _queries) for one in three]
    return list(_compared(database, seconds, queries))


def _timed(three: Sequence[Contestant], processes: int) -> list[list[Walk]]:
    """Walk one process of each in turn, again and again, each of them first as often."""
    walks: list[list[Walk]] = [[] for _one in three]
    for turn in range(processes):
        for place in range(len(three)):
            number = (turn + place) % len(three)
            gc.collect()
            walks[number].append(_walk(three[number], _seconds))
    return walks


def _walk(one: Contestant, cost_of: Callable[[Work], float]) -> Walk:
    start = cost_of(one.start())
    moves = tuple(cost_of(one.move(step)) for step in STEPS)
    if one.state() != ProfileState.PUBLISHED:
        raise RuntimeError(f"{one.name} ended in the state {one.state()}")
    return Walk(start, moves)


def _seconds(work: Work) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _queries(work: Work) -> float:
    with counted() as counter:
        work()
    return counter.queries


def _check_same_moves(three: Iterable[Contestant]) -> None:
    """Make sure that what is compared is the same work.

    Raises:
        RuntimeError: If somebody recorded other moves of documents than the others.
    """
    recorded = [
        {move: number for move, number in one.events().items() if move not in _MORE_EVENTS}
        for one in three
    ]
    if any(events != recorded[0] for events in recorded):
        raise RuntimeError(f"the contestants made different moves: {recorded}")


def _compared(
    database: str, seconds: Sequence[Sequence[Walk]], queries: Sequence[Walk]
) -> Iterator[Result]:
    process = [1000 * median(walk.whole for walk in walks) for walks in seconds]
    move = [1000 * median(walk.a_move for walk in walks) for walks in seconds]
    counts = [walk.a_move for walk in queries]
    for other, name in ((1, "stock viewflow"), (2, "django-fsm")):
        target = _TARGET if other == 1 else ""
        beside = f"{database}, beside {name}"
        yield Result(f"process, {beside}", process[0], "ms", process[other], target)
        yield Result(f"move, {beside}", move[0], "ms", move[other], target)
        yield Result(f"queries a move, {beside}", counts[0], "queries", counts[other])
    most = max(queries[0].moves)
    yield Result(f"most queries of a move, {database}", most, "queries", target=_MOST_QUERIES)
