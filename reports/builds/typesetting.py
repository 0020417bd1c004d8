"""How the text of a page is set: columns, pages that are named, where lines may end."""

import re

from reports.builds.columns import with_columns

_REFERENCE = re.compile(r'<bdi class="reference"[^>]*><a href="#[^"]+"')
#: What stands before the number of a page, behind the comma of a citation: "p. ", "S. ", "ص ".
_PLACE = re.compile(r"(?<=</a>[,\u060c] )\w{1,3}\.? (?=\d)")
#: The words of a reference: "Table 1".
_NUMBERED = re.compile(r"(?<=>)\w+ [\d.]+(?=</a></bdi>)")
#: Not before other directions: there a space would be on the wrong side.
_SPACE = re.compile(r" (<(?:a|bdi|em|strong)\b(?![^>]*\bdir=)[^>]*>)")


def set_in_type(html: str) -> str:
    """Return the HTML of a text as it is laid out: columns, pages to come, where lines may end.

    Not between "p." or "Table" and its number. And what is set apart begins with the space before
    it: where words fit on a line and the space behind them does not, WeasyPrint 70 ends the line
    after the first word.
    """
    html = _with_pages_to_come(with_columns(html))
    for words in (_PLACE, _NUMBERED):
        html = words.sub(lambda found: _joined(found[0]), html)
    return _SPACE.sub(r"\1 ", html)


def _joined(words: str) -> str:
    return words.replace(" ", "\u00a0")


def _with_pages_to_come(html: str) -> str:
    """Mark the references of a text, so that the page of each target is written beside it."""
    return _REFERENCE.sub(r'\g<0> data-page=""', html)
