"""Days as the language of the report writes them."""

from datetime import date, datetime

from django.utils import formats, timezone, translation


def day(moment: date | datetime | None, language: str) -> str:
    """Return a day in words, in the language; an empty string for none."""
    if moment is None:
        return ""
    if isinstance(moment, datetime):
        moment = timezone.localtime(moment).date()
    with translation.override(language[:2]):
        return formats.date_format(moment, "DATE_FORMAT")
