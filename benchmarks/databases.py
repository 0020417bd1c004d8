"""Where a part is measured: a database made for it and thrown away, and a count of its queries."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection

from profile_workflow.models import fulltext, triggers

#: Statements that only mark transactions; they are the same few for everybody.
_MARKS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


@contextmanager
def temporary_database() -> Iterator[None]:
    """Make an empty database with every table, trigger and index of words; drop it at the end."""
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        triggers.install(connection)
        fulltext.install(connection)
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def analyse() -> None:
    """Do what the housekeeping of a server does within a minute of a filling."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


@dataclass(slots=True)
class Counter:
    """Number of queries, without those that only begin and end transactions."""

    queries: int = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Count a query on its way to the database."""
        self.queries += not sql.startswith(_MARKS)
        return execute(sql, params, many, context)


@contextmanager
def counted() -> Iterator[Counter]:
    """Count the queries within."""
    counter = Counter()
    with connection.execute_wrapper(counter):
        yield counter
