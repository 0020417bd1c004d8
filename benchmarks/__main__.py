"""``python -m benchmarks``: measures every part in a process of its own, prints and stores it."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import options, results
from benchmarks.options import DATABASES, PARTS, Options, Task, url_of
from benchmarks.results import Result

_SECONDS_TO_END = 20
#: Parts that are measured once, whatever keeps the data.
_ONE_DATABASE = ("web", "pdf")
_ROOT = Path(__file__).resolve().parent.parent


class Run:
    """One run: its time is limited, and a part that fails does not stop the others."""

    def __init__(self, chosen: Options, folder: Path) -> None:
        self.chosen = chosen
        self.folder = folder
        self.ends = time.monotonic() + chosen.minutes * 60
        # What is far above the number of processors makes every time too long, but no ratio.
        load = os.getloadavg()[0] / (os.cpu_count() or 1)
        self.results = [Result("other load when the run began", load, "a processor")]
        self.failures = 0
        self.measured: set[tuple[str, str]] = set()

    def go(self) -> None:
        """Measure everything that was chosen."""
        for part, database in _tasks(self.chosen.parts, self.chosen.databases):
            url = url_of(database, self.folder)
            if url is None:
                print(f"==> {part} on {database}: skipped, because there is no server here.")
                continue
            print(f"==> {part}{'' if part in _ONE_DATABASE else f' on {database}'}", flush=True)
            self._measure(part, database, url)

    @property
    def is_whole(self) -> bool:
        """Whether every part was measured on every database."""
        return self.measured == set(_tasks(PARTS, DATABASES))

    def _measure(self, part: str, database: str, url: str) -> None:
        file = self.folder / f"{part}-{database}.json"
        task = Task(part, database, str(file), self.chosen.sizes)
        command = [sys.executable, "-m", "benchmarks.measure", task.to_json()]
        environment = {**os.environ, "DATABASE_URL": url}
        left = max(1.0, self.ends - time.monotonic())
        process = subprocess.Popen(command, cwd=_ROOT, env=environment, start_new_session=True)
        try:
            status = process.wait(left)
        except subprocess.TimeoutExpired:
            print(f"    stopped: the run may take {self.chosen.minutes:g} minutes.")
            status = None
        finally:
            _stop(process)
        if status == 0:
            self.results += results.load(file)
            self.measured.add((part, database))
            return
        self.failures += 1
        if status is not None:
            print(f"    failed with status {status}; see the message above.")


def _tasks(parts: Sequence[str], databases: Sequence[str]) -> Iterator[tuple[str, str]]:
    for part in parts:
        # A page looks the same whatever keeps the data.
        for database in ("SQLite",) if part in _ONE_DATABASE else databases:
            yield part, database


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """End a part like Ctrl-C, so that it drops its database and ends what it has started."""
    for number in (signal.SIGINT, signal.SIGKILL):
        if process.poll() is not None:
            return
        os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_SECONDS_TO_END)


def main() -> int:
    """Run, print the table, store the results; 1 if a part could not be measured.

    A target that is missed is said in the table and is no failure: machines differ.
    """
    chosen = options.read()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        run = Run(chosen, Path(folder))
        run.go()
    print(f"\n{results.table(run.results)}\n")
    if run.results:
        now = datetime.now(UTC)  # noqa: TID251
        print(f"Stored: {results.store(run.results, chosen.output, at=now, whole=run.is_whole)}")
    return 1 if run.failures else 0


if __name__ == "__main__":
    sys.exit(main())
