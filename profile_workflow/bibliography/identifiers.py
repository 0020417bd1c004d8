"""What tells that two sources are one: DOI, address on the web, title with year."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from profile_workflow.spelling import searchable

Row = TypeVar("Row")

#: Where a DOI is looked up.
DOI_ADDRESS = "https://doi.org/"
_BEFORE_DOI = re.compile(r"(?:https?://)?(?:dx\.|www\.)?doi\.org/|doi\s*:\s*", re.IGNORECASE)
#: Source: DOI Handbook 2.2; registrants have four digits or more.
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/[^\s\"<>]{1,180}")
_LONGEST_ADDRESS = 500
#: Titles of fewer words are too common to tell anything.
_SHORTEST_TITLE = 2


def clean_doi(text: str) -> str:
    """Return a DOI bare and in small letters, e.g. ``10.1000/xyz``; empty for none.

    Args:
        text: The DOI alone, after ``doi:``, or as an address of doi.org.

    Raises:
        ValueError: If it is none.
    """
    bare = text.strip()
    before = _BEFORE_DOI.match(bare)
    if before:
        bare = unquote(bare[before.end() :])
    bare = bare.strip().rstrip(".,;").lower()
    if bare and not _DOI.fullmatch(bare):
        raise ValueError(text)
    return bare


def clean_address(text: str) -> str:
    """Return an address on the web as it is kept; empty for none.

    Raises:
        ValueError: If it is no address that a browser opens, or too long.
    """
    address = text.strip()
    if not address:
        return ""
    if "://" not in address:
        address = f"https://{address}"
    parts = urlsplit(address)
    sound = parts.scheme in {"http", "https"} and "." in (parts.hostname or "")
    if not sound or len(address) > _LONGEST_ADDRESS or re.search(r"[\s<>\"]", address):
        raise ValueError(text)
    return address


def apart(doi: str, url: str) -> tuple[str, str]:
    """Return DOI and address; an address of doi.org is the DOI and nothing else."""
    before = _BEFORE_DOI.match(url) if "doi.org/" in url.lower() else None
    if before:
        try:
            found = clean_doi(url)
        except ValueError:
            return doi, url
        if doi in {"", found}:
            return found, ""
    return doi, url


def address_of(doi: str, url: str) -> str:
    """Return where a source is found on the web: by its DOI if it has one."""
    return f"{DOI_ADDRESS}{doi}" if doi else url


def _place(url: str) -> str:
    """Return an address as it is compared; empty for the front page of a site."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    path = unquote(parts.path).rstrip("/")
    asked = [one for one in parse_qsl(parts.query) if not one[0].startswith("utm_")]
    query = urlencode(sorted(asked))
    return f"{host}{path}?{query}" if path or query else ""


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing by which a source is known: ``what`` is ``doi``, ``url`` or ``title``."""

    what: str
    value: str


def signs_of(source: Any) -> Iterator[Sign]:
    """Yield the signs of a source, the surest first."""
    if source.doi:
        yield Sign("doi", source.doi.lower())
    place = _place(source.url) if source.url else ""
    if place:
        yield Sign("url", place)
    title = searchable(source.title)
    if len(title.split()) >= _SHORTEST_TITLE:
        yield Sign("title", f"{title}|{searchable(source.year)}")


@dataclass(frozen=True, slots=True)
class Same(Generic[Row]):
    """A source that is known already, and by what: ``doi``, ``url``, ``title`` or ``key``."""

    row: Row
    by: str


class Known(Generic[Row]):
    """Sources in which others are looked up; each lookup costs the same for any number of them."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._by_sign: dict[Sign, Row] = {}
        self._by_key: dict[str, Row] = {}
        for row in rows:
            self.add(row)

    def add(self, row: Row) -> None:
        """Add another source; the first one of several stays."""
        source: Any = row
        for sign in signs_of(source):
            self._by_sign.setdefault(sign, row)
        self._by_key.setdefault(source.key, row)

    def same_as(self, source: Any) -> Same[Row] | None:
        """Return the source that is the same as this one, if there is one."""
        for sign in signs_of(source):
            if sign in self._by_sign:
                return Same(self._by_sign[sign], sign.what)
        if source.key and source.key in self._by_key:
            return Same(self._by_key[source.key], "key")
        return None


def look_the_same(rows: Sequence[Row]) -> list[tuple[Row, Row, str]]:
    """Return pairs of sources that look the same, each pair once, with the sign that says so.

    Of several that are the same, each is paired with the first one.
    """
    first: dict[Sign, Row] = {}
    found: dict[tuple[int, int], tuple[Row, Row, str]] = {}
    for row in rows:
        for sign in signs_of(row):
            other = first.setdefault(sign, row)
            if other is not row:
                found.setdefault((id(other), id(row)), (other, row, sign.what))
    return list(found.values())
