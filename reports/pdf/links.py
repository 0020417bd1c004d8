"""Which links a document may hold: to places inside of it, and to addresses that people open."""

from collections.abc import Iterable
from typing import Any

_SCHEMES = ("http:", "https:", "mailto:")


def keep_harmless(pages: Iterable[Any]) -> None:
    """Take all other links out of laid-out pages: scripts, files, and what is to be attached.

    The text dialect writes none of these; a link that came about in spite of it leads nowhere.
    """
    for page in pages:
        page.links = [one for one in page.links if _is_harmless(one[0], one[1])]


def _is_harmless(kind: str, target: Any) -> bool:
    return kind == "internal" or (kind == "external" and str(target).lower().startswith(_SCHEMES))
