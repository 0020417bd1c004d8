"""The blocks of a text: which have an address, where their source stands, what they are made of."""

import re
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from profile_workflow.markup.dialect import parse

_LINE_END = re.compile(r"\r\n?|\n")
BLOCKS = frozenset(
    {
        "paragraph_open",
        "heading_open",
        "bullet_list_open",
        "ordered_list_open",
        "table_open",
        "blockquote_open",
    }
)


def source_of_blocks(text: str) -> dict[str, tuple[int, int]]:
    """Return where the source of each block begins and ends, by the id that it is rendered with.

    Blocks within blocks have a place of their own besides. What a placement draws has none.
    """
    lines = [0, *(found.end() for found in _LINE_END.finditer(text)), len(text)]
    places: dict[str, tuple[int, int]] = {}
    number = 0
    for token in parse(text).tokens:
        number += needs_id(token)
        if needs_id(token) and token.map:
            first, last = token.map
            places[f"b{number}"] = (lines[first], lines[min(last, len(lines) - 1)])
    return places


def shape_of(text: str) -> list[str]:
    """Return what a text is made of, without its words: to see that a change keeps it."""
    return [token.type for token in parse(text).tokens]


def needs_id(token: Token) -> bool:
    """Whether a token begins a block that has an address."""
    is_block = token.type in BLOCKS and token.level == 0
    is_box = token.type.startswith("container_") and token.nesting == 1
    return is_block or is_box or token.type in ("placement", "table_open", "heading_open")


def with_extent(tokens: Sequence[Token]) -> Iterator[tuple[Token, str]]:
    """Pair each token with the first words inside it, from which its direction follows."""
    for index, token in enumerate(tokens):
        words = ""
        if token.type in BLOCKS:
            words = next((t.content for t in tokens[index : index + 12] if t.type == "inline"), "")
        yield token, words
