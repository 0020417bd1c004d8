"""Reading safe HTML that holds drawings: these are kept apart, since HTML spoils their names."""

import re
from typing import Any

from lxml.html import HTMLParser, document_fromstring

_SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)


def read_apart(html: str, mark: str) -> tuple[Any, list[str]]:
    """Return the elements of a page and, apart from them, its drawings.

    Args:
        html: Safe HTML.
        mark: The element that stands in place of a drawing; ``%d`` becomes its number, from 0.

    Returns:
        The ``body`` that holds the elements, and the drawings as SVG in their order.
    """
    drawn: list[str] = []

    def apart(found: re.Match[str]) -> str:
        drawn.append(found[0])
        return mark % (len(drawn) - 1)

    parser = HTMLParser(encoding="utf-8", huge_tree=True, no_network=True)
    shown = f"<html><body>{_SVG.sub(apart, html)}</body></html>"
    return document_fromstring(shown.encode(), parser=parser).find("body"), drawn
