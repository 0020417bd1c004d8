"""Taking a picture that somebody sends: it is drawn anew, so that nothing but pixels comes in.

What a file is, is found by decoding it; its name and the type that a browser tells are never looked
at. Its size in bytes and in pixels is bounded before anything is decoded.
"""

import hashlib
import io
import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from django.utils.translation import gettext as _
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from profile_workflow.errors import InvalidInput

#: Largest file that is taken, in bytes.
MOST_BYTES = 15 * 1024 * 1024
#: Most pixels that are decoded: those of a telephone, and 100 MB of memory.
MOST_PIXELS = 25_000_000
#: Longest and shortest side that is taken, in pixels.
MOST_SIDE, LEAST_SIDE = 12_000, 60
#: Longest side that is kept: the column of a page at 300 dots an inch.
KEPT_SIDE = 2_000
#: Longest side of what pages on a screen show.
SMALL_SIDE = 800
#: Largest drawing that is kept without any loss, in bytes; a larger one becomes a photograph.
MOST_LOSSLESS = 1024 * 1024
#: Most passes in which a JPEG is drawn: a camera makes ten, a file that burns our time thousands.
_MOST_SCANS = 64
_START_OF_SCAN = b"\xff\xda"
#: Decoding takes memory: one picture at a time in a process.
_ONE_AT_A_TIME = threading.Lock()
_FORMATS = ("JPEG", "PNG", "WEBP")
#: Some telephones append further pictures to a JPEG, and Pillow then calls it so.
_SEVERAL = "MPO"
_WHITE = (255, 255, 255)
_QUALITY, _QUALITY_SMALL = 88, 80
#: What Pillow raises for a file that is no picture, or a broken one.
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    EOFError,
    ArithmeticError,
    struct.error,
    zlib.error,
)


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
    if content.count(_START_OF_SCAN) > _MOST_SCANS and content.startswith(b"\xff\xd8"):
        raise InvalidInput(_broken())
    try:
        with _strictly(), Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
            _check(picture)
            drawn = _drawn(picture)
    except UnidentifiedImageError:
        raise InvalidInput(_unknown()) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise InvalidInput(_too_many(_("more than 100 million"))) from None
    except _BROKEN:
        raise InvalidInput(_broken()) from None
    return _encoded(drawn, is_photograph=content.startswith(b"\xff\xd8"))


@contextmanager
def _strictly() -> Iterator[None]:
    """Decode one picture at a time, none that is cut off: WeasyPrint lets those pass everywhere."""
    with _ONE_AT_A_TIME:
        before = ImageFile.LOAD_TRUNCATED_IMAGES
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        try:
            yield
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = before


def _unknown() -> str:
    return _(
        "This is not a picture that can be taken. Save it as JPEG or PNG, then choose that file: "
        "for a drawing (SVG), a PDF or a page of Word, export it as PNG."
    )


def _broken() -> str:
    return _(
        "The picture is damaged or incomplete. Open it in a program for pictures, save it anew as "
        "JPEG or PNG, then choose that file."
    )


def _too_many(pixels: str) -> str:
    return _(
        "The picture has too many pixels (%(pixels)s). Save it with at most 5,000 × 5,000, then "
        "choose it again."
    ) % {"pixels": pixels}


def _check(picture: Image.Image) -> None:
    """Refuse by what the head of the file says, before a pixel is decoded."""
    width, height = picture.size
    if width * height > MOST_PIXELS or max(width, height) > MOST_SIDE:
        raise InvalidInput(_too_many(f"{width} × {height}"))
    if min(width, height) < LEAST_SIDE:
        raise InvalidInput(
            _("The picture is too small to be printed: it has %(width)s × %(height)s pixels.")
            % {"width": width, "height": height}
        )
    if getattr(picture, "is_animated", False) and picture.format != _SEVERAL:
        raise InvalidInput(
            _("This picture moves, which paper cannot. Save one frame of it as PNG, and choose it.")
        )


def _drawn(picture: Image.Image) -> Image.Image:
    """Return the pixels alone, upright, on white, no larger than they are printed."""
    if picture.format in ("JPEG", _SEVERAL):
        # Decoded smaller at once where it is much larger than what is kept.
        picture.draft(None, (KEPT_SIDE, KEPT_SIDE))
    picture.load()
    ImageOps.exif_transpose(picture, in_place=True)
    pixels = _in_colours(picture)
    pixels.thumbnail((KEPT_SIDE, KEPT_SIDE), Image.Resampling.LANCZOS)
    bare = Image.new("RGB", pixels.size, _WHITE)
    bare.paste(pixels, mask=pixels.getchannel("A") if pixels.mode == "RGBA" else None)
    return bare


def _in_colours(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I") or picture.mode == "F":
        # Sixteen bits of grey; paper has eight.
        return picture.convert("I").point(lambda grey: grey / 256).convert("L").convert("RGB")
    has_alpha = "A" in picture.getbands() or "a" in picture.getbands()
    return picture.convert("RGBA" if has_alpha or "transparency" in picture.info else "RGB")


def _encoded(picture: Image.Image, *, is_photograph: bool) -> Pixels:
    full = b"" if is_photograph else _written(picture, "png")
    kind = "png" if full and len(full) <= MOST_LOSSLESS else "jpeg"
    if kind == "jpeg":
        full = _written(picture, kind)
    width, height = picture.size
    small = full
    if max(width, height) > SMALL_SIDE:
        picture.thumbnail((SMALL_SIDE, SMALL_SIDE), Image.Resampling.LANCZOS)
        small = _written(picture, kind, quality=_QUALITY_SMALL)
    return Pixels(kind, width, height, full, small)


def _written(picture: Image.Image, kind: str, *, quality: int = _QUALITY) -> bytes:
    content = io.BytesIO()
    if kind == "png":
        picture.save(content, "PNG", optimize=True)
    else:
        picture.save(content, "JPEG", quality=quality, optimize=True)
    return content.getvalue()
