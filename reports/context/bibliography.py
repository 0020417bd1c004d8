"""Citations by author and date, and the bibliography: only what is cited, sorted."""

import string
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Sequence

from profile_workflow.markup import first_strong_direction
from reports.context.plain import BibliographyEntry, SourceEntry
from reports.labels import Labels


def _order(source: SourceEntry) -> tuple[str, str, str, str]:
    return (_letters(source.authors), source.year or "9999", _letters(source.title), source.key)


def _letters(words: str) -> str:
    """Sort É like E and case like none."""
    plain = unicodedata.normalize("NFKD", words).casefold()
    return "".join(c for c in plain if not unicodedata.combining(c))


def years(sources: Sequence[SourceEntry], no_date: str) -> dict[str, str]:
    """Return key → year as cited: ``2019``, or ``2019a`` and ``2019b`` for the same authors."""
    groups: dict[tuple[str, str], list[SourceEntry]] = defaultdict(list)
    for source in sorted(sources, key=_order):
        groups[(source.authors, source.year)].append(source)
    named: dict[str, str] = {}
    for (_, year), group in groups.items():
        for index, source in enumerate(group):
            suffix = "" if len(group) == 1 else _suffix(index)
            hyphen = "-" if suffix and not year else ""
            named[source.key] = f"{year or no_date}{hyphen}{suffix}"
    return named


def _suffix(index: int) -> str:
    letters = string.ascii_lowercase
    first = "" if index < len(letters) else letters[index // len(letters) - 1]
    return first + letters[index % len(letters)]


def used(sources: Sequence[SourceEntry], keys: Collection[str]) -> list[SourceEntry]:
    """Return the sources with these keys in the order of the bibliography."""
    return sorted((source for source in sources if source.key in keys), key=_order)


def citations(sources: Sequence[SourceEntry], no_date: str) -> dict[str, str]:
    """Return key → words of the citation, e.g. ``INS 2021``."""
    year_of = years(sources, no_date)
    return {source.key: f"{source.authors} {year_of[source.key]}" for source in sources}


def entries(sources: Sequence[SourceEntry], words: Labels) -> tuple[BibliographyEntry, ...]:
    """Return the bibliography."""
    year_of = years(sources, words.no_date)
    return tuple(
        BibliographyEntry(
            key=source.key,
            direction=first_strong_direction(source.authors),
            authors=source.authors.rstrip("."),
            year=year_of[source.key],
            title=source.title.rstrip("."),
            publisher=source.publisher.rstrip("."),
            url=source.url,
            accessed_on=words.accessed_on % {"date": source.accessed_on}
            if source.accessed_on
            else "",
            note=source.note.rstrip("."),
        )
        for source in sources
    )
