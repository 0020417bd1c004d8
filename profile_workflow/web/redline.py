"""What changed between two rendered texts: word by word, block by block, or side by side.

The HTML is compared, not its source: a table that an editor has padded anew is no change. Blocks
are paired first, then the items, rows and cells in them, then words, so that one insertion does not
mark all that follows. ``lxml.html.diff`` does the last two steps at once, and loses or misplaces
words at the borders of items and cells; so lxml only reads here.
"""

import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import Match, SequenceMatcher
from hashlib import sha256
from itertools import accumulate
from typing import Any

import nh3
from django.core.cache import cache
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from lxml import html as lxml_html

from profile_workflow import markup

SAME, CHANGED, ADDED, REMOVED = "same", "changed", "added", "removed"

#: Longest text that is compared, in characters of HTML and in blocks; a longer one is only read.
MOST_CHARACTERS = 800_000
MOST_BLOCKS = 3_000
#: Pairs of words of one block that is compared; a longer one is removed and added as a whole.
MOST_IN_BLOCK = 1_000_000
#: Steps of looking for what is equal or alike, in all (half a second); what is left when they are
#: used up is removed and added.
MOST_STEPS = 4_000_000
#: Parts of one changed stretch that are paired by likeness: old times new.
MOST_PAIRS = 10_000
#: What two parts cost besides their words, when they are asked how alike they are.
_STEPS_OF_A_PAIR = 20
#: Share of words in common from which on two parts are one that was changed.
LIKENESS = 0.3
KEPT_FOR_SECONDS = 24 * 60 * 60

_TABLE = {"table", "caption", "thead", "tbody", "tr", "th", "td"}
_FIGURE = {"figure", "figcaption"}
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
    *_FIGURE,
}
#: Of these there is one in each table or figure, so two of them are always the same one.
_ONLY_ONES = ("caption", "thead", "tbody", "figcaption")
#: Elements that hold nothing; each is a word of its own.
_EMPTY = ("br", "img")
#: The only addresses of images: our own pictures, as pages show them.
_PICTURE = re.compile(r"/p/[\w-]+/pictures/[0-9a-f]{64}/small/")
_WORD = re.compile(r"\w+")
_TOKEN = re.compile(r"\S+\s*|\s+")


def _only_our_pictures(tag: str, name: str, value: str) -> str | None:
    is_foreign = (tag, name) == ("img", "src") and not _PICTURE.fullmatch(value)
    return None if is_foreign else value


_CLEANER = nh3.Cleaner(
    attribute_filter=_only_our_pictures,
    tags=markup.ALLOWED_TAGS | _FIGURE | {"ins", "del", "img"},
    attributes={
        "img": {"src", "alt", "width", "height"},
        "a": {"href"},
        "ol": {"start"},
        "div": {"aria-label"},
    },
    tag_attribute_values={
        **markup.ALLOWED_VALUES,
        "div": {**markup.ALLOWED_VALUES["div"], "role": {"region"}, "tabindex": {"0"}},
        **{tag: {"dir": {"auto"}, "scope": {"col", "row"}} for tag in ("caption", "th", "td")},
        "figcaption": {"dir": {"auto"}},
    },
    allowed_classes={
        **markup.ALLOWED_CLASSES,
        "bdi": markup.ALLOWED_CLASSES["bdi"] | {"visually-hidden"},
        "div": {"scroll"},
        "figure": {"picture"},
        "p": markup.ALLOWED_CLASSES["p"] | {"small-print", "px-2"},
        "table": {"table"},
    },
    url_schemes=markup.ALLOWED_SCHEMES,
    link_rel="noopener noreferrer",
    strip_comments=True,
)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list, table or heading in both texts.

    Attributes:
        kind: ``same``, ``changed``, ``added`` or ``removed``.
        html: Both texts in one, additions as ``ins`` and removals as ``del``.
        old: The block before, its removals marked; empty if it was added.
        new: The block now, its additions marked; empty if it was removed.
    """

    kind: str
    html: SafeString
    old: SafeString
    new: SafeString


@dataclass(frozen=True, slots=True)
class Stretch:
    """A changed block, or a number of blocks that are the same in both texts."""

    block: Block | None = None
    same: int = 0


@dataclass(frozen=True, slots=True)
class Redline:
    """Two texts as one list of blocks, in the order of the new one.

    Attributes:
        too_long: Whether the texts were too long to be compared, so that there are no blocks.
    """

    blocks: tuple[Block, ...] = ()
    too_long: bool = False

    @property
    def changes(self) -> int:
        """How many blocks are not the same in both texts."""
        return sum(block.kind != SAME for block in self.blocks)

    @property
    def stretches(self) -> list[Stretch]:
        """The changed blocks, and between them how many were left as they were."""
        found: list[Stretch] = []
        for block in self.blocks:
            if block.kind != SAME:
                found.append(Stretch(block=block))
            elif found and found[-1].block is None:
                found[-1] = Stretch(same=found[-1].same + 1)
            else:
                found.append(Stretch(same=1))
        return found


def redline(old: str, new: str) -> Redline:
    """Compare two rendered texts; the result is kept for a day.

    Args:
        old: Safe HTML of the text before.
        new: Safe HTML of the text now.

    Returns:
        Safe HTML without any ``id``, so that it can stand on a page beside the text itself.
    """
    if len(old) + len(new) > MOST_CHARACTERS:
        return Redline(too_long=True)
    pair = f"{get_language()} {_digest(old)} {_digest(new)}"
    key = f"redline:{_digest(pair)}"
    found: Redline | None = cache.get(key)
    if found is None:
        found = _compared(_nodes_of(old), _nodes_of(new))
        cache.set(key, found, KEPT_FOR_SECONDS)
    return found


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _compared(old: "list[_Node]", new: "list[_Node]") -> Redline:
    if max(len(old), len(new)) > MOST_BLOCKS:
        return Redline(too_long=True)
    comparison = _Comparison(_Budget(MOST_STEPS))
    pairs = _aligned(old, new, comparison.budget)
    return Redline(tuple(_block(comparison, *pair) for pair in pairs))


def _block(comparison: "_Comparison", before: "_Node | None", after: "_Node | None") -> Block:
    both = comparison.of(before, after)
    if before is None or after is None:
        kind = ADDED if before is None else REMOVED
    else:
        kind = SAME if before.html == after.html else CHANGED
    return Block(kind, _cleaned(both.html), _cleaned(both.old), _cleaned(both.new))


# Reading


@dataclass(frozen=True, slots=True)
class _Token:
    """A word with the elements that it stands in, outermost first; ``<br>`` and pictures too."""

    text: str
    within: tuple[str, ...]

    @property
    def key(self) -> tuple[str, tuple[str, ...]]:
        """What makes two words the same: the space behind them does not."""
        return self.text.strip(), self.within


@dataclass(frozen=True, slots=True)
class _Node:
    """An element that holds other blocks, or words; without a tag, the words between blocks."""

    tag: str
    opening: str
    parts: "tuple[_Node, ...]"
    tokens: tuple[_Token, ...]
    html: str = field(compare=False)

    @property
    def closing(self) -> str:
        """The end of the element."""
        return f"</{self.tag}>" if self.tag else ""


def _nodes_of(text: str) -> list[_Node]:
    """Return the outermost blocks of a text, without addresses and links within the page."""
    return list(_parts(lxml_html.fragment_fromstring(text, create_parent="div")))


def _parts(element: Any) -> list[_Node]:
    parts: list[_Node] = []
    tokens: list[_Token] = list(_read_text(element.text, ()))
    for child in element:
        if child.tag in _BLOCKS:
            parts += _loose(tokens)
            tokens = []
            parts.append(_node(child))
        else:
            tokens += _read_inline(child, ())
        tokens += _read_text(child.tail, ())
    return [*parts, *_loose(tokens)]


def _loose(tokens: Sequence[_Token]) -> list[_Node]:
    if all(token.key == ("", ()) for token in tokens):
        return []
    return [_Node("", "", (), tuple(tokens), _written(tokens))]


def _node(element: Any) -> _Node:
    parts = _parts(element)
    opening = _opening(element)
    if len(parts) == 1 and not parts[0].tag:
        found = parts[0]
        whole = f"{opening}{found.html}</{element.tag}>"
        return _Node(element.tag, opening, (), found.tokens, whole)
    whole = f"{opening}{''.join(part.html for part in parts)}</{element.tag}>"
    return _Node(element.tag, opening, tuple(parts), (), whole)


def _read_inline(element: Any, within: tuple[str, ...]) -> Iterator[_Token]:
    if not isinstance(element.tag, str):
        return
    if element.tag == "img" and not _PICTURE.fullmatch(element.get("src", "")):
        return
    if element.tag in _EMPTY:
        yield _Token(_opening(element), within)
        return
    inner = within if _is_link_in_page(element) else (*within, _opening(element))
    yield from _read_text(element.text, inner)
    for child in element:
        yield from _read_inline(child, inner)
        yield from _read_text(child.tail, inner)


def _is_link_in_page(element: Any) -> bool:
    return element.tag == "a" and str(element.get("href", "#")).startswith("#")


def _read_text(text: str | None, within: tuple[str, ...]) -> Iterator[_Token]:
    for found in _TOKEN.findall(text or ""):
        yield _Token(html.escape(found), within)


def _opening(element: Any) -> str:
    attributes = (
        f' {name}="{html.escape(value)}"' for name, value in element.attrib.items() if name != "id"
    )
    return f"<{element.tag}{''.join(attributes)}>"


# Pairing

_Pair = tuple[_Node | None, _Node | None]


@dataclass(slots=True)
class _Budget:
    """How many steps one run may still make."""

    left: int

    def takes(self, steps: int) -> bool:
        """Make so many steps, if there are as many left."""
        if steps > self.left:
            return False
        self.left -= steps
        return True


class _Matcher(SequenceMatcher[Any]):
    """Finds what is equal in two lists; when the budget is used up, nothing more.

    Where the same few lines come again and again, its time grows with the third power of their
    number, which no bound on their number keeps short.
    """

    def __init__(self, old: Sequence[Any], new: Sequence[Any], budget: _Budget) -> None:
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


def _aligned(old: Sequence[_Node], new: Sequence[_Node], budget: _Budget) -> Iterator[_Pair]:
    """Pair the parts of two wholes in their order; None where there is no other."""
    html_old, html_new = [one.html for one in old], [one.html for one in new]
    # So that one part more among equal ones is one change, wherever it stands.
    start, end = _common_ends(html_old, html_new)
    to_old, to_new = len(old) - end, len(new) - end
    yield from zip(old[:start], new[:start], strict=True)
    middle = _Matcher(html_old[start:to_old], html_new[start:to_new], budget)
    yield from _differing(middle, old[start:to_old], new[start:to_new], budget)
    yield from zip(old[to_old:], new[to_new:], strict=True)


def _differing(
    matcher: _Matcher, old: Sequence[_Node], new: Sequence[_Node], budget: _Budget
) -> Iterator[_Pair]:
    for what, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        before, after = old[old_start:old_end], new[new_start:new_end]
        if what == "equal":
            yield from zip(before, after, strict=True)
        else:
            yield from _paired(before, after, budget)


def _paired(old: Sequence[_Node], new: Sequence[_Node], budget: _Budget) -> Iterator[_Pair]:
    """Pair the most alike parts of a changed stretch without crossing; the rest stays alone."""
    done_old = done_new = 0
    for row, column in _most_alike(old, new, budget):
        yield from ((one, None) for one in old[done_old:row])
        yield from ((None, one) for one in new[done_new:column])
        yield old[row], new[column]
        done_old, done_new = row + 1, column + 1
    yield from ((one, None) for one in old[done_old:])
    yield from ((None, one) for one in new[done_new:])


def _most_alike(
    old: Sequence[_Node], new: Sequence[_Node], budget: _Budget
) -> list[tuple[int, int]]:
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


def _words(node: _Node) -> _Words:
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


# Writing


@dataclass(frozen=True, slots=True)
class _Both:
    """HTML of two parts in one, of the one before, and of the one now."""

    html: str
    old: str
    new: str


@dataclass(slots=True)
class _Comparison:
    """One run, with what is left of its budget."""

    budget: _Budget

    def of(self, old: _Node | None, new: _Node | None) -> _Both:
        """Compare two parts, one of which may be missing."""
        if old is None or new is None:
            return _alone(old, new)
        if old.html == new.html:
            return _Both(new.html, new.html, new.html)
        if bool(old.parts) != bool(new.parts):
            gone, come = _marked(old, "del"), _marked(new, "ins")
            return _Both(gone + come, gone, come)
        inner = self._parts(old, new) if new.parts else self._words(old, new)
        return _Both(
            f"{new.opening}{inner.html}{new.closing}",
            f"{old.opening}{inner.old}{old.closing}",
            f"{new.opening}{inner.new}{new.closing}",
        )

    def _parts(self, old: _Node, new: _Node) -> _Both:
        pairs: Iterator[_Pair] = _aligned(old.parts, new.parts, self.budget)
        if new.tag == "tr" and len(old.parts) == len(new.parts):
            # Cells stay in their columns.
            pairs = iter(zip(old.parts, new.parts, strict=True))
        return _joined([self.of(*pair) for pair in pairs])

    def _words(self, old: _Node, new: _Node) -> _Both:
        start, end = _common_ends([one.key for one in old.tokens], [one.key for one in new.tokens])
        before = old.tokens[start : len(old.tokens) - end]
        after = new.tokens[start : len(new.tokens) - end]
        head, tail = _written(new.tokens[:start]), _written(new.tokens[len(new.tokens) - end :])
        middle = self._changed_words(before, after)
        return _joined([_Both(head, head, head), middle, _Both(tail, tail, tail)])

    def _changed_words(self, old: Sequence[_Token], new: Sequence[_Token]) -> _Both:
        if len(old) * len(new) > MOST_IN_BLOCK:
            return _replaced(old, new)
        keys_old, keys_new = [one.key for one in old], [one.key for one in new]
        matcher = _Matcher(keys_old, keys_new, self.budget)
        found = []
        for what, old_start, old_end, new_start, new_end in matcher.get_opcodes():
            if what == "equal":
                same = _written(new[new_start:new_end])
                found.append(_Both(same, same, same))
            else:
                found.append(_replaced(old[old_start:old_end], new[new_start:new_end]))
        return _joined(found)


def _joined(several: Sequence[_Both]) -> _Both:
    return _Both(
        "".join(one.html for one in several),
        "".join(one.old for one in several),
        "".join(one.new for one in several),
    )


def _common_ends(one: Sequence[Any], other: Sequence[Any]) -> tuple[int, int]:
    """Return with how many equal things two lists begin, and with how many of the rest they end."""
    start = _common(one, other)
    return start, _common(one[start:][::-1], other[start:][::-1])


def _common(one: Sequence[Any], other: Sequence[Any]) -> int:
    pairs = zip(one, other, strict=False)
    return next(
        (number for number, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other))
    )


def _alone(old: _Node | None, new: _Node | None) -> _Both:
    gone = _marked(old, "del") if old else ""
    come = _marked(new, "ins") if new else ""
    return _Both(gone + come, gone, come)


def _replaced(old: Sequence[_Token], new: Sequence[_Token]) -> _Both:
    gone, come = _mark(old, "del"), _mark(new, "ins")
    return _Both(gone + come, gone, come)


def _marked(node: _Node, mark: str) -> str:
    """Write a part of which every word was added or removed."""
    inner = "".join(_marked(part, mark) for part in node.parts) or _mark(node.tokens, mark)
    return f"{node.opening}{inner}{node.closing}"


def _mark(tokens: Sequence[_Token], mark: str) -> str:
    """Write words as added or removed, and say so for who hears the page."""
    if all(token.key[0] == "" for token in tokens):
        return _written(tokens)
    told = _("[added:") if mark == "ins" else _("[removed:")
    words = _written(tokens, addresses=True)
    return f"<{mark}>{_hidden(f'{told} ')}{words.rstrip()}{_hidden(' ]')}</{mark}> "


def _hidden(words: str) -> str:
    # Set apart, so that our words do not decide in which direction those of the text run.
    return f'<bdi class="visually-hidden">{html.escape(words)}</bdi>'


def _written(tokens: Sequence[_Token], *, addresses: bool = False) -> str:
    """Write words in their elements; with the addresses of links, where these may have changed."""
    out: list[str] = []
    open_now: tuple[str, ...] = ()
    for token in (*tokens, _Token("", ())):
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


def _cleaned(text: str) -> SafeString:
    # Reading and writing again can change what HTML means, so it goes through the cleaner again.
    return mark_safe(_CLEANER.clean(text))  # noqa: S308
