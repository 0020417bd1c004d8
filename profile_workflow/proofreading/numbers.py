"""Figures in running text: those without a source, and people counted by a word without meaning."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from profile_workflow.proofreading.findings import (
    Finding,
    Level,
    Rule,
    in_sentence,
    of_whole,
    sentence_around,
)
from profile_workflow.proofreading.folding import Folded, fold_text
from profile_workflow.proofreading.passages import Kind, Passage, Span
from profile_workflow.proofreading.terminology import is_silent

UNSOURCED = Rule(
    "number_unsourced",
    Level.ASK,
    _("Where is the figure “%(found)s” from? Nothing in its paragraph cites a source."),
    _("A figure that cannot be traced cannot be defended in a council or checked in five years."),
)
UNDEFINED = Rule(
    "number_undefined",
    Level.BLOCK,
    _(
        "Who is counted in “%(found)s”? Write foreign citizens, people born abroad, people with a "
        "migration background, or holders of a permit."
    ),
    _(
        "In one city and year these may be a quarter or half of the people. A working definition "
        "of the word settles it for the whole profile."
    ),
    requirement="number_undefined",
)

#: A number as it is written in three languages, in folded words.
_NUMBER = r"\b(?:\d{1,3}(?:[.,\x20]\d{3}){1,4}|\d{1,12}(?:[.,]\d{1,4})?)"
_PARTS = r"%|٪|per\x20cent|percent|pour\x20cent|(?:في\x20)?(?:ال)?(?:مائة|مئة)|بالمائة|بالمئة"
_LARGE = r"thousand|million|billion|mille|milliers?|milliards?|ألف|آلاف|مليون|ملايين|مليار"

#: A share, or a number in thousands; a year alone needs no source.
_FIGURE = re.compile(
    fold_text(
        rf"{_NUMBER}\x20?(?:{_PARTS}|(?:{_LARGE})s?\b)"
        r"|\b\d{1,3}(?:[.,\x20]\d{3}){1,4}\b(?![-/])|\b\d{5,12}\b(?![-/])"
    ).text
)
#: A table or figure that the paragraph leans on has its source beside it.
_LEANS = re.compile(
    fold_text(
        r"\b(?:tables?|figures?|charts?|annex|tableaux?|graphiques?|annexe|encadré)\x20?\d"
        r"|\b(?:tables?|figures?|tableaux?|annexe?)\x20[a-z\d]{1,3}\b"
        r"|(?:ال)?(?:جدول|شكل|ملحق)\x20?(?:رقم\x20)?[\w-]{1,5}"
    ).text
)

_WHO = {
    "en": rf"{_NUMBER}(?:\x20?%| per cent| percent| thousand| million)?(?: of(?: all| the)?)? "
    r"(?:(?:adult|african|international|irregular|new|recent|registered|regular|young) )?"
    r"(?:im)?migrants\b(?! workers?\b)",
    "fr": rf"{_NUMBER}(?:\x20?%| pour cent| mille| millions?)?(?: des| de)? migrante?s\b"
    r"(?! internes?\b)",
    "ar": rf"{_NUMBER}(?:\x20?(?:%|٪)| بالمئة| بالمائة| في المئة| في المائة| ألف| آلاف| مليون)?"
    r"(?: من)? (?:ال)?مهاجر(?:ون|ين|ات|ا)?\b(?! (?:ال)?داخلي)",
}
_COUNTED = re.compile(fold_text("|".join(_WHO.values())).text.replace(" ", r"\x20{1,3}"))
#: Words that say in the same sentence who is counted.
_SAID = re.compile(
    fold_text(
        r"\bforeign(?:-|\x20)(?:born|citizen|national)|\bborn\x20(?:abroad|outside)"
        r"|\b(?:nationals?|citizens?)\x20of\b|\bbackground|\bpermit|\bcitizenship|\bnationalit"
        r"|\bressortissant|\bnée?s?\x20(?:à\x20l'étranger|hors)|\btitres?\x20de\x20séjour"
        r"|\bcartes?\x20de\x20séjour|\bcitoyenneté|\bd'origine\x20étrangère"
        r"|جنسي|مولود|ولدوا|إقامة|اقامة|تصريح|تصاريح|مواطن|أجانب|أجنبي"
    ).text
)
_YEAR = re.compile(r"(?:19|20)\d\d\b(?![.,\x20]?\d)")
#: Most places that are told of in one passage.
_MOST = 20

#: Words that a working definition may define, so that they may count people.
_DEFINED = re.compile(fold_text(r"migrante?s?\b|مهاجر").text)


def defines_migrants(terms: frozenset[str]) -> bool:
    """Whether one of the working definitions says who a migrant is."""
    return any(_DEFINED.search(fold_text(term).text) for term in terms)


def unsourced(passage: Passage, folded: Folded) -> Iterator[Finding]:
    """Yield the first figure of a paragraph that neither cites a source nor leans on a table."""
    if passage.kind is not Kind.TEXT or passage.is_sourced:
        return
    match = _FIGURE.search(folded.text)
    if match is None or _LEANS.search(folded.text):
        return
    start, end = folded.back(*match.span())
    yield of_whole(
        UNSOURCED, passage.text, passage.block, {}, found=passage.text[start:end].strip()
    )


def undefined(
    passage: Passage, folded: Folded, silent: tuple[Span, ...], *, text: str
) -> Iterator[Finding]:
    """Yield the places where “migrants” are counted and it is not said who that is."""
    if passage.is_of_others or not _DEFINED.search(folded.text):
        return
    for match, _turn in zip(_COUNTED.finditer(folded.text), range(_MOST), strict=False):
        place = folded.back(*match.span())
        if is_silent(place, silent) or _YEAR.match(match[0]):
            continue
        start, end = sentence_around(passage.text, place)
        if not _SAID.search(fold_text(passage.text[start:end]).text):
            yield in_sentence(UNDEFINED, passage, place, text)
