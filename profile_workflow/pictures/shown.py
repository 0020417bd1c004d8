"""A picture as a text shows it: frozen with a revision, or as the register has it now."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import count
from typing import Any, Self

from django.utils.translation import gettext as _


def lacking(*, caption: str, alt: str, origin: object) -> list[str]:
    """Return what a picture needs before a text with it can be submitted, and has not, in words.

    Args:
        caption: What stands with it.
        alt: What it shows, for who does not see it.
        origin: Its source, or who made it; anything that is true if there is one.
    """
    needed = (
        (_("what it shows"), alt),
        (_("caption"), caption),
        (_("source, or who made it"), origin),
    )
    return [name for name, given in needed if not given]


def free_keys(taken: Iterable[str]) -> Iterator[str]:
    """Yield keys by which a text can place new pictures, and which none has yet."""
    used = set(taken)
    return (key for key in map("p{}".format, count(1)) if key not in used)


@dataclass(frozen=True, slots=True)
class Shown:
    """All that is printed of a picture.

    Attributes:
        key: By what the text places it.
        sha256: SHA-256 (hex) of its file; it is found by it.
        kind: ``jpeg`` or ``png``.
        width: In pixels.
        height: In pixels.
        caption: What stands with it.
        alt: What it shows, for who does not see it.
        source: Key of its source in the bibliography; may be empty.
        page: Where in the source.
        credit: Who made it; may be empty if there is a source.
        licence: Under what it may be printed.
    """

    key: str
    sha256: str
    kind: str
    width: int
    height: int
    caption: str
    alt: str
    source: str = ""
    page: str = ""
    credit: str = ""
    licence: str = ""

    def as_kept(self) -> dict[str, Any]:
        """Return it as it is frozen with a text, and covered by the hash of the text."""
        return asdict(self)

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """Return what was frozen with a text."""
        return cls(**kept)
