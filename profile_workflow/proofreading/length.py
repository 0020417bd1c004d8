"""How much text a page holds: from budgets of pages to words, and from words to pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

#: Words of running text on a printed page: the median of the 50 pages that the chapters of the
#: demonstration of Sfax fill with text and small tables, counted in its PDF (A4, 162 mm, 10 pt).
WORDS_A_PAGE = 420
#: A section of a page at most says little: its heading takes much of it.
_LEAST_PAGES = 1


@dataclass(frozen=True, slots=True)
class Measured:
    """A section as it was printed: words of its text, and the pages that all of it fills."""

    words: int
    pages: float


def words_on(pages: Decimal) -> int:
    """Return how many words about fit on so many pages."""
    return int(pages * WORDS_A_PAGE)


def words_a_page(printed: Iterable[Measured]) -> int:
    """Return how many words a page holds in a profile, tables and figures taken into account.

    Args:
        printed: Its sections in a PDF; those of a page at most are left out. If none is left, the
            number is that of profiles in general.
    """
    long = [one for one in printed if one.pages > _LEAST_PAGES and one.words]
    if not long:
        return WORDS_A_PAGE
    return max(1, round(sum(one.words for one in long) / sum(one.pages for one in long)))


def pages_of(words: int, before: Measured | None, *, words_a_page: int) -> float:
    """Return how many pages a section of so many words about fills.

    What is written since it was printed is added to, or taken from, what it filled then: so its
    tables and figures count as on paper.
    """
    if before is None:
        return words / words_a_page
    return max(0.0, before.pages + (words - before.words) / words_a_page)
