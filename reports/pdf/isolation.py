"""The near side of the PDF process: starts it, feeds it, stops it, and reads how it went."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

from django.conf import settings

from reports.errors import EXIT_PROBLEM, BuildFailed, engine_warning
from reports.pdf.job import Job

_ROOT = Path(__file__).resolve().parent.parent.parent
_FONTS = _ROOT / "reports" / "static" / "reports" / "fonts"
_FONTCONFIG = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir><config></config></fontconfig>
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one document may cost: bytes of memory, seconds of CPU, seconds of time."""

    memory_bytes: int
    cpu_seconds: int
    wall_seconds: float

    @classmethod
    def from_settings(cls) -> Self:
        """Read the limits of this installation."""
        return cls(
            memory_bytes=settings.PDF_MEMORY_BYTES,
            cpu_seconds=settings.PDF_CPU_SECONDS,
            wall_seconds=settings.PDF_WALL_SECONDS,
        )


@dataclass(frozen=True, slots=True)
class Built:
    """A finished file, its pages (front matter and body), and sentences on this machine."""

    content: bytes
    front_pages: int
    body_pages: int
    warnings: tuple[str, ...]

    @property
    def pages(self) -> int:
        """All pages of the file."""
        return self.front_pages + self.body_pages


def build(job: Job, *, limits: Limits | None = None) -> Built:
    """Make the PDF of a job in a process of its own.

    Args:
        job: What to print.
        limits: Cost allowed; those of the settings by default.

    Returns:
        The file; the same bytes for the same job.

    Raises:
        BuildFailed: With a sentence for the person who asked: a character is missing in the
            fonts, a limit was reached, or the process ended for another reason.
    """
    allowed = limits or Limits.from_settings()
    with tempfile.TemporaryDirectory(prefix="report-") as folder:
        out, err = Path(folder) / "out.pdf", Path(folder) / "err.txt"
        with out.open("wb") as out_file, err.open("wb") as err_file:
            status = _run(job, allowed, Path(folder), out_file, err_file)
        message = err.read_text(errors="replace")
        if status != 0:
            raise _failure(status, message, allowed)
        facts = _last_facts(message)
        return Built(
            content=out.read_bytes(),
            front_pages=int(facts["front"]),
            body_pages=int(facts["body"]),
            warnings=tuple(engine_warning(code) for code in facts["warnings"]),
        )


def _environment(folder: Path) -> dict[str, str]:
    """Only what the process needs: no secret of the application, no font of the machine."""
    config = folder / "fonts.conf"
    config.write_text(_FONTCONFIG.format(fonts=_FONTS, cache=folder / "font-cache"))
    return {
        "PATH": os.defpath,
        "PYTHONPATH": str(_ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "TZ": "UTC",
        "FONTCONFIG_FILE": str(config),
    }


def _run(job: Job, limits: Limits, folder: Path, out: IO[bytes], err: IO[bytes]) -> int:
    command = [sys.executable, "-m", "reports.pdf"]
    command += [str(limits.memory_bytes), str(limits.cpu_seconds)]
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
        command,
        stdin=subprocess.PIPE,
        stdout=out,
        stderr=err,
        cwd=folder,
        env=_environment(folder),
        start_new_session=True,
    )
    try:
        process.communicate(job.to_json().encode(), timeout=limits.wall_seconds)
    except subprocess.TimeoutExpired as slow:
        raise BuildFailed("too_long", seconds=f"{limits.wall_seconds:g}") from slow
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return process.returncode


def _last_facts(message: str) -> dict[str, Any]:
    """Return the JSON object in the last line that holds one."""
    for line in reversed(message.splitlines()):
        if line.startswith("{"):
            facts: dict[str, Any] = json.loads(line)
            return facts
    return {}


def _failure(status: int, message: str, limits: Limits) -> BuildFailed:
    if status == EXIT_PROBLEM:
        facts = _last_facts(message)
        return BuildFailed(facts["code"], **facts["detail"])
    if -status in (signal.SIGXCPU, signal.SIGKILL):
        return BuildFailed("too_long", seconds=str(limits.cpu_seconds))
    if -status in (signal.SIGABRT, signal.SIGSEGV) or "MemoryError" in message:
        return BuildFailed("too_big")
    lines = [line for line in message.splitlines() if line.strip()]
    return BuildFailed("crashed", reason=lines[-1][:200] if lines else f"status {status}")
