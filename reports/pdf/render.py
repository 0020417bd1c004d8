"""From a job to the bytes of a PDF: lay out the body, then the front matter that points into it."""

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, partial
from html import escape
from typing import Any

import weasyprint
import weasyprint.pdf.fonts
from weasyprint.document import Document
from weasyprint.layout import page as page_layout
from weasyprint.text.fonts import FontConfiguration

from reports.pdf import fonts, line_numbers, links, metadata, svg, tags
from reports.pdf.fetcher import MemoryFetcher
from reports.pdf.job import Attachment, Job, Part

_LINK = re.compile(r'href="#([^"]+)" data-page=""')
#: A page whose number is not known yet, as wide as most are.
_UNKNOWN_PAGE = r'href="#\1" data-page="00"'
#: So often at most the body is laid out anew for its own page numbers; once is mostly enough.
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
    fonts.keep_characters_in_the_text_layer()
    svg.shape_text_as_a_line()
    _LOGGER.setLevel(logging.WARNING)


def engine_warnings() -> tuple[str, ...]:
    """Return codes of what this machine lacks."""
    return () if weasyprint.pdf.fonts.harfbuzz_subset else ("no_harfbuzz_subset",)


def _nobody_listens(**_facts: object) -> None:
    """Take what is told, where nobody wants to know."""


def render(job: Job, *, tell: Callable[..., None] = _nobody_listens) -> File:
    """Make the PDF of a job.

    Args:
        job: What to print.
        tell: Called with ``stage`` and, page by page, with ``chapter``, ``chapters``, ``title``
            and ``page``; each time with the title of the ``longest`` chapter.

    Returns:
        The same bytes for the same job, whatever the machine's clock or directory; in the isolated
        process, which knows the fonts of the report only, whatever its fonts too.

    Raises:
        MissingGlyph: If a character is in no font of the report.
    """
    prepare()
    tell = partial(tell, longest=_longest(job.parts))
    tell(stage="layout", chapters=len(job.parts))
    _check_characters(job)
    config, identifier = FontConfiguration(), job.digest[:32]
    with _watched_glyphs():
        with _watched_pages(job.parts, tell):
            job, body = _fitting(job, config)
        front = None
        if job.front:
            tell(stage="contents")
            numbered = with_page_numbers(job.front, page_map(body))
            front = _lay_out(job, numbered, "front", config)
        tell(stage="writing")
        content = _write(job, front, body, config, identifier)
    front_pages = len(front.pages) if front else 0
    return File(content, front_pages, len(body.pages), chapter_lengths(body), engine_warnings())


def _fitting(job: Job, config: FontConfiguration) -> tuple[Job, Document]:
    """Lay out the body, set tighter and tighter as long as it has too many pages."""
    body = _body(job, config)
    for style in job.tighter:
        if len(body.pages) <= job.most_pages:
            break
        job = replace(job, styles=(*job.styles, style), tighter=())
        body = _body(job, config)
    return job, body


def _body(job: Job, config: FontConfiguration) -> Document:
    """Lay out the body, again if it says on which page something is, until that is true."""
    html = "".join(part.html for part in job.parts)
    body = _lay_out(job, _LINK.sub(_UNKNOWN_PAGE, html), "body", config)
    before: dict[str, int] = {}
    for _attempt in range(_MOST_ATTEMPTS if _LINK.search(html) else 0):
        pages = page_map(body)
        if pages == before:
            break
        body = _lay_out(job, with_page_numbers(html, pages), "body", config)
        before = pages
    return body


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


@contextmanager
def _watched_pages(parts: Sequence[Part], tell: Callable[..., None]) -> Iterator[None]:
    """Tell before each page is laid out which one it is, and to which chapter it belongs."""
    make = page_layout.remake_page

    def told(index: int, context: Any, root: Any, html: Any) -> Any:
        number = _chapter_at(root, context.page_maker[index][0], len(parts))
        title = parts[number - 1].title if number else ""
        tell(stage="layout", chapter=number, chapters=len(parts), title=title, page=index + 1)
        return make(index, context, root, html)

    page_layout.remake_page = told
    try:
        yield
    finally:
        page_layout.remake_page = make


def _longest(parts: Sequence[Part]) -> str:
    return max(parts, key=lambda part: len(part.html)).title if parts else ""


def _chapter_at(root: Any, resume_at: dict[int, Any] | None, most: int) -> int:
    """Return the number of the chapter at a place of the body, counted by the chapters' titles.

    Args:
        root: The box of the document, whose only child that is printed is the body.
        resume_at: Where the page goes on: index of a child → the same within it, or ``None``.
        most: How many chapters there are.
    """
    if resume_at is None:
        return min(1, most)
    place, within = next(iter(resume_at.items()))
    reached = next(iter(within)) if within else 0
    begun = root.children[place].children[: reached + 1]
    return min(most, sum(_begins_chapter(box) for box in begun))


def _begins_chapter(box: Any) -> bool:
    element = box.element
    return element is not None and (element.tag == "h1" or element.find(".//h1") is not None)


def chapter_lengths(body: Document) -> dict[str, float]:
    """Return id of the title of a chapter → how many pages it fills, in parts of a page too.

    A chapter reaches to the foot of each of its pages but the last one.
    """
    lengths: dict[str, float] = {}
    for page in body.pages:
        sheet = page._page_box  # noqa: SLF001 - the public page tells no sizes of boxes
        for box in sheet.children[0].children[0].children:
            title = None if box.element is None else box.element.find(".//h1")
            if title is not None and title.get("id"):
                share = float(box.margin_height() / sheet.height)
                lengths[title.get("id")] = lengths.get(title.get("id"), 0.0) + share
    return lengths


def page_map(document: Document) -> dict[str, int]:
    """Return anchor → page, counted from 1, of a laid-out document."""
    pages: dict[str, int] = {}
    for number, page in enumerate(document.pages, 1):
        for anchor in page.anchors:
            pages.setdefault(anchor, number)
    return pages


def with_page_numbers(html: str, pages: dict[str, int]) -> str:
    """Fill the empty ``data-page`` of each link with the page that its target is on."""
    return _LINK.sub(lambda link: f'href="#{link[1]}" data-page="{pages.get(link[1], "")}"', html)


def _document(job: Job, content: str, part: str) -> str:
    people = "".join(f'<meta name="author" content="{escape(name)}">' for name in job.authors)
    return (
        f'<!DOCTYPE html><html lang="{escape(job.language)}" dir="{escape(job.direction)}"><head>'
        f'<meta charset="utf-8"><title>{escape(job.title)}</title>{people}'
        f'<meta name="description" content="{escape(job.description)}">'
        f'<meta name="keywords" content="{escape(",".join(job.keywords))}">'
        f'<meta name="dcterms.created" content="{escape(job.moment)}">'
        f'<meta name="dcterms.modified" content="{escape(job.moment)}"></head>'
        f'<body class="{part}" data-title="{escape(job.title)}" data-footer="{escape(job.footer)}"'
        f' data-watermark="{escape(job.watermark)}">{content}</body></html>'
    )


def _lay_out(job: Job, content: str, part: str, config: FontConfiguration) -> Document:
    fetcher = MemoryFetcher(job.resources)
    styles = [
        weasyprint.CSS(string=style, url_fetcher=fetcher, font_config=config)
        for style in job.styles
    ]
    page = weasyprint.HTML(string=_document(job, content, part), url_fetcher=fetcher)
    document: Document = page.render(
        font_config=config, stylesheets=styles, pdf_variant=metadata.VARIANT
    )
    return document


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


def _write(
    job: Job,
    front: Document | None,
    body: Document,
    config: FontConfiguration,
    identifier: str,
) -> bytes:
    front_pages = front.pages if front else []
    whole = body.copy(front_pages + body.pages)
    links.keep_harmless(whole.pages)
    metadata.claim_both_conformances(whole)
    tags.begin()
    if job.numbered:
        numbers = line_numbers.sheets([page._page_box for page in body.pages])  # noqa: SLF001
        over = _lay_out(replace(job, styles=(line_numbers.STYLE,)), numbers, "numbers", config)
        for page, sheet in zip(body.pages, over.pages, strict=True):
            tags.draw_over(page._page_box, sheet._page_box)  # noqa: SLF001

    def finish(_document: Document, pdf: object) -> None:
        tags.Joiner(pdf).join()
        metadata.label_pages(pdf, len(front_pages))
        if job.direction == "rtl":
            metadata.read_from_the_right(pdf)
        metadata.compress_streams(pdf)

    content: bytes = whole.write_pdf(
        pdf_variant=metadata.VARIANT,
        pdf_identifier=identifier.encode(),
        attachments=[_attachment(job, item) for item in job.attachments],
        finisher=finish,
    )
    return content
