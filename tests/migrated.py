"""A migrated database, made once for a whole test run; the processes of the run copy it.

``python -m tests.migrated make NAME`` and ``drop NAME`` work on the database that
``DATABASE_URL`` chooses; NAME is a file for SQLite, a database for PostgreSQL.
"""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

#: What the environment calls the migrated database; unset, each process makes its own.
VARIABLE = "TEST_MIGRATED"
MAKE, DROP = "make", "drop"


def _run(act: str, name: str, url: str | None) -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    environment.pop("DATABASE_URL", None)
    if url:
        environment["DATABASE_URL"] = url
    subprocess.run([sys.executable, "-m", __name__, act, name], check=True, env=environment)


@contextlib.contextmanager
def migrated(url: str | None, folder: str) -> Iterator[str]:
    """Make a migrated database, yield its name, and leave nothing behind.

    Args:
        url: A PostgreSQL server; None for a SQLite file.
        folder: Where that file stands.

    Raises:
        subprocess.CalledProcessError: If a migration fails.
    """
    name = f"migrated_{os.getpid()}" if url else str(Path(folder) / "migrated.sqlite3")
    _run(MAKE, name, url)
    try:
        yield name
    finally:
        _run(DROP, name, url)


def is_copied() -> bool:
    """Whether this run has a migrated database to start from."""
    return VARIABLE in os.environ


def start_from_it(vendor: str, settings: dict[str, Any]) -> None:
    """Let a test database, whose ``TEST`` settings are given, begin as the migrated one."""
    if not is_copied():
        return
    if vendor == "sqlite":
        shutil.copyfile(os.environ[VARIABLE], settings["NAME"])
    else:
        settings["TEMPLATE"] = os.environ[VARIABLE]


def main(act: str, name: str) -> None:
    """Make or drop the database ``name``."""
    import django  # noqa: PLC0415 - only here, where it is set up

    django.setup()
    from django.db import connection  # noqa: PLC0415

    if act == MAKE:
        connection.settings_dict["TEST"]["NAME"] = name
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        connection.close()
    else:
        connection.creation._destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main(*sys.argv[1:])
