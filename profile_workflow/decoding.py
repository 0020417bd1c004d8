"""The text of a file whose encoding nobody has told."""

import re

#: Letters beyond ASCII in a row: French has two at most, Arabic whole words of them.
_ARABIC_WORD = re.compile(rb"[\x81-\xff]{3}")


def text_of(content: bytes) -> tuple[str, bool]:
    """Return the text of a file, and whether its encoding had to be guessed.

    Read are UTF-8, UTF-16 with its mark, and what Windows writes in Arabic (code page 1256) and in
    western Europe (1252).

    Raises:
        ValueError: If it is no text.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text, guessed = content.decode("utf-16", errors="replace"), False
    else:
        text, guessed = _without_mark(content)
    if "\x00" in text:
        raise ValueError
    return text, guessed


def _without_mark(content: bytes) -> tuple[str, bool]:
    try:
        return content.decode("utf-8-sig"), False
    except UnicodeDecodeError:
        code_page = "cp1256" if _ARABIC_WORD.search(content) else "cp1252"
        return content.decode(code_page, errors="replace"), True
