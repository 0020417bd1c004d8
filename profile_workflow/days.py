"""Days: the one on which roles are judged, and how print writes one in words."""

from datetime import UTC, date, datetime

from babel.dates import format_date
from django.utils import timezone

#: Languages of which Babel knows several kinds.
_LOCALES = {"en": "en_GB", "pt": "pt_PT"}


def role_day(moment: datetime | None = None) -> date:
    """Return the day on which roles are judged at a moment, or now: that of UTC, as in the log.

    A day that is shown is the reader's (``timezone.localdate``), one on which something is due is
    that of the city (``calendars``).
    """
    return (moment or timezone.now()).astimezone(UTC).date()


def in_words(moment: date | datetime | None, language: str) -> str:
    """Return a day as the language of what is printed writes it; an empty string for none.

    The day of a moment is that of the time zone in force, which whoever prints sets to the city's.
    """
    if moment is None:
        return ""
    if isinstance(moment, datetime):
        moment = timezone.localtime(moment).date()
    code = language[:2]
    words = format_date(moment, "long", locale=_LOCALES.get(code, code))
    return f"1er{words[1:]}" if code == "fr" and moment.day == 1 else words
