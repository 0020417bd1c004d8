"""Text that was written elsewhere, made fit for a mail: one line, cut, without blank lines."""

import re
import unicodedata

_LONGEST_SUBJECT = 150

_LINK = re.compile(r"\b(?:\w+://|www\.)\S*", re.IGNORECASE)


def one_line(text: str) -> str:
    """Return text fit for a subject: one line, without links and invisible characters."""
    spaced = "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text)
    visible = "".join(sign for sign in spaced if unicodedata.category(sign) != "Cf")
    words = " ".join(_LINK.sub("…", visible).split())
    return cut(words, _LONGEST_SUBJECT)


def cut(text: str, longest: int) -> str:
    """Return text of so many characters at most; combining signs count, however many there are."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"


def single_spaced(text: str) -> str:
    """Return text without the blank lines that template tags leave behind."""
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"
