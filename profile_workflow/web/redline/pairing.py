"""Pairing the parts of two texts: what is equal, then what is most alike, within a budget."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from itertools import accumulate
from typing import Any

from profile_workflow.web.redline.parts import Node

#: Parts of one changed stretch that are paired by likeness: old times new.
MOST_PAIRS = 10_000
#: What two parts cost besides their words, when they are asked how alike they are.
_STEPS_OF_A_PAIR = 20
#: Share of words in common from which on two parts are one that was changed.
LIKENESS = 0.3
#: Of these there is one in each table or figure, so two of them are always the same one.
_ONLY_ONES = ("caption", "thead", "tbody", "figcaption")
_WORD = re.compile(r"\w+")

Pair = tuple[Node | None, Node | None]


@dataclass(slots=True)
class Budget:
    """How many steps one run may still make."""

    left: int

    def takes(self, steps: int) -> bool:
        """Make so many steps, if there are as many left."""
        if steps > self.left:
            return False
        self.left -= steps
        return True


class Matcher(SequenceMatcher[Any]):
    """Finds what is equal in two lists; when the budget is used up, nothing more.

    Where the same few lines come again and again, its time grows with the third power of their
    number, which no bound on their number keeps short.
    """

    def __init__(self, old: Sequence[Any], new: Sequence[Any], budget: Budget) -> None:
        super().__init__(None, old, new, autojunk=False)
        in_new = Counter(new)
        self._steps_before = list(accumulate((1 + in_new[one] for one in old), initial=0))
        self._budget = budget

    def find_longest_match(
        self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None
    ) -> Match:
        """Return the longest equal stretch, an empty one if it may not be looked for any more."""
        end = len(self._steps_before) - 1 if ahi is None else ahi
        if not self._budget.takes(self._steps_before[end] - self._steps_before[alo]):
            return Match(alo, blo, 0)
        return super().find_longest_match(alo, ahi, blo, bhi)


def aligned(old: Sequence[Node], new: Sequence[Node], budget: Budget) -> Iterator[Pair]:
    """Pair the parts of two wholes in their order; None where there is no other."""
    html_old, html_new = [one.html for one in old], [one.html for one in new]
    # So that one part more among equal ones is one change, wherever it stands.
    start, end = common_ends(html_old, html_new)
    to_old, to_new = len(old) - end, len(new) - end
    yield from zip(old[:start], new[:start], strict=True)
    middle = Matcher(html_old[start:to_old], html_new[start:to_new], budget)
    yield from _differing(middle, old[start:to_old], new[start:to_new], budget)
    yield from zip(old[to_old:], new[to_new:], strict=True)


def _differing(
    matcher: Matcher, old: Sequence[Node], new: Sequence[Node], budget: Budget
) -> Iterator[Pair]:
    for what, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        before, after = old[old_start:old_end], new[new_start:new_end]
        if what == "equal":
            yield from zip(before, after, strict=True)
        else:
            yield from _paired(before, after, budget)


def _paired(old: Sequence[Node], new: Sequence[Node], budget: Budget) -> Iterator[Pair]:
    """Pair the most alike parts of a changed stretch without crossing; the rest stays alone."""
    done_old = done_new = 0
    for row, column in _most_alike(old, new, budget):
        yield from ((one, None) for one in old[done_old:row])
        yield from ((None, one) for one in new[done_new:column])
        yield old[row], new[column]
        done_old, done_new = row + 1, column + 1
    yield from ((one, None) for one in old[done_old:])
    yield from ((None, one) for one in new[done_new:])


def _most_alike(old: Sequence[Node], new: Sequence[Node], budget: Budget) -> list[tuple[int, int]]:
    words_old, words_new = [_words(one) for one in old], [_words(one) for one in new]
    steps = len(new) * sum(_STEPS_OF_A_PAIR + len(one.counted) for one in words_old)
    if len(old) * len(new) > MOST_PAIRS or not budget.takes(steps):
        likely = enumerate(zip(words_old, words_new, strict=False))
        return [(n, n) for n, (one, other) in likely if _likeness(one, other) >= LIKENESS]
    # best[i][j] is the greatest likeness of what follows old[i] and new[j].
    best = [[0.0] * (len(new) + 1) for _row in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            likeness = _likeness(words_old[i], words_new[j])
            together = best[i + 1][j + 1] + likeness if likeness >= LIKENESS else 0.0
            best[i][j] = max(together, best[i + 1][j], best[i][j + 1])
    return list(_path(best))


def _path(best: list[list[float]]) -> Iterator[tuple[int, int]]:
    i = j = 0
    while i < len(best) - 1 and j < len(best[0]) - 1:
        if best[i][j] == best[i + 1][j]:
            i += 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            yield i, j
            i, j = i + 1, j + 1


@dataclass(frozen=True, slots=True)
class _Words:
    tag: str
    counted: Counter[str]
    number: int


def _words(node: Node) -> _Words:
    found = _WORD.findall(re.sub(r"<[^>]*>", " ", node.html))
    return _Words(node.tag, Counter(found), len(found))


def _likeness(one: _Words, other: _Words) -> float:
    """Return the share of words in common; parts of different kinds are not alike."""
    if one.tag != other.tag:
        return 0.0
    if one.tag in _ONLY_ONES:
        return 1.0
    common = sum((one.counted & other.counted).values())
    return (2 * common + 1) / (one.number + other.number + 1)


def common_ends(one: Sequence[Any], other: Sequence[Any]) -> tuple[int, int]:
    """Return with how many equal things two lists begin, and with how many of the rest they end."""
    start = _common(one, other)
    return start, _common(one[start:][::-1], other[start:][::-1])


def _common(one: Sequence[Any], other: Sequence[Any]) -> int:
    pairs = zip(one, other, strict=False)
    return next(
        (number for number, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other))
    )
