"""The shared sources of a programme, as a profile sees them."""

from dataclasses import dataclass

from profile_workflow.bibliography.identifiers import Known
from profile_workflow.bibliography.record import CONTENT, Reference
from profile_workflow.models import LibrarySource, Profile, Source
from profile_workflow.spelling import words_of

#: Most sources that a page shows; more words find fewer.
MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Shared:
    """A source of the library, and whether the profile has it already."""

    source: LibrarySource
    is_taken: bool


def library_of(profile: Profile) -> list[LibrarySource]:
    """Return the sources of the library that a profile can take over. One query."""
    found = LibrarySource.objects.filter(programme=profile.programme_id, withdrawn_at=None)
    return list(found.order_by("authors", "year", "pk"))


def search_library(profile: Profile, query: str) -> tuple[list[Shared], int]:
    """Return the sources in which all words begin a word, and how many there are in all."""
    wanted = words_of(query)
    found = [one for one in library_of(profile) if _fits(one, wanted)]
    known = Known(profile.sources.order_by("pk"))
    origins = set(profile.sources.values_list("origin", flat=True))
    shown = [Shared(one, one.pk in origins or _is_known(one, known)) for one in found[:MOST_SHOWN]]
    return shown, len(found)


def _fits(source: LibrarySource, wanted: list[str]) -> bool:
    words = words_of(f"{source.authors} {source.year} {source.title} {source.publisher}")
    return all(any(word.startswith(one) for word in words) for one in wanted)


def _is_known(source: LibrarySource, known: Known[Source]) -> bool:
    content = {name: getattr(source, name) for name in CONTENT}
    return known.same_as(Reference("", **content)) is not None
