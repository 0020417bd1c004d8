"""What a text says without its markup: its words, and what it cites, places and points to."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from markdown_it.token import Token

from profile_workflow.markup.dialect import Reference, line_token, parse

_WORD = re.compile(r"\w+(?:['\u2019\-]\w+)*")
#: A word in capitals, of two letters or more.
ACRONYM = re.compile(r"\b[A-Z][A-Z0-9]*[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*\b")
#: A picture that is placed, or pointed to.
_PICTURE = re.compile(r"(\[\[image:|\[#figure:)([\w.-]{1,20})(?=\])")


def _walk(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        if token.children:
            yield from _walk(token.children)
        if "caption" in token.meta:
            yield from _walk([line_token(token.meta["caption"])])


def text_of(tokens: Sequence[Token]) -> str:
    """Words of the tokens without markup and citations."""
    parts: list[str] = []
    for token in _walk(tokens):
        if token.type in ("text", "text_special"):
            parts.append(token.content)
        elif token.type in ("softbreak", "hardbreak", "inline"):
            parts.append(" ")
        elif token.type.startswith("container_") and token.nesting == 1:
            parts.append(token.info.strip().partition(" ")[2])
    return "".join(parts).strip()


@dataclass(frozen=True, slots=True)
class Mentions:
    """What a text refers to, each once, in the order of the text.

    Attributes:
        sources: Keys of the sources that it cites.
        tables: Keys of the data tables that it places as table or figure.
        acronyms: Words in capitals, of two letters or more.
        references: What it points to elsewhere in the profile.
        pictures: Keys of the pictures that it places.
    """

    sources: tuple[str, ...]
    tables: tuple[str, ...]
    acronyms: tuple[str, ...]
    references: tuple[Reference, ...]
    pictures: tuple[str, ...]


@lru_cache(maxsize=512)
def mentions(text: str) -> Mentions:
    """Return what a text refers to; the same text is read only once."""
    tokens = parse(text).tokens
    cited = (key for t in _walk(tokens) if t.type == "citation" for key, _ in t.meta["sources"])
    placed = [t.meta for t in tokens if t.type == "placement"]
    tables = (one["key"] for one in placed if one["kind"] != "image")
    pictures = (one["key"] for one in placed if one["kind"] == "image")
    capitals = ACRONYM.findall(text_of(tokens))
    pointed = (t.meta["reference"] for t in _walk(tokens) if t.type == "reference")
    return Mentions(
        tuple(dict.fromkeys(cited)),
        tuple(dict.fromkeys(tables)),
        tuple(dict.fromkeys(capitals)),
        tuple(dict.fromkeys(pointed)),
        tuple(dict.fromkeys(pictures)),
    )


def cited_keys(text: str) -> list[str]:
    """Return the keys of the sources that a text cites, each once, in the order of the text."""
    return list(mentions(text).sources)


def placed_tables(text: str) -> list[str]:
    """Return the keys of data tables that a text places as table or figure, each once, in order."""
    return list(mentions(text).tables)


def placed_pictures(text: str) -> list[str]:
    """Return the keys of the pictures that a text places, each once, in the order of the text."""
    return list(mentions(text).pictures)


def rename_pictures(
    text: str, keys: Mapping[str, str], *, pointed: Mapping[str, str] | None = None
) -> str:
    """Return a text that places pictures by other keys, and points to them there.

    Args:
        text: The text.
        keys: Old key → new one, of those that change.
        pointed: The same for what it points to, if that differs.
    """
    renamed = {"[[image:": keys, "[#figure:": keys if pointed is None else pointed}
    return _PICTURE.sub(lambda match: match[1] + renamed[match[1]].get(match[2], match[2]), text)


def references(text: str) -> tuple[Reference, ...]:
    """Return what a text points to elsewhere, each once, in the order of the text."""
    return mentions(text).references if "[#" in text else ()


def word_count(text: str) -> int:
    """Return the number of words of a text, notes and captions included, citations not."""
    return len(_WORD.findall(text_of(parse(text).tokens)))
