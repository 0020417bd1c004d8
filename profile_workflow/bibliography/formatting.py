"""References in author–date style: what the text cites, and the bibliography, in its order.

The words come from ``author-date.csl`` through citeproc-py; the order and the letters that tell
apart two works of one year are ours, because the library has neither.
"""

import html
import re
import string
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from types import SimpleNamespace
from typing import Any

from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle
from citeproc.source.json import CiteProcJSON
from django.utils.safestring import SafeString, mark_safe

from profile_workflow import days
from profile_workflow.bibliography.csljson import item_of
from profile_workflow.bibliography.identifiers import address_of
from profile_workflow.bibliography.record import Reference
from profile_workflow.markup import first_strong_direction
from profile_workflow.spelling import searchable

STYLE = Path(__file__).with_name("author-date.csl")
#: Language of the text → the words of the library.
_LOCALES = {
    "en": "en-GB",
    "fr": "fr-FR",
    "es": "es-ES",
    "it": "it-IT",
    "de": "de-DE",
    "pt": "pt-PT",
    "ar": "ar",
}
#: Signs of the private area that stand for what is set in italics until everything is escaped.
_BEGIN, _END = "\ue000", "\ue001"
_MARKERS = str.maketrans({_BEGIN: None, _END: None})
#: The library changes its style while it works, so one thread uses it at a time.
_LOCK = Lock()
#: A Latin comma or semicolon between two Arabic letters.
_ARABIC_MARK = re.compile("(?<=[\u0621-\u064a])([,;])(?= ?[\u0621-\u064a])")
_JOINED = "و\u200d "


@dataclass(frozen=True, slots=True)
class Formatted:
    """A source as the bibliography prints it.

    Attributes:
        key: What the text cites it by.
        direction: ``ltr`` or ``rtl``, after the first letter of its authors.
        text: The words alone.
        html: The same with the title set apart and the address as a link.
    """

    key: str
    direction: str
    text: str
    html: SafeString


def in_order(sources: Iterable[Reference], language: str) -> list[Reference]:
    """Return sources as the bibliography sorts them.

    Word by word, without capitals, accents, the Arabic article or the forms of alef; the script of
    the language comes first, the others after it; a source without a year after those with one.
    """
    return sorted(sources, key=lambda one: _place(one, language))


def _place(source: Reference, language: str) -> tuple[bool, list[str], str, list[str], str]:
    foreign = "ltr" if language[:2] == "ar" else "rtl"
    return (
        first_strong_direction(source.authors) == foreign,
        searchable(source.authors).split(),
        source.year or "9999",
        searchable(source.title).split(),
        source.key,
    )


def citation(source: Reference, language: str) -> str:
    """Return the words of a citation, e.g. ``INS 2021`` or ``Natter and Thiollet 2022``."""
    return _in_style(source, "", language[:2])[0]


def citations(sources: Iterable[Reference], language: str) -> dict[str, str]:
    """Return key → words of the citation, works of one year told apart: ``INS 2021a``."""
    several = tuple(sources)
    letters = _letters(several, language)
    return {one.key: _in_style(one, letters.get(one.key, ""), language[:2])[0] for one in several}


def entry(source: Reference, language: str) -> Formatted:
    """Return one source as the bibliography prints it, without a letter behind its year."""
    return _formatted(source, _in_style(source, "", language[:2])[1])


def bibliography(sources: Iterable[Reference], language: str) -> tuple[Formatted, ...]:
    """Return sources as the bibliography prints them, in its order."""
    several = in_order(sources, language)
    letters = _letters(several, language)
    return tuple(
        _formatted(one, _in_style(one, letters.get(one.key, ""), language[:2])[1])
        for one in several
    )


# Letters behind the years


def _letters(sources: Iterable[Reference], language: str) -> dict[str, str]:
    """Return key → letter for works of the same authors and year."""
    groups: dict[tuple[str, str], list[Reference]] = defaultdict(list)
    for source in in_order(sources, language):
        groups[(searchable(source.authors), source.year)].append(source)
    several = (group for group in groups.values() if len(group) > 1)
    return {one.key: _letter(place) for group in several for place, one in enumerate(group)}


def _letter(place: int) -> str:
    letters = string.ascii_lowercase
    first = "" if place < len(letters) else letters[place // len(letters) - 1]
    return first + letters[place % len(letters)]


# Through the library


@lru_cache(maxsize=4096)
def _in_style(source: Reference, letter: str, language: str) -> tuple[str, str]:
    """Return citation and entry of a source, italics marked; kept by content."""
    item = _item(source, letter, language)
    with _LOCK:
        book = CitationStylesBibliography(_style(language), CiteProcJSON([item]), _FORMATTER)
        citation = Citation([CitationItem(item["id"])])
        book.register(citation)
        cited, (entry,) = book.cite(citation, lambda _item: ""), book.bibliography()
    return _punctuated(str(cited), language), _punctuated(str(entry), language)


@cache
def _style(language: str) -> CitationStylesStyle:
    locale = _LOCALES.get(language, _LOCALES["en"])
    return CitationStylesStyle(str(STYLE), locale=locale, validate=False)


def _italic(text: object) -> str:
    return f"{_BEGIN}{text}{_END}"


#: What the library asks to mark up text; nothing is escaped before all of it is there.
_FORMATTER = SimpleNamespace(preformat=str, Italic=_italic)


def _item(source: Reference, letter: str, language: str) -> dict[str, Any]:
    """Return a source as the style is to see it: no closing full stops, days in words."""
    item = item_of(replace(source, accessed_on=None))
    for name in ("title", "container-title", "publisher"):
        if name in item:
            item[name] = item[name].rstrip(".")
    item["author"] = [
        {part: words.rstrip(".") if part == "literal" else words for part, words in one.items()}
        for one in item["author"]
    ]
    item["id"] = "source"
    if source.year:
        item["issued"] = {"literal": source.year}
    if source.accessed_on and source.url:
        item["accessed"] = {"literal": days.in_words(source.accessed_on, language)}
    # The library takes the language for the one whose titles have capitals; we change no case.
    item.pop("language", None)
    item.pop("note", None)
    plain = {name: _without_markers(value) for name, value in item.items()}
    return {**plain, "year-suffix": letter} if letter else plain


def _without_markers(value: Any) -> Any:
    if isinstance(value, str):
        return value.translate(_MARKERS)
    if isinstance(value, list):
        return [_without_markers(one) for one in value]
    if isinstance(value, dict):
        return {name: _without_markers(one) for name, one in value.items()}
    return value


def _punctuated(text: str, language: str) -> str:
    """Return text with the marks that Arabic letters ask for."""
    if language == "ar":
        text = text.replace(_JOINED, "و")
    return _ARABIC_MARK.sub(lambda mark: "،" if mark[1] == "," else "؛", text)


def _formatted(source: Reference, marked: str) -> Formatted:
    text = marked.translate(_MARKERS)
    return Formatted(
        key=source.key,
        direction=first_strong_direction(source.authors),
        text=text,
        html=_as_html(marked, address_of(source.doi, source.url)),
    )


def _as_html(marked: str, address: str) -> SafeString:
    before, found, after = marked.rpartition(address) if address else ("", "", marked)
    link = html.escape(found)
    parts = [
        html.escape(before),
        f'<a class="address" href="{link}" dir="ltr">{link}</a>' if found else "",
        html.escape(after),
    ]
    whole = "".join(parts).replace(_BEGIN, "<em>").replace(_END, "</em>")
    # Every part is escaped; the address was checked to be one of the web.
    return mark_safe(whole)  # noqa: S308
