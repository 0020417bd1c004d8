"""Prints one report in a process of its own, by the product or by Chromium, and takes the bill."""

import resource
import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import django

from reports.pdf.isolation import Limits, build
from reports.pdf.job import Job
from reports.pdf.press import PRESS
from tests import machine

#: Far above what anything measured here should need, but for memory: that is the product's limit.
_LIMITS = Limits(memory_bytes=2 * 1024**3, cpu_seconds=600, wall_seconds=900)
_FONTS = Path(__file__).resolve().parents[2] / "reports" / "static" / "reports" / "fonts"
_FONTCONFIG = "<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>"
#: Without a zygote the process that draws is Chromium's own child, so its time is on the bill.
_CHROMIUM_FLAGS = (
    "--headless", "--no-sandbox", "--no-zygote", "--disable-gpu", "--no-first-run",
    "--disable-extensions", "--disable-background-networking", "--no-pdf-header-footer",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bill:
    """What one file cost.

    Attributes:
        pages: 0 where nobody counted them.
        cpu: Seconds of processor time of all processes that made it.
        wall: Seconds on the clock.
        memory: Peak of the largest process, in MB.
        size: Bytes of the file.
    """

    pages: int
    cpu: float
    wall: float
    memory: float
    size: int


def print_by_product(job: Job) -> Bill:
    """Print as the worker does."""
    return _alone(_build, job)


def print_by_chromium(job: Job) -> Bill:
    """Print the same HTML with the same fonts; Chromium ignores what it does not know."""
    return _alone(_chromium, job)


def has_chromium() -> bool:
    """Whether this machine has a Chromium."""
    return machine.chromium() is not None


def _alone(work: Callable[[Job], tuple[int, int]], job: Job) -> Bill:
    """Work in a new process, whose only children are those that print."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_billed, work, job).result()


def _billed(work: Callable[[Job], tuple[int, int]], job: Job) -> Bill:
    django.setup()
    begun = time.perf_counter()
    pages, size = work(job)
    wall = time.perf_counter() - begun
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = used.ru_utime + used.ru_stime
    return Bill(pages, cpu, wall, used.ru_maxrss / 1024, size)


def _build(job: Job) -> tuple[int, int]:
    made = build(job, limits=_LIMITS)
    # Only what has ended is on the bill.
    PRESS.close()
    return made.pages, len(made.content)


def _chromium(job: Job) -> tuple[int, int]:
    with tempfile.TemporaryDirectory(prefix="chromium-") as name:
        folder = Path(name)
        fonts, page, file = folder / "fonts.conf", folder / "page.html", folder / "page.pdf"
        fonts.write_text(_FONTCONFIG.format(fonts=_FONTS, cache=folder / "cache"))
        page.write_text(_html(job), encoding="utf-8")
        command = [
            str(machine.chromium()), *_CHROMIUM_FLAGS, f"--user-data-dir={folder / 'user'}",
            f"--print-to-pdf={file}", page.as_uri(),
        ]  # fmt: skip
        environment = {"PATH": "/usr/bin:/bin", "HOME": name, "FONTCONFIG_FILE": str(fonts)}
        subprocess.run(command, check=True, capture_output=True, env=environment, timeout=180)
        content = file.read_bytes()
    return content.count(b"/Type /Page\n"), len(content)


def _html(job: Job) -> str:
    styles = "".join(f"<style>{style}</style>" for style in job.styles)
    body = "".join(part.html for part in job.parts)
    return (
        f'<!DOCTYPE html><html lang="{job.language}" dir="{job.direction}"><head>'
        f'<meta charset="utf-8"><title>{job.title}</title>{styles}</head>'
        f'<body class="body">{job.front}{body}</body></html>'
    )
