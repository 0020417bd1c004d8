"""A process that has loaded the application once and has children at once.

For programs that a test starts some dozen times: of each start two seconds are imports.
``python -m tests.robustness.nursery MODULE…`` imports the modules, then reads a request a line,
``["begin", output, argument, …]`` or ``["look", pid]``, and answers each with a number, or with
``null`` for a child that lives.
"""

import contextlib
import importlib
import json
import os
import runpy
import signal
import sys
from collections.abc import Iterable
from typing import Any

import django
from django.conf import settings
from django.core import checks, management
from django.db import connections
from django.utils import translation

_alive: set[int] = set()


def _be(output: str, program: str, *arguments: str) -> None:
    """Become a program as if the interpreter had been started with it."""
    os.setsid()
    with open(output, "ab") as file:  # noqa: PTH123 - for its number
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    if program == "-m":
        module, *arguments = arguments
        sys.argv = [module, *arguments]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    else:
        sys.argv = [program, *arguments]
        runpy.run_path(program, run_name="__main__")


def _begin(output: str, *arguments: str) -> int:
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            _be(output, *arguments)
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    _alive.add(pid)
    return pid


def _look(pid: int) -> int | None:
    """Return how a child ended, as ``subprocess`` tells it; None while it lives."""
    found, status = os.waitpid(pid, os.WNOHANG)
    if not found:
        return None
    _alive.discard(pid)
    return os.waitstatus_to_exitcode(status)


def _load(modules: Iterable[str]) -> None:
    """Load all that a child would load sooner or later; no connection, which it would share."""
    django.setup()
    management.get_commands()
    for module in (settings.ROOT_URLCONF, *modules):
        importlib.import_module(module)
    checks.run_checks()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            translation.gettext("Profile")
    connections.close_all()


def main() -> None:
    """Answer until nobody asks any more."""
    _load(sys.argv[1:])
    acts: dict[str, Any] = {"begin": _begin, "look": _look}
    for line in sys.stdin:
        act, *arguments = json.loads(line)
        print(json.dumps(acts[act](*arguments)), flush=True)
    # Whoever asked is gone, perhaps killed; a program that never ends must not stay behind.
    for pid in _alive:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
