"""Long tests are begun first, in each process about as much of them, those of one file in one."""

from types import SimpleNamespace
from typing import NamedTuple

from tests.shares import processes, shared_out


class One(NamedTuple):
    name: str
    path: str = ""
    seconds: int = 0

    def get_closest_marker(self, name):
        assert name == "long"
        return SimpleNamespace(args=(self.seconds,)) if self.seconds else None


SHORT = [One(f"short {number}") for number in range(7)]
LONG = [
    One("small", "a", 10),
    One("large", "b", 100),
    One("page 1", "c", 60),
    One("page 2", "c", 70),
    One("medium", "d", 30),
]


def halves(tests):
    order = shared_out(tests, 2)
    assert sorted(order) == sorted(tests)
    # As pytest-xdist gives them out: to the first process half of them, rounded down.
    return order[: len(order) // 2], order[len(order) // 2 :]


def named(tests):
    return [one.name for one in tests if one.seconds]


def test_each_process_begins_with_about_as_much():
    first, second = halves([*SHORT, *LONG])
    assert named(first) == ["page 2", "page 1", "small"]
    assert named(second) == ["large", "medium"]
    assert first[3:] == SHORT[:3]
    assert second[2:] == SHORT[3:]


def test_the_order_of_the_others_stays():
    for one in (SHORT, SHORT[::-1]):
        first, second = halves(one)
        assert [*first, *second] == one
        assert shared_out(one, 1) == one


def test_more_long_ones_than_a_part_holds_are_all_there():
    first, second = halves([One(f"one {number}", "a", 10) for number in range(5)] + SHORT[:2])
    assert len(first) + len(second) == 7


def test_the_tests_of_this_run_are_in_that_order(request):
    items = request.session.items
    assert items == shared_out(items, processes())
