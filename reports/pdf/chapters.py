"""Each chapter laid out as a document of its own, and kept for the next file that has it."""

import hashlib
import json
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any

import weasyprint
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration

from reports.pdf import drawn, furniture, links, metadata, numbers, savings, tags
from reports.pdf.fetcher import SCHEME, MemoryFetcher

_PICTURE = re.compile(re.escape(SCHEME) + r"([\w.-]+)")
#: What makes a page differ by the side of the book on which it lies.
_SIDED = re.compile(r":left\b|:right\b|\b(?:recto|verso)\b")
#: So many pages are kept at most (1.7 MB each), and so many style sheets.
_MOST_PAGES = 240
_MOST_SHEETS = 24
#: Part of a page: a chapter whose last page holds no more is set closer, if that saves the page.
_FEW_LINES = 0.11

Watcher = Callable[[int], None]


def _nobody_watches(_place: int) -> None:
    """Take the place of a page, where nobody wants to know."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What the chapters of one file have in common.

    Attributes:
        language: BCP 47 code of the text.
        direction: ``ltr`` or ``rtl``.
        styles: Style sheets, in order.
        resources: Pictures: key → content and type.
        closer: Style sheets of which one follows where the last page would hold a few lines only.
    """

    language: str
    direction: str
    styles: tuple[str, ...]
    resources: Mapping[str, tuple[bytes, str]]
    closer: tuple[str, ...] = ()

    @property
    def is_sided(self) -> bool:
        """Whether the style sheets tell left pages from right ones."""
        return any(_SIDED.search(style) for style in (*self.styles, *self.closer))


@dataclass(frozen=True, slots=True)
class Text:
    """A chapter to be laid out.

    Attributes:
        html: What it says.
        part: ``front`` or ``body``.
        first: Number of its first page.
        notes: How many footnotes there are before it.
        twins: How many chapters before it say the very same; each needs pages of its own.
    """

    html: str
    part: str = "body"
    first: int = 1
    notes: int = 0
    twins: int = 0

    @property
    def on_left(self) -> bool:
        """Whether it begins on a page that lies on the left in a book."""
        return self.first % 2 == 0


@dataclass(slots=True)
class Chapter:
    """A laid-out chapter; its margins are empty.

    Attributes:
        document: The document of WeasyPrint.
        sheets: Its pages.
        notes: How many footnotes it has.
        lengths: Id of its title → how many pages it fills, in parts of a page too.
        gaps: Places for numbers of pages.
    """

    document: Document
    sheets: list[furniture.Sheet]
    notes: int
    lengths: dict[str, float]
    gaps: tuple[numbers.Gap, ...]

    @property
    def pages(self) -> list[Any]:
        """Its pages as WeasyPrint writes them."""
        pages: list[Any] = self.document.pages
        return pages

    def fill_numbers(self, pages: Mapping[str, int]) -> None:
        """Write the numbers of pages: ``pages`` is anchor → page, counted from 1."""
        for gap in self.gaps:
            gap.fill(pages)


@dataclass(slots=True)
class Shelf:
    """What is kept from one file to the next of the same family: fonts, style sheets, chapters.

    ``made`` counts the chapters that were laid out, which were not on the shelf.
    """

    fonts: FontConfiguration = field(default_factory=FontConfiguration)
    sheets: OrderedDict[str, Any] = field(default_factory=OrderedDict)
    chapters: OrderedDict[str, Chapter] = field(default_factory=OrderedDict)
    made: int = 0

    def wake(self) -> None:
        """Open the fonts, where they have been put away."""
        if self.fonts.font_map is None:
            self.fonts.font_map = FontConfiguration().font_map
        drawn.use_fonts_of(self.fonts.font_map)

    def rest(self) -> bool:
        """Put away the fonts and what has not been used for long.

        What is kept refers to no font, so that the library's own threads end.

        Returns:
            Whether a chapter was put away.
        """
        before = len(self.chapters)
        self.tidy()
        tags.begin()
        drawn.use_fonts_of(None)
        savings.forget_fonts()
        self.fonts.font_map = None
        return len(self.chapters) < before

    def style_sheet(self, style: str) -> Any:
        """Return a style sheet, parsed once."""
        if style not in self.sheets:
            self.sheets[style] = weasyprint.CSS(
                string=style, url_fetcher=MemoryFetcher(), font_config=self.fonts
            )
        self.sheets.move_to_end(style)
        while len(self.sheets) > _MOST_SHEETS:
            self.sheets.popitem(last=False)
        return self.sheets[style]

    def chapter(self, setting: Setting, text: Text, *, watch: Watcher = _nobody_watches) -> Chapter:
        """Return a laid-out chapter, from the shelf if it is there.

        Args:
            setting: What it has in common with the others.
            text: The chapter.
            watch: Called before each page is laid out, with its place in the chapter from 1.
        """
        key = digest(setting, text)
        if key not in self.chapters:
            document, laying = _well_ended(self, setting, text, watch)
            gaps = numbers.gaps_of(document.pages) if numbers.ROOM_FOR_ONE in text.html else ()
            lengths = _lengths(document)
            self.chapters[key] = Chapter(document, laying.sheets, laying.notes, lengths, gaps)
            self.made += 1
        self.chapters.move_to_end(key)
        return self.chapters[key]

    def tidy(self) -> None:
        """Put away what was not used for longest, so that no more is kept than is allowed."""
        left = _MOST_PAGES
        for key in reversed(list(self.chapters)):
            left -= len(self.chapters[key].sheets)
            if left < 0:
                del self.chapters[key]


def digest(setting: Setting, text: Text) -> str:
    """Return the SHA-256 (hex) of everything that the pages of a chapter come from.

    Pictures count by their content, not by their name: one that is not there is another page.
    """
    styles = "".join((*setting.styles, *setting.closer))
    named = sorted({*_PICTURE.findall(text.html), *_PICTURE.findall(styles)})
    pictures = {
        name: [hashlib.sha256(content).hexdigest(), content_type]
        for name in named
        for content, content_type in [setting.resources.get(name, (b"", ""))]
    }
    side = text.on_left and setting.is_sided
    facts = [
        setting.language, setting.direction, setting.styles, setting.closer, pictures, side,
        text.part, text.notes, text.twins, text.html,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _well_ended(
    shelf: Shelf, setting: Setting, text: Text, watch: Watcher
) -> tuple[Document, furniture.Laying]:
    """Lay out a chapter, set closer if that saves a last page of a few lines.

    Printers do the same: a page with nothing but the end of a sentence looks like a mistake.
    """
    laid = _laid_out(shelf, setting, text, watch)
    pages, last = len(laid[0].pages), _last_page(laid[0])
    if pages == 1 or last > _FEW_LINES:
        return laid
    for style in setting.closer:
        closer = replace(setting, styles=(*setting.styles, style))
        again = _laid_out(shelf, closer, text, lambda _place: watch(pages))
        is_saved, now = len(again[0].pages) < pages, _last_page(again[0])
        if is_saved and now > _FEW_LINES:
            return again
        # A list or a table has a size of its own; closer still would move nothing either.
        if not is_saved and now == last:
            break
    return laid


def _laid_out(
    shelf: Shelf, setting: Setting, text: Text, watch: Watcher
) -> tuple[Document, furniture.Laying]:
    with furniture.left_out(on_left=text.on_left, watch=watch) as laying:
        document = lay_out(shelf, setting, text.html, part=text.part, notes=text.notes)
    return document, laying


def _last_page(document: Document) -> float:
    """Return which part of the last page is filled, notes aside."""
    sheet = document.pages[-1]._page_box  # noqa: SLF001 - the public page tells no sizes of boxes
    body = sheet.children[0].children
    return float(body[0].margin_height() / sheet.height) if body else 0.0


def lay_out(shelf: Shelf, setting: Setting, html: str, *, part: str, notes: int = 0) -> Document:
    """Lay out a document of some HTML.

    Args:
        shelf: Fonts and style sheets.
        setting: Language, styles and pictures.
        html: Content of the body.
        part: Class of the body.
        notes: How many footnotes were counted before.
    """
    body = (
        f'<!DOCTYPE html><html lang="{escape(setting.language)}" dir="{escape(setting.direction)}">'
        f'<head><meta charset="utf-8"></head>'
        f'<body class="{part}" style="counter-reset: footnote {notes}">{html}</body></html>'
    )
    page = weasyprint.HTML(string=body, url_fetcher=MemoryFetcher(setting.resources))
    document: Document = page.render(
        font_config=shelf.fonts,
        stylesheets=[shelf.style_sheet(style) for style in setting.styles],
        pdf_variant=metadata.VARIANT,
    )
    links.keep_harmless(document.pages)
    return document


def _lengths(document: Document) -> dict[str, float]:
    """Return id of the title of a chapter → how many pages it fills.

    A chapter reaches to the foot of each of its pages but the last one.
    """
    lengths: dict[str, float] = {}
    for page in document.pages:
        sheet = page._page_box  # noqa: SLF001 - the public page tells no sizes of boxes
        root = sheet.children[0]
        # A page may hold nothing but notes that had no room on the one before.
        for box in root.children[0].children if root.children else ():
            title = None if box.element is None else box.element.find(".//h1")
            if title is not None and title.get("id"):
                share = float(box.margin_height() / sheet.height)
                lengths[title.get("id")] = lengths.get(title.get("id"), 0.0) + share
    return lengths
