"""The fonts of the report: where they are, what they cover, and how WeasyPrint is kept to them."""

import io
import json
import unicodedata
from collections.abc import Iterable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import weasyprint.pdf
from fontTools.ttLib import TTFont

FOLDER = Path(__file__).resolve().parent.parent / "static" / "reports" / "fonts"
#: Stands for a glyph without a character of its own; it joins nothing and prints nothing.
JOINER = "\u200d"
_INVISIBLE = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})


def manifest() -> list[dict[str, str]]:
    """Return file, family, style, version, licence and SHA-256 of each font."""
    entries: list[dict[str, str]] = json.loads((FOLDER / "manifest.json").read_text())
    return entries


@cache
def covered() -> frozenset[int]:
    """Return the code points that at least one font of the report can draw.

    Read from ``coverage.json``, which ``read_coverage`` made of the fonts: opening ten fonts
    would cost half a second at each build.
    """
    ranges: list[list[int]] = json.loads((FOLDER / "coverage.json").read_text())
    return frozenset(point for first, last in ranges for point in range(first, last + 1))


def read_coverage() -> list[list[int]]:
    """Return the ranges of code points in the fonts themselves, for ``coverage.json``."""
    points: set[int] = set()
    for entry in manifest():
        with TTFont(FOLDER / entry["file"], lazy=True) as font:
            points.update(font.getBestCmap())
    ranges: list[list[int]] = []
    for point in sorted(points):
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return ranges


class _Text(HTMLParser):
    """Collects the text of a piece of HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.characters: dict[str, None] = {}

    def handle_data(self, data: str) -> None:
        self.characters.update(dict.fromkeys(data))


def missing_characters(html: str) -> list[str]:
    """Return the printable characters of a piece of HTML that no font can draw, in order."""
    reader = _Text()
    reader.feed(html)
    reader.close()
    return [c for c in reader.characters if ord(c) not in covered() and not _is_invisible(c)]


def _is_invisible(character: str) -> bool:
    is_variation = "\ufe00" <= character <= "\ufe0f"
    return is_variation or unicodedata.category(character) in _INVISIBLE


def keep_characters_in_the_text_layer() -> None:
    """Give each glyph a character, so that Arabic marks do not make the PDF invalid.

    WeasyPrint writes an empty ToUnicode entry for a glyph that shares its character with
    another one; PDF/A wants an entry for each.
    """
    original = weasyprint.pdf.build_fonts_dictionary

    def build_fonts_dictionary(pdf: Any, fonts: dict[Any, Any], *args: Any, **options: Any) -> Any:
        for font in fonts.values():
            _fill_to_unicode(font)
        return original(pdf, fonts, *args, **options)

    weasyprint.pdf.build_fonts_dictionary = build_fonts_dictionary


def _fill_to_unicode(font: Any) -> None:
    unclear = [glyph for glyph, text in font.to_unicode.items() if len(text) != 1]
    if not unclear:
        return
    characters = _characters_of_glyphs(font.file_content, font.index or 0)
    for glyph in unclear:
        own = characters.get(glyph, JOINER)
        # A mark is first met with some letter, but stands for itself on all others.
        if not font.to_unicode[glyph] or unicodedata.combining(own):
            font.to_unicode[glyph] = own


def _characters_of_glyphs(content: bytes, index: int) -> dict[int, str]:
    with TTFont(io.BytesIO(content), fontNumber=index, lazy=True) as font:
        numbers = font.getReverseGlyphMap()
        pairs: Iterable[tuple[int, str]] = font.getBestCmap().items()
        characters: dict[int, str] = {}
        for point, name in pairs:
            characters.setdefault(numbers[name], chr(point))
    return characters
