"""What a factory has written once is cast again, as rows, instead of being made by the same moves.

A test that begins with an empty database and with the same calls of factories comes to the same
rows. The first time they are made; the moves that lead there are tested by themselves. After that
the rows are written as they were, which takes a fiftieth of the time. As soon as anything else has
written, or the database is not as it was left, factories do their work again.
"""

import functools
import pickle
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, time
from typing import Any, ParamSpec, TypeVar

from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import Model

Given = ParamSpec("Given")
Returned = TypeVar("Returned")
Rows = dict[Any, tuple[Any, ...]]
Trail = tuple[Hashable, ...]

_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "ROLLBACK", "TRUNCATE")
#: What no factory writes, and what Django itself makes anew when tables were emptied.
_LEFT_ALONE = (Session, ContentType, Permission)
#: Most values in one statement on every database.
_MOST_VALUES = 900


@dataclass(frozen=True)
class _Table:
    name: str
    key: str
    columns: tuple[str, ...]

    @property
    def listed(self) -> str:
        return ", ".join(map(connection.ops.quote_name, self.columns))


@dataclass(frozen=True)
class _Cast:
    """What one call of a factory has changed, by table, and what it returned."""

    gone: Mapping[_Table, list[Any]]
    new: Mapping[_Table, list[tuple[Any, ...]]]
    returned: bytes
    left: tuple[int, ...]


class _Journal:
    """What factories have written in the test that runs; ``trail`` is None where others have."""

    def __init__(self) -> None:
        self.trail: Trail | None = None
        self.is_at_work = False
        self.casts: dict[Trail, _Cast] = {}
        self._rows: dict[Trail, dict[_Table, Rows]] = {}
        self._start: tuple[int, ...] = ()

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """See every statement on its way to the database."""
        if not self.is_at_work and sql.lstrip()[:10].upper().startswith(_WRITES):
            self.trail = None
        return execute(sql, params, many, context)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        self.is_at_work = True
        try:
            yield
        finally:
            self.is_at_work = False

    def is_as_left(self) -> bool:
        """Whether the database is as the last factory left it, or has nothing in it yet."""
        if self.trail is None or connection.needs_rollback:
            return False
        self.trail = self.trail or (_kinds(),)
        left = self.casts[self.trail].left if self.trail in self.casts else (0,) * len(_counted())
        if _counts() != left:
            self.trail = None
        return self.trail is not None

    def make(self, step: Trail, function: Callable[[], Returned]) -> Returned:
        """Do the work of a factory, and remember what it wrote."""
        assert self.trail is not None
        before = self._rows.get(self.trail) or _all_rows()
        self._rows[self.trail] = before
        trail, callbacks = self.trail, len(connection.run_on_commit)
        self.trail = None
        with self.at_work():
            returned = function()
        if len(connection.run_on_commit) != callbacks:
            return returned
        after = _all_rows()
        self.trail = (*trail, *step)
        self._rows[self.trail] = after
        self.casts[self.trail] = _difference(before, after, pickle.dumps(returned))
        return returned

    def cast(self, trail: Trail) -> Any:
        """Write the rows that a factory wrote before; return what it returned."""
        one = self.casts[trail]
        with self.at_work(), transaction.atomic():
            for table, keys in one.gone.items():
                for some in _parts(keys, _MOST_VALUES):
                    _remove(table, some)
            for table, rows in one.new.items():
                _insert(table, rows)
        self.trail = trail
        return pickle.loads(one.returned)  # noqa: S301 - made by this process


_journal = _Journal()


@contextmanager
def opened() -> Iterator[None]:
    """Let factories cast what they write within, beginning with an empty database."""
    connection.execute_wrappers.append(_journal)
    _journal.trail = ()
    try:
        yield
    finally:
        _journal.trail = None
        connection.execute_wrappers.remove(_journal)


def mould(function: Callable[Given, Returned]) -> Callable[Given, Returned]:
    """Let a factory be cast again wherever it is called after the same calls, with the same things.

    What it is given must have a name: models by their key, plain values, and lists of them.
    """

    @functools.wraps(function)
    def made(*args: Given.args, **kwargs: Given.kwargs) -> Returned:
        named = (function.__qualname__, _named((args, kwargs)))
        if _journal.is_at_work or _NAMELESS in _flat(named) or not _journal.is_as_left():
            return function(*args, **kwargs)
        assert _journal.trail is not None
        trail = (*_journal.trail, named)
        if trail in _journal.casts:
            found: Returned = _journal.cast(trail)
            return found
        return _journal.make((named,), lambda: function(*args, **kwargs))

    return made


#: Instead of the name of what has none.
_NAMELESS = object()


def _named(value: Any) -> Hashable:
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, Model):
        return (value._meta.label, value.pk)
    if isinstance(value, Mapping):
        return tuple((key, _named(one)) for key, one in sorted(value.items()))
    if isinstance(value, list | tuple):
        return tuple(_named(one) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        return tuple(_named(getattr(value, one.name)) for one in fields(value))
    return _NAMELESS


def _flat(value: Hashable) -> Iterator[Hashable]:
    if isinstance(value, tuple):
        for one in value:
            yield from _flat(one)
    else:
        yield value


@functools.cache
def _tables() -> list[_Table]:
    models = apps.get_models(include_auto_created=True)
    return [
        _Table(
            model._meta.db_table,
            model._meta.pk.column,
            tuple(field.column for field in model._meta.local_concrete_fields),
        )
        for model in models
        if model._meta.managed and not model._meta.proxy and model not in _LEFT_ALONE
    ]


def _all_rows() -> dict[_Table, Rows]:
    found = {}
    with connection.cursor() as cursor:
        for table in _tables():
            cursor.execute(f"SELECT {table.listed} FROM {table.name}")  # noqa: S608
            place = table.columns.index(table.key)
            found[table] = {row[place]: tuple(map(_stored, row)) for row in cursor.fetchall()}
    return found


def _stored(value: Any) -> Any:
    """Return a value as it is handed to the database again."""
    if connection.vendor == "sqlite" and isinstance(value, datetime | date | time):
        return str(value)
    return bytes(value) if isinstance(value, memoryview) else value


def _difference(
    before: Mapping[_Table, Rows], after: Mapping[_Table, Rows], returned: bytes
) -> _Cast:
    gone, new = {}, {}
    for table, rows in after.items():
        old = before[table]
        changed = [row for key, row in rows.items() if old.get(key) != row]
        ended = [key for key, row in old.items() if rows.get(key) != row]
        if changed:
            new[table] = changed
        if ended:
            gone[table] = ended
    return _Cast(gone, new, returned, _counts())


def _remove(table: _Table, keys: list[Any]) -> None:
    places = ", ".join(["%s"] * len(keys))
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table.name} WHERE {table.key} IN ({places})", keys)  # noqa: S608


def _insert(table: _Table, rows: list[tuple[Any, ...]]) -> None:
    one = f"({', '.join(['%s'] * len(table.columns))})"
    with connection.cursor() as cursor:
        for some in _parts(rows, _MOST_VALUES // len(table.columns)):
            places = ", ".join([one] * len(some))
            cursor.execute(
                f"INSERT INTO {table.name} ({table.listed}) VALUES {places}",  # noqa: S608
                [value for row in some for value in row],
            )


def _parts(several: list[Any], most: int) -> Iterable[list[Any]]:
    return (several[place : place + most] for place in range(0, len(several), most))


def _kinds() -> Hashable:
    """Return the rows with which every database begins; after some tests they are others."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, app_label, model FROM django_content_type ORDER BY id")
        return tuple(cursor.fetchall())


#: What every factory adds to, or is added to by whatever else a test does first.
_COUNTED = ("User", "Programme", "Template", "City", "Profile", "Assignment", "Event")


@functools.cache
def _counted() -> list[str]:
    return [
        *(apps.get_model("profile_workflow", name)._meta.db_table for name in _COUNTED),
        apps.get_model("workflows", "Task")._meta.db_table,
    ]


def _counts() -> tuple[int, ...]:
    counts = ", ".join(f"(SELECT count(*) FROM {table})" for table in _counted())  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}")
        row: tuple[int, ...] = cursor.fetchone()
    return row
