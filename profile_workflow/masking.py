"""Tokens of personal links kept out of what is written down: logs, and errors that are shown."""

import logging
import re

#: What stands for a token.
MASK = "…"
#: A slash, as it is or as it stands in an address inside another one, however often.
_SLASH = r"(?:/|%(?:25)*2f)"
#: The part of an address that is a token: only the holder of the link may know it.
_TOKEN = re.compile(rf"({_SLASH}v{_SLASH})(?:(?!{_SLASH})[^\s?#\"'<>\\])+", re.IGNORECASE)


def masked(text: str) -> str:
    """Return text in which addresses of personal links carry no token."""
    return _TOKEN.sub(rf"\1{MASK}", text)


class MaskingFormatter(logging.Formatter):
    """Writes a line of the log, and its traceback, without tokens."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line as it is written."""
        return masked(super().format(record))
