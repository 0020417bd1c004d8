"""The whole test run: on SQLite, in a browser, then on PostgreSQL all that a database can change.

``NOTHING_SKIPPED=1`` makes a missing part of the machine a failure.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from tests import machine
from tests.migrated import VARIABLE, migrated
from tests.throwaway_postgres import throwaway_postgres

NO_TESTS_COLLECTED = 5
#: What this machine need not have, and has not.
_ABSENT = {name: part for name, part in machine.FURTHER.items() if not part.is_there()}
_HERE = "".join(f" and not {name}" for name in _ABSENT)
#: The passes on SQLite by name. Coverage is measured in one: not of what repeats the same lines
#: some thousand times, nor of a server for which a browser waits.
MEASURED = "SQLite"
ON_SQLITE = {
    MEASURED: ["-m", f"not postgres and not e2e and not repeats{_HERE}"],
    "repetitions": ["-m", "repeats and not postgres"],
    "browser": ["-m", "e2e", "tests/e2e"],
}
#: A browser, a laid out page, who may open what: the same whatever keeps the data.
ON_POSTGRES = ["-m", "not e2e and not pdf and not any_database"]


def _pytest(
    arguments: list[str],
    start: str,
    *,
    url: str | None,
    on_postgres: bool = False,
    measured: bool = False,
) -> int:
    """Run pytest in a temporary folder of its own, so that two runs never meet.

    Its databases begin as ``start``, which is migrated.
    """
    folder = tempfile.mkdtemp(prefix="profile-workflow-")
    environment = {**os.environ, "TMPDIR": folder, VARIABLE: start}
    environment.pop("DATABASE_URL", None)
    if measured:
        environment["PYTEST_PLUGINS"] = "tests.covering"
    if url:
        environment["TEST_POSTGRES_URL"] = url
    if url and on_postgres:
        environment["DATABASE_URL"] = url
    command = [sys.executable, "-m", "pytest", "-n", "auto", "--dist", "worksteal", *arguments]
    try:
        return subprocess.run(command, check=False, env=environment).returncode
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _postgres_if_any() -> Iterator[str | None]:
    if not machine.POSTGRESQL.is_there():
        yield None
        return
    with throwaway_postgres() as url:
        yield url


@contextlib.contextmanager
def _migrated_at_once(urls: Sequence[str | None], folder: str) -> Iterator[list[str]]:
    """Migrate a database for each URL, all at the same time: one alone leaves a processor idle."""
    with contextlib.ExitStack() as to_drop, ThreadPoolExecutor() as at_once:
        databases = [migrated(url, folder) for url in urls]
        made = [at_once.submit(to_drop.enter_context, one) for one in databases]
        yield [one.result() for one in made]


def _report(results: dict[str, int], lacking: list[machine.Part]) -> int:
    failed = [name for name, code in results.items() if code not in (0, NO_TESTS_COLLECTED)]
    print("\n==> Summary")
    for name in results:
        print(f"    {name}: {'FAILED' if name in failed else 'passed'}")
    for part in lacking:
        print(f"    skipped: {part.needed_for}, because this machine lacks {part}")
    for part in _ABSENT.values():
        print(f"    left out: {part.needed_for}, because this machine lacks {part}")
    if lacking and os.environ.get("NOTHING_SKIPPED"):
        print("    FAILED: nothing may be skipped in this run.")
        return 1
    return 1 if failed else 0


def _end_like_ctrl_c(_signum: int, _frame: object) -> None:
    raise KeyboardInterrupt


def main(arguments: list[str]) -> int:
    """Run the passes that this machine allows; ``arguments`` narrow both, without coverage."""
    signal.signal(signal.SIGTERM, _end_like_ctrl_c)
    results = {}
    with (
        tempfile.TemporaryDirectory(prefix="profile-workflow-") as folder,
        _postgres_if_any() as url,
        _migrated_at_once([None, url] if url else [None], folder) as starts,
    ):
        for name, chosen in ON_SQLITE.items():
            print(f"==> Tests: {name}", flush=True)
            measured = name == MEASURED and not arguments
            results[name] = _pytest([*chosen, *arguments], starts[0], url=url, measured=measured)
        if url:
            print("==> Tests: PostgreSQL", flush=True)
            results["PostgreSQL"] = _pytest(
                [*ON_POSTGRES, *arguments], starts[1], url=url, on_postgres=True
            )
    return _report(results, machine.missing())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
