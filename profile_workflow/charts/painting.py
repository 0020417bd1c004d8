"""A chart as points instead of shapes, for programs that take no SVG: painted from the SVG itself.

What is painted is what ``canvas``, the map of the network and the QR code draw and nothing else: a
shape that is not known here is an error, so that no picture comes out that lacks something.
"""

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import cycle, pairwise
from math import hypot
from pathlib import Path
from typing import Any

from lxml import etree
from PIL import Image, ImageDraw, ImageFont, features

from profile_workflow.charts.canvas import Point
from profile_workflow.markup import first_strong_direction

#: Points of the finished picture for one unit of the drawing: 200 to an inch across a page.
_FINE = 2
#: Painted twice as large, then made smaller: that smooths slanting lines.
_SMOOTH = 2
_SCALE = _FINE * _SMOOTH
#: A chart has few tones; more would only make the file larger.
_TONES = 128
_ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}
_NUMBER = re.compile(r"-?[\d.]+(?:e-?\d+)?")
_STEPS = re.compile("([A-Za-z])([^A-Za-z]*)")
_ARABIC = re.compile("[\u0600-\u06ff\ufb50-\ufeff]")


@dataclass(frozen=True, slots=True)
class Painted:
    """A chart as a PNG.

    Attributes:
        content: The file.
        width: In pixels.
        height: In pixels.
        says: What it shows, in words: title and description of the drawing.
    """

    content: bytes
    width: int
    height: int
    says: str


class _Fonts:
    """Where the fonts lie; the report brings them, so that both show the same letters."""

    folder: Path | None = None


def use_fonts(folder: Path) -> None:
    """Say where the fonts lie that words are painted in."""
    _Fonts.folder = folder


def can_paint() -> bool:
    """Whether this machine can join Arabic letters and order words of two directions."""
    return bool(features.check("raqm") and features.check("fribidi"))


def paint(picture: str) -> Painted:
    """Paint a chart.

    Args:
        picture: An SVG as ``canvas``, ``network_map`` or ``qr_code`` draws it.

    Raises:
        KeyError: If it holds a shape, or a step of a path, that none of them draws.
    """
    root = etree.fromstring(picture)
    _left, _top, width, height = map(float, str(root.get("viewBox")).split())
    image = Image.new("RGB", (round(width * _SCALE), round(height * _SCALE)), "white")
    draw = ImageDraw.Draw(image)
    said = []
    for one in root:
        shape = etree.QName(one).localname
        if shape in ("title", "desc"):
            said.append(one.text or "")
        else:
            _SHAPES[shape](draw, one)
    small = image.reduce(_SMOOTH)
    content = io.BytesIO()
    small.quantize(_TONES, dither=Image.Dither.NONE).save(content, "PNG", optimize=True)
    return Painted(content.getvalue(), *small.size, ". ".join(filter(None, said)))


def _at(one: Any, *names: str) -> list[float]:
    return [float(one.get(name, 0)) * _SCALE for name in names]


def _points(words: str) -> list[Point]:
    numbers = [float(number) * _SCALE for number in _NUMBER.findall(words)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _thick(one: Any) -> int:
    return max(1, round(float(one.get("stroke-width", 1)) * _SCALE))


def _words(draw: ImageDraw.ImageDraw, one: Any) -> None:
    text = one.text or ""
    x, y = _at(one, "x", "y")
    size = round(float(one.get("font-size")) * _SCALE)
    weight = "Bold" if one.get("font-weight") == "700" else "Regular"
    family = "Vazirmatn" if _ARABIC.search(text) else "NotoSans"
    draw.text(
        (x, y),
        text,
        fill=one.get("fill"),
        font=_font(f"{family}-{weight}.ttf", size),
        anchor=_ANCHORS[one.get("text-anchor")],
        direction=first_strong_direction(text) or "ltr",
    )


@lru_cache(maxsize=8)
def _font(name: str, size: int) -> ImageFont.FreeTypeFont:
    assert _Fonts.folder is not None, "use_fonts was not called"
    return ImageFont.truetype(_Fonts.folder / name, size)


def _bar(draw: ImageDraw.ImageDraw, one: Any) -> None:
    x, y, width, height = _at(one, "x", "y", "width", "height")
    edge = one.get("stroke")
    around = _thick(one) / 2 if edge else 0
    box = (x - around, y - around, x + width + around, y + height + around)
    draw.rectangle(box, fill=one.get("fill"), outline=edge, width=_thick(one) if edge else 0)


def _line(draw: ImageDraw.ImageDraw, one: Any) -> None:
    draw.line(_at(one, "x1", "y1", "x2", "y2"), fill=one.get("stroke"), width=_thick(one))


def _path(draw: ImageDraw.ImageDraw, one: Any) -> None:
    for stretch in _stretches(one.get("d")):
        points = [(x * _SCALE, y * _SCALE) for x, y in stretch]
        if one.get("stroke"):
            _stroke(draw, points, one)
        else:
            draw.polygon(points, fill=one.get("fill"))


_PEN: Mapping[str, Callable[[Sequence[float], Point], Point]] = {
    "M": lambda to, _here: (to[0], to[1]),
    "L": lambda to, _here: (to[0], to[1]),
    "m": lambda by, here: (here[0] + by[0], here[1] + by[1]),
    "h": lambda by, here: (here[0] + by[0], here[1]),
    "v": lambda by, here: (here[0], here[1] + by[0]),
}


def _stroke(draw: ImageDraw.ImageDraw, points: Sequence[Point], one: Any) -> None:
    (x1, y1), (x2, y2) = points[0], points[-1]
    half = _thick(one) / 2
    if len(points) == 2 and y1 == y2:
        # To the very dot: a QR code is made of such lines.
        draw.rectangle((x1, y1 - half, x2 - 1, y1 + half - 1), fill=one.get("stroke"))
    else:
        draw.line(points, fill=one.get("stroke"), width=_thick(one))


def _stretches(steps: str) -> list[list[Point]]:
    """Return the lines of a path, each from where the pen is set down to where it is taken up."""
    found: list[list[Point]] = []
    here = (0.0, 0.0)
    for step, said in _STEPS.findall(steps):
        numbers = [float(number) for number in _NUMBER.findall(said)]
        if step in "Zz":
            continue
        here = _PEN[step](numbers, here)
        if step in "Mm":
            found.append([])
        found[-1].append(here)
    return found


def _polyline(draw: ImageDraw.ImageDraw, one: Any) -> None:
    points = _points(one.get("points"))
    rhythm = [float(each) * _SCALE for each in one.get("stroke-dasharray", "").split()]
    for stretch in _dashes(points, rhythm) if rhythm else [points]:
        draw.line(stretch, fill=one.get("stroke"), width=_thick(one), joint="curve")


def _dashes(points: Sequence[Point], rhythm: Sequence[float]) -> Iterator[list[Point]]:
    """Yield the stretches of a line that are drawn; the rhythm goes on round its corners."""
    lengths = cycle([*rhythm, *rhythm] if len(rhythm) % 2 else rhythm)
    left, is_drawn, stretch = next(lengths), True, [points[0]]
    for (x1, y1), (x2, y2) in pairwise(points):
        length, gone = hypot(x2 - x1, y2 - y1), 0.0
        while length - gone > left:
            gone += left
            place = (x1 + (x2 - x1) * gone / length, y1 + (y2 - y1) * gone / length)
            if is_drawn:
                yield [*stretch, place]
            left, is_drawn, stretch = next(lengths), not is_drawn, [place]
        left -= length - gone
        stretch.append((x2, y2))
    if is_drawn:
        yield stretch


def _circle(draw: ImageDraw.ImageDraw, one: Any) -> None:
    x, y, radius = _at(one, "cx", "cy", "r")
    tone, edge = one.get("fill"), one.get("stroke")
    around = (x - radius, y - radius, x + radius, y + radius)
    draw.ellipse(
        around,
        fill=None if tone == "none" else tone,
        outline=edge,
        width=_thick(one) if edge else 0,
    )


def _polygon(draw: ImageDraw.ImageDraw, one: Any) -> None:
    draw.polygon(_points(one.get("points")), fill=one.get("fill"))


_SHAPES: Mapping[str, Callable[[ImageDraw.ImageDraw, Any], None]] = {
    "text": _words,
    "rect": _bar,
    "line": _line,
    "path": _path,
    "polyline": _polyline,
    "circle": _circle,
    "polygon": _polygon,
}
