"""The report as files for other programs: for Word, as an e-book, as data."""

import hashlib
import json
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
from reports.builds.web import edition_from, erratum_of
from reports.context import Material, Report, report_from
from reports.documents.cover import MAP_HEIGHT, WIDTH, Line
from reports.documents.epub import Book
from reports.editions import Changes, Edition
from reports.errors import BuildFailed
from reports.labels import labels
from reports.models import Build
from reports.pdf.isolation import make
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


def document_of(
    profile: Profile,
    material: Material,
    report: Report,
    *,
    kind: str,
    changes: Changes | None = None,
) -> Document:
    """Return the document of a profile of one of ``DOCUMENT_KINDS``.

    Args:
        profile: The profile.
        material: What was read of it.
        report: What is printed of that.
        kind: A ``Build.Kind``.
        changes: What changed since the version before, of a correction.

    Raises:
        BuildFailed: If this machine cannot paint charts and covers.
    """
    if kind != Build.Kind.DATA and not can_paint():
        raise BuildFailed("no_painting")
    if kind == Build.Kind.WORD:
        job = word_job_of(report, changes)
        return Document(
            _digest("docx", job.digest),
            lambda: word_file(with_pictures(job, profile), report),
        )
    if kind == Build.Kind.EBOOK:
        return _ebook(profile, material, changes)
    data = profile_data(material, report)
    return Document(_digest("json", data), data.encode)


def _ebook(profile: Profile, material: Material, changes: Changes | None) -> Document:
    shown = report_from(material, medium=Medium.WEB)
    names = {one.sha256: named(one) for one in pictures_in(profile, material)}
    book = book_of(shown, edition_from(material, shown, pictures=names, changes=changes))
    return Document(
        _digest("epub", book.digest), lambda: ebook_file(with_files(book, profile, material))
    )


def word_file(job: Job, report: Report) -> bytes:
    """Have a file for Word made in a process of its own.

    Raises:
        BuildFailed: If it cannot be made within the limits.
    """
    told = {"job": job.to_json(), "tones": dict(report.brand.tones)}
    return make("word", json.dumps(told, ensure_ascii=False))


def ebook_file(book: Book) -> bytes:
    """Have an e-book made in a process of its own; as ``word_file``."""
    return make("ebook", book.to_json())


def _digest(kind: str, content: str) -> str:
    return hashlib.sha256(f"{kind}:{content}".encode()).hexdigest()


def word_job_of(report: Report, changes: Changes | None = None) -> Job:
    """Return what a file for Word is made of: the pages of the PDF, with the widths of tables."""
    job = job_of(report, changes=changes)
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
        erratum=erratum_of(report, edition),
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
