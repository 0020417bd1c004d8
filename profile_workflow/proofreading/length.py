"""How much text a page holds: the one number from which budgets of pages become words."""

from decimal import Decimal

#: Words of running text on a printed page: the median of the 50 pages that the chapters of the
#: demonstration of Sfax fill with text and small tables, counted in its PDF (A4, 162 mm, 10 pt).
WORDS_A_PAGE = 420


def words_on(pages: Decimal) -> int:
    """Return how many words about fit on so many pages."""
    return int(pages * WORDS_A_PAGE)
