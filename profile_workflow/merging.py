"""Joining two versions of one text, paragraph by paragraph, so that no word of either is lost."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum

#: Most paragraphs of one version that are compared; with more, the two stand one after the other.
MOST_BLOCKS = 500
#: Most pairs of equal paragraphs of two versions: what repeats itself without end is not compared
#: either, because that would take many seconds.
MOST_PAIRS = 10_000

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
class Splice:
    """What comes into the place of the characters ``start`` to ``end`` of a text."""

    start: int
    end: int
    new: str


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
    if _is_too_much(origin, first) or _is_too_much(origin, second):
        return Merge((_passage(origin, first, second),))
    return Merge(tuple(_passages(origin, first, second)))


def splices(mine: str, joined: Merge) -> tuple[Splice, ...]:
    """Return what brings the changes of the second version into the first, in order.

    All else stays as it was typed, to the last space: whoever is writing goes on where he is.

    Args:
        mine: The first version, with line ends of one kind.
        joined: That version and a second one, joined without a conflict.
    """
    places = _places(mine)
    if not places:
        return (Splice(0, 0, joined.text),)
    found = []
    at = 0
    for one in joined.passages:
        to = at + len(one.mine)
        if one.change is Change.THEIRS:
            found.append(_splice(mine, places, at, to, "\n\n".join(one.theirs)))
        at = to
    return tuple(found)


def spliced(text: str, changes: Sequence[Splice]) -> str:
    """Return a text with changes put in that follow one another in it."""
    for one in reversed(changes):
        text = text[: one.start] + one.new + text[one.end :]
    return text


def _splice(text: str, places: Sequence[tuple[int, int]], at: int, to: int, new: str) -> Splice:
    """Put something in the place of the paragraphs ``at`` to ``to`` of a text, or between two."""
    if at < to and new:
        return Splice(places[at][0], places[to - 1][1], new)
    if at < to:
        return Splice(places[at][0], places[to][0] if to < len(places) else places[-1][1], "")
    if at < len(places):
        return Splice(places[at][0], places[at][0], f"{new}\n\n")
    # Behind the spaces at its end, too: there somebody may be writing.
    line_end = text.find("\n", places[-1][1])
    end = len(text) if line_end < 0 else line_end
    return Splice(end, end, f"\n\n{new}")


def blocks(text: str) -> Blocks:
    """Return the paragraphs of a text, without the empty lines between them."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return tuple(lines[start:end] for start, end in _places(lines))


def _places(text: str) -> list[tuple[int, int]]:
    """Return where each paragraph of a text begins and ends."""
    lines = f"\n{text}"
    gaps = [(one.start(), one.end()) for one in _BETWEEN_BLOCKS.finditer(lines)]
    starts = [0, *(end for _start, end in gaps)]
    ends = [*(start for start, _end in gaps), len(lines)]
    found = []
    for start, end in zip(starts, ends, strict=True):
        block = lines[start:end]
        if block.strip():
            # Spaces before a paragraph put it into a list; those after it mean nothing.
            first = start + len(block) - len(block.lstrip("\n"))
            found.append((first - 1, start + len(block.rstrip()) - 1))
    return found


def _is_too_much(first: Blocks, second: Blocks) -> bool:
    """Whether to compare two versions would take too long."""
    if max(len(first), len(second)) > MOST_BLOCKS:
        return True
    one, other = Counter(first), Counter(second)
    return sum(number * other[block] for block, number in one.items()) > MOST_PAIRS


def _common(first: Blocks, second: Blocks) -> Blocks:
    """Return the paragraphs that stand in both, in their order."""
    if _is_too_much(first, second):
        return ()
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    return tuple(
        block for one in matcher.get_matching_blocks() for block in first[one.a : one.a + one.size]
    )


@dataclass(frozen=True, slots=True)
class _Edit:
    """Paragraphs ``start`` to ``end`` of the base, replaced on one side; equal for an insertion."""

    start: int
    end: int
    new: Blocks
    is_mine: bool


def _edits(base: Blocks, version: Blocks, *, is_mine: bool) -> list[_Edit]:
    codes = SequenceMatcher(None, base, version, autojunk=False).get_opcodes()
    return [
        _Edit(start, end, version[first:last], is_mine)
        for code, start, end, first, last in codes
        if code != "equal"
    ]


def _passages(base: Blocks, mine: Blocks, theirs: Blocks) -> Iterator[Passage]:
    """Yield what was left alone and what was changed, in turn.

    Changes of neighbouring paragraphs stand side by side; those of the same ones are one passage.
    """
    edits = _edits(base, mine, is_mine=True) + _edits(base, theirs, is_mine=False)
    at = 0
    for group in _overlapping(sorted(edits, key=lambda edit: (edit.start, edit.end))):
        start, end = group[0].start, max(edit.end for edit in group)
        yield from _unchanged(base[at:start])
        sides = (
            _side(base, [edit for edit in group if edit.is_mine is whose], start, end)
            for whose in (True, False)
        )
        yield _passage(base[start:end], *sides)
        at = end
    yield from _unchanged(base[at:])


def _overlapping(edits: Sequence[_Edit]) -> Iterator[list[_Edit]]:
    """Yield together the edits that touch the same paragraphs, or insert in the same place."""
    group: list[_Edit] = []
    end = 0
    for edit in edits:
        same_place = group and (edit.start, edit.end) == (group[0].start, group[0].end)
        if group and not same_place and edit.start >= end:
            yield group
            group = []
        end = max(end, edit.end) if group else edit.end
        group.append(edit)
    if group:
        yield group


def _side(base: Blocks, edits: Sequence[_Edit], start: int, end: int) -> Blocks:
    """Return what one side made of a part of the base."""
    found: list[str] = []
    for edit in edits:
        found += (*base[start : edit.start], *edit.new)
        start = edit.end
    return (*found, *base[start:end])


def _unchanged(kept: Blocks) -> Iterator[Passage]:
    if kept:
        yield Passage(Change.NONE, kept, kept, kept)


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
