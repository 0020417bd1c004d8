"""Finding again the words that somebody quoted, in a text that may have changed since.

A quote is a W3C TextQuoteSelector: the words, a little of what stood before and after them, and the
block they stood in. It is looked for exactly, then by what surrounds it, then by likeness; what is
not found is an orphan, and never a mistake of whoever quoted.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from itertools import islice

from rapidfuzz import fuzz

#: Longest quote, in characters; a longer one is cut.
MOST_QUOTED = 1_000
#: Characters that are kept of what stands before and after the quoted words.
CONTEXT = 32
#: Likeness, of 100, from which on other words are taken for the quoted ones.
LIKENESS = 80
#: A quote of fewer characters stands in many places: it is nothing without its surroundings.
SHORT = 12
#: Most places of the same words that are looked at.
MOST_OCCURRENCES = 200
#: Blocks that are compared by likeness for one quote: those with the most words in common.
MOST_CANDIDATES = 3
#: Pairs of characters that are compared for one text, all quotes together; beyond, orphans.
MOST_PAIRS = 20_000_000

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a text, with their surroundings.

    Attributes:
        exact: The words, spaces between them single.
        before: Up to ``CONTEXT`` characters before them in the same block.
        after: Up to ``CONTEXT`` characters after them.
        block: Id of the block in which they stood; empty if it is not known.
    """

    exact: str
    before: str = ""
    after: str = ""
    block: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading, list or table: its id, and its words with single spaces."""

    id: str
    text: str


class How(Enum):
    """How quoted words were found again."""

    EXACT = "exact"
    CONTEXT = "context"
    LIKENESS = "likeness"


@dataclass(frozen=True, slots=True)
class Place:
    """Where quoted words stand.

    Attributes:
        number: Position of the block in the text, from 0.
        start: Position of the first character in the text of the block.
        end: Position behind the last one.
        how: How they were found.
        is_sure: Whether these very words stand there, and nothing says that others could be meant.
    """

    number: int
    start: int
    end: int
    how: How
    is_sure: bool


class Text:
    """The blocks of one text, with what has been worked out about them."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.blocks = blocks
        self.pairs_left = MOST_PAIRS

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Id of each block → its position."""
        return {block.id: number for number, block in enumerate(self.blocks)}

    @cached_property
    def words(self) -> list[frozenset[str]]:
        """The words of each block, each once."""
        return [frozenset(_WORD.findall(block.text)) for block in self.blocks]

    def distance(self, number: int, quote: Quote) -> int:
        """Return how many blocks lie between a block and the one that was quoted."""
        return abs(number - self.numbers.get(quote.block, 0))


def find(quote: Quote, text: Text) -> Place | None:
    """Return where quoted words stand in a text, or None if they are an orphan."""
    if not quote.exact:
        return None
    return _exactly(quote, text) or _by_likeness(quote, text)


def _exactly(quote: Quote, text: Text) -> Place | None:
    found = list(islice(_occurrences(quote.exact, text), MOST_OCCURRENCES))
    ranked = sorted(
        ((_agreement(quote, text.blocks[number].text, start), number, start)
         for number, start in found),
        key=lambda one: (-one[0], text.distance(one[1], quote), one[1], one[2]),
    )  # fmt: skip
    if not ranked:
        return None
    agreement, number, start = ranked[0]
    if len(quote.exact) < SHORT and agreement < min(4, len(quote.before) + len(quote.after)):
        return None
    alone = len(ranked) == 1
    return Place(
        number,
        start,
        start + len(quote.exact),
        How.EXACT if alone else How.CONTEXT,
        is_sure=alone or agreement > ranked[1][0],
    )


def _occurrences(words: str, text: Text) -> Iterator[tuple[int, int]]:
    for number, block in enumerate(text.blocks):
        start = block.text.find(words)
        while start >= 0:
            yield number, start
            start = block.text.find(words, start + 1)


def _agreement(quote: Quote, text: str, start: int) -> int:
    """Return how many characters before and after a place are those around the quote."""
    end = start + len(quote.exact)
    before, after = text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT]
    return _in_common(quote.before[::-1], before[::-1]) + _in_common(quote.after, after)


def _in_common(one: str, other: str) -> int:
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        length += 1
    return length


def _by_likeness(quote: Quote, text: Text) -> Place | None:
    if len(quote.exact) < SHORT:
        return None
    best: tuple[float, Place] | None = None
    for number in _candidates(quote, text):
        words = text.blocks[number].text
        text.pairs_left -= len(quote.exact) * len(words)
        if text.pairs_left < 0:
            return None
        found = _most_like(quote.exact, words)
        if found is not None and (best is None or found[0] > best[0]):
            score, start, end = found
            best = score, Place(number, start, end, How.LIKENESS, is_sure=False)
    return best[1] if best else None


def _candidates(quote: Quote, text: Text) -> list[int]:
    """Return the blocks that have a third of the words of a quote, the likeliest first."""
    wanted = set(_WORD.findall(quote.exact))
    common = [len(words & wanted) for words in text.words]
    likely = [number for number, several in enumerate(common) if several * 3 >= len(wanted) > 0]
    likely.sort(key=lambda number: (-common[number], text.distance(number, quote), number))
    return likely[:MOST_CANDIDATES]


def _most_like(words: str, text: str) -> tuple[float, int, int] | None:
    """Return likeness, start and end of what is most like some words, in whole words."""
    if len(text) < len(words):
        # Against a shorter text the alignment would tell where that stands in the quote.
        score = fuzz.ratio(words, text, score_cutoff=LIKENESS)
        return (score, 0, len(text)) if score else None
    found = fuzz.partial_ratio_alignment(words, text, score_cutoff=LIKENESS)
    if found is None or found.dest_start >= found.dest_end:
        return None
    return found.score, *_whole_words(text, found.dest_start, found.dest_end)


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    while start < end - 1 and text[start].isspace():
        start += 1
    while end - 1 > start and text[end - 1].isspace():
        end -= 1
    return start, end


def quoted(typed: str, text: Text, *, block: str = "", before: str = "") -> Quote:
    """Return a quote of words that somebody selected or typed.

    Spaces do not count: a browser tells a selection with other ones than the text has.

    Args:
        typed: The words.
        text: The text that he saw.
        block: Id of the block in which they stand, as far as is known.
        before: What stands before them, as far as is known.

    Returns:
        The words as the text has them, with their surroundings; as they were typed if the text
        does not have them.
    """
    wanted = "".join(typed.split())
    home = text.numbers.get(block)
    numbers = sorted(range(len(text.blocks)), key=lambda number: number != home)
    for number in numbers if wanted else ():
        words = text.blocks[number].text
        start = _start_of(wanted, words, "".join(before.split()))
        if start is not None:
            return quote_at(text.blocks[number], start, _end_of(wanted, words, start))
    return Quote(cut(" ".join(typed.split())))


def _start_of(wanted: str, words: str, before: str) -> int | None:
    """Return where words begin that are given without spaces, after what is most like before."""
    places = [place for place, character in enumerate(words) if not character.isspace()]
    bare = "".join(words[place] for place in places)
    starts = [found.start() for found in re.finditer(f"(?={re.escape(wanted)})", bare)]
    if not starts:
        return None
    back, length = before[::-1], len(before)
    best = max(starts, key=lambda one: _in_common(bare[max(0, one - length) : one][::-1], back))
    return places[best]


def _end_of(wanted: str, words: str, start: int) -> int:
    left = len(wanted)
    end = start
    while left:
        left -= not words[end].isspace()
        end += 1
    return end


def quote_at(block: Block, start: int, end: int) -> Quote:
    """Return the words of a block between two positions as a quote; too many are cut."""
    exact = cut(block.text[start:end])
    end = start + len(exact)
    return Quote(
        exact=exact,
        before=block.text[max(0, start - CONTEXT) : start],
        after=block.text[end : end + CONTEXT],
        block=block.id,
    )


def cut(words: str) -> str:
    """Return the beginning of words that are too many for a quote, in whole words."""
    if len(words) <= MOST_QUOTED:
        return words
    kept = words[:MOST_QUOTED]
    return kept.rpartition(" ")[0] or kept
