"""The near side of the process that reads seals: what a file that was sent bears."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.db.models import TextChoices

from reports.folders import folder_for_a_while
from reports.limits import bare_environment

_MEMORY_BYTES, _CPU_SECONDS, _WALL_SECONDS = 1024**3, 8, 15.0
#: How long a file waits until the one before it has been read.
_SECONDS_IN_LINE, _SECONDS_BETWEEN_LOOKS = 3.0, 0.1


class Verdict(TextChoices):
    """What can be said of the seal of a file."""

    INTACT = "intact"
    BROKEN = "broken"
    OF_OTHERS = "of_others"
    UNREADABLE = "unreadable"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file bears.

    Attributes:
        verdict: What can be said.
        name: Whose seal it is, as we kept it; empty if it is none of ours.
    """

    verdict: Verdict
    name: str = ""


def read_seal(file: IO[bytes], known: Mapping[str, str]) -> Reading:
    """Read the seal of a file, in a process of its own under limits, one file at a time.

    However many files strangers send at once, they cost the machine no more than one of them.

    Args:
        file: The file, as the system knows it: one with a number.
        known: SHA-256 (hex) of each certificate with which we seal or sealed → whose it is. Names
            that stand in the file are not repeated: anybody can write any into his own.

    Returns:
        What it bears: ``BUSY`` if other files were read for too long, ``UNREADABLE`` also where it
        would cost more memory or time than is allowed.
    """
    with _turn() as has_come:
        if not has_come:
            return Reading(Verdict.BUSY)
        found = _told(file)
    if not found:
        return Reading(Verdict.UNREADABLE)
    ours = [(known[one], is_intact) for one, is_intact in found if one in known]
    if not ours:
        return Reading(Verdict.OF_OTHERS)
    sound = next((name for name, is_intact in ours if is_intact), "")
    return Reading(Verdict.INTACT, sound) if sound else Reading(Verdict.BROKEN, ours[0][0])


@contextmanager
def _turn() -> Iterator[bool]:
    """Wait until no other process of this machine reads a file; say whether that came true."""
    ends = time.monotonic() + _SECONDS_IN_LINE
    with Path(__file__).open("rb") as lock:
        while not (has_come := _is_locked(lock)) and time.monotonic() < ends:
            time.sleep(_SECONDS_BETWEEN_LOOKS)
        yield has_come


def _is_locked(lock: IO[bytes]) -> bool:
    """Take a lock, which ends when its file is closed, or its process; say whether it was free."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _told(file: IO[bytes]) -> list[tuple[str, bool]] | None:
    """Return certificate and soundness of each seal; None if the file could not be read."""
    file.seek(0)
    command = [sys.executable, "-m", "reports.sealing", str(_MEMORY_BYTES), str(_CPU_SECONDS)]
    with folder_for_a_while() as folder:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
            command,
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=bare_environment(folder),
            start_new_session=True,
        )
        try:
            told, _ = process.communicate(timeout=_WALL_SECONDS)
        except subprocess.TimeoutExpired:
            return None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
    if process.returncode != 0:
        return None
    return [(one["certificate"], one["intact"]) for one in json.loads(told)]
