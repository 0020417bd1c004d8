"""Many people at once, played by Locust, and how long they waited."""

import json
import math
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Answers:
    """What Locust counted of one kind of request.

    Attributes:
        times: Milliseconds → number of answers that took so long, failed ones too.
        failures: How many of them were not what was asked for.
    """

    name: str
    times: Counter[int]
    failures: int

    def percentile(self, share: float) -> float:
        """Return the time that a share of the answers, between 0 and 1, stays below."""
        wanted = math.ceil(share * self.times.total())
        for milliseconds in sorted(self.times):
            wanted -= self.times[milliseconds]
            if wanted <= 0:
                return float(milliseconds)
        raise ValueError("nothing was counted")


def let_loose(
    script: Path, address: str, *, people: int, seconds: int, environment: Mapping[str, str]
) -> list[Answers]:
    """Let people do what a script for Locust says, all from the start; return what was counted.

    Args:
        script: A file for Locust.
        address: That of the served site.
        people: How many.
        seconds: How long.
        environment: What the script reads besides the environment of this process.

    Raises:
        RuntimeError: If Locust did not come to its end; a request that fails is counted.
    """
    command = [
        sys.executable, "-m", "locust", "--locustfile", str(script), "--headless",
        "--host", address, "--users", str(people), "--spawn-rate", str(people),
        "--run-time", f"{seconds}s", "--stop-timeout", "10", "--json", "--skip-log",
        "--exit-code-on-error", "0",
    ]  # fmt: skip
    done = subprocess.run(
        command, env={**os.environ, **environment}, check=False, capture_output=True, text=True
    )
    if done.returncode or "[" not in done.stdout:
        raise RuntimeError(f"Locust ended with status {done.returncode}\n{done.stderr[-2000:]}")
    counted = json.loads(done.stdout[done.stdout.index("[") :])
    return [
        Answers(
            one["name"],
            Counter({int(float(key)): number for key, number in one["response_times"].items()}),
            one["num_failures"],
        )
        for one in counted
    ]
