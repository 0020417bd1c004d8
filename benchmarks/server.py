"""The site served as it runs in earnest, over the database that this run has filled."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

_ROOT = Path(__file__).resolve().parent.parent
_WORKERS = 3
_START_SECONDS = 60
_END_SECONDS = 15


@contextmanager
def served(folder: Path, **more: str) -> Iterator[str]:
    """Serve the site as ``docs/how-to/operate.md`` says; yield its address.

    Args:
        folder: For what the server writes beside its database.
        more: Further variables of its environment.
    """
    connection.close()
    environment = _environment(folder) | more
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


def _environment(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "benchmarks.server_settings",
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
