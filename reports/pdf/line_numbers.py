"""Numbers of lines in the margin: of every fifth line of running text, page by page anew."""

from collections.abc import Iterator, Sequence
from typing import Any

from weasyprint.formatting_structure import boxes

_EVERY = 5
#: What is not running text: it has numbers of its own, or none.
_LEFT_OUT = boxes.TableBox | boxes.MarginBox | boxes.FootnoteAreaBox | boxes.ReplacedBox
STYLE = """
@page { size: A4; margin: 0 }
body { margin: 0 }
div { position: relative; height: 296mm; break-after: page }
div:last-child { break-after: auto }
p { position: absolute; margin: 0; inset-inline-start: 12mm; width: 8mm; text-align: end;
  font: 6.5pt/1 "Noto Sans", "Vazirmatn", sans-serif; color: #4c5b62 }
"""


def sheets(pages: Sequence[Any]) -> str:
    """Return HTML of one sheet a page, with the numbers where they are to stand.

    Args:
        pages: Page boxes as WeasyPrint has laid them out.
    """
    return "".join(f"<div>{''.join(_numbers(page))}</div>" for page in pages)


def _numbers(page: Any) -> Iterator[str]:
    tops = sorted({round(line.position_y + line.baseline, 1) for line in _lines(page)})
    for place, top in enumerate(tops, 1):
        if place % _EVERY == 0:
            yield f'<p style="top: {top - 6.5:.1f}px">{place}</p>'


def _lines(box: Any) -> Iterator[Any]:
    """Yield the lines of running text of a box, top down."""
    if isinstance(box, _LEFT_OUT):
        return
    if isinstance(box, boxes.LineBox):
        yield box
        return
    for child in getattr(box, "children", ()):
        yield from _lines(child)
