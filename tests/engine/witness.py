"""Who looks at everything that is stored before and after a step, and lets its writes fail."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from operator import itemgetter
from typing import Any

from django.apps import apps
from django.db import DatabaseError, connection, transaction

from profile_workflow.machines import (
    CommentMachine,
    DataItemMachine,
    ProfileMachine,
    SectionMachine,
    SignOffMachine,
)
from profile_workflow.models import Comment, DataItem, Event, Profile, Section, SignOff
from profile_workflow.services import log
from profile_workflow.services.log import document_name
from tests.factories import fresh
from workflows import invariants

# Everything that is stored


#: Tables in which a move writes; people, cities and templates are none of them.
STILL = {"user", "organisation", "programme", "city", "textblock", "template", "templatesection"}


def tables() -> list[str]:
    models = apps.get_models(include_auto_created=True)
    ours = [one for one in models if one._meta.app_label in ("profile_workflow", "workflows")]
    return [one._meta.db_table for one in ours if one._meta.model_name not in STILL]


def everything() -> dict[str, list[Any]]:
    """Return every row of every table in which moves write."""
    stored: dict[str, list[Any]] = {table: [] for table in tables()}
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # where each question is a journey
            parts = (f"SELECT '{table}', id, t::text FROM \"{table}\" t" for table in stored)  # noqa: S608
            cursor.execute(" UNION ALL ".join(parts))
            for table, *row in cursor.fetchall():
                stored[table].append(row)
        else:
            for table in stored:
                cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - our own names
                stored[table] = cursor.fetchall()
    return {table: sorted(rows, key=itemgetter(0)) for table, rows in stored.items()}


def differences(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> list[str]:
    return [table for table in before if before[table] != after[table]]


# Failures


class DiskIsFull(DatabaseError):
    """What a write raises when the test says so."""


WRITES = ("INSERT", "UPDATE", "DELETE")


@contextmanager
def failing_after(number: int) -> Iterator[None]:
    """Let a statement fail: the one with which so many writes have been made."""
    made = 0

    def execute_or_fail(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        nonlocal made
        result = execute(sql, *rest)
        made += sql.startswith(WRITES)
        if made == number and sql.startswith(WRITES):
            raise DiskIsFull
        return result

    with connection.execute_wrapper(execute_or_fail):
        yield


#: How often a walk lets a step fail before it makes it.
LIKELY = 0.7


def attempt(
    act: Callable[[], Any], number: int, *, before: dict[str, list[Any]] | None = None
) -> bool:
    """Let an act fail after a number of writes; return whether it failed.

    An act that writes less often has then been done.
    """
    before = before or everything()
    try:
        with failing_after(number):
            act()
    except DiskIsFull:
        transaction.set_rollback(False)  # to look at what is left where nothing was rolled back
        left = differences(before, everything())
        assert not left, f"half a move was left in {left} by a failure after write {number}"
        return True
    return False


# What must hold after every step


def states(profiles: list[Profile]) -> dict[tuple[int, str], str]:
    """Return profile id and name of every document → its state."""
    keys = [one.pk for one in profiles]
    documents: list[Any] = [
        *Profile.objects.filter(pk__in=keys),
        *Section.objects.filter(profile__in=keys),
        *SignOff.objects.filter(round__profile__in=keys).select_related("round"),
        *Comment.objects.filter(section__profile__in=keys).select_related("section"),
        *DataItem.objects.filter(table__profile__in=keys).select_related("table"),
    ]
    return {(profile_id(one), document_name(one)): one.state for one in documents}


def profile_id(document: Any) -> int:
    if isinstance(document, Profile):
        return document.pk
    owner = {SignOff: "round", Comment: "section", DataItem: "table"}.get(type(document))
    return (getattr(document, owner) if owner else document).profile_id


KINDS = ("profile", "section", "sign_off", "comment", "data_item")


def unexplained(
    before: dict[tuple[int, str], str], after: dict[tuple[int, str], str], since: int
) -> list[str]:
    """Replay the new events on the states before; return where they do not lead to those after."""
    replayed, wrong = dict(before), []
    for event in Event.objects.filter(pk__gt=since).order_by("profile", "seq"):
        if event.document.split(":")[0] not in KINDS:
            continue
        key = (event.profile_id, event.document)
        if replayed.get(key, event.from_state) != event.from_state:
            wrong.append(f"{event}: starts from “{event.from_state}”, not “{replayed[key]}”")
        replayed[key] = event.to_state
    for key, state in after.items():
        if replayed.get(key, state) != state:
            wrong.append(f"{key}: is “{state}”, the events lead to “{replayed[key]}”")
    return wrong


def last_event() -> int:
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def check_all(profiles: list[Profile]) -> None:
    for profile in profiles:
        assert invariants.violations(fresh(profile)) == []
        assert list(log.broken_links(fresh(profile))) == []


class Witness:
    """Looks at the state of everything before and after each step."""

    def __init__(self) -> None:
        self.made: Counter[str] = Counter()
        self.failures = 0

    def watch(self, step: Callable[[], Any], *, event: tuple[str, str] | None = None) -> None:
        """Make a step; fail unless its events, and nothing else, explain what has changed.

        ``event`` is the document and the move that must have been recorded once.
        """
        known = list(Profile.objects.all())
        before, since = states(known), last_event()
        step()
        profiles = list(Profile.objects.all())
        assert unexplained(before, states(profiles), since) == []
        new = Event.objects.filter(pk__gt=since)
        if event is not None:
            document, move = event
            assert new.filter(document=document, move=move).count() == 1
        for one in new:
            self.made[f"{one.document.split(':')[0]}.{one.move}"] += 1
        check_all(profiles)

    def fail_after_each_write(self, step: Callable[[], Any]) -> None:
        number, before = 1, everything()
        while attempt(step, number, before=before):
            number += 1
        self.failures += number - 1


MACHINES = (ProfileMachine, SectionMachine, SignOffMachine, CommentMachine, DataItemMachine)


def all_moves() -> set[str]:
    return {
        f"{machine.document_type}.{name}"
        for machine in MACHINES
        for name in vars(machine)
        if hasattr(getattr(machine, name), "_django_fsm")
    }
