"""Drawing anew a picture that somebody sends, so that nothing but pixels comes in.

What a file is, is found by decoding it; its name and the type that a browser tells are never looked
at. What it takes of memory is bounded before a pixel is decoded.
"""

import io
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from profile_workflow.errors import InvalidInput

#: Most pixels that are decoded: those of a telephone, and 100 MB of memory.
MOST_PIXELS = 25_000_000
#: Most passes in which a JPEG is drawn: a camera makes ten, a file that burns our time thousands.
_MOST_SCANS = 64
_START_OF_SCAN = b"\xff\xda"
#: Decoding takes memory: one picture at a time in a process.
_ONE_AT_A_TIME = threading.Lock()
_FORMATS = ("JPEG", "PNG", "WEBP")
#: Some telephones append further pictures to a JPEG, and Pillow then calls it so.
SEVERAL = "MPO"
_WHITE = (255, 255, 255)
_QUALITY = 88
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


def redrawn(
    content: bytes, *, longest: int, check: Callable[[Image.Image], None] | None = None
) -> Image.Image:
    """Return the pixels of a file alone: upright, on white, in RGB.

    Args:
        content: The file as it was sent.
        longest: Longest side of what is returned, in pixels.
        check: Refuses by what the head of the file says, before a pixel is decoded.

    Raises:
        InvalidInput: If it is no JPEG, PNG or WebP, has too many pixels, or is broken; or as
            ``check``.
    """
    if content.count(_START_OF_SCAN) > _MOST_SCANS and content.startswith(b"\xff\xd8"):
        raise InvalidInput(_broken())
    try:
        with _strictly(), Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
            if check is not None:
                check(picture)
            _prepare(picture, longest)
            return _drawn(picture, longest)
    except UnidentifiedImageError:
        raise InvalidInput(_unknown()) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise InvalidInput(too_many_pixels(_("more than 100 million"))) from None
    except _BROKEN:
        raise InvalidInput(_broken()) from None


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


def too_many_pixels(pixels: str) -> str:
    """Return what is said of a picture of so many pixels."""
    return _(
        "The picture has too many pixels (%(pixels)s). Save it with at most 5,000 × 5,000, then "
        "choose it again."
    ) % {"pixels": pixels}


def _prepare(picture: Image.Image, longest: int) -> None:
    """Have a JPEG decoded smaller at once, if it is much larger than what is kept of it.

    Raises:
        InvalidInput: If it would fill the memory all the same. What comes in several passes is held
            in full until the last one, however small it is then drawn.
    """
    held = picture.width * picture.height
    sides = f"{picture.width} × {picture.height}"
    if picture.format in ("JPEG", SEVERAL):
        picture.draft(None, (longest, longest))
        if not picture.info.get("progressive"):
            held = picture.width * picture.height
    if held > MOST_PIXELS:
        raise InvalidInput(too_many_pixels(sides))


def _drawn(picture: Image.Image, longest: int) -> Image.Image:
    picture.load()
    ImageOps.exif_transpose(picture, in_place=True)
    pixels = _in_colours(picture)
    pixels.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    bare = Image.new("RGB", pixels.size, _WHITE)
    bare.paste(pixels, mask=pixels.getchannel("A") if pixels.mode == "RGBA" else None)
    return bare


def _in_colours(picture: Image.Image) -> Image.Image:
    if picture.mode.startswith("I") or picture.mode == "F":
        # Sixteen bits of grey; paper has eight.
        return picture.convert("I").point(lambda grey: grey / 256).convert("L").convert("RGB")
    has_alpha = "A" in picture.getbands() or "a" in picture.getbands()
    return picture.convert("RGBA" if has_alpha or "transparency" in picture.info else "RGB")


def written(picture: Image.Image, kind: str, *, quality: int = _QUALITY) -> bytes:
    """Return a picture as a file.

    Args:
        picture: What was drawn anew.
        kind: ``jpeg`` or ``png``.
        quality: Of a JPEG, up to 95.
    """
    content = io.BytesIO()
    if kind == "png":
        picture.save(content, "PNG", optimize=True)
    else:
        picture.save(content, "JPEG", quality=quality, optimize=True)
    return content.getvalue()
