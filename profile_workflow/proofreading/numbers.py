"""Figures in running text: those without a source, and people counted by a word without meaning."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache

from django.utils.translation import gettext_lazy as _

from profile_workflow.proofreading.figures import Figure
from profile_workflow.proofreading.findings import (
    Finding,
    Level,
    Rule,
    in_sentence,
    sentence_around,
)
from profile_workflow.proofreading.folding import Folded, fold_text
from profile_workflow.proofreading.passages import Kind, Passage, Span
from profile_workflow.proofreading.terminology import is_silent

UNSOURCED = Rule(
    "number_unsourced",
    Level.ASK,
    _("Where is “%(figures)s” from? Nothing in this sentence cites a source."),
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
    "IOM, Glossary on Migration (2019); United Nations, Recommendations on Statistics of "
    "International Migration (1998)",
    requirement="number_undefined",
)

#: A sentence that leans on a table or figure has its source beside that, and one that goes on with
#: “of these” counts on within what the sentence before cites.
_LEANS = re.compile(
    fold_text(
        r"\b(?:tables?|figures?|charts?|annex|tableaux?|graphiques?|annexe|encadré)\x20?\d"
        r"|\b(?:tables?|figures?|tableaux?|annexe?)\x20[a-z\d]{1,3}\b"
        r"|(?:ال)?(?:جدول|شكل|ملحق)\x20?(?:رقم\x20)?[\w-]{1,5}"
    ).text
)
_GOES_ON = re.compile(
    fold_text(
        r"\b(?:of\x20(?:these|those|them|whom)|among\x20(?:these|those|them)|parmi\x20(?:eux|elles"
        r"|ceux-ci|celles-ci)|d'entre\x20(?:eux|elles))\b|\b(?:منهم|بينهم)\b"
    ).text
)

_EN_KIND = (
    r"(?:(?:adult|african|all|foreign|international|irregular|new|recent|registered|regular|the"
    r"|undocumented|young) ){0,2}(?:im)?migrants\b(?! workers?\b)"
)
_FR_KIND = r"(?:(?:jeunes|nouveaux|nouvelles) )?(?:personnes )?migrante?s\b(?! internes?\b)"
_AR_KIND = r"(?:ال)?مهاجر(?:ون|ين|ات|ا)?\b(?! (?:ال)?داخلي)"


def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern as people write; a blank in it stands for up to three."""
    return re.compile(fold_text(pattern).text.replace(" ", r"\x20{1,3}"))


#: “12,400 migrants”: what follows the figure.
_COUNTED = _compiled(
    rf"(?: of(?: all| the)?)? {_EN_KIND}|(?: des?)? {_FR_KIND}|(?: من)? {_AR_KIND}"
)
#: “the number of migrants rose to 12,400”, “migrants (12,400)”: what precedes it.
_OF_NUMBER = _compiled(
    rf"\b(?:number|share|proportion|percentage|total|count)s? of {_EN_KIND}"
    rf"|\b(?:nombre|part|proportion|pourcentage|total|effectif)s? (?:totale? )?(?:des? |d')"
    rf"{_FR_KIND}"
    rf"|\b(?:(?:و|ف)?(?:بلغ|يبلغ|قدر|يقدر|وصل|يصل|ارتفع)ت? )?[وفب]?(?:ال)?"
    rf"(?:عدد|نسبة|حصة|مجموع|إجمالي|أعداد) {_AR_KIND}"
    rf"|\b(?:يمثل|يشكل|مثل|شكل|بلغ|يبلغ) {_AR_KIND}|\b{_AR_KIND} (?:يمثلون|يشكلون)"
)
_OF_MIGRANTS = _compiled(rf"\b{_EN_KIND}|\b{_FR_KIND}|\b{_AR_KIND}")
_ABOUT = (
    r"(?:(?:now|about|around|some|nearly|almost|over|only|more than|at least|au nombre de|environ"
    r"|près de|plus de|quelque|نحو|حوالي|قرابة) ){0,2}"
)
#: Between “the number of migrants” and the figure: a verb that tells it, or next to nothing.
_TELLS = _compiled(
    r"\b(?:is|was|are|were|be|been|rose|risen|grew|grown|fell|fallen|reache[sd]|stood|stands"
    r"|amount(?:s|ed)|total(?:s|led)|estimated|est|était|sont|atteint|atteignait|s'élève|s'élevait"
    r"|passe|passé|estimée?|بلغ|يبلغ|وصل|ارتفع|قدر|يقدر|هو|كان)\b"
)
_NEXT_TO_NOTHING = _compiled(rf"\s{{0,3}}(?:[:(=]\s{{0,2}})?{_ABOUT}")
#: Between “migrants” and the figure.
_THAT_IS = _compiled(
    r"\x20?(?:[:(]|(?:are|were|number(?:ed)?|make up|made up|account(?:ed)? for|represent(?:ed)?"
    r"|total(?:led)?|sont|étaient|représentent|représentaient|constituent|forment)\b)"
    rf"\x20?{_ABOUT}"
)
#: Letters between the words and their figure, at most.
_REACH = 90
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
#: Most places that are told of in one passage, and figures that are named of one sentence.
_MOST, _MOST_NAMED = 40, 6

#: Words that a working definition may define, so that they may count people.
_DEFINED = re.compile(fold_text(r"migrante?s?\b|مهاجر").text)


def defines_migrants(terms: frozenset[str]) -> bool:
    """Whether one of the working definitions says who a migrant is."""
    return any(_DEFINED.search(fold_text(term).text) for term in terms)


def unsourced(
    passage: Passage,
    folded: Folded,
    figures: Sequence[Figure],
    silent: tuple[Span, ...],
    *,
    text: str,
) -> Iterator[Finding]:
    """Yield each sentence with figures that neither cites a source nor leans on a table.

    The items of a list rest on what its lead-in cites.

    Args:
        passage: The passage; only running text has to cite.
        folded: Its folded words.
        figures: The figures in them.
        silent: Where in the passage others are repeated.
        text: The whole text as it was written.
    """
    if passage.kind is not Kind.TEXT or passage.is_led_in:
        return
    places = [folded.back(*one.span) for one in figures if not one.is_small]
    by_sentence: dict[Span, list[Span]] = {}
    for place in places:
        if not is_silent(place, silent):
            sentence = sentence_around(passage.text, place)
            by_sentence.setdefault(sentence, []).append(place)
    for sentence, several in list(by_sentence.items())[:_MOST]:
        if not _is_sourced(passage, sentence):
            named = [passage.text[start:end].strip() for start, end in several]
            shown = ", ".join(named[:_MOST_NAMED]) + " …" * (len(named) > _MOST_NAMED)
            yield in_sentence(UNSOURCED, passage, several[0], text, {"figures": shown})


def _is_sourced(passage: Passage, sentence: Span) -> bool:
    start, end = sentence
    if _cites(passage, sentence):
        return True
    words = fold_text(passage.text[start:end]).text
    if _LEANS.search(words):
        return True
    return bool(
        start
        and _GOES_ON.search(words)
        and _is_sourced(passage, sentence_around(passage.text, (start - 1, start)))
    )


def _cites(passage: Passage, sentence: Span) -> bool:
    start, end = sentence
    last = end + (end == len(passage.text))
    return any(start <= place < last for place in passage.sources)


def undefined(
    passage: Passage,
    folded: Folded,
    figures: Sequence[Figure],
    silent: tuple[Span, ...],
    *,
    text: str,
) -> Iterator[Finding]:
    """Yield the places where “migrants” are counted and it is not said who that is.

    Args:
        passage: The passage; nothing is found where somebody else speaks.
        folded: Its folded words.
        figures: The figures in them.
        silent: Where in the passage others are repeated.
        text: The whole text as it was written.
    """
    if passage.is_of_others or not _DEFINED.search(folded.text):
        return
    for span, _turn in zip(_counting(folded.text, figures), range(_MOST), strict=False):
        place = folded.back(*span)
        if is_silent(place, silent):
            continue
        start, end = sentence_around(passage.text, place)
        if place[1] <= end and not _says_who(passage.text[start:end]):
            yield in_sentence(UNDEFINED, passage, place, text)


@lru_cache(maxsize=64)
def _says_who(sentence: str) -> bool:
    return _SAID.search(fold_text(sentence).text) is not None


def _counting(folded: str, figures: Sequence[Figure]) -> Iterator[Span]:
    """Yield where words count migrants: the figure before them, or behind."""
    starts = [one.span[0] for one in figures]
    for one in figures:
        if behind := _COUNTED.match(folded, one.span[1]):
            yield one.span[0], behind.end()
    told: set[Span] = set()
    for heads, says in ((_OF_NUMBER, _tells_number), (_OF_MIGRANTS, _tells_migrants)):
        for head in heads.finditer(folded):
            place = bisect_left(starts, head.end())
            if place == len(figures) or starts[place] - head.end() > _REACH:
                continue
            figure = figures[place].span
            if figure not in told and says(head[0], folded[head.end() : figure[0]]):
                told.add(figure)
                yield head.start(), figure[1]


def _tells_number(head: str, between: str) -> bool:
    """Whether “the number of migrants” and the words up to a figure say that it is the number."""
    if ";" in between:
        return False
    return bool(_TELLS.search(head + between) or _NEXT_TO_NOTHING.fullmatch(between))


def _tells_migrants(_head: str, between: str) -> bool:
    return _THAT_IS.fullmatch(between) is not None
