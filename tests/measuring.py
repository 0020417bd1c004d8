"""What tests do only to get to their subject is measured once: measuring makes it far slower."""

import functools
import sys
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Returned = TypeVar("Returned")

_measured: set[Hashable] = set()


@contextmanager
def measured_once(*what: Hashable) -> Iterator[None]:
    """Measure what is done within only the first time that this process does ``what``.

    Where nothing is measured, this does nothing.
    """
    tracer = sys.gettrace()
    if tracer is None:
        yield
    elif what not in _measured:
        _measured.add(what)
        yield
    else:
        sys.settrace(None)
        try:
            yield
        finally:
            sys.settrace(tracer)


def once(function: Callable[Given, Returned]) -> Callable[Given, Returned]:
    """Measure a function the first time that a process calls it."""

    @functools.wraps(function)
    def measured(*args: Given.args, **kwargs: Given.kwargs) -> Returned:
        with measured_once(function.__module__, function.__qualname__):
            return function(*args, **kwargs)

    return measured
