"""Two rendered texts as one list of blocks, safe to show, kept for a day."""

from dataclasses import dataclass
from hashlib import sha256

import nh3
from django.core.cache import cache
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from profile_workflow import markup
from profile_workflow.web.redline.marking import Comparison
from profile_workflow.web.redline.pairing import Budget, aligned
from profile_workflow.web.redline.parts import FIGURE, PICTURE, Node, nodes_of

SAME, CHANGED, ADDED, REMOVED = "same", "changed", "added", "removed"

#: Longest text that is compared, in characters of HTML and in blocks; a longer one is only read.
MOST_CHARACTERS = 800_000
MOST_BLOCKS = 3_000
#: Steps of looking for what is equal or alike, in all (half a second); what is left when they are
#: used up is removed and added.
MOST_STEPS = 4_000_000
KEPT_FOR_SECONDS = 24 * 60 * 60


def _only_our_pictures(tag: str, name: str, value: str) -> str | None:
    is_foreign = (tag, name) == ("img", "src") and not PICTURE.fullmatch(value)
    return None if is_foreign else value


_CLEANER = nh3.Cleaner(
    attribute_filter=_only_our_pictures,
    tags=markup.ALLOWED_TAGS | FIGURE | {"ins", "del", "img"},
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
        found = _compared(nodes_of(old), nodes_of(new))
        cache.set(key, found, KEPT_FOR_SECONDS)
    return found


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _compared(old: list[Node], new: list[Node]) -> Redline:
    if max(len(old), len(new)) > MOST_BLOCKS:
        return Redline(too_long=True)
    comparison = Comparison(Budget(MOST_STEPS))
    pairs = aligned(old, new, comparison.budget)
    return Redline(tuple(_block(comparison, *pair) for pair in pairs))


def _block(comparison: Comparison, before: Node | None, after: Node | None) -> Block:
    both = comparison.of(before, after)
    if before is None or after is None:
        kind = ADDED if before is None else REMOVED
    else:
        kind = SAME if before.html == after.html else CHANGED
    return Block(kind, _cleaned(both.html), _cleaned(both.old), _cleaned(both.new))


def _cleaned(text: str) -> SafeString:
    # Reading and writing again can change what HTML means, so it goes through the cleaner again.
    return mark_safe(_CLEANER.clean(text))  # noqa: S308
