"""HTML that is to be compared, in parts: its blocks within blocks, and the words in them."""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import html as lxml_html

_TABLE = {"table", "caption", "thead", "tbody", "tr", "th", "td"}
FIGURE = {"figure", "figcaption"}
_BLOCKS = {
    "p",
    "ul",
    "ol",
    "li",
    "blockquote",
    "h2",
    "h3",
    "h4",
    "aside",
    "div",
    "section",
    *_TABLE,
    *FIGURE,
}
#: Elements that hold nothing; each is a word of its own.
_EMPTY = ("br", "img")
#: The only addresses of images: our own pictures, as pages show them.
PICTURE = re.compile(r"/p/[\w-]+/pictures/[0-9a-f]{64}/small/")
_TOKEN = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True, slots=True)
class Token:
    """A word with the elements that it stands in, outermost first; ``<br>`` and pictures too."""

    text: str
    within: tuple[str, ...]

    @property
    def key(self) -> tuple[str, tuple[str, ...]]:
        """What makes two words the same: the space behind them does not."""
        return self.text.strip(), self.within


@dataclass(frozen=True, slots=True)
class Node:
    """An element that holds other blocks, or words; without a tag, the words between blocks."""

    tag: str
    opening: str
    parts: "tuple[Node, ...]"
    tokens: tuple[Token, ...]
    html: str = field(compare=False)

    @property
    def closing(self) -> str:
        """The end of the element."""
        return f"</{self.tag}>" if self.tag else ""


def nodes_of(text: str) -> list[Node]:
    """Return the outermost blocks of a text, without addresses and links within the page."""
    return list(_parts(lxml_html.fragment_fromstring(text, create_parent="div")))


def _parts(element: Any) -> list[Node]:
    parts: list[Node] = []
    tokens: list[Token] = list(_read_text(element.text, ()))
    for child in element:
        if child.tag in _BLOCKS:
            parts += _loose(tokens)
            tokens = []
            parts.append(_node(child))
        else:
            tokens += _read_inline(child, ())
        tokens += _read_text(child.tail, ())
    return [*parts, *_loose(tokens)]


def _loose(tokens: Sequence[Token]) -> list[Node]:
    if all(token.key == ("", ()) for token in tokens):
        return []
    return [Node("", "", (), tuple(tokens), written(tokens))]


def _node(element: Any) -> Node:
    parts = _parts(element)
    opening = _opening(element)
    if len(parts) == 1 and not parts[0].tag:
        found = parts[0]
        whole = f"{opening}{found.html}</{element.tag}>"
        return Node(element.tag, opening, (), found.tokens, whole)
    whole = f"{opening}{''.join(part.html for part in parts)}</{element.tag}>"
    return Node(element.tag, opening, tuple(parts), (), whole)


def _read_inline(element: Any, within: tuple[str, ...]) -> Iterator[Token]:
    if not isinstance(element.tag, str):
        return
    if element.tag == "img" and not PICTURE.fullmatch(element.get("src", "")):
        return
    if element.tag in _EMPTY:
        yield Token(_opening(element), within)
        return
    inner = within if _is_link_in_page(element) else (*within, _opening(element))
    yield from _read_text(element.text, inner)
    for child in element:
        yield from _read_inline(child, inner)
        yield from _read_text(child.tail, inner)


def _is_link_in_page(element: Any) -> bool:
    return element.tag == "a" and str(element.get("href", "#")).startswith("#")


def _read_text(text: str | None, within: tuple[str, ...]) -> Iterator[Token]:
    for found in _TOKEN.findall(text or ""):
        yield Token(html.escape(found), within)


def _opening(element: Any) -> str:
    attributes = (
        f' {name}="{html.escape(value)}"' for name, value in element.attrib.items() if name != "id"
    )
    return f"<{element.tag}{''.join(attributes)}>"


def written(tokens: Sequence[Token], *, addresses: bool = False) -> str:
    """Write words in their elements; with the addresses of links, where these may have changed."""
    out: list[str] = []
    open_now: tuple[str, ...] = ()
    for token in (*tokens, Token("", ())):
        kept = 0
        while kept < min(len(open_now), len(token.within)) and open_now[kept] == token.within[kept]:
            kept += 1
        out += (_end(one, addresses=addresses) for one in reversed(open_now[kept:]))
        out += token.within[kept:]
        out.append(token.text)
        open_now = token.within
    return "".join(out)


def _end(opening: str, *, addresses: bool) -> str:
    tag = opening[1:-1].partition(" ")[0]
    address = re.search(r' href="([^"]*)"', opening) if addresses else None
    return f" ({address[1]})</{tag}>" if address else f"</{tag}>"
