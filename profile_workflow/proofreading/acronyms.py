"""Acronyms: in the list of the profile, and spelled out where they are used first."""

import re
from collections.abc import Iterator, Mapping
from itertools import islice

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
                values = {"short": short, "long": expansion_of(short, reading)}
                yield in_sentence(UNEXPLAINED, passage, match.span(), text, values)
            elif short not in earlier and passage.kind is Kind.TEXT:
                yield from _first_use(passage, match, known[short], text)
            elif short not in earlier:
                # A heading or a cell explains nothing, so the next paragraph has to.
                continue
            seen.add(short)


#: Most places in which an explanation is looked for, and letters that one may have.
_MOST, _LONGEST = 20, 200


def expansion_of(short: str, reading: Reading) -> str:
    """Return what a text itself gives as the long form of an acronym; empty if it gives none.

    “International Labour Organization (ILO)” is recognised by the letters, “ILO (International
    Labour Organization)” by the brackets.
    """
    around = re.compile(
        rf"(?<![\w-]){re.escape(short)}\x20\(([^()]{{4,{_LONGEST}}})\)|\(\x20?{re.escape(short)}\b"
    )
    places = (
        (passage, match) for passage in reading.passages for match in around.finditer(passage.text)
    )
    for passage, match in islice(places, _MOST):
        long = match[1] or _ending_with(short, passage.text[: match.start()][-_LONGEST:])
        if long:
            return " ".join(long.split())
    return ""


def _ending_with(short: str, before: str) -> str:
    """Return the words at the end of a text whose letters make an acronym.

    From its end to its begin each letter is found, the first one at the beginning of a word
    (A. S. Schwartz and M. A. Hearst, A simple algorithm for identifying abbreviation definitions in
    biomedical text, 2003).
    """
    letters = [one for one in fold_text(short).text if one.isalnum()]
    folded = fold_text(before)
    place = len(folded.text)
    for number, letter in reversed(list(enumerate(letters))):
        place = folded.text.rfind(letter, 0, place)
        while number == 0 and place > 0 and folded.text[place - 1].isalnum():
            place = folded.text.rfind(letter, 0, place)
        if place < 0:
            return ""
    start, end = folded.back(place, len(folded.text))
    words = before[start:end].strip()
    return words if len(words.split()) <= len(letters) * 2 + 2 else ""


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
