"""What was found in a text: where, why it matters, and by what it is known again."""

import hashlib
import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from profile_workflow.proofreading.passages import Passage, Span


class Level(TextChoices):
    """How grave a finding is."""

    BLOCK = "block", _("must be changed")
    ASK = "ask", _("question")
    ADVISE = "advise", _("advice")


@dataclass(frozen=True, slots=True)
class Rule:
    """What is looked for.

    Attributes:
        code: Its name, e.g. ``number_unsourced``.
        level: How grave they are.
        says: The sentence for the author; ``values`` of the finding fill it.
        because: Why it matters.
        source: Who says so, where somebody does.
        requirement: Code of what quality assurance asks for, if a finding stops it.
    """

    code: str
    level: Level
    says: "str | Promise"
    because: "str | Promise"
    source: str = ""
    requirement: str = ""


@dataclass(frozen=True)
class Finding:
    """One place in a text that its author should look at again.

    Attributes:
        rule: What was looked for.
        found: The words at the place; empty where something is missing.
        context: The sentence, heading or table around it, to which an allowance is bound.
        place: Where ``found`` stands in ``context``.
        position: Where it stands in the text as it was written, as near as can be told.
        values: What the sentence of the rule names.
    """

    rule: Rule
    found: str
    context: str
    place: Span
    position: Span
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def level(self) -> Level:
        """How grave it is."""
        return self.rule.level

    @property
    def message(self) -> str:
        """The sentence for the author, in the language in force."""
        return str(self.rule.says) % {"found": self.found, **self.values}

    @property
    def before(self) -> str:
        """The words before it, in its sentence."""
        return _shortened_before(self.context[: self.place[0]])

    @property
    def after(self) -> str:
        """The words after it, in its sentence."""
        return _shortened_after(self.context[self.place[1] :])

    @cached_property
    def digest(self) -> str:
        """The SHA-256 (hex) by which it is known again as long as what stands around it stays."""
        content = "\0".join((self.rule.code, _plain(self.found), _plain(self.context)))
        return hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()


#: Characters of a sentence that are shown on each side of what was found.
_SHOWN = 120


def _shortened_before(words: str) -> str:
    return words if len(words) <= _SHOWN else "… " + words[-_SHOWN:].partition(" ")[2]


def _shortened_after(words: str) -> str:
    return words if len(words) <= _SHOWN else words[:_SHOWN].rpartition(" ")[0] + " …"


def _plain(words: str) -> str:
    return " ".join(words.split())


#: The end of a sentence; a point within a number or after a single letter is none.
_SENTENCE_END = re.compile(r"(?<!\b[^\W\d_])[.!?؟…][\"”»’)\]]{0,3}\s+(?=\S)")


@lru_cache(maxsize=512)
def _sentence_ends(text: str) -> tuple[int, ...]:
    return tuple(match.end() for match in _SENTENCE_END.finditer(text))


def sentence_around(text: str, place: Span) -> Span:
    """Return where the sentence stands in which a place begins."""
    ends = _sentence_ends(text)
    after = bisect_right(ends, place[0])
    start = ends[after - 1] if after else 0
    return start, max(ends[after] if after < len(ends) else len(text), place[1])


def in_sentence(
    rule: Rule, passage: Passage, place: Span, text: str, values: Mapping[str, str] | None = None
) -> Finding:
    """Return a finding that is bound to its sentence.

    Args:
        rule: What was looked for.
        passage: Where it was found.
        place: Where in the words of the passage.
        text: The whole text as it was written.
        values: What the sentence of the rule names.
    """
    start, end = sentence_around(passage.text, place)
    context = passage.text[start:end]
    within = (place[0] - start, place[1] - start)
    found = passage.text[place[0] : place[1]]
    return Finding(
        rule, found, context, within, _position(passage, place, found, text), values or {}
    )


def of_whole(
    rule: Rule, context: str, block: Span, values: Mapping[str, str] | None = None, found: str = ""
) -> Finding:
    """Return a finding that is about a whole heading, paragraph or table."""
    start = context.find(found) if found else 0
    place = (max(start, 0), max(start, 0) + len(found) if start >= 0 else 0)
    return Finding(rule, found, context, place, block, values or {})


def _position(passage: Passage, place: Span, found: str, text: str) -> Span:
    """Return where the words stand as they were written, or their block if markup parts them."""
    start, end = passage.block
    if not found or text.count(found, start, end) != passage.text.count(found):
        return start, end
    earlier, at = passage.text.count(found, 0, place[0]), start - 1
    for _time in range(earlier + 1):
        at = text.find(found, at + 1, end)
    return at, at + len(found)
