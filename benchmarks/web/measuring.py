"""Publishes an invented profile, and has Lighthouse judge its pages as a phone would load them."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse

from benchmarks.options import Sizes
from benchmarks.results import Result
from benchmarks.server import served
from benchmarks.texts import SOURCES, Author
from profile_workflow.models import DataItem, Profile, Source
from profile_workflow.states import ProfileState, Role
from tests import factories, machine

_CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
_TARGET = "≥ 95"
#: Compressed, with all that a page loads, in KiB.
_MOST_KIB = "≤ 120"
_SECTIONS, _WORDS = 13, 900
_SECONDS = 180


def measure(_database: str, _sizes: Sizes) -> list[Result]:
    """Return the scores of the catalogue, of a first page and of a chapter, and their weight.

    Without Lighthouse, or without a browser for it, nothing is measured, and that is said.
    """
    lighthouse, browser = shutil.which("lighthouse"), machine.chromium()
    if lighthouse is None or browser is None:
        print("    left out: Lighthouse (npm) or Chromium is not there.")
        return []
    pages = _pages(_published())
    with tempfile.TemporaryDirectory(prefix="benchmark-web-") as name:
        folder = Path(name)
        more = {
            "BENCHMARK_COMPRESSED": "yes",
            "BENCHMARK_HTTPS": "no",
            "DATA_DIR": str(settings.DATA_DIR),
        }
        with served(folder, **more) as address:
            return [
                line
                for page, path in pages.items()
                for line in _judged(page, _report(lighthouse, browser, f"{address}{path}", folder))
            ]


def _published() -> Profile:
    """Publish a profile with texts, sources, figures and a chart."""
    profile = factories.make_profile(factories.make_programme(sections=_SECTIONS))
    profile = factories.bring_to(profile, ProfileState.DRAFTING)
    author, expert = Author(1), factories.holder(profile, Role.LOCAL_EXPERT)
    sections = factories.sections(profile)
    item = factories.give_figure(sections[0])
    DataItem.objects.filter(pk=item.pk).update(state="reconciled")
    told = {"kind": "statistics", "authors": "Office", "title": "Census", "year": "2024"}
    for number in range(SOURCES):
        Source.objects.get_or_create(profile=profile, key=f"source-{number}", defaults=told)
    chart = f"[[figure:{item.table.key}]]\n\n"
    for number, section in enumerate(sections):
        factories.write(section, ("" if number else chart) + author.text(_WORDS))
        factories.move(section, "submit", expert)
    return factories.publish_for_real(profile)


def _pages(profile: Profile) -> dict[str, str]:
    version = [profile.slug, profile.version]
    return {
        "catalogue": reverse("cities"),
        "first page of an edition": reverse("published_version", args=version),
        "chapter": reverse("published_part", args=[*version, "section-1"]),
    }


def _report(lighthouse: str, browser: str, address: str, folder: Path) -> dict[str, Any]:
    """Return what Lighthouse says of a page.

    Raises:
        RuntimeError: If it could not judge it.
    """
    file = folder / "lighthouse.json"
    command = [
        *(lighthouse, address, "--quiet", "--output=json", f"--output-path={file}"),
        f"--only-categories={','.join(_CATEGORIES)}",
        f"--chrome-flags={' '.join(['--headless', *machine.CHROMIUM_FLAGS])}",
    ]
    environment = {**os.environ, "CHROME_PATH": browser}
    subprocess.run(command, env=environment, timeout=_SECONDS, check=True)
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    if found.get("runtimeError"):
        raise RuntimeError(found["runtimeError"]["message"])
    return found


def _judged(page: str, report: dict[str, Any]) -> Iterator[Result]:
    for category in _CATEGORIES:
        score = 100 * (report["categories"][category]["score"] or 0)
        yield Result(f"{page}: {category} (Lighthouse)", score, "of 100", target=_TARGET)
    weight = report["audits"]["total-byte-weight"]["numericValue"] / 1024
    yield Result(f"{page}: weight with all that it loads", weight, "KiB", target=_MOST_KIB)
