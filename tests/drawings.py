"""What stands where in a chart: its words measured in the fonts of the report, its shapes."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

from PIL import ImageFont

import reports
from profile_workflow.charts.canvas import WIDTH

SVG = "{http://www.w3.org/2000/svg}"
_FONTS = Path(reports.__file__).parent / "static" / "reports" / "fonts"
_SIZE = 12
_MEASURED_AT = 200


@dataclass(frozen=True)
class Box:
    """A box with what it is of."""

    words: str
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box", slack: float = 0.5) -> bool:
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > slack and down > slack


@cache
def _font(name: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_FONTS / name, _MEASURED_AT)


@cache
def length_of(words: str, *, bold: bool) -> float:
    """Return how long a line is in the font that prints it."""
    family = "Vazirmatn" if any("\u0600" <= one <= "\u06ff" for one in words) else "NotoSans"
    font = _font(f"{family}-{'Bold' if bold else 'Regular'}.ttf")
    return font.getlength(words) / _MEASURED_AT * _SIZE


def parsed(picture: str) -> ElementTree.Element:
    return ElementTree.fromstring(picture)  # noqa: S314 - our own output


def words_in(picture: str) -> list[Box]:
    """Return a box around each line of words."""
    return [_box(text) for text in parsed(picture).iter(f"{SVG}text")]


def _box(text: ElementTree.Element) -> Box:
    x, y = float(text.get("x")), float(text.get("y"))
    length = length_of(text.text or "", bold=text.get("font-weight") == "700")
    left = x - {"start": 0, "middle": 0.5, "end": 1}[text.get("text-anchor")] * length
    return Box(text.text or "", left, y - 9.2, left + length, y + 2.8)


def bars_in(picture: str) -> list[Box]:
    """Return the bars, those of the legend included."""
    return [
        Box(
            one.get("fill"),
            float(one.get("x")),
            float(one.get("y")),
            float(one.get("x")) + float(one.get("width")),
            float(one.get("y")) + float(one.get("height")),
        )
        for one in parsed(picture).iter(f"{SVG}rect")
        if one.get("class") != "ground"
    ]


def overlapping(boxes: list[Box]) -> list[tuple[str, str]]:
    return [(one.words, other.words) for one, other in combinations(boxes, 2) if one.meets(other)]


def outside(picture: str) -> Iterator[str]:
    """Yield what leaves the drawing."""
    height = float(parsed(picture).get("viewBox").split()[3])
    for one in (*words_in(picture), *bars_in(picture)):
        if one.left < -0.5 or one.right > WIDTH + 0.5 or one.top < -0.5 or one.bottom > height:
            yield one.words
