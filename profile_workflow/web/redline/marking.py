"""Writing two texts as one, with what was added and what was removed marked in it."""

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from profile_workflow.web.redline.pairing import Budget, Matcher, Pair, aligned, common_ends
from profile_workflow.web.redline.parts import Node, Token, written

#: Pairs of words of one block that is compared; a longer one is removed and added as a whole.
MOST_IN_BLOCK = 1_000_000


@dataclass(frozen=True, slots=True)
class Both:
    """HTML of two parts in one, of the one before, and of the one now."""

    html: str
    old: str
    new: str


@dataclass(slots=True)
class Comparison:
    """One run, with what is left of its budget."""

    budget: Budget

    def of(self, old: Node | None, new: Node | None) -> Both:
        """Compare two parts, one of which may be missing."""
        if old is None or new is None:
            return _alone(old, new)
        if old.html == new.html:
            return Both(new.html, new.html, new.html)
        if bool(old.parts) != bool(new.parts):
            gone, come = _marked(old, "del"), _marked(new, "ins")
            return Both(gone + come, gone, come)
        inner = self._parts(old, new) if new.parts else self._words(old, new)
        return Both(
            f"{new.opening}{inner.html}{new.closing}",
            f"{old.opening}{inner.old}{old.closing}",
            f"{new.opening}{inner.new}{new.closing}",
        )

    def _parts(self, old: Node, new: Node) -> Both:
        pairs: Iterator[Pair] = aligned(old.parts, new.parts, self.budget)
        if new.tag == "tr" and len(old.parts) == len(new.parts):
            # Cells stay in their columns.
            pairs = iter(zip(old.parts, new.parts, strict=True))
        return _joined([self.of(*pair) for pair in pairs])

    def _words(self, old: Node, new: Node) -> Both:
        start, end = common_ends([one.key for one in old.tokens], [one.key for one in new.tokens])
        before = old.tokens[start : len(old.tokens) - end]
        after = new.tokens[start : len(new.tokens) - end]
        head, tail = written(new.tokens[:start]), written(new.tokens[len(new.tokens) - end :])
        middle = self._changed_words(before, after)
        return _joined([Both(head, head, head), middle, Both(tail, tail, tail)])

    def _changed_words(self, old: Sequence[Token], new: Sequence[Token]) -> Both:
        if len(old) * len(new) > MOST_IN_BLOCK:
            return _replaced(old, new)
        keys_old, keys_new = [one.key for one in old], [one.key for one in new]
        matcher = Matcher(keys_old, keys_new, self.budget)
        found = []
        for what, old_start, old_end, new_start, new_end in matcher.get_opcodes():
            if what == "equal":
                same = written(new[new_start:new_end])
                found.append(Both(same, same, same))
            else:
                found.append(_replaced(old[old_start:old_end], new[new_start:new_end]))
        return _joined(found)


def _joined(several: Sequence[Both]) -> Both:
    return Both(
        "".join(one.html for one in several),
        "".join(one.old for one in several),
        "".join(one.new for one in several),
    )


def _alone(old: Node | None, new: Node | None) -> Both:
    gone = _marked(old, "del") if old else ""
    come = _marked(new, "ins") if new else ""
    return Both(gone + come, gone, come)


def _replaced(old: Sequence[Token], new: Sequence[Token]) -> Both:
    gone, come = _mark(old, "del"), _mark(new, "ins")
    return Both(gone + come, gone, come)


def _marked(node: Node, mark: str) -> str:
    """Write a part of which every word was added or removed."""
    inner = "".join(_marked(part, mark) for part in node.parts) or _mark(node.tokens, mark)
    return f"{node.opening}{inner}{node.closing}"


def _mark(tokens: Sequence[Token], mark: str) -> str:
    """Write words as added or removed, and say so for who hears the page."""
    if all(token.key[0] == "" for token in tokens):
        return written(tokens)
    told = _("[added:") if mark == "ins" else _("[removed:")
    words = written(tokens, addresses=True)
    return f"<{mark}>{_hidden(f'{told} ')}{words.rstrip()}{_hidden(' ]')}</{mark}> "


def _hidden(words: str) -> str:
    # Set apart, so that our words do not decide in which direction those of the text run.
    return f'<bdi class="visually-hidden">{html.escape(words)}</bdi>'
