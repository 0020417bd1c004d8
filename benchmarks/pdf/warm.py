"""Prints in the warm process: a report anew, the same again, after an edit, and one chapter."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.results import Result
from reports.pdf.isolation import Built, Limits, build
from reports.pdf.job import Job
from reports.pdf.press import PRESS

_LIMITS = Limits(memory_bytes=2 * 1024**3, cpu_seconds=600, wall_seconds=900)
_PAGES_A_SECOND = "≥ 10"
_AFTER_AN_EDIT = "ratio ≤ 0.35"
_ONE_CHAPTER = "≤ 1.5"
_MEMORY = "≤ 600"
_FAMILY = "benchmark"
_ADDED = "<p>The municipality counts newcomers once a year, at the end of March.</p>"
#: Enough for every page that follows to move.
_A_PAGE_MORE = 45
_SECONDS_TO_END = 20.0
_TICKS = os.sysconf("SC_CLK_TCK")


def measure_warm(reports: Mapping[str, Job], in_full: str, repetitions: int) -> Iterator[Result]:
    """Yield what printing costs in a process that is warm.

    Args:
        reports: What the reports are called in the results → the reports.
        in_full: Which of them is printed again, after edits, and a chapter of it alone.
        repetitions: How often each is printed; the median is told.
    """
    rounds = range(repetitions)
    try:
        build(_chapter_of(reports[in_full]), limits=_LIMITS)
        for name, job in reports.items():
            named = f"PDF, {name}, warm"
            bills = [_bill(partial(build, job, limits=_LIMITS)) for _ in rounds]
            cold = median(cpu for cpu, _pages in bills)
            speed = bills[0][1] / cold
            yield Result(
                f"{named}: a CPU second, nothing kept", speed, "pages", target=_PAGES_A_SECOND
            )
            if name == in_full:
                yield from _kept(named, job, cold, rounds)
    finally:
        PRESS.close()


def _chapter_of(job: Job) -> Job:
    return replace(job, parts=job.parts[3:4], front="", attachments=())


def _kept(name: str, job: Job, cold: float, rounds: range) -> Iterator[Result]:
    build(job, limits=_LIMITS, family=_FAMILY)
    chapter = _chapter_of(job)
    pages = build(chapter, limits=_LIMITS).pages
    same = median(_again(job) for _ in rounds)
    yield Result(f"{name}: CPU of the same again", same, "s", cold)
    edited = median(_again(_edited(job, number + 1)) for number in rounds)
    yield Result(f"{name}: CPU after an edit of a section", edited, "s", cold, _AFTER_AN_EDIT)
    moved = median(_again(_edited(job, _A_PAGE_MORE + number)) for number in rounds)
    yield Result(f"{name}: CPU after one that moves later pages", moved, "s", cold, _AFTER_AN_EDIT)
    peak = max(_of_each("status", _peak))
    yield Result(f"{name}: peak memory after the edits", peak, "MB", target=_MEMORY)
    for kind, family in (("nothing kept", ""), ("edited", _FAMILY)):
        times = [_time(_edited(chapter, 7 + number), family) for number in range(3)]
        named = f"{name}: one chapter ({pages} pages), {kind}"
        yield Result(named, median(times), "s", target=_ONE_CHAPTER)


def _time(job: Job, family: str) -> float:
    begun = time.perf_counter()
    build(job, limits=_LIMITS, family=family)
    return time.perf_counter() - begun


def _again(job: Job) -> float:
    return _bill(partial(build, job, limits=_LIMITS, family=_FAMILY))[0]


def _edited(job: Job, paragraphs: int) -> Job:
    """Add some paragraphs to the fourth chapter, or to the only one."""
    place = min(3, len(job.parts) - 1)
    part = job.parts[place]
    html = part.html.replace("</p>", "</p>" + _ADDED * paragraphs, 1)
    return replace(
        job, parts=(*job.parts[:place], replace(part, html=html), *job.parts[place + 1 :])
    )


def _bill(work: Callable[[], Built]) -> tuple[float, int]:
    """Return the seconds of processor time that all processes of the press spend; and the pages."""
    before = sum(_of_each("stat", _cpu))
    made = work()
    return sum(_of_each("stat", _cpu)) - before, made.pages


def wait_for_copies() -> None:
    """Wait until every copy that made a file has ended, and its bill is with the first process."""
    ends = time.monotonic() + _SECONDS_TO_END
    while len(_of_each("stat", _cpu)) > 1:
        if time.monotonic() > ends:
            raise RuntimeError("a copy of the warm process does not end")
        time.sleep(0.01)


def _of_each(file: str, read: Callable[[str], float]) -> list[float]:
    """Read a file of the system on each process that grew out of the warm one, and on itself."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(folder.name)) == PRESS.pid:
                found.append(read((folder / file).read_text()))
        except OSError:
            continue
    return found


def _cpu(stat: str) -> float:
    """Seconds of a process and of those of its children that have ended (proc(5), 14 to 17)."""
    fields = stat.rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / _TICKS


def _peak(status: str) -> float:
    """Largest size so far, in MB; nothing of a process that has ended."""
    sizes = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return int(sizes[0]) / 1024 if sizes else 0.0
