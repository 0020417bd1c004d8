"""How many pages a text fills, by what its profile filled on paper, against its budget."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from profile_workflow import markup

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


@dataclass(frozen=True, slots=True)
class Paper:
    """What the latest PDF of a profile says of the length of its sections.

    Attributes:
        sections: Key of a section → words and pages, of those that are printed.
        words_a_page: How many words a page of this profile holds.
        pages: Pages of the whole file; 0 if there is none.
        made_at: When it was made, if there is one.
    """

    sections: Mapping[str, Measured]
    words_a_page: int
    pages: int = 0
    made_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Length:
    """How long a text is.

    Attributes:
        words: Words of the text.
        pages: Pages that it about fills, its tables and figures included.
        budget: Pages that the template gives it.
        printed: Whole pages that it fills in the latest PDF; None if it is in none.
    """

    words: int
    pages: float
    budget: Decimal
    printed: int | None = None

    @property
    def shown_pages(self) -> Decimal:
        """The pages as a reader is told of them."""
        return round(Decimal(self.pages), 1)

    @property
    def is_over(self) -> bool:
        """Whether it is longer than its budget by what a reader is told of it."""
        return self.shown_pages > self.budget


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


def length_of(text: str, *, key: str, budget: Decimal, paper: Paper) -> Length:
    """Return how long a text is.

    Args:
        text: The text, in Markdown.
        key: Key of its section.
        budget: Pages that the template gives the section.
        paper: The latest PDF of the profile.
    """
    words, measured = markup.word_count(text), paper.sections.get(key)
    return Length(
        words=words,
        pages=pages_of(words, measured, words_a_page=paper.words_a_page),
        budget=budget,
        printed=math.ceil(measured.pages) if measured else None,
    )
