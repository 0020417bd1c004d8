"""The boxes of the chapters: those with a title are listed, practices get a sheet of their own."""

import html
import re
from collections.abc import Iterable, Iterator

from django.utils.safestring import mark_safe

from reports.context.plain import Chapter, ListedExhibit, Practice

_TITLED = re.compile(r'<aside id="([^"]*)"[^>]*>\n<p class="box-title">(.*?)</p>')
_ASIDE = re.compile(r'<aside id="[^"]*" class="(?P<kind>\w+)"[^>]*>|</aside>')
_TITLE = re.compile(r'<p class="box-title">(.*?)</p>\n?')


def titled_boxes(chapters: Iterable[Chapter]) -> Iterator[ListedExhibit]:
    """Yield the boxes that have a title, in the order of the text; they bear no number."""
    for chapter in chapters:
        for anchor, title in _TITLED.findall(chapter.html):
            yield ListedExhibit("", html.unescape(title), anchor)


def practices_of(chapters: Iterable[Chapter]) -> Iterator[Practice]:
    """Yield the boxes with practices, in the order of the text, those within others as parts."""
    for chapter in chapters:
        for box in _boxes(chapter.html):
            title = _TITLE.search(box)
            yield Practice(
                title=html.unescape(title[1]) if title else "",
                number=chapter.number,
                chapter=chapter.title,
                # Part of what our renderer has written.
                html=mark_safe(_TITLE.sub("", box, count=1)),  # noqa: S308
            )


def _boxes(written: str) -> Iterator[str]:
    """Yield the practice boxes of a chapter as they are written."""
    open_boxes: list[re.Match[str]] = []
    for found in _ASIDE.finditer(written):
        if found["kind"]:
            open_boxes.append(found)
            continue
        begun = open_boxes.pop()
        within = any(one["kind"] == "practice" for one in open_boxes)
        if begun["kind"] == "practice" and not within:
            yield written[begun.start() : found.end()]
