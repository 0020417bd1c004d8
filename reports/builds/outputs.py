"""What is printed besides all of a report: summary, chapter, practices, validation record."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.template.loader import render_to_string

from profile_workflow.bibliography.formatting import Formatted
from reports.builds.cover import map_of, organisations
from reports.builds.data import RECORD_FILE, attachments_of
from reports.builds.pages import (
    chapter_part,
    job_of,
    job_with,
    record_alone,
    steps,
    style_sheet,
)
from reports.builds.typesetting import set_in_type
from reports.context import Material, Report
from reports.editions import Changes
from reports.errors import BuildFailed
from reports.labels import labels
from reports.models import Build
from reports.pdf.job import Attachment, Job, Part
from reports.qr import qr_code

SUMMARY_PAGES = 4
_SUMMARY_MAP = (300.0, 200.0)
_ID = re.compile(r' id="([^"]+)"')
_CITED = re.compile(r'<a href="#source-([^"]+)"')
_LINK = re.compile(r'<a href="#([^"]+)"[^>]*>(.*?)</a>', re.DOTALL)


def output_of(
    material: Material,
    report: Report,
    *,
    kind: str,
    numbered: bool = False,
    changes: Changes | None = None,
) -> Job:
    """Return the job of a build of some kind.

    Args:
        material: What was read of the profile, as the kind asks for.
        report: What is printed of that.
        kind: A ``Build.Kind``.
        numbered: Whether lines are numbered; of working texts and consultation versions alone.
        changes: What changed since the version before, of a correction.

    Raises:
        BuildFailed: If the report has nothing of what is to be printed.
    """
    if kind == Build.Kind.SUMMARY:
        return summary_of(report)
    if kind == Build.Kind.PRACTICES:
        return practices_of(report)
    files = attachments_of(material, report)
    if kind == Build.Kind.RECORD:
        return record_of(report, files)
    return job_of(report, files=files, numbered=numbered, changes=changes)


def summary_of(report: Report) -> Job:
    """Return the job of the executive summary alone, on four pages if it can be.

    Raises:
        BuildFailed: If the profile has no summary.
    """
    chapters = [chapter for chapter in report.chapters if chapter.is_summary]
    if not chapters:
        raise BuildFailed("no_summary")
    words = labels(report.language)
    context = _shared(report) | {
        "chapters": chapters,
        "sources": _cited_in("".join(one.html for one in chapters), report),
        "map": map_of(report, words, _SUMMARY_MAP),
        "organisations": organisations(report.brand, words),
        "code": qr_code(report.verify_at, title=words.verify_code) if report.verify_at else "",
    }
    html = render_to_string("reports/summary.html", context)
    part = Part(chapters[0].title, _alone(html))
    return _in_small(report, (part,), most_pages=SUMMARY_PAGES)


def chapter_of(report: Report, key: str) -> Job:
    """Return the job of one chapter alone, as the whole report prints it.

    Its tables, figures and sections keep the numbers that they have there. It bears the day of
    the text alone, so that another chapter that is saved meanwhile does not make it another file.

    Args:
        report: What is printed.
        key: Key of the section, which must be one of those that are printed.
    """
    chapter = next(one for one in report.chapters if one.key == key)
    part = chapter_part(chapter, report)
    alone = replace(part, html=without_dead_links(part.html))
    job = job_with(report, front="", parts=(alone,), closer=steps("report-closer.css"))
    return replace(job, moment=f"{report.moment[:10]}T00:00:00+00:00")


def record_of(report: Report, files: Sequence[Attachment] = ()) -> Job:
    """Return the job of the validation record alone, which carries itself as data.

    Args:
        report: What is printed.
        files: The data that travel with the whole report.
    """
    found = record_alone(report, labels(report.language))
    part = Part(found.title, without_dead_links(set_in_type(found.html)))
    own = tuple(one for one in files if one.name == RECORD_FILE)
    return job_with(report, front="", parts=(part,), attachments=own)


def practices_of(report: Report) -> Job:
    """Return the job of the practice sheets, each on a page of its own.

    Raises:
        BuildFailed: If no chapter describes a practice in a box.
    """
    if not report.practices:
        raise BuildFailed("no_practices")
    words = labels(report.language)
    parts = tuple(
        Part(
            one.title or words.practice_sheet % {"number": number},
            _alone(
                render_to_string(
                    "reports/practice.html",
                    _shared(report)
                    | {
                        "practice": one,
                        "sources": _cited_in(one.html, report),
                        "kicker": words.practice_sheet % {"number": number},
                        "number": number,
                        "origin": words.from_chapter % {"number": one.number, "title": one.chapter},
                    },
                )
            ),
        )
        for number, one in enumerate(report.practices, 1)
    )
    return _in_small(report, parts)


def _cited_in(html: str, report: Report) -> list[Formatted]:
    """Return the sources that a part cites, in the order of the bibliography."""
    keys = set(_CITED.findall(html))
    return [one for one in report.bibliography if one.key in keys]


def _shared(report: Report) -> dict[str, Any]:
    return {"report": report, "labels": labels(report.language)}


def _in_small(report: Report, parts: tuple[Part, ...], *, most_pages: int = 0) -> Job:
    own = style_sheet("report-small.css")
    tighter = steps("report-tighter.css") if most_pages else ()
    return job_with(
        report, front="", parts=parts, further_styles=(own,),
        most_pages=most_pages, tighter=tighter,
    )  # fmt: skip


def _alone(html: str) -> str:
    return without_dead_links(set_in_type(html))


def without_dead_links(html: str) -> str:
    """Return HTML in which only what is printed with it is linked to; the words stay."""
    known = set(_ID.findall(html))
    return _LINK.sub(lambda link: link[0] if link[1] in known else link[2], html)
