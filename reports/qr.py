"""A QR code as a picture: the one place that draws them."""

from io import BytesIO

import segno
from django.utils.safestring import SafeString, mark_safe

#: Modules that stay empty around the code, as readers expect. Source: ISO/IEC 18004, 9.1.
_QUIET_ZONE = 4


def qr_code(content: str, *, title: str) -> SafeString:
    """Return a QR code as an SVG element without a size of its own.

    Args:
        content: What is read from it, such as an address.
        title: What it is, for those who do not see it.

    Returns:
        The picture; the same for the same words. A sixth of it may be soiled and it is still read.
    """
    code = segno.make_qr(content, error="m")
    file = BytesIO()
    code.save(
        file, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=_QUIET_ZONE,
        title=title, light="#ffffff",
    )  # fmt: skip
    return mark_safe(file.getvalue().decode().strip())  # noqa: S308 - drawn by segno, which escapes the title
