"""``python -m benchmarks``: measures every part in a process of its own, prints and stores it."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import options, results
from benchmarks.options import Options, Task, url_of
from benchmarks.results import Result

_ROOT = Path(__file__).resolve().parent.parent


class Run:
    """One run: its time is limited, and a part that fails does not stop the others."""

    def __init__(self, chosen: Options, folder: Path) -> None:
        self.chosen = chosen
        self.folder = folder
        self.ends = time.monotonic() + chosen.minutes * 60
        self.results: list[Result] = []
        self.failures = 0

    def go(self) -> None:
        """Measure everything that was chosen."""
        for part, database in self._tasks():
            url = url_of(database, self.folder)
            if url is None:
                print(f"==> {part} on {database}: skipped, because there is no server here.")
                continue
            print(f"==> {part}{'' if part == 'pdf' else f' on {database}'}", flush=True)
            self._measure(part, database, url)

    def _tasks(self) -> Iterator[tuple[str, str]]:
        for part in self.chosen.parts:
            # A page looks the same whatever keeps the data.
            for database in ("SQLite",) if part == "pdf" else self.chosen.databases:
                yield part, database

    def _measure(self, part: str, database: str, url: str) -> None:
        file = self.folder / f"{part}-{database}.json"
        task = Task(part, database, str(file), self.chosen.sizes)
        command = [sys.executable, "-m", "benchmarks.measure", task.to_json()]
        environment = {**os.environ, "DATABASE_URL": url}
        left = max(1.0, self.ends - time.monotonic())
        try:
            subprocess.run(command, check=True, cwd=_ROOT, env=environment, timeout=left)
        except subprocess.TimeoutExpired:
            print(f"    stopped: the run may take {self.chosen.minutes:g} minutes.")
            self.failures += 1
        except subprocess.CalledProcessError as error:
            print(f"    failed with status {error.returncode}; see the message above.")
            self.failures += 1
        else:
            self.results += results.load(file)


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
        print(f"Stored: {results.store(run.results, chosen.output, at=datetime.now(UTC))}")  # noqa: TID251
    return 1 if run.failures else 0


if __name__ == "__main__":
    sys.exit(main())
