"""The report as files for other programs: for Word, as an e-book, as data."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from profile_workflow.charts.painting import can_paint
from profile_workflow.markup import Medium
from profile_workflow.models import Profile
from reports.builds.columns import with_all_columns
from reports.builds.cover import map_of
from reports.builds.data import profile_data
from reports.builds.pages import job_of
from reports.builds.pictures import content_of, named, pictures_in, with_pictures
from reports.builds.web import edition_from
from reports.context import Material, Report, report_from
from reports.documents.cover import MAP_HEIGHT, WIDTH, Line
from reports.documents.docx import docx_of
from reports.documents.epub import Book, epub_of
from reports.editions import Edition
from reports.errors import BuildFailed
from reports.labels import labels
from reports.models import Build
from reports.pdf.job import Job, Part

#: Kinds that are no PDF.
DOCUMENT_KINDS = (Build.Kind.WORD, Build.Kind.EBOOK, Build.Kind.DATA)


@dataclass(frozen=True, slots=True)
class Document:
    """A file that can be made.

    Attributes:
        digest: SHA-256 (hex) of everything that is in it.
        make: Makes it; the same bytes each time.
    """

    digest: str
    make: Callable[[], bytes]


def document_of(profile: Profile, material: Material, report: Report, *, kind: str) -> Document:
    """Return the document of a profile of one of ``DOCUMENT_KINDS``.

    Args:
        profile: The profile.
        material: What was read of it.
        report: What is printed of that.
        kind: A ``Build.Kind``.

    Raises:
        BuildFailed: If this machine cannot paint charts and covers.
    """
    if kind != Build.Kind.DATA and not can_paint():
        raise BuildFailed("no_painting")
    if kind == Build.Kind.WORD:
        job = word_job_of(report)
        return Document(
            _digest("docx", job.digest),
            lambda: docx_of(with_pictures(job, profile), report.brand.tones),
        )
    if kind == Build.Kind.EBOOK:
        return _ebook(profile, material)
    data = profile_data(material, report)
    return Document(_digest("json", data), data.encode)


def _ebook(profile: Profile, material: Material) -> Document:
    shown = report_from(material, medium=Medium.WEB)
    names = {one.sha256: named(one) for one in pictures_in(profile, material)}
    book = book_of(shown, edition_from(material, shown, pictures=names, changes=None))
    return Document(
        _digest("epub", book.digest), lambda: epub_of(with_files(book, profile, material))
    )


def _digest(kind: str, content: str) -> str:
    return hashlib.sha256(f"{kind}:{content}".encode()).hexdigest()


def word_job_of(report: Report) -> Job:
    """Return what a file for Word is made of: the pages of the PDF, with the widths of tables."""
    job = job_of(report)
    parts = tuple(Part(part.title, with_all_columns(part.html)) for part in job.parts)
    return replace(job, front=with_all_columns(job.front), parts=parts)


def book_of(report: Report, edition: Edition) -> Book:
    """Return the e-book of a web edition, without its pictures.

    Args:
        report: The report, as it was assembled for the web.
        edition: The edition made of it.
    """
    words = labels(report.language)
    warning = words.watermark if report.watermark else ""
    cover = report.cover
    lines: tuple[Line, ...] = (
        (cover.programme, 14.5, 400, "pale", 30),
        (cover.kicker, 19, 400, "accent-light", 22),
        (cover.title, 38, 700, "#ffffff", 2),
        (f"{cover.edition} · {cover.version}", 15, 400, "pale", 10),
        (warning, 15, 700, "accent-light", 16),
    )
    return Book(
        edition=edition,
        words=words,
        lines=tuple(line for line in lines if line[0]),
        map=str(map_of(report, words, (float(WIDTH), float(MAP_HEIGHT)))),
        moment=report.moment,
        tones=report.brand.tones,
        warning=warning,
    )


def with_files(book: Book, profile: Profile, material: Material) -> Book:
    """Return an e-book with the files of its pictures.

    Raises:
        BuildFailed: If the file of a picture is missing or damaged.
    """
    files = {
        named(one): (content_of(one.sha256, one.full), f"image/{one.kind}")
        for one in pictures_in(profile, material)
    }
    return replace(book, pictures=files)
