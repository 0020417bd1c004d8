"""The day on which roles are judged: one for everybody, whatever zone a reader has chosen."""

from datetime import UTC, date, datetime

from django.utils import timezone


def role_day(moment: datetime | None = None) -> date:
    """Return the day on which roles are judged at a moment, or now: that of UTC, as in the log.

    A day that is shown is the reader's (``timezone.localdate``), one on which something is due is
    that of the city (``calendars``).
    """
    return (moment or timezone.now()).astimezone(UTC).date()
