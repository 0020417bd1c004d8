"""What stands in the margins of a page: running heads, numbers, the watermark.

WeasyPrint makes it together with the text. Here it is made when the whole file is known, so that a
chapter is laid out without knowing on which page it begins, and need not be laid out anew if that
changes. Three functions of WeasyPrint are wrapped for it, once for a process (``install``).
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import weasyprint.layout
from weasyprint.anchors import gather_anchors
from weasyprint.formatting_structure import boxes
from weasyprint.layout import page as page_layout
from weasyprint.layout.background import layout_box_backgrounds

from reports.pdf import drawn

_LAYOUT = sys.modules["weasyprint.layout"]
_make_margin_boxes = weasyprint.layout.make_margin_boxes


@dataclass(slots=True)
class Sheet:
    """A page whose margins are still empty.

    Attributes:
        box: Page box of WeasyPrint.
        context: What WeasyPrint knows of the document that the page is of.
        state: Counters at the page.
        place: Which page of that document it is, counted from 1.
        furnished: Number, number of all pages and strings with which its margins were filled.
    """

    box: Any
    context: Any
    state: Any
    place: int
    furnished: tuple[int, int, dict[str, str]] | None = None


@dataclass(slots=True)
class Laying:
    """What is noted while a document is laid out.

    Attributes:
        on_left: Whether its first page is one that lies on the left in a book.
        watch: Called before each page is laid out, with its place from 1.
        sheets: Its pages.
        notes: How many footnotes it has.
    """

    on_left: bool
    watch: Callable[[int], None]
    sheets: list[Sheet] = field(default_factory=list)
    notes: int = 0


_laying: Laying | None = None


@contextmanager
def left_out(*, on_left: bool, watch: Callable[[int], None]) -> Iterator[Laying]:
    """Lay out a document without what stands in its margins, for ``furnish`` to make it later."""
    global _laying  # noqa: PLW0603 - the wrapped functions of WeasyPrint carry no state for us
    _laying = Laying(on_left, watch)
    try:
        yield _laying
    finally:
        _laying = None


def furnish(sheet: Sheet, *, number: int, total: int, strings: Mapping[str, str]) -> None:
    """Fill the margins of a page.

    Args:
        sheet: The page.
        number: Its number.
        total: How many pages are numbered in the same way.
        strings: Named strings of the style sheets that belong to the file, not to the chapter.
    """
    if sheet.furnished == (number, total, strings):
        return
    sheet.furnished = (number, total, dict(strings))
    context, page = sheet.context, sheet.box
    drawn.margins_have_changed(page)
    context.current_page = sheet.place
    sheet.state[1].update(page=[number], pages=[total])
    for name, words in strings.items():
        context.string_set[name] = {1: [words]}
    text = [box for box in page.children if not isinstance(box, boxes.MarginBox)]
    margins = list(_make_margin_boxes(context, page, sheet.state))
    page.children = (*text, *margins)
    for box in margins:
        layout_box_backgrounds(page, box, context.get_image_from_uri)
        # It leads nowhere; but how it is turned, such as the watermark, is found with where to.
        gather_anchors(box, {}, [], [], {None: []})


def install() -> None:
    """Wrap WeasyPrint's functions. Call once in a process."""
    begin = weasyprint.layout.initialize_page_maker
    remake = page_layout.remake_page

    def initialize_page_maker(context: Any, root_box: Any) -> None:
        begin(context, root_box)
        if _laying is not None:
            _laying.notes = len(context.footnotes)
            resume_at, following, is_right, *states = context.page_maker[0]
            side = is_right != _laying.on_left
            context.page_maker[0] = (resume_at, following, side, *states)

    def remake_page(index: int, *given: Any) -> Any:
        if _laying is not None:
            _laying.watch(index + 1)
        return remake(index, *given)

    def make_margin_boxes(context: Any, page: Any, state: Any) -> Any:
        if _laying is None:
            return _make_margin_boxes(context, page, state)
        _laying.sheets.append(Sheet(page, context, state, context.current_page))
        return ()

    _LAYOUT.initialize_page_maker = initialize_page_maker  # type: ignore[attr-defined]
    page_layout.remake_page = remake_page
    _LAYOUT.make_margin_boxes = make_margin_boxes  # type: ignore[attr-defined]
