"""Tokens of personal links kept out of what is written down: logs, and errors that are shown."""

import logging
import re

#: Where a web server writes what it was asked for; it makes these loggers before the application.
_OF_THE_SERVER = ("gunicorn.error", "gunicorn.access")
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


class MaskingFilter(logging.Filter):
    """Takes the tokens out of a record before anybody writes it, in whatever form."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, without tokens in its words and in its traceback."""
        record.msg, record.args = masked(record.getMessage()), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        record.exc_text = record.exc_text and masked(record.exc_text)
        return True


def mask_server_log() -> None:
    """Mask what the web server itself logs, whatever files and forms its operator chose.

    A filter of the logger outlives its handlers, which the server makes anew when it is told to.
    """
    for name in _OF_THE_SERVER:
        logging.getLogger(name).addFilter(MaskingFilter())
