"""Short codes by which texts and tables name things, made of words."""

import re
import unicodedata
from collections.abc import Collection, Iterable

from django.utils.text import slugify

#: Longest key that the text can cite by.
LONGEST = 60
_FIRST_OF_SEVERAL = re.compile("[,;&،؛]| and | et | و")


def code_from(words: str, taken: Iterable[str], *, longest: int = 40) -> str:
    """Return a short code made of words, other than those that are taken."""
    plain = slugify(words)[:longest].strip("-") or slugify(_transliterated(words)) or "x"
    known, code, number = set(taken), plain, 1
    while code in known:
        number += 1
        code = f"{plain}-{number}"
    return code


def _transliterated(words: str) -> str:
    """Return the names of letters of other scripts, shortened, e.g. Arabic ``ب`` → ``b``."""
    names = (unicodedata.name(one, "").split() for one in words if one.isalpha())
    return "".join(name[-1][:1] if "LETTER" in name else "" for name in names)[:20].lower()


def key_for(authors: str, year: str, taken: Iterable[str]) -> str:
    """Return a key made of the first author and the year, other than those that are taken."""
    first = " ".join(_FIRST_OF_SEVERAL.split(authors)[0].split()[:2])
    name = slugify(first) or slugify(_transliterated(first))
    return code_from(f"{name} {year}", taken)


def free_key(wanted: str, taken: Collection[str]) -> str:
    """Return a key as a file gives it, in letters that the text can cite, made unique."""
    plain = "".join(
        one if one.isascii() and (one.isalnum() or one == "_") else "-" for one in wanted
    )
    key = plain.strip("-")[: LONGEST - 5].strip("-")
    if not key or key not in taken:
        return key
    return next(found for n in range(2, len(taken) + 3) if (found := f"{key}-{n}") not in taken)
