"""All rules over one text, in the order of the text."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from profile_workflow.proofreading import (
    acronyms,
    addresses,
    figures,
    numbers,
    privacy,
    structure,
    terminology,
)
from profile_workflow.proofreading.findings import Finding
from profile_workflow.proofreading.folding import fold_text
from profile_workflow.proofreading.passages import Passage, reading_of


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What must be known to read a text.

    Attributes:
        language: Language of the text.
        acronyms: Pairs of acronym and long form, as the profile lists them.
        earlier: Acronyms that the sections before use.
        terms: Words that the working definitions of the profile define.
    """

    language: str = "en"
    acronyms: tuple[tuple[str, str], ...] = ()
    earlier: frozenset[str] = frozenset()
    terms: frozenset[str] = frozenset()

    def after(self, earlier: frozenset[str]) -> "Knowledge":
        """Return the same for a text that stands behind others."""
        return replace(self, earlier=earlier)


def acronyms_in(texts: Iterable[str]) -> frozenset[str]:
    """Return the acronyms that the paragraphs of some texts use."""
    return frozenset(one for text in texts for one in _acronyms_in(text))


@lru_cache(maxsize=512)
def _acronyms_in(text: str) -> frozenset[str]:
    return acronyms.used_in(reading_of(text))


def proofread(text: str, knowledge: Knowledge) -> list[Finding]:
    """Return what should be looked at again in a text of the dialect, in its order.

    Reading never fails.
    """
    reading = reading_of(text)
    found = [*_in_words(text, knowledge.language), *_in_structure(text)]
    if numbers.defines_migrants(knowledge.terms):
        found = [one for one in found if one.rule is not numbers.UNDEFINED]
    found += acronyms.acronyms(reading, dict(knowledge.acronyms), knowledge.earlier, text=text)
    return sorted(found, key=lambda one: one.position)


@lru_cache(maxsize=256)
def _in_words(text: str, language: str) -> tuple[Finding, ...]:
    """Return what is found in the words alone; the same text is read only once."""
    passages = reading_of(text).passages
    return tuple(one for passage in passages for one in _in_passage(passage, language, text))


@lru_cache(maxsize=256)
def _in_structure(text: str) -> tuple[Finding, ...]:
    reading = reading_of(text)
    return (*structure.headings(reading), *structure.tables(reading), *addresses.links(text))


def _in_passage(passage: Passage, language: str, text: str) -> Iterator[Finding]:
    folded = fold_text(passage.text)
    silent, counted = terminology.others_words(passage), figures.figures_in(folded)
    yield from terminology.wordings(passage, folded, counted, silent, language=language, text=text)
    yield from numbers.unsourced(passage, folded, counted, silent, text=text)
    yield from numbers.undefined(passage, folded, counted, silent, text=text)
    yield from privacy.personal(passage, folded, text=text)
