"""Calls the inbox and the board as many people would, and looks at the slow end."""

import gc
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import cycle, islice
from statistics import median
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from benchmarks.databases import analyse, counted
from benchmarks.lists.filling import Filling, Programme
from benchmarks.options import Sizes
from benchmarks.results import Result
from profile_workflow.models import User
from profile_workflow.states import Role
from workflows.models import Task
from workflows.queries import BoardFilter, board, inbox

Call = Callable[[], object]

#: Calls before the clock runs.
_WARM_UP = 5
#: How often each call is made; its median counts, so that other work of the machine does not.
_ROUNDS = 3
#: Calls whose queries are counted; the kinds of people and of filters come again before that.
_COUNTED = 60
#: Of so many calls of a list one is made through its page.
_CALLS_A_PAGE = 4
#: What people choose on the board.
_FILTERS = (
    BoardFilter(),
    BoardFilter(),
    BoardFilter(order="city"),
    BoardFilter(order="age"),
    BoardFilter(stage="drafting"),
    BoardFilter(stage="validation"),
    BoardFilter(late=True),
    BoardFilter(role=Role.LOCAL_EXPERT),
    BoardFilter(search="city"),
)
_PAGES = (1, 1, 2, 1, 3)
_QUERIES_OF_THE_INBOX, _TIME_OF_THE_INBOX = "≤ 5", "≤ 30"
_QUERIES_OF_THE_BOARD, _TIME_OF_THE_BOARD = "≤ 8", "≤ 150"


def measure(database: str, sizes: Sizes) -> list[Result]:
    """Return queries and times of both lists, and of the pages that show them."""
    at = timezone.now()
    programme = Filling(profiles=sizes.profiles, tasks=sizes.tasks, at=at).fill()
    analyse()
    print(f"    {Task.objects.count()} tasks, {Task.objects.open().count()} of them open")
    people = list(islice(_turns(programme), sizes.calls))
    team = list(islice(cycle(programme.people[Role.PROJECT_TEAM]), sizes.calls))
    return [
        *_list("inbox", database, _inboxes(people, at), _QUERIES_OF_THE_INBOX, _TIME_OF_THE_INBOX),
        *_list("board", database, _boards(team, at), _QUERIES_OF_THE_BOARD, _TIME_OF_THE_BOARD),
        *_page("page of the inbox", database, "tasks", people[::_CALLS_A_PAGE]),
        *_page("page of the board", database, "board", team[::_CALLS_A_PAGE]),
    ]


def _turns(programme: Programme) -> Iterator[User]:
    """Yield people of every role in turn, without end."""
    yield from (
        person for turn in zip(*(cycle(one) for one in _mixed(programme)), strict=False)
        for person in turn
    )  # fmt: skip


def _mixed(programme: Programme) -> list[list[User]]:
    """Return who opens his inbox: the project team and the reviewers twice as often as others."""
    often = (Role.PROJECT_TEAM, Role.INTERNATIONAL_EXPERT)
    return [programme.people[role] for role in (*programme.people, *often)]


def _inboxes(people: Sequence[User], at: datetime) -> list[Call]:
    return [lambda person=person: inbox(person, at) for person in people]  # type: ignore[misc]


def _boards(people: Sequence[User], at: datetime) -> list[Call]:
    chosen = zip(people, cycle(_FILTERS), cycle(_PAGES), strict=False)
    return [
        lambda person=person, wanted=wanted, page=page: board(person, at, wanted, page=page)  # type: ignore[misc]
        for person, wanted, page in chosen
    ]


def _list(
    name: str, database: str, calls: Sequence[Call], queries: str, milliseconds: str
) -> Iterator[Result]:
    bill = _called(calls)
    yield Result(f"{name}, {database}: most queries", bill.queries, "queries", target=queries)
    yield Result(f"{name}, {database}: p95", _p95(bill.wall), "ms", target=milliseconds)
    yield Result(f"{name}, {database}: p95 of processor time", _p95(bill.cpu), "ms")


@dataclass(frozen=True, slots=True)
class Bill:
    """Milliseconds of each call on the clock and of the processor, and the most queries of one.

    The work of a database server is on the clock only.
    """

    wall: list[float]
    cpu: list[float]
    queries: int


def _called(calls: Sequence[Call]) -> Bill:
    for call in calls[:_WARM_UP]:
        call()
    gc.collect()
    rounds = [[_milliseconds(call) for call in calls] for _round in range(_ROUNDS)]
    times = list(zip(*rounds, strict=True))
    most = 0
    for call in calls[:_COUNTED]:
        with counted() as counter:
            call()
        most = max(most, counter.queries)
    return Bill(
        wall=[median(wall for wall, _cpu in of_one) for of_one in times],
        cpu=[median(cpu for _wall, cpu in of_one) for of_one in times],
        queries=most,
    )


def _milliseconds(call: Call) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    call()
    return 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu)


def _p95(times: Sequence[float]) -> float:
    return sorted(times)[math.ceil(0.95 * len(times)) - 1]


def _page(name: str, database: str, address: str, people: Sequence[User]) -> Iterator[Result]:
    """Measure the whole answer to a browser: middleware, session, lists, template."""
    clients: dict[int, Client] = {}
    for person in people:
        if person.pk not in clients:
            clients[person.pk] = Client()
            clients[person.pk].force_login(person)
    url = reverse(address)
    bill = _called([lambda one=one: _get(clients[one.pk], url) for one in people])  # type: ignore[misc]
    yield Result(f"{name}, {database}: most queries", bill.queries, "queries")
    yield Result(f"{name}, {database}: p95", _p95(bill.wall), "ms")


def _get(client: Client, url: str) -> Any:
    response = client.get(url)
    if response.status_code != 200:
        raise RuntimeError(f"{url} answered {response.status_code}")
    return response
