"""The diagram that the full-length profile shows: the steps that it went through."""

import io

from PIL import Image, ImageDraw, ImageFont

_STEPS = (
    "Inception",
    "Drafting",
    "Expert review",
    "Quality assurance",
    "Consultation",
    "Sign-off",
    "Priorities",
    "Publication",
)
_INK, _LINE, _TINT = "#16333c", "#c8963e", "#e9f0f2"
_WIDTH, _HEIGHT, _GAP = 330, 110, 60


def steps() -> bytes:
    """Return a PNG of the steps in two rows, the second one read from its beginning again."""
    size = 4 * _WIDTH + 5 * _GAP, 2 * _HEIGHT + 3 * _GAP
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(31)
    for number, step in enumerate(_STEPS):
        row, column = divmod(number, 4)
        left, top = _GAP + column * (_WIDTH + _GAP), _GAP + row * (_HEIGHT + _GAP)
        box = (left, top, left + _WIDTH, top + _HEIGHT)
        draw.rounded_rectangle(box, 18, fill=_TINT, outline=_LINE, width=4)
        middle = (left + _WIDTH // 2, top + _HEIGHT // 2)
        draw.text(middle, f"{number + 1}  {step}", fill=_INK, font=font, anchor="mm")
        if column:
            tip, height = left - 8, middle[1]
            draw.line((left - _GAP + 6, height, tip - 14, height), fill=_INK, width=5)
            draw.polygon([(tip, height), (tip - 18, height - 12), (tip - 18, height + 12)], _INK)
    content = io.BytesIO()
    image.save(content, "PNG")
    return content.getvalue()
