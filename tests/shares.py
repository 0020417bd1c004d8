"""Which tests each process of a run begins with, so that none waits in the end for another."""

import os
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, TypeVar

Test = TypeVar("Test", bound=Any)

#: How many processes run the tests, as pytest-xdist tells each of them.
_VARIABLE = "PYTEST_XDIST_WORKER_COUNT"


def processes() -> int:
    """Return how many processes run the tests."""
    return int(os.environ.get(_VARIABLE, "1"))


def _seconds(test: Any) -> int:
    """Return about how long a test with the mark ``long`` takes; 0 for any other."""
    mark = test.get_closest_marker("long")
    return mark.args[0] if mark else 0


def shared_out(tests: Sequence[Test], number: int) -> list[Test]:
    """Return tests in an order of which each of so many processes is given a part of like number.

    Each part begins with long tests, and with about as much of them as any other. Those of one file
    stay together: they share what is made once in a process. Whoever has done his own
    takes from the end of another part (``--dist worksteal``), but never the next two tests of it:
    were these long, one process would be busy alone.
    """
    files: dict[str, list[Test]] = defaultdict(list)
    for one in tests:
        if _seconds(one):
            files[str(one.path)].append(one)
    work = {file: sum(map(_seconds, several)) for file, several in files.items()}
    parts: list[list[Test]] = [[] for _ in range(number)]
    for file in sorted(files, key=lambda one: (-work[one], one)):
        longest_first = sorted(files[file], key=lambda one: -_seconds(one))
        min(parts, key=lambda part: sum(map(_seconds, part))).extend(longest_first)
    rest = [one for one in tests if not _seconds(one)]
    left = len(tests)
    for place, part in enumerate(parts):
        size = left // (number - place)
        left -= size
        part += [rest.pop(0) for _ in range(min(size - len(part), len(rest)))]
    return [one for part in parts for one in part] + rest
