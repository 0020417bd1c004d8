"""From a job to the bytes of a PDF: lay out the body, then the front matter that points into it."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, partial
from html import escape
from typing import Any

import weasyprint
import weasyprint.pdf.fonts
from weasyprint.document import Document
from weasyprint.html import get_html_metadata
from weasyprint.pdf.metadata import DocumentMetadata

from reports.pdf import drawn, fonts, furniture, line_numbers, lines, metadata, savings, svg, tags
from reports.pdf.chapters import Chapter, Setting, Shelf, Text, lay_out
from reports.pdf.fetcher import MemoryFetcher
from reports.pdf.job import Attachment, Job, Part
from reports.pdf.numbers import Expected, with_room

#: So often at most chapters are laid out anew because a number in them is longer or shorter.
_MOST_ATTEMPTS = 3
_LOGGER = logging.getLogger("weasyprint")


class MissingGlyph(Exception):
    """A character that no font of the report can draw.

    Attributes:
        character: The character.
        where: Title of the part that holds it.
    """

    def __init__(self, character: str, where: str) -> None:
        super().__init__(character)
        self.character = character
        self.where = where


@dataclass(frozen=True, slots=True)
class File:
    """A finished PDF.

    Attributes:
        content: The bytes.
        front_pages: Number of pages numbered i, ii, iii.
        body_pages: Number of pages numbered 1, 2, 3.
        lengths: Id of the title of a chapter → how many pages it fills, in parts of a page too.
        warnings: Codes of what is wrong with this machine, e.g. ``no_harfbuzz_subset``.
    """

    content: bytes
    front_pages: int
    body_pages: int
    lengths: dict[str, float]
    warnings: tuple[str, ...]


@cache
def prepare() -> None:
    """Wrap the functions of WeasyPrint that need it; once in a process."""
    tags.install()
    furniture.install()
    drawn.install()
    metadata.end_no_stream_of_pydyf_with_a_line_end()
    savings.install()
    lines.install()
    fonts.keep_characters_in_the_text_layer()
    svg.shape_text_as_a_line()
    _LOGGER.setLevel(logging.WARNING)


def engine_warnings() -> tuple[str, ...]:
    """Return codes of what this machine lacks."""
    return () if weasyprint.pdf.fonts.harfbuzz_subset else ("no_harfbuzz_subset",)


def _nobody_listens(**_facts: object) -> None:
    """Take what is told, where nobody wants to know."""


def render(
    job: Job, *, tell: Callable[..., None] = _nobody_listens, shelf: Shelf | None = None
) -> File:
    """Make the PDF of a job.

    Args:
        job: What to print.
        tell: Called with ``stage`` and, page by page, with ``chapter``, ``chapters``, ``title``
            and ``page``; each time with the title of the ``longest`` chapter.
        shelf: What was kept of the file before, and is kept of this one; nothing by default.

    Returns:
        The same bytes for the same job, whatever the machine's clock or directory and whatever
        is on the shelf; in the isolated process, which knows the fonts of the report only,
        whatever the machine's fonts too.

    Raises:
        MissingGlyph: If a character is in no font of the report.
    """
    prepare()
    tell = partial(tell, longest=_longest(job.parts))
    tell(stage="layout", chapters=len(job.parts))
    shelf = shelf or Shelf()
    shelf.wake()
    _check_characters(job)
    with _watched_glyphs():
        job, body = _fitting(job, shelf, tell)
        front = None
        if job.front:
            tell(stage="contents")
            html = with_room(job.front, page_map(body).get)
            setting = replace(_setting(job), closer=())
            front = shelf.chapter(setting, Text(html, part="front"))
        tell(stage="writing")
        content = _write(job, front, body, shelf)
    lengths = {title: length for one in body for title, length in one.lengths.items()}
    front_pages = len(front.pages) if front else 0
    return File(content, front_pages, len(_pages(body)), lengths, engine_warnings())


def _fitting(job: Job, shelf: Shelf, tell: Callable[..., None]) -> tuple[Job, list[Chapter]]:
    """Lay out the body, set tighter and tighter as long as it has too many pages."""
    body = _body(job, shelf, tell)
    for style in job.tighter:
        if len(_pages(body)) <= job.most_pages:
            break
        job = replace(job, styles=(*job.styles, style), tighter=())
        body = _body(job, shelf, tell)
    return job, body


def _body(job: Job, shelf: Shelf, tell: Callable[..., None]) -> list[Chapter]:
    """Lay out the body, some of it again where there is not the right room for a number of a page.

    Always by the same steps, whatever is on the shelf: so the same pages are found.
    """
    texts = [part.html for part in job.parts]
    laid, body = _chapters(job, Expected(texts), shelf, tell)
    for _attempt in range(_MOST_ATTEMPTS):
        pages = page_map(body)
        if laid == [with_room(text, pages.get) for text in texts]:
            break
        laid, body = _chapters(job, Expected(texts, known=pages), shelf, tell)
    return body


def _chapters(
    job: Job, expected: Expected, shelf: Shelf, tell: Callable[..., None]
) -> tuple[list[str], list[Chapter]]:
    """Lay out the body once; return its texts with room for numbers, and its chapters."""
    setting, texts, chapters, notes = _setting(job), list[str](), list[Chapter](), 0
    for number, part in enumerate(job.parts, 1):
        pages = expected.pages
        watch = partial(_tell_page, tell, number, len(job.parts), part.title, pages)
        # Before its first page is begun: what takes too long until then is this chapter's.
        watch(1)
        html = with_room(part.html, expected.page)
        text = Text(html, first=pages + 1, notes=notes, twins=texts.count(html))
        chapter = shelf.chapter(setting, text, watch=watch)
        expected.laid_out(chapter.pages)
        texts.append(html)
        chapters.append(chapter)
        notes += chapter.notes
    return texts, chapters


def _tell_page(
    tell: Callable[..., None], chapter: int, chapters: int, title: str, before: int, place: int
) -> None:
    page = before + place
    tell(stage="layout", chapter=chapter, chapters=chapters, title=title, page=page)


def _setting(job: Job) -> Setting:
    return Setting(job.language, job.direction, job.styles, job.resources, job.closer)


def _pages(body: Iterable[Chapter]) -> list[Any]:
    return [page for chapter in body for page in chapter.pages]


def _check_characters(job: Job) -> None:
    pieces = [(part.title, part.html) for part in job.parts]
    pieces += [(job.title, job.front), (job.title, escape(job.watermark + job.footer))]
    for where, html in pieces:
        for character in fonts.missing_characters(html):
            raise MissingGlyph(character, where)


@contextmanager
def _watched_glyphs() -> Iterator[None]:
    """Turn WeasyPrint's warning of a missing glyph into a failure: the file would be invalid."""
    seen: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: seen.append(record.getMessage())  # type: ignore[method-assign]
    _LOGGER.addHandler(handler)
    try:
        yield
    finally:
        _LOGGER.removeHandler(handler)
    for message in seen:
        if ".notdef" in message:
            raise MissingGlyph(message.rpartition(":")[2].strip().strip("\"'")[:1], "")


def _longest(parts: Sequence[Part]) -> str:
    return max(parts, key=lambda part: len(part.html)).title if parts else ""


def page_map(body: Iterable[Chapter]) -> dict[str, int]:
    """Return anchor → page, counted from 1, of a laid-out body."""
    pages: dict[str, int] = {}
    for number, page in enumerate(_pages(body), 1):
        for anchor in page.anchors:
            pages.setdefault(anchor, number)
    return pages


def _metadata(job: Job) -> DocumentMetadata:
    people = "".join(f'<meta name="author" content="{escape(name)}">' for name in job.authors)
    head = (
        f'<!DOCTYPE html><html lang="{escape(job.language)}"><head>'
        f'<meta charset="utf-8"><title>{escape(job.title)}</title>{people}'
        f'<meta name="description" content="{escape(job.description)}">'
        f'<meta name="keywords" content="{escape(",".join(job.keywords))}">'
        f'<meta name="dcterms.created" content="{escape(job.moment)}">'
        f'<meta name="dcterms.modified" content="{escape(job.moment)}"></head></html>'
    )
    page = weasyprint.HTML(string=head, url_fetcher=MemoryFetcher())
    return DocumentMetadata(**get_html_metadata(page))


def _attachment(job: Job, item: Attachment) -> weasyprint.Attachment:
    moment = datetime.fromisoformat(job.moment)
    return weasyprint.Attachment(
        string=item.content,
        name=item.name,
        description=item.description,
        relationship=item.relationship,
        created=moment,
        modified=moment,
        url_fetcher=MemoryFetcher(),
    )


def _furnish(job: Job, chapters: Sequence[Chapter]) -> None:
    """Fill the margins of all pages that are numbered together."""
    sheets = [sheet for chapter in chapters for sheet in chapter.sheets]
    strings = {"footer": job.footer, "watermark": job.watermark}
    for number, sheet in enumerate(sheets, 1):
        furniture.furnish(sheet, number=number, total=len(sheets), strings=strings)


def _write(job: Job, front: Chapter | None, body: Sequence[Chapter], shelf: Shelf) -> bytes:
    before = [front] if front else []
    front_pages, pages = _pages(before), _pages(body)
    _furnish(job, before)
    _furnish(job, body)
    places = page_map(body)
    for chapter in (*before, *body):
        chapter.fill_numbers(places)
    whole = (*before, *body)[0].document.copy(front_pages + pages)
    whole.metadata = _metadata(job)
    metadata.claim_both_conformances(whole)
    tags.begin()
    if job.numbered:
        numbers = line_numbers.sheets([page._page_box for page in pages])  # noqa: SLF001
        setting = replace(_setting(job), styles=(line_numbers.STYLE,))
        over = lay_out(shelf, setting, numbers, part="numbers")
        for page, sheet in zip(pages, over.pages, strict=True):
            tags.draw_over(page._page_box, sheet._page_box)  # noqa: SLF001

    def finish(_document: Document, pdf: object) -> None:
        tags.Joiner(pdf).join()
        metadata.label_pages(pdf, len(front_pages))
        if job.direction == "rtl":
            metadata.read_from_the_right(pdf)
        metadata.compress_streams(pdf)
        savings.write_objects_once(pdf)

    content: bytes = whole.write_pdf(
        pdf_variant=metadata.VARIANT,
        pdf_identifier=job.digest[:32].encode(),
        attachments=[_attachment(job, item) for item in job.attachments],
        finisher=finish,
    )
    return content
