"""Keeps somebody signed in who works on one page for hours."""

from datetime import datetime

from django.contrib.sessions.backends.base import SessionBase

#: Seconds from one renewal to the next: each is a write of its own, and an autosave is often.
RENEWED_EVERY = 600
_RENEWED = "renewed"


def keep_signed_in(session: SessionBase, at: datetime) -> None:
    """Let a session last from now on, unless that was done a few minutes ago."""
    now = at.timestamp()
    if now - session.get(_RENEWED, 0) >= RENEWED_EVERY:
        session[_RENEWED] = now
