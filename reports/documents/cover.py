"""The cover of an e-book: the map above, the words below, painted as one picture."""

from collections.abc import Iterator, Mapping, Sequence
from html import escape

from profile_workflow.charts.letters import width_of
from profile_workflow.charts.painting import paint

#: Of the cover, and of the map on it, in units of the drawing.
WIDTH, HEIGHT, MAP_HEIGHT = 450, 600, 248
_EDGE = 33

#: A line of the cover: its words, their size, weight, tone, and the room above it.
Line = tuple[str, float, int, str, float]


def painted_cover(
    lines: Sequence[Line], *, picture: str, tones: Mapping[str, str], is_rtl: bool
) -> bytes:
    """Return the cover as a PNG.

    Args:
        lines: What stands on it; long ones are broken.
        picture: The map as SVG, ``WIDTH`` to ``MAP_HEIGHT``; empty if there is none.
        tones: Name of each colour of the programme → colour.
        is_rtl: Whether words begin at the right.

    Raises:
        KeyError: If the map holds a shape that cannot be painted.
    """
    inner = picture.partition("</title>")[2].removesuffix("</svg>")
    top = MAP_HEIGHT if picture else _EDGE
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{tones["brand"]}"/>{inner}'
        # Coasts end a little beyond the map.
        f'<rect y="{top}" width="{WIDTH}" height="{HEIGHT - top}" fill="{tones["brand"]}"/>'
        f'<rect y="{top}" width="{WIDTH}" height="5" fill="{tones["accent"]}"/>'
        f"{''.join(_words(lines, top, tones, is_rtl=is_rtl))}</svg>"
    )
    return paint(drawing).content


def _words(
    lines: Sequence[Line], top: float, tones: Mapping[str, str], *, is_rtl: bool
) -> Iterator[str]:
    x, anchor = (WIDTH - _EDGE, "end") if is_rtl else (_EDGE, "start")
    y = top
    for words, size, weight, tone, above in lines:
        y += above
        for line in _broken(words, size, weight):
            y += size * 1.25
            if y > HEIGHT - size / 2:
                return
            yield (
                f'<text x="{x}" y="{y:g}" text-anchor="{anchor}" font-size="{size:g}" '
                f'font-weight="{weight}" fill="{tones.get(tone, tone)}">{escape(line)}</text>'
            )


def _broken(words: str, size: float, weight: int) -> Iterator[str]:
    """Yield lines that fit between the edges; bold letters are a tenth wider."""
    room = (WIDTH - 2 * _EDGE) / (1.1 if weight > 400 else 1)
    line = ""
    for word in words.split():
        longer = f"{line} {word}".strip()
        if line and width_of(longer, size) > room:
            yield line
            longer = word
        line = longer
    if line:
        yield line
