"""Starts the server, lets people open pages, and says how long half and nearly all of them wait."""

import json
import math
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from benchmarks.lists.filling import Filling
from benchmarks.options import Sizes
from benchmarks.pages.filling import Reading
from benchmarks.pages.people import people
from benchmarks.results import Result

_ROOT = Path(__file__).resolve().parent.parent.parent
_LOCUST = Path(__file__).with_name("locustfile.py")
_WORKERS = 3
_START_SECONDS = 60
_END_SECONDS = 15
#: A page that takes longer makes people wonder whether anything happens.
_TARGET = "≤ 1000"


def measure(database: str, sizes: Sizes) -> list[Result]:
    """Return the median and the slow end of each page, and how many pages a second are served."""
    at = timezone.now()
    programme = Filling(profiles=sizes.profiles, tasks=sizes.tasks, at=at).fill()
    Reading(at=at).fill()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    with tempfile.TemporaryDirectory(prefix="benchmark-pages-") as name:
        folder = Path(name)
        persons = folder / "people.json"
        persons.write_text(json.dumps(people(programme, number=sizes.users)), encoding="utf-8")
        connection.close()
        with _server(folder) as address:
            _opened(address, persons, sizes.users, seconds=3, pause=False)
            calm = _opened(address, persons, sizes.users, seconds=sizes.seconds, pause=True)
            rush = _opened(address, persons, sizes.users, seconds=sizes.seconds // 2, pause=False)
    return [*_times(calm, database, sizes.users), *_rush(rush, database, sizes)]


# The server


def _environment(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "benchmarks.pages.serving",
        "DATABASE_URL": _url(),
        "DATA_DIR": str(folder / "data"),
        "BENCHMARK_STATIC_ROOT": str(folder / "static"),
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": "127.0.0.1",
        "LOG_LEVEL": "CRITICAL",
    }


def _url() -> str:
    """Return the address of the database that was filled, which only this run knows."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{name}"


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    """Serve the site as ``docs/how-to/operate.md`` says; yield its address."""
    environment = _environment(folder)
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(collect, cwd=_ROOT, env=environment, check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        bound = f"127.0.0.1:{free.getsockname()[1]}"
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--workers", str(_WORKERS)]
    command += ["--bind", bound, "--max-requests", "2000", "--no-control-socket"]
    command += ["--log-level", "error"]
    server = subprocess.Popen(command, cwd=_ROOT, env=environment)
    try:
        _wait_for(f"http://{bound}/healthz", server)
        yield f"http://{bound}"
    finally:
        server.terminate()
        try:
            server.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait_for(address: str, server: "subprocess.Popen[bytes]") -> None:
    asked = urllib.request.Request(address, headers={"X-Forwarded-Proto": "https"})  # noqa: S310
    deadline = time.monotonic() + _START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(asked, timeout=5):  # noqa: S310 - our own address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"the server did not answer at {address}")


# The people


def _opened(
    address: str, persons: Path, users: int, *, seconds: int, pause: bool
) -> list[dict[str, Any]]:
    """Let people open pages for some seconds; return what Locust counted of each page."""
    command = [
        sys.executable, "-m", "locust", "--locustfile", str(_LOCUST), "--headless",
        "--host", address, "--users", str(users), "--spawn-rate", str(users),
        "--run-time", f"{seconds}s", "--stop-timeout", "10", "--json", "--skip-log",
    ]  # fmt: skip
    environment = {
        **os.environ,
        "BENCHMARK_PEOPLE": str(persons),
        "BENCHMARK_PAUSE": "yes" if pause else "no",
    }
    done = subprocess.run(
        command, cwd=_ROOT, env=environment, check=False, capture_output=True, text=True
    )
    counted: list[dict[str, Any]] = json.loads(done.stdout[done.stdout.index("[") :])
    failed = [one["name"] for one in counted if one["num_failures"]]
    if failed or done.returncode:
        raise RuntimeError(f"pages failed: {failed}\n{done.stderr[-2000:]}")
    return counted


def percentile(times: Mapping[int, int], share: float) -> float:
    """Return the time that a share of the calls stays below.

    Args:
        times: Milliseconds → number of calls that took so long.
        share: Between 0 and 1.
    """
    wanted = math.ceil(share * sum(times.values()))
    for milliseconds in sorted(times):
        wanted -= times[milliseconds]
        if wanted <= 0:
            return float(milliseconds)
    raise ValueError("nothing was counted")


def _counts(one: Mapping[str, Any]) -> Counter[int]:
    return Counter({int(float(key)): number for key, number in one["response_times"].items()})


def _times(counted: list[dict[str, Any]], database: str, users: int) -> Iterator[Result]:
    for one in sorted(counted, key=lambda page: page["name"]):
        name = f"{one['name']}, {database}, {users} people"
        times = _counts(one)
        yield Result(f"{name}: p50", percentile(times, 0.5), "ms")
        yield Result(f"{name}: p95", percentile(times, 0.95), "ms", target=_TARGET)


def _rush(counted: list[dict[str, Any]], database: str, sizes: Sizes) -> Iterator[Result]:
    times: Counter[int] = sum(map(_counts, counted), Counter())
    name = f"all pages, {database}, {sizes.users} people without a pause"
    yield Result(f"{name}: served", times.total() / (sizes.seconds // 2), "pages a second")
    yield Result(f"{name}: p95", percentile(times, 0.95), "ms")
