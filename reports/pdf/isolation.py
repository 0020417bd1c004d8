"""The door to the process that makes files: hands it a job, stops it, and reads how it went."""

import json
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from django.conf import settings

from reports.errors import EXIT_PROBLEM, BuildFailed, engine_warning
from reports.folders import folder_for_a_while
from reports.pdf.job import Job
from reports.pdf.press import PRESS, Order, Run

#: How often we look how far the process has come.
_SECONDS_BETWEEN_LOOKS = 1.0
#: How libraries end that get no memory; the last is that of GLib.
_OUT_OF_MEMORY = (signal.SIGABRT, signal.SIGSEGV, signal.SIGTRAP)


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
    """A finished file, its pages (front matter and body), and sentences on this machine.

    ``lengths`` maps the id of the title of a chapter to the pages that it fills.
    """

    content: bytes
    front_pages: int
    body_pages: int
    lengths: dict[str, float]
    warnings: tuple[str, ...]

    @property
    def pages(self) -> int:
        """All pages of the file."""
        return self.front_pages + self.body_pages


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the process has come, as it tells itself.

    Attributes:
        stage: ``layout``, ``contents`` or ``writing``; empty before it has told anything.
        chapter: Which of the chapters is being laid out, counted from 1.
        chapters: How many there are.
        title: Title of that chapter.
        page: Page that is being laid out.
        longest: Title of the longest of the chapters.
    """

    stage: str = ""
    chapter: int = 0
    chapters: int = 0
    title: str = ""
    page: int = 0
    longest: str = ""

    @property
    def place(self) -> dict[str, str]:
        """What a failure says of the chapter to which it belongs."""
        return {"at": self.title, "longest": self.longest}


@dataclass(frozen=True, slots=True)
class _Files:
    """What the process reads and writes, in a folder of its own."""

    folder: Path

    @property
    def job(self) -> Path:
        return self.folder / "job.json"

    @property
    def out(self) -> Path:
        return self.folder / "out"

    @property
    def err(self) -> Path:
        return self.folder / "err.txt"


Listener = Callable[[Progress], None]


def _nobody_listens(_progress: Progress) -> None:
    """Take what the process tells, where nobody wants to know."""


def build(
    job: Job,
    *,
    limits: Limits | None = None,
    listener: Listener = _nobody_listens,
    family: str = "",
) -> Built:
    """Make the PDF of a job in a process of its own.

    Args:
        job: What to print.
        limits: Cost allowed; those of the settings by default.
        listener: Called about once a second with how far the process has come.
        family: Names the jobs whose chapters may be used again for this one, and those of this
            one for them; they must all be of one profile. With none nothing is kept.

    Returns:
        The file; the same bytes for the same job, whatever was kept.

    Raises:
        BuildFailed: With a sentence for the person who asked: a character is missing in the
            fonts, a limit was reached, or the process ended for another reason.
    """
    told, language = job.to_json(), job.language
    with _made("pdf", told, limits, listener=listener, family=family, language=language) as files:
        facts = next(_facts(files.err.read_text(errors="replace")))
        return Built(
            content=files.out.read_bytes(),
            front_pages=int(facts["front"]),
            body_pages=int(facts["body"]),
            lengths=facts["lengths"],
            warnings=tuple(engine_warning(code) for code in facts["warnings"]),
        )


def make(what: str, told: str, *, limits: Limits | None = None) -> bytes:
    """Make a file that is no PDF in a process of its own, under the same limits.

    Args:
        what: ``word`` or ``ebook``.
        told: All that it is made of, as JSON (``reports.apart.making``).
        limits: Cost allowed; those of the settings by default.

    Raises:
        BuildFailed: As ``build``.
    """
    with _made(what, told, limits) as files:
        return files.out.read_bytes()


@contextmanager
def _made(
    what: str,
    told: str,
    limits: Limits | None,
    *,
    listener: Listener = _nobody_listens,
    family: str = "",
    language: str = "",
) -> Iterator[_Files]:
    """Have a file made in a folder that is there as long as it is read.

    Raises:
        BuildFailed: As ``build``.
    """
    allowed = limits or Limits.from_settings()
    with folder_for_a_while() as folder:
        files = _Files(folder)
        files.job.write_text(told, encoding="utf-8")
        run = _start(what, allowed, files, family=family, language=language)
        try:
            status = _follow(run, allowed, look=lambda: _progress(files.err), listener=listener)
        finally:
            run.finish()
        if status != 0:
            raise _failure(status, files.err, allowed)
        yield files


def _start(what: str, limits: Limits, files: _Files, *, family: str, language: str) -> Run:
    kept = settings.PDF_KEPT_REPORTS
    # Files and no pipes: whoever waits for a pipe cannot look how far the process has come.
    with files.job.open("rb") as job, files.out.open("wb") as out, files.err.open("wb") as err:
        order = Order(
            streams=(job.fileno(), out.fileno(), err.fileno()),
            memory=limits.memory_bytes,
            cpu=limits.cpu_seconds,
            family=family if kept else "",
            idle=settings.PDF_KEPT_SECONDS if family and kept else 0,
            what=what,
            language=language,
        )
        return PRESS.start(order, most_kept=kept)


def _follow(run: Run, limits: Limits, *, look: Callable[[], Progress], listener: Listener) -> int:
    """Wait for the end of the process, telling now and then how far it has come.

    Raises:
        BuildFailed: If it takes longer than allowed.
    """
    ends = time.monotonic() + limits.wall_seconds
    while (left := ends - time.monotonic()) > 0:
        status = run.wait(min(left, _SECONDS_BETWEEN_LOOKS))
        if status is not None:
            return status
        listener(look())
    raise BuildFailed("too_long", seconds=f"{limits.wall_seconds:g}", **look().place)


def _facts(message: str) -> Iterator[dict[str, Any]]:
    """Yield the JSON objects of the lines, the last one first; a library may say other things."""
    for line in reversed(message.split("\n")):
        if line.startswith("{") and line.endswith("}"):
            with suppress(ValueError):
                yield json.loads(line)


def _progress(err: Path) -> Progress:
    told = _facts(err.read_text(errors="replace"))
    return Progress(**next((facts for facts in told if "stage" in facts), {}))


def _failure(status: int, err: Path, limits: Limits) -> BuildFailed:
    message, place = err.read_text(errors="replace"), _progress(err).place
    if status == EXIT_PROBLEM:
        facts = next(_facts(message))
        named = place if facts["code"] in ("too_big", "too_deep") else {}
        return BuildFailed(facts["code"], **named, **facts["detail"])
    if -status == signal.SIGXCPU:
        return BuildFailed("too_long", seconds=str(limits.cpu_seconds), **place)
    if -status == signal.SIGKILL:
        return BuildFailed("killed", at=place["at"])
    if -status in _OUT_OF_MEMORY or "MemoryError" in message:
        return BuildFailed("too_big", **place)
    lines = [line for line in message.splitlines() if line.strip() and not line.startswith("{")]
    reason = lines[-1][:200] if lines else f"status {status}"
    return BuildFailed("crashed", reason=reason, **place)
