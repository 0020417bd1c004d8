"""Numbers as the language of a profile writes them in print, always in European digits."""

from decimal import Decimal

from babel.numbers import format_decimal

_MAX_DECIMALS = 4
#: Arabic texts of the region use European digits and the English marks; ours in Portuguese are
#: European, where a space parts thousands.
_MARKS = {"ar": "en", "pt": "pt_PT"}
#: A narrow space stands before it in French, Spanish and German.
_PERCENT = {"fr": "\u202f%", "es": "\u202f%", "de": "\u202f%"}


def number(value: Decimal, language: str) -> str:
    """Return a number with grouping and at most four decimals, e.g. ``38,000``."""
    pattern = "#,##0." + "#" * _MAX_DECIMALS
    locale = _MARKS.get(language[:2], language[:2])
    return str(format_decimal(value, format=pattern, locale=locale))


def quantity(value: Decimal, unit: str, language: str) -> str:
    """Return a number, with the sign of per cent where that is the unit."""
    sign = _PERCENT.get(language[:2], "%") if unit == "%" else ""
    return f"{number(value, language)}{sign}"


def span(low: Decimal, high: Decimal, unit: str, language: str) -> str:
    """Return a range such as ``4,000\u20136,000``."""
    return f"{number(low, language)}\u2013{quantity(high, unit, language)}"
