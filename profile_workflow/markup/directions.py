"""In which direction a piece of text runs."""

import unicodedata


def first_strong_direction(text: str) -> str:
    """Return ``ltr`` or ``rtl`` by the first letter that has a direction, or an empty string."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind == "L":
            return "ltr"
        if kind in ("R", "AL"):
            return "rtl"
    return ""
