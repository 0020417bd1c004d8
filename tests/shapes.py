"""What a page is made of, apart from its words: which elements stand in which."""

import functools
import re

#: A comment, a tag, or the words between two tags.
_PIECE = re.compile(r"<!--.*?-->|<[^>]*>|[^<]+", re.DOTALL)
_NAME = re.compile(r"</?([^\s/>]+)")
_ATTRIBUTE = re.compile(r"""([^\s=/>"']+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s>]+))?""")
_EMPTY_ELEMENTS = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr",
}  # fmt: skip
#: Attributes whose values say how an element looks, what it is and how it is reached.
_TELLING = {
    "aria-expanded", "aria-hidden", "aria-live", "aria-pressed", "aria-sort", "autocomplete",
    "class", "inputmode", "media", "rel", "role", "scope", "tabindex", "type",
}  # fmt: skip
#: Attributes that differ where nothing else does: between languages, and where one stands.
_SILENT = {"lang", "dir", "aria-current", "selected"}


@functools.lru_cache(maxsize=50_000)
def _shape(tag: str) -> str:
    """Return a tag without what only names or addresses something."""
    name = _NAME.match(tag)
    assert name is not None
    told = [name[1].lower()]
    for key, value in _ATTRIBUTE.findall(tag, name.end()):
        if key not in _SILENT:
            bare = value.strip("\"'")
            told.append(f"{key}={bare if key in _TELLING else bool(bare)}")
    return " ".join([told[0], *sorted(told[1:])])


def parts_of(html: str) -> set[int]:
    """Return a number for each line of elements on a page, from the outermost inwards.

    Two pages share a number where an element of the same look stands in the same line of elements.
    Keys, tokens, addresses and words do not count; whether there are any, does.
    """
    found: set[int] = set()
    line = [_Element("", 0)]
    for piece in _PIECE.findall(html):
        if piece.startswith("</"):
            found |= _close(line, piece)
        elif piece.startswith("<!") or piece.isspace():
            continue
        elif piece.startswith("<"):
            shape = _shape(piece)
            opened = _Element(shape.partition(" ")[0], line[-1].holds(shape))
            found.add(opened.number)
            if opened.name not in _EMPTY_ELEMENTS:
                line.append(opened)
        else:
            found.add(line[-1].holds("words"))
    return found


class _Element:
    """An element that is not closed yet."""

    def __init__(self, name: str, number: int) -> None:
        self.name = name
        self.number = number
        self.is_empty = True

    def holds(self, what: str) -> int:
        """Return the number of something that stands in the element."""
        self.is_empty = False
        return hash((self.number, what))


def _close(line: list[_Element], tag: str) -> set[int]:
    """Close elements up to the one that a tag names; return the numbers of those with nothing."""
    found = _NAME.match(tag)
    assert found is not None
    name = found[1].lower()
    if name not in [one.name for one in line]:
        return set()
    closed = [line.pop()]
    while closed[-1].name != name:
        closed.append(line.pop())
    return {one.holds("nothing") for one in closed if one.is_empty}
