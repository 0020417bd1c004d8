"""Text inside charts: one shaped line, so that Arabic letters join and run from right to left."""

import sys
from collections.abc import Iterator
from typing import Any

import weasyprint.svg

_LISTS = ("x", "y", "dx", "dy", "rotate")
_SPACED = ("letter-spacing", "textLength", "rotate")


class _OneChunk(str):
    """A string that iterates as a single piece, where WeasyPrint would draw letter by letter."""

    __slots__ = ()

    def __iter__(self) -> Iterator[str]:
        yield str(self)


class _Node:
    """An SVG node whose text is one chunk; everything else is the node's own."""

    def __init__(self, node: Any) -> None:
        self.__dict__.update(_node=node, text=_OneChunk(node.text))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._node, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._node, name, value)


def _is_placed_letter_by_letter(node: Any) -> bool:
    has_list = any(" " in node.get(name, "").strip() for name in _LISTS)
    return has_list or any(node.get(name) for name in _SPACED)


def shape_text_as_a_line() -> None:
    """Replace WeasyPrint's drawing of SVG text where no letter has a place of its own."""
    module = sys.modules["weasyprint.svg.text"]
    original = module.text

    def text(svg: Any, node: Any, font_size: float) -> None:
        one_line = node.text and not _is_placed_letter_by_letter(node)
        original(svg, _Node(node) if one_line else node, font_size)

    module.text = text  # type: ignore[attr-defined]
    weasyprint.svg.text = text
    weasyprint.svg.TAGS["text"] = text
    weasyprint.svg.TAGS["textPath"] = text
    weasyprint.svg.TAGS["tspan"] = text
