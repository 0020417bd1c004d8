"""The numbers of pages in the text: of the entries of the contents, of "see table 3 (p. 12)".

A chapter is laid out with room for such a number, zeros that are as many as its figures: figures
are all equally wide. What it is, is filled in when the whole file is known; a chapter whose
targets have moved is not laid out anew, unless a number became longer or shorter.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from weasyprint.formatting_structure.boxes import TextBox

from reports.pdf import drawn

#: With the sign that begins a tag: what is typed may hold the rest, but never that.
_LINK = re.compile(r'<a href="#([^"]+)" data-page=""')
_TARGET = re.compile(r"""\bid=["']([^"']+)["']""")
_ROOM = re.compile("0+")
#: What stands in the HTML where there is a place for a number.
ROOM_FOR_ONE = ' data-page="0'
#: Characters of HTML on a page, as long as nothing is known of the text.
_USUAL_LENGTH = 4000.0


@dataclass(frozen=True, slots=True)
class Gap:
    """A place for a number.

    Attributes:
        page: Page box on which it is.
        text: Text box that it is part of.
        before: Words of the box before it.
        after: Words of the box after it.
        target: Anchor whose page it tells.
    """

    page: Any
    text: TextBox
    before: str
    after: str
    target: str

    def fill(self, pages: Mapping[str, int]) -> None:
        """Write the number."""
        words = f"{self.before}{pages.get(self.target, '')}{self.after}"
        if words != self.text.text:
            # The one is what is asked for, the other what is drawn.
            layout = self.text.pango_layout = copy(self.text.pango_layout)
            self.text.text = layout.text = words
            layout.runs = None
            drawn.text_has_changed(self.page)


def gaps_of(pages: Iterable[Any]) -> tuple[Gap, ...]:
    """Return the places for numbers on laid-out pages, as WeasyPrint's document has them."""
    return tuple(gap for page in pages for gap in _gaps_on(page._page_box))  # noqa: SLF001


def _gaps_on(sheet: Any) -> Iterator[Gap]:
    for box in sheet.descendants(placeholders=True):
        if not isinstance(box, TextBox) or not box.element_tag.endswith("::after"):
            continue
        room = _ROOM.search(box.text) if box.element.get("data-page") else None
        if room:
            before, after = box.text[: room.start()], box.text[room.end() :]
            yield Gap(sheet, box, before, after, box.element.get("href").removeprefix("#"))


def with_room(html: str, page_of: Callable[[str], int | None]) -> str:
    """Fill the empty ``data-page`` of each link with as many zeros as the number has figures.

    Args:
        html: What is laid out.
        page_of: Anchor → page on which it is, or may be; ``None`` leaves no room.
    """

    def zeros(link: re.Match[str]) -> str:
        page = page_of(link[1])
        room = "" if page is None else "0" * len(str(page))
        return f'<a href="#{link[1]}" data-page="{room}"'

    return _LINK.sub(zeros, html)


class Expected:
    """On which page what is, as far as chapters are laid out; and will be, by the length of texts.

    Always the same for the same texts laid out in the same order.

    Args:
        texts: HTML of the chapters, in their order.
        known: Anchor → page, counted from 1, where that is known from an earlier attempt.

    Attributes:
        pages: How many pages are laid out.
    """

    def __init__(self, texts: Sequence[str], known: Mapping[str, int] | None = None) -> None:
        wanted = {target for text in texts for target in _LINK.findall(text)}
        self._lengths = [len(text) for text in texts]
        self._places: dict[str, int] = {}
        self._known = dict(known or {})
        self.pages = self._characters = begins = 0
        for text in texts if wanted else ():
            for found in _TARGET.finditer(text):
                if found[1] in wanted:
                    self._places.setdefault(found[1], begins + found.start())
            begins += len(text)

    def page(self, target: str) -> int | None:
        """Return the page of an anchor, counted from 1; ``None`` if no text has it."""
        if target in self._known or target not in self._places:
            return self._known.get(target)
        length = self._characters / self.pages if self.pages else _USUAL_LENGTH
        ahead = self._places[target] - self._characters
        return self.pages + 1 + int(max(0, ahead) / length)

    def laid_out(self, pages: Sequence[Any]) -> None:
        """Note the pages of the next chapter, as WeasyPrint's document has them."""
        for number, page in enumerate(pages, self.pages + 1):
            for anchor in page.anchors:
                self._known.setdefault(anchor, number)
        self._characters += self._lengths.pop(0)
        self.pages += len(pages)
