"""Taking a picture for the text: as it is printed, and small for pages on a screen."""

import hashlib
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _
from PIL import Image

from profile_workflow.errors import InvalidInput
from profile_workflow.pictures.redrawing import (
    MOST_PIXELS,
    SEVERAL,
    redrawn,
    too_many_pixels,
    written,
)

#: Largest file that is taken, in bytes.
MOST_BYTES = 15 * 1024 * 1024
#: Longest and shortest side that is taken, in pixels.
MOST_SIDE, LEAST_SIDE = 12_000, 60
#: Longest side that is kept: the column of a page at 300 dots an inch.
KEPT_SIDE = 2_000
#: Longest side of what pages on a screen show.
SMALL_SIDE = 800
#: Largest drawing that is kept without any loss, in bytes; a larger one becomes a photograph.
MOST_LOSSLESS = 1024 * 1024
_QUALITY_SMALL = 80


@dataclass(frozen=True, slots=True)
class Pixels:
    """A picture that was drawn anew: upright, no larger than is printed, in sRGB without alpha.

    Attributes:
        kind: ``jpeg`` or ``png``.
        width: In pixels.
        height: In pixels.
        full: The file as it is printed.
        small: The file as it is shown on pages, also of this kind.
    """

    kind: str
    width: int
    height: int
    full: bytes
    small: bytes

    def __str__(self) -> str:
        return f"{self.width} × {self.height} ({self.sha256[:8]})"

    @property
    def sha256(self) -> str:
        """SHA-256 (hex) of the file as it is printed."""
        return hashlib.sha256(self.full).hexdigest()


def read_picture(file: IO[bytes]) -> Pixels:
    """Draw anew what somebody sent.

    Args:
        file: The file as it was sent.

    Raises:
        InvalidInput: If it is too large, no JPEG, PNG or WebP, moves, or is broken.
    """
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise InvalidInput(
            _("The file is larger than %(most)s MB. Save the picture smaller, then choose that.")
            % {"most": MOST_BYTES // 1024**2}
        )
    drawn = redrawn(content, longest=KEPT_SIDE, check=_check)
    return _encoded(drawn, is_photograph=content.startswith(b"\xff\xd8"))


def _check(picture: Image.Image) -> None:
    """Refuse what cannot be printed, by what the head of the file says."""
    width, height = picture.size
    if width * height > MOST_PIXELS or max(width, height) > MOST_SIDE:
        raise InvalidInput(too_many_pixels(f"{width} × {height}"))
    if min(width, height) < LEAST_SIDE:
        raise InvalidInput(
            _("The picture is too small to be printed: it has %(width)s × %(height)s pixels.")
            % {"width": width, "height": height}
        )
    if getattr(picture, "is_animated", False) and picture.format != SEVERAL:
        raise InvalidInput(
            _("This picture moves, which paper cannot. Save one frame of it as PNG, and choose it.")
        )


def _encoded(picture: Image.Image, *, is_photograph: bool) -> Pixels:
    full = b"" if is_photograph else written(picture, "png")
    kind = "png" if full and len(full) <= MOST_LOSSLESS else "jpeg"
    if kind == "jpeg":
        full = written(picture, kind)
    width, height = picture.size
    small = full
    if max(width, height) > SMALL_SIDE:
        picture.thumbnail((SMALL_SIDE, SMALL_SIDE), Image.Resampling.LANCZOS)
        small = written(picture, kind, quality=_QUALITY_SMALL)
    return Pixels(kind, width, height, full, small)
