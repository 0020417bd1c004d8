"""Acronyms: in the list of the profile, and spelled out where they are used first."""

import re
from collections.abc import Iterator, Mapping

from django.utils.translation import gettext_lazy as _

from profile_workflow.markup import ACRONYM
from profile_workflow.proofreading.findings import Finding, Level, Rule, in_sentence
from profile_workflow.proofreading.folding import fold_text
from profile_workflow.proofreading.passages import Kind, Passage, Reading

UNEXPLAINED = Rule(
    "acronym_unexplained",
    Level.ASK,
    _("The acronym “%(found)s” is not in the list of acronyms, which the report prints."),
    _("Quality assurance is not passed before it is there, or allowed."),
    requirement="acronym_unexplained",
)
FIRST_USE = Rule(
    "acronym_first_use",
    Level.ADVISE,
    _("“%(found)s” is used here for the first time: write “%(long)s (%(found)s)”."),
    _("Nobody should have to turn to the list to understand the first sentence."),
)

#: The numerals up to 39, which stand behind phases, parts and monarchs.
_NUMERAL = re.compile(r"X{0,3}(?:IX|IV|V?I{0,3})")


def acronyms(
    reading: Reading, known: Mapping[str, str], earlier: frozenset[str], *, text: str
) -> Iterator[Finding]:
    """Yield the acronyms that are not in the list, and those used before they are explained.

    Args:
        reading: The text, taken apart.
        known: Acronym → long form, as the profile lists them.
        earlier: Acronyms that the sections before use.
        text: The whole text as it was written.
    """
    seen: set[str] = set()
    for passage in reading.passages:
        if passage.kind is Kind.SOURCE:
            continue
        for match in ACRONYM.finditer(passage.text):
            short = match[0]
            if short in seen or _NUMERAL.fullmatch(short):
                continue
            if short not in known:
                yield in_sentence(UNEXPLAINED, passage, match.span(), text)
            elif short not in earlier and passage.kind is Kind.TEXT:
                yield from _first_use(passage, match, known[short], text)
            elif short not in earlier:
                # A heading or a cell explains nothing, so the next paragraph has to.
                continue
            seen.add(short)


def used_in(reading: Reading) -> frozenset[str]:
    """Return the acronyms that the paragraphs of a text use."""
    return frozenset(
        match[0]
        for passage in reading.passages
        if passage.kind is Kind.TEXT
        for match in ACRONYM.finditer(passage.text)
    )


def _first_use(passage: Passage, match: re.Match[str], long: str, text: str) -> Iterator[Finding]:
    before, after = passage.text[: match.start()], passage.text[match.end() :]
    if after.startswith("-"):
        # Part of a name, as in UN-Habitat.
        return
    in_brackets = before.rstrip().endswith(("(", "[")) or after.lstrip().startswith(("(", "["))
    if not in_brackets and fold_text(long).text not in fold_text(passage.text).text:
        yield in_sentence(FIRST_USE, passage, match.span(), text, {"long": long})
