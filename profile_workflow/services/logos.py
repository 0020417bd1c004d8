"""Logos of partners and donors: drawn anew, kept under their hash."""

import hashlib
import uuid

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image, ImageChops

from profile_workflow.models import Partner
from profile_workflow.pictures.redrawing import redrawn, written

MOST_BYTES = 5 * 1024**2
#: Printed about 40 mm wide: 600 to an inch, more than any press needs.
_LONGEST = 960
_WHITE = (255, 255, 255)


def drawn(content: bytes) -> Image.Image:
    """Return the pixels of a logo on white, without the white around it.

    Raises:
        InvalidInput: If it is no picture, or a broken one; with a sentence that says what to do.
    """
    picture = redrawn(content, longest=_LONGEST)
    around = ImageChops.difference(picture, Image.new("RGB", picture.size, _WHITE)).getbbox()
    return picture.crop(around) if around else picture


def keep(partner: Partner, picture: Image.Image) -> None:
    """Write the file of a logo and note it in its organisation, which the caller saves.

    The file before stays: reports that are being made may still name it.
    """
    content = written(picture, "png")
    name = default_storage.save(f"logos/{uuid.uuid4().hex}.png", ContentFile(content))
    partner.logo = name
    partner.logo_sha256 = hashlib.sha256(content).hexdigest()


def forget(partner: Partner) -> None:
    """Have the name printed instead; the caller saves."""
    partner.logo, partner.logo_sha256 = "", ""
