"""A PostgreSQL server for as long as a test run lasts: its own folder, a socket, no network.

``python -m tests.throwaway_postgres -- COMMAND`` runs the command with ``TEST_POSTGRES_URL`` set.
"""

import argparse
import contextlib
import getpass
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests import machine

#: A test run survives no power cut, so nothing waits for the disk unless that is asked for.
SPEED = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
START_SECONDS = 60


def _server_account() -> dict[str, Any]:
    """Return what lets a child run as somebody else when we are root, whom PostgreSQL refuses."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise RuntimeError("PostgreSQL does not run as root, and there is no user 'postgres'.")


def _make_cluster(binaries: Path, folder: Path, account: dict[str, Any]) -> None:
    if account:
        os.chown(folder, account["user"], account["group"])
    command = [
        binaries / "initdb", "--pgdata", folder / "data", "--username", getpass.getuser(),
        "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync",
    ]  # fmt: skip
    subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, **account)


def _start(
    binaries: Path, folder: Path, account: dict[str, Any], *, durable: bool
) -> subprocess.Popen[bytes]:
    options = ["listen_addresses=", f"unix_socket_directories={folder}", "max_connections=300"]
    command = [str(binaries / "postgres"), "-D", str(folder / "data")]
    for option in (*options, *(() if durable else SPEED)):
        command += ["-c", option]
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, **account)


def _wait_until_ready(binaries: Path, folder: Path, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    ready = [binaries / "pg_isready", "--quiet", "--host", folder]
    while subprocess.run(ready, check=False).returncode != 0:
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not start:\n{(folder / 'log').read_text()}")
        time.sleep(0.1)


def _stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        server.send_signal(signal.SIGINT)  # "fast": connections still open are cut
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@contextlib.contextmanager
def throwaway_postgres(*, durable: bool = False) -> Iterator[str]:
    """Start a server, yield its database URL, and leave nothing behind.

    A server that the environment names is used as it is.

    Args:
        durable: Whether a commit waits for the disk, as in earnest.

    Raises:
        RuntimeError: If there are no server programs, or the server does not start.
    """
    given = machine.given_postgres()
    if given is not None:
        yield given
        return
    binaries = machine.postgres_binaries()
    if binaries is None:
        raise RuntimeError(f"not on this machine: {machine.POSTGRESQL}")
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # a socket path must be short
    account = _server_account()
    server = None
    try:
        _make_cluster(binaries, folder, account)
        server = _start(binaries, folder, account, durable=durable)
        _wait_until_ready(binaries, folder, server)
        yield f"postgres:///{folder}/postgres"
    finally:
        if server is not None:
            _stop(server)
        shutil.rmtree(folder, ignore_errors=True)


def _end_like_ctrl_c(_signum: int, _frame: object) -> None:
    raise KeyboardInterrupt


def main(arguments: list[str] | None = None) -> int:
    """Run a command beside the server; return the command's own exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--optional", action="store_true", help="run the command even without PostgreSQL"
    )
    parser.add_argument(
        "--durable", action="store_true", help="let a commit wait for the disk, as in earnest"
    )
    parser.add_argument("command", nargs="+")
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, _end_like_ctrl_c)
    if options.optional and not machine.POSTGRESQL.is_there():
        print(f"skipped: PostgreSQL, because this machine lacks {machine.POSTGRESQL}")
        return subprocess.run(options.command, check=False).returncode
    with throwaway_postgres(durable=options.durable) as url:
        environment = {**os.environ, "TEST_POSTGRES_URL": url}
        return subprocess.run(options.command, check=False, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
