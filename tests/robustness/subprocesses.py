"""Programs in processes of their own, on the database under test, made to be killed.

A test that uses them needs ``transactional_db``: another process sees only what is committed.
"""

import contextlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
#: Seconds until something that must happen has certainly failed to happen.
PATIENCE = 60.0


def database_url() -> str:
    """Return the URL of the test database itself."""
    settings = connection.settings_dict
    name = str(settings["NAME"])
    if connection.vendor == "sqlite":
        assert "memory" not in name, "another process cannot open a database in memory"
        return f"sqlite:///{name}"
    host = str(settings["HOST"])
    if host.startswith("/") or not host:
        return f"postgres:///{host}/{name}"
    user = quote(str(settings["USER"]), safe="")
    password = quote(str(settings["PASSWORD"]), safe="")
    return f"postgres://{user}:{password}@{host}:{settings['PORT'] or 5432}/{name}"


def environment(**variables: str) -> dict[str, str]:
    """Return the environment of a server in production, on the test database."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "DATABASE_URL": database_url(),
        "SECRET_KEY": "only-for-this-test",
        "ALLOWED_HOSTS": "localhost",
        "SITE_URL": "https://profiles.example.org",
        "LOG_LEVEL": "INFO",
        "PYTHONUNBUFFERED": "1",
        **variables,
    }


class Nursery:
    """Starts the same program again and again without loading the application each time.

    Args:
        modules: What its programs import, imported beforehand.
        variables: What they find in the environment beside ``environment()``.
    """

    def __init__(self, *modules: str, variables: dict[str, str] | None = None) -> None:
        # One question at a time: a test asks from its mail server too, which is another thread.
        self.turn = threading.RLock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.robustness.nursery", *modules],
            cwd=ROOT,
            env=environment(**(variables or {})),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.communicate(timeout=PATIENCE)

    def ask(self, *request: Any) -> int | None:
        """Put a request as ``nursery`` reads it; return the answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self.turn:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            answer: int | None = json.loads(self._process.stdout.readline())
        return answer

    def start(self, *arguments: str) -> "Child":
        """Start a program; ``arguments`` as those of a Child."""
        return Child(arguments, nursery=self)


class _Ward:
    """A process that a nursery has begun; asked like one of ``subprocess``."""

    def __init__(self, nursery: Nursery, output: str, arguments: Sequence[str]) -> None:
        self._nursery = nursery
        pid = nursery.ask("begin", output, *arguments)
        assert pid is not None
        self.pid = pid
        self._code: int | None = None

    def poll(self) -> int | None:
        with self._nursery.turn:
            if self._code is None:
                self._code = self._nursery.ask("look", self.pid)
            return self._code

    def wait(self, timeout: float | None = PATIENCE) -> int:
        wait_until(lambda: self.poll() is not None, what="the end", seconds=timeout or PATIENCE)
        assert self._code is not None
        return self._code

    def terminate(self) -> None:
        os.kill(self.pid, signal.SIGTERM)


class Child:
    """A process, its output, and the ways to end it.

    Args:
        arguments: Follow the interpreter: ``("manage.py", "worker")``, ``("-m", "tests.x")``.
        variables: What it finds in the environment beside ``environment()``.
        nursery: Begins it at once, with the nursery's own variables.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        variables: dict[str, str] | None = None,
        *,
        nursery: Nursery | None = None,
    ) -> None:
        self._output = tempfile.NamedTemporaryFile(suffix=".log")  # noqa: SIM115 - closed in end()
        self.process: subprocess.Popen[bytes] | _Ward
        if nursery is not None:
            self.process = _Ward(nursery, self._output.name, arguments)
            return
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environment(**(variables or {})),
            stdout=self._output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.end()

    @property
    def output(self) -> str:
        """What it has written so far."""
        return Path(self._output.name).read_text(errors="replace")

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def wait_for(self, pattern: str, *, seconds: float = PATIENCE) -> None:
        """Wait until the output matches; fail with the output if it never does."""
        wait_until(
            lambda: re.search(pattern, self.output) is not None or not self.is_alive,
            what=f"“{pattern}” in the output",
            seconds=seconds,
        )
        assert re.search(pattern, self.output), f"the process ended:\n{self.output}"

    def kill(self) -> None:
        """Kill it and all that it has started, as a power cut would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def terminate(self, *, seconds: float = PATIENCE) -> int:
        """Ask it to end; return its exit code."""
        self.process.terminate()
        return self.wait(seconds=seconds)

    def wait(self, *, seconds: float = PATIENCE) -> int:
        """Wait for its end; return its exit code."""
        return self.process.wait(timeout=seconds)

    def end(self) -> None:
        """Leave nothing behind."""
        if self.is_alive:
            self.kill()
        self._output.close()


def wait_until(
    condition: Callable[[], bool], *, what: str = "it", seconds: float = PATIENCE
) -> None:
    """Wait for something that another process does; fail if it does not."""
    give_up_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up_at, f"waited {seconds:.0f} s in vain for {what}"
        time.sleep(0.01)


def killed_at_random(
    start: Callable[[], Child],
    *,
    at_work: Callable[[Child], object],
    times: int,
    within: float,
    chance: random.Random,
) -> Iterator[int]:
    """Start a program again and again and kill it at a random moment of its work.

    Args:
        start: Starts the program.
        at_work: Waits until it works; its start is not worth killing.
        times: How often it is killed.
        within: Greatest number of seconds from being at work to being killed.
        chance: Source of the moments; seeded, so that a failure can be repeated.

    Yields:
        The number of kills so far, after each; the caller looks at what is left.
    """
    for number in range(1, times + 1):
        with start() as child:
            at_work(child)
            time.sleep(chance.uniform(0, within))
            child.kill()
        yield number
