"""A source as a file gives it, and the way from there to one that can be kept."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from profile_workflow.bibliography.identifiers import apart, clean_address, clean_doi
from profile_workflow.bibliography.record import Reference, lines, one_line
from profile_workflow.states import SourceKind

_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something in a file that cannot be read: its line, counted from 1, and why."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Raw:
    """What a file says of one source, each value as it stands there."""

    line: int
    key: str
    kind: SourceKind
    authors: str
    year: str
    title: str
    container: str
    volume: str
    pages: str
    publisher: str
    language: str
    doi: str
    url: str
    accessed: str
    note: str

    def reference(self) -> Reference:
        """Return the source as it can be kept; what does not fit its field goes into the note.

        Raises:
            ValueError: If it has no title, or nobody who answers for it.
        """
        doi, url, strange = self._found_at()
        accessed_on = read_day(self.accessed)
        if self.accessed.strip() and accessed_on is None:
            strange.append(f"{_('Accessed on')}: {one_line(self.accessed)}")
        title = one_line(self.title)
        if not title:
            raise ValueError(_("It has no title."))
        return Reference(
            key=one_line(self.key),
            kind=self.kind,
            authors=self._authors(url),
            year=one_line(self.year),
            title=title,
            container=one_line(self.container),
            volume=one_line(self.volume),
            pages=one_line(self.pages),
            publisher=one_line(self.publisher),
            language=one_line(self.language),
            doi=doi,
            url=url,
            accessed_on=accessed_on,
            note=lines("\n".join(one for one in (lines(self.note), *strange) if one)),
        )

    def _authors(self, url: str) -> str:
        """Return who wrote it, or who else answers for it."""
        host = (urlsplit(url).hostname or "").removeprefix("www.") if url else ""
        answering = (self.authors, self.publisher, self.container, host)
        found = next((one for one in map(one_line, answering) if one), "")
        if not found:
            raise ValueError(_("It has neither an author nor a publisher."))
        return found

    def _found_at(self) -> tuple[str, str, list[str]]:
        strange: list[str] = []
        doi, url = one_line(self.doi), one_line(self.url)
        try:
            doi = clean_doi(doi)
        except ValueError:
            strange.append(f"DOI: {doi}")
            doi = ""
        try:
            url = clean_address(url)
        except ValueError:
            strange.append(f"URL: {url}")
            url = ""
        return *apart(doi, url), strange


def read_day(text: str) -> date | None:
    """Return a day written as year, month, day; None if it is not."""
    match = _DAY.match(text.strip())
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def numbered(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of a text with their numbers, counted from 1."""
    yield from enumerate(re.split(r"\r\n|\r|\n", text), 1)
