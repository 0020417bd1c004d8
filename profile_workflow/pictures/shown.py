"""A picture as a text shows it: frozen with a revision, or as the register has it now."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self


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
