"""The process that measures one part on one database; its results go to a file as JSON."""

import os
import sys
import warnings
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import django

from benchmarks.options import Sizes, Task
from benchmarks.results import Result, dump


def _measurement(part: str) -> Callable[[str, Sizes], list[Result]]:
    # Imported by name: models can be imported only once Django has been set up.
    measure: Callable[[str, Sizes], list[Result]]
    measure = import_module(f"benchmarks.{part}.measuring").measure
    return measure


def main(arguments: list[str]) -> None:
    """Do the task that the only argument describes."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    # Static files are served from the applications, as in the tests.
    warnings.filterwarnings("ignore", message="No directory at", category=UserWarning)
    django.setup()
    # Imported here: the connection needs the settings.
    from benchmarks.databases import temporary_database  # noqa: PLC0415

    task = Task.from_json(arguments[0])
    with temporary_database():
        results = _measurement(task.part)(task.database, task.sizes)
    dump(results, Path(task.result))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit("    ended early")
