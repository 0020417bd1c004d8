"""Pictures of a Word text: how one is taken, and which paragraphs beside it are said of it."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from profile_workflow.markup import captions
from profile_workflow.word.blocks import Block, Box, Figure, Paragraph, Table
from profile_workflow.word.inline import plain_text

#: Longest caption, and longest name of who made it, that an entry of the register holds.
MOST_CAPTION, MOST_CREDIT = 300, 200
_FIGURE = captions.any_of(captions.FIGURE)
_NUMBER = r"[\d\u0660-\u0669]+(?:[.\-][\d\u0660-\u0669]+)*"
_MARK = r"\s*[:.)\u2013\u2014-]\s*"
_NUMBERED = re.compile(rf"\s*{_FIGURE}\s*{_NUMBER}(?:{_MARK}|\s+)", re.IGNORECASE)
#: Without a mark behind the number it may be a sentence about the figure.
_NUMBERED_AND_MARKED = re.compile(rf"\s*{_FIGURE}\s*{_NUMBER}{_MARK}", re.IGNORECASE)
_TABLE = captions.any_of(captions.TABLE)
_OF_TABLE = re.compile(rf"\s*{_TABLE}\s*(?:{_NUMBER}|:)", re.IGNORECASE)
_SOURCE = re.compile(rf"\s*{captions.any_of(captions.SOURCE)}\s*:\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Taken:
    """A picture that was taken.

    Attributes:
        key: By what the text places it.
        sha256: SHA-256 (hex) of its file as it is kept.
        is_new: Whether it is met for the first time: what is said of it is not known yet.
        caption, credit: What is said of it already.
    """

    key: str
    sha256: str
    is_new: bool = True
    caption: str = ""
    credit: str = ""


#: Takes the bytes of a picture, or raises ``InvalidInput`` with a sentence why not.
Taker = Callable[[bytes], Taken]


@dataclass(frozen=True, slots=True)
class PlacedPicture:
    """A picture as a part of a file places it: new, or one that is there already."""

    key: str
    sha256: str
    is_new: bool
    caption: str
    alt: str
    credit: str


def with_words_of_pictures(blocks: Sequence[Block]) -> list[Block]:
    """Return blocks in which captions and sources of pictures belong to these.

    A caption that stands below a picture, or else above it, and the source below that, are no
    longer paragraphs. What cannot be held with the picture stays one.
    """
    found: list[Block] = []
    index = 0
    while index < len(blocks):
        block = blocks[index]
        index += 1
        if isinstance(block, Box):
            found.append(replace(block, blocks=with_words_of_pictures(block.blocks)))
        elif isinstance(block, Figure):
            figure, used = _told(block, found, blocks[index : index + 3])
            found.append(figure)
            index += used
        else:
            found.append(block)
    return found


def placed_in(blocks: Iterable[Block]) -> list[PlacedPicture]:
    """Return the pictures that blocks place, each once."""
    found: dict[str, PlacedPicture] = {}
    for one in _figures(blocks):
        said = PlacedPicture(one.key, one.sha256, one.is_new, one.caption, one.alt, one.credit)
        found.setdefault(one.key, said)
    return list(found.values())


def _figures(blocks: Iterable[Block]) -> Iterator[Figure]:
    for block in blocks:
        if isinstance(block, Figure):
            yield block
        elif isinstance(block, Box):
            yield from _figures(block.blocks)


def _told(figure: Figure, before: list[Block], following: Sequence[Block]) -> tuple[Figure, int]:
    """Return a picture with what is said of it, and how many paragraphs behind it that was."""
    above, below = _caption_above(before), _caption_below(following)
    # Between two pictures it belongs to the second one if the first has one above it.
    is_shared = len(following) > 1 and isinstance(following[1], Figure)
    is_above = bool(above) and (not below or is_shared)
    caption = above if is_above else below
    used = 0
    if _may_take(figure.is_new, figure.caption, caption, MOST_CAPTION):
        figure = replace(figure, caption=caption)
        if is_above:
            before.pop()
        else:
            used = 1
    credit = _credit(following[used] if len(following) > used else None)
    if _may_take(figure.is_new, figure.credit, credit, MOST_CREDIT):
        return replace(figure, credit=credit), used + 1
    return figure, used


def _may_take(is_new: bool, known: str, words: str, most: int) -> bool:
    """Return whether words can go with a picture: there they must not replace any others."""
    return bool(words) and len(words) <= most and (is_new or words == known)


def _caption_below(following: Sequence[Block]) -> str:
    """Return the caption in the paragraph below a picture; empty if that is none."""
    if not following:
        return ""
    above_table = len(following) > 1 and isinstance(following[1], Table)
    return _caption(following[0], must_say_figure=above_table)


def _caption_above(before: Sequence[Block]) -> str:
    if not before:
        return ""
    other = before[-2] if len(before) > 1 else None
    below_other = isinstance(other, Figure) and not (other.is_new and other.caption)
    return "" if below_other else _caption(before[-1], must_say_figure=True)


def _caption(block: Block, *, must_say_figure: bool) -> str:
    words = _words(block)
    is_caption = isinstance(block, Paragraph) and block.role == "caption"
    numbered = (_NUMBERED if is_caption else _NUMBERED_AND_MARKED).match(words)
    if numbered:
        return words[numbered.end() :]
    return "" if must_say_figure or not is_caption or _OF_TABLE.match(words) else words


def _credit(block: Block | None) -> str:
    words = _words(block)
    source = _SOURCE.match(words)
    return words[source.end() :] if source else ""


def _words(block: Block | None) -> str:
    """Return the words of a paragraph that says nothing but words; empty for any other block."""
    if not isinstance(block, Paragraph) or any(one.note or one.link for one in block.pieces):
        return ""
    words = plain_text(block.pieces)
    return "" if "[@" in words else words
