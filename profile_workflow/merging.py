"""Joining two versions of one text, paragraph by paragraph, so that no word of either is lost."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum

#: Most paragraphs of one version that are compared; with more, the two stand one after the other.
MOST_BLOCKS = 500

_BETWEEN_BLOCKS = re.compile(r"\n(?:[ \t]*\n)+")

Blocks = tuple[str, ...]


class Change(Enum):
    """Who changed a passage: nobody, one of the two, both alike, or both differently."""

    NONE = "none"
    MINE = "mine"
    THEIRS = "theirs"
    ALIKE = "alike"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Passage:
    """Some paragraphs that lie between two places where all versions agree.

    Attributes:
        change: Who changed it.
        base: The paragraphs before either of the two wrote.
        mine: The paragraphs as the first version has them.
        theirs: The paragraphs as the second version has them.
    """

    change: Change
    base: Blocks
    mine: Blocks
    theirs: Blocks

    @property
    def merged(self) -> Blocks:
        """The paragraphs to go on with; where both changed them, both texts, mine first."""
        if self.change is Change.CONFLICT:
            return (*self.mine, *self.theirs)
        return self.theirs if self.change is Change.THEIRS else self.mine


@dataclass(frozen=True, slots=True)
class Merge:
    """Two versions of a text, joined."""

    passages: tuple[Passage, ...]

    @property
    def text(self) -> str:
        """The joined text."""
        return "\n\n".join(block for one in self.passages for block in one.merged)

    @property
    def conflicts(self) -> int:
        """In how many passages both texts were kept, because both had been changed."""
        return sum(one.change is Change.CONFLICT for one in self.passages)


def merge(base: str | None, mine: str, theirs: str) -> Merge:
    """Join two versions of a text.

    Args:
        base: The text that both began with; None if it is not known, then whatever stands in only
            one of the two is taken for new.
        mine: The first version.
        theirs: The second version.

    Returns:
        The passages in order. What was changed on one side only is taken as changed; what was
        changed on both sides is kept twice.
    """
    first, second = blocks(mine), blocks(theirs)
    origin = _common(first, second) if base is None else blocks(base)
    if max(len(origin), len(first), len(second)) > MOST_BLOCKS:
        return Merge((_passage(origin, first, second),))
    return Merge(tuple(_passages(origin, first, second)))


def blocks(text: str) -> Blocks:
    """Return the paragraphs of a text, without the empty lines between them."""
    found = _BETWEEN_BLOCKS.split(text.replace("\r\n", "\n").replace("\r", "\n"))
    return tuple(block.strip("\n") for block in found if block.strip())


def _common(first: Blocks, second: Blocks) -> Blocks:
    """Return the paragraphs that stand in both, in their order."""
    if max(len(first), len(second)) > MOST_BLOCKS:
        return ()
    return tuple(first[number] for number in _pairs(first, second))


def _pairs(before: Blocks, after: Blocks) -> dict[int, int]:
    """Return number of a paragraph before → its number after, for those that were kept."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return {
        start + step: other + step
        for start, other, size in matcher.get_matching_blocks()
        for step in range(size)
    }


def _passages(base: Blocks, mine: Blocks, theirs: Blocks) -> Iterator[Passage]:
    """Yield what lies between the paragraphs of the base that both versions kept."""
    in_mine, in_theirs = _pairs(base, mine), _pairs(base, theirs)
    at = (0, 0, 0)
    kept: list[str] = []
    for number, block in enumerate(base):
        if number not in in_mine or number not in in_theirs:
            continue
        here = (number, in_mine[number], in_theirs[number])
        if here != at:
            yield from _unchanged(kept)
            kept = []
            yield _between(base, mine, theirs, at, here)
        kept.append(block)
        at = (here[0] + 1, here[1] + 1, here[2] + 1)
    yield from _unchanged(kept)
    end = (len(base), len(mine), len(theirs))
    if at != end:
        yield _between(base, mine, theirs, at, end)


def _unchanged(kept: Sequence[str]) -> Iterator[Passage]:
    if kept:
        same = tuple(kept)
        yield Passage(Change.NONE, same, same, same)


def _between(
    base: Blocks,
    mine: Blocks,
    theirs: Blocks,
    start: tuple[int, int, int],
    end: tuple[int, int, int],
) -> Passage:
    return _passage(base[start[0] : end[0]], mine[start[1] : end[1]], theirs[start[2] : end[2]])


def _passage(base: Blocks, mine: Blocks, theirs: Blocks) -> Passage:
    if mine == theirs:
        change = Change.NONE if mine == base else Change.ALIKE
    elif mine == base:
        change = Change.THEIRS
    elif theirs == base:
        change = Change.MINE
    else:
        change = Change.CONFLICT
    return Passage(change, base, mine, theirs)
