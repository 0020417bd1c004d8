"""Prints one report in a process of its own, by the product or by others, and takes the bill."""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import django

from benchmarks.pdf.warm import wait_for_copies
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
#: WeasyPrint as it comes: one document, whose contents ask CSS for the numbers of the pages.
_STOCK = (
    "import sys, weasyprint; document = weasyprint.HTML(filename=sys.argv[1]).render();"
    " document.write_pdf(sys.argv[2]); print(len(document.pages))"
)


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


def print_by_stock(job: Job) -> Bill:
    """Print the same HTML with the same fonts by WeasyPrint alone: untagged, in one document."""
    return _alone(_stock, job)


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
    wait_for_copies()
    PRESS.close()
    return made.pages, len(made.content)


def _chromium(job: Job) -> tuple[int, int]:
    with _page(_html(job)) as (folder, environment):
        file = folder / "page.pdf"
        command = [
            str(machine.chromium()), *_CHROMIUM_FLAGS, f"--user-data-dir={folder / 'user'}",
            f"--print-to-pdf={file}", (folder / "page.html").as_uri(),
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, env=environment, timeout=180)
        content = file.read_bytes()
    return content.count(b"/Type /Page\n"), len(content)


def _stock(job: Job) -> tuple[int, int]:
    number = "target-counter(attr(href), page)"
    counted = [style.replace("attr(data-page)", number) for style in job.styles]
    with _page(_html(replace(job, styles=tuple(counted)))) as (folder, environment):
        file = folder / "page.pdf"
        command = [sys.executable, "-c", _STOCK, str(folder / "page.html"), str(file)]
        done = subprocess.run(
            command, check=True, capture_output=True, env=environment, text=True, timeout=900
        )
        return int(done.stdout), file.stat().st_size


@contextmanager
def _page(html: str) -> Iterator[tuple[Path, dict[str, str]]]:
    """Write a page into a folder of its own, with the fonts of the product and no others."""
    with tempfile.TemporaryDirectory(prefix="printing-") as name:
        folder = Path(name)
        fonts = folder / "fonts.conf"
        fonts.write_text(_FONTCONFIG.format(fonts=_FONTS, cache=folder / "cache"))
        (folder / "page.html").write_text(html, encoding="utf-8")
        yield folder, {"PATH": "/usr/bin:/bin", "HOME": name, "FONTCONFIG_FILE": str(fonts)}


def _html(job: Job) -> str:
    styles = "".join(f"<style>{style}</style>" for style in job.styles)
    body = "".join(part.html for part in job.parts)
    return (
        f'<!DOCTYPE html><html lang="{job.language}" dir="{job.direction}"><head>'
        f'<meta charset="utf-8"><title>{job.title}</title>{styles}</head>'
        f'<body class="body">{job.front}{body}</body></html>'
    )
