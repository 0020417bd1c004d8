"""Wordings that a profile must not use, or had better not, with what to say instead and why.

The table is that of the domain notes, section 10. Patterns are written as people write; they are
folded like the text they are looked for in, so capitals, accents, harakat and tatweel do not hide
a word.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from profile_workflow.proofreading.findings import Finding, Level, Rule, in_sentence
from profile_workflow.proofreading.findings import sentence_around as sentence
from profile_workflow.proofreading.folding import Folded, fold_text
from profile_workflow.proofreading.passages import Passage, Span

_SAY = _("Instead of “%(found)s” write “%(instead)s”.")
_BLOCKED = "wording_blocked"
_PICUM = "PICUM, Words Matter"
_IOM = "IOM, Glossary on Migration (2019)"
_UNHCR = "UNHCR, Refugees and migrants (2016)"

CRIME = Rule(
    "wording_crime", Level.BLOCK, _SAY,
    _("“Illegal” makes a crime of a status; a person is never illegal."), _PICUM, _BLOCKED,
)  # fmt: skip
NO_SUCH = Rule(
    "wording_no_such", Level.BLOCK, _SAY,
    _("Everybody may ask for asylum; there is no irregular asylum seeker."), _PICUM, _BLOCKED,
)  # fmt: skip
APPLICANT = Rule(
    "wording_applicant", Level.BLOCK, _SAY,
    _("Whoever waits for a decision is an asylum seeker; a refugee has been recognised."), _IOM,
    _BLOCKED,
)  # fmt: skip
BORDER = Rule(
    "wording_border", Level.BLOCK, _SAY,
    _("Whoever has crossed a border is not internally displaced, and the other way round."),
    _UNHCR, _BLOCKED,
)  # fmt: skip
FLED = Rule(
    "wording_fled", Level.ASK,
    _("Are “%(found)s” registered by UNHCR? Then write “%(instead)s”."),
    _("People who were forced to flee are not called migrants."), _UNHCR,
)  # fmt: skip
ECONOMIC = Rule(
    "wording_economic", Level.ASK,
    _("What does “%(found)s” stand for here? Write “%(instead)s”."),
    _("It is no category of law; it hides the permit or the reason."), _IOM,
)  # fmt: skip
WATER = Rule(
    "wording_water", Level.ADVISE, _SAY,
    _("Pictures of disasters and war make people a danger; a figure informs."),
)  # fmt: skip
FLOW = Rule(
    "wording_flow", Level.ADVISE,
    _("Give number and period with “%(found)s”: %(instead)s."),
    _("The word may be used, but alone it says neither how many nor when."),
)  # fmt: skip
GROUP = Rule(
    "wording_group", Level.ADVISE, _SAY,
    _("Half a continent is no group; people come from countries."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Term:
    """A wording in one language.

    Attributes:
        stems: Letters without which it cannot be there; looking for them costs next to nothing.
        pattern: What is looked for in folded words.
        instead: What to write, in the language of the wording.
    """

    rule: Rule
    language: str
    stems: tuple[str, ...]
    pattern: re.Pattern[str]
    instead: str


def _term(rule: Rule, language: str, instead: str, stems: str, *alternatives: str) -> Term:
    """Compile a wording; a blank in it stands for up to three."""
    pattern = fold_text("|".join(rf"\b(?:{one})\b" for one in alternatives)).text
    compiled = re.compile(pattern.replace(" ", " {1,3}"))
    return Term(rule, language, tuple(fold_text(stems).text.split()), compiled, instead)


#: Letters that an Arabic word may begin with besides its own: particles and the article.
_AL = r"\w{0,4}"

TERMS: tuple[Term, ...] = (
    _term(
        CRIME, "en", "irregular migration, person in an irregular situation",
        "illegal clandestin unlawful",
        r"(?:illegal|clandestine|unlawful) (?:\w+ )?(?:(?:im|e)?migra(?:nts?|tions?)|aliens?)",
        r"illegals",
    ),
    _term(
        CRIME, "fr", "en situation irrégulière",
        "clandestin illéga",
        r"(?:(?:im|é)?migr(?:antes?|ants?|ations?|ées?|és?)|étrang(?:ers?|ères?)|personnes?) "
        r"(?:\w+ )?(?:clandestin(?:es?|s)?|illéga(?:les?|l|ux))",
        r"(?:les|des|aux|ces|nombreux) clandestine?s",
    ),
    _term(
        CRIME, "ar", "هجرة غير نظامية",
        "شرعي قانوني مشروع سري",
        rf"{_AL}(?:هجر[ةه]|مهاجر(?:ون|ين|ات|ة)?) (?:ال)?غير (?:ال)?(?:شرعي|قانوني|مشروع)\w{{0,3}}",
        rf"{_AL}هجر[ةه] (?:ال)?سري[ةه]",
        rf"{_AL}مهاجر(?:ون|ين) (?:ال)?سري(?:ون|ين)",
    ),
    _term(
        NO_SUCH, "en", "asylum seeker",
        "asylum",
        r"(?:illegal|irregular|bogus|clandestine) asylum(?: |-)seekers?",
    ),
    _term(
        NO_SUCH, "fr", "demandeur d'asile",
        "d'asile",
        r"demandeu(?:rs?|ses?) d'asile (?:illéga\w{1,3}|irréguli\w{2,4}|clandestin\w{0,2})",
    ),
    _term(
        NO_SUCH, "ar", "طالب لجوء",
        "لجوء",
        rf"{_AL}(?:طالب\w{{0,3}}|طلاب) (?:ال)?لجوء "
        r"(?:ال)?غير (?:ال)?(?:شرعي|قانوني|نظامي)\w{0,3}",
    ),
    _term(
        APPLICANT, "en", "asylum seekers",
        "refugee",
        r"refugees? (?:who )?(?:have |had |has )?(?:applied|apply|applying|waiting) for asylum",
        r"refugees? (?:who are )?(?:awaiting|waiting for) (?:a |the |their )?(?:first )?decision",
        r"refugees? whose (?:claim|application)s? (?:is|are|was|were) (?:pending|undecided)",
    ),
    _term(
        APPLICANT, "fr", "demandeurs d'asile",
        "réfugié",
        r"réfugiée?s? (?:qui (?:ont|avaient) |ayant )"
        r"(?:demandé l'asile|déposé (?:une|leur) demande d'asile)",
        r"réfugiée?s? (?:en attente|qui attendent) (?:d'une|de la|de leur|une|leur) décision",
    ),
    _term(
        APPLICANT, "ar", "طالبو لجوء",
        "لاجئ",
        rf"{_AL}لاجئ(?:ون|ين|ات)? (?:الذين |ممن )?(?:قدموا|طلبوا|يطلبون|تقدموا) "
        r"(?:ب?طلب(?:ات)? )?(?:ال)?لجوء",
        rf"{_AL}لاجئ(?:ون|ين|ات)? في انتظار (?:ال)?(?:قرار|بت)",
    ),
    _term(
        BORDER, "en", "refugees (across a border), internally displaced persons (within one)",
        "displaced idp refugee",
        r"(?:internally displaced (?:persons?|people|families)|idps?) from "
        r"(?:abroad|(?:a |an)?(?:other |neighbouring )(?:country|countries))",
        r"(?:internally displaced (?:persons?|people|families)|idps?) who (?:have )?crossed "
        r"(?:a|the|an international) border",
        r"internal refugees?|internally displaced refugees?",
        r"refugees? (?:displaced )?(?:within|inside) their own country",
    ),
    _term(
        BORDER, "fr", "réfugiés (hors du pays), personnes déplacées internes (dans le pays)",
        "déplacé pdi réfugié",
        r"(?:(?:personnes? )?déplacée?s? internes?|pdi) (?:venue?s? |originaires )?"
        r"(?:de l'étranger|d'un autre pays|d'autres pays|d'un pays voisin|de pays voisins)",
        r"(?:(?:personnes? )?déplacée?s? internes?|pdi) (?:qui ont|ayant) (?:franchi|traversé) "
        r"(?:la|une) frontière",
        r"réfugiée?s? internes?|réfugiée?s? à l'intérieur de leur(?: propre)? pays",
    ),
    _term(
        BORDER, "ar", "لاجئون (خارج بلدهم)، نازحون داخلياً (داخله)",
        "نازح لاجئ",
        rf"{_AL}نازح(?:ون|ين|ات)? (?:(?:ال)?قادم(?:ون|ين)? )?من "
        r"(?:الخارج|بلد آخر|بلدان أخرى|بلد مجاور|(?:دول|بلدان) الجوار|(?:الدول|البلدان) المجاورة)",
        rf"{_AL}لاجئ(?:ون|ين|ات)? (?:ال)?داخلي(?:ون|ين|ات|ا)?",
    ),
    _term(
        FLED, "en", "refugees",
        "syria",
        r"syrian (?:im)?migrants?|(?:im)?migrants? from syria",
    ),
    _term(
        FLED, "fr", "réfugiés",
        "syri",
        r"(?:im)?migr(?:antes?|ants?|ées?|és?) syrien(?:ne)?s?",
        r"migrante?s? (?:venue?s? )?de syrie",
    ),
    _term(
        FLED, "ar", "لاجئون",
        "سوري",
        rf"{_AL}مهاجر(?:ون|ين|ات|ة)? (?:ال)?سوري(?:ون|ين|ات|ة)?",
        rf"{_AL}مهاجر(?:ون|ين|ات)? من سوريا",
    ),
    _term(
        ECONOMIC, "en", "the permit or the reason, e.g. holders of a work permit",
        "economic",
        r"economic (?:im)?migrants?",
    ),
    _term(
        ECONOMIC, "fr", "le titre ou le motif, p. ex. titulaires d'un permis de travail",
        "économique",
        r"(?:im)?migr(?:antes?|ants?|ées?|és?) économiques?|réfugiée?s? économiques?",
    ),
    _term(
        ECONOMIC, "ar", "التصريح أو السبب، مثل: حاملو تصاريح العمل",
        "اقتصادي",
        rf"{_AL}(?:مهاجر|لاجئ)(?:ون|ين|ات)? (?:ال)?اقتصادي(?:ون|ين|ات)?",
    ),
    _term(
        WATER, "en", "arrivals, increase, with a figure",
        "flood tide swarm invasion deluge avalanche tsunami swamped invaded overrun",
        r"(?:flood|tide|swarm|invasion|deluge|avalanche|tsunami)s? of (?:[a-z]+ ){0,2}"
        r"(?:(?:im)?migrants?|refugees?|asylum seekers?|foreigners|arrivals|newcomers|people)",
        r"(?:flooded|swamped|invaded|overrun) (?:by|with) (?:\w+ ){0,2}"
        r"(?:(?:im)?migrants?|refugees?|asylum seekers?|foreigners|arrivals|newcomers)",
    ),
    _term(
        WATER, "fr", "arrivées, augmentation, avec un chiffre",
        "afflux déferlement invasion déluge marée submersion tsunami",
        r"afflux massifs?(?! (?:de |d')(?:touristes|visiteurs|capitaux|eaux?|pèlerins))",
        r"(?:déferlement|invasion|déluge|raz-de-marée|marée|submersion)s? (?:des |de |d')"
        r"(?:\w+ ){0,2}(?:migrants?|réfugiés?|demandeurs|étrangers|arrivants|personnes)",
        r"(?:submersion|tsunami|invasion) migratoires?",
    ),
    _term(
        WATER, "ar", "وصول، زيادة، مع رقم",
        "طوفان غزو اجتياح سيل سيول جحافل تدفق",
        rf"(?:طوفان|غزو|اجتياح|سيل|سيول|جحافل) (?:من )?(?:\w+ )?{_AL}"
        r"(?:مهاجر|لاجئ|أجانب|وافد|نازح)\w{0,3}",
        r"تدفق(?:ات)? (?:هائل|كثيف|جماعي|ضخم)[ةه]?",
    ),
    _term(
        FLOW, "en", "12,400 arrivals in 2024",
        "flow wave stream",
        r"(?:flow|wave|stream)s? of (?:\w+ ){0,2}"
        r"(?:(?:im)?migrants?|refugees?|asylum seekers?|migration|displacement)",
        r"(?:migration|migratory|migrant|refugee) (?:flow|wave)s?",
    ),
    _term(
        FLOW, "fr", "12 400 arrivées en 2024",
        "flux vague",
        r"(?:flux|vagues?) migratoires?",
        r"flux (?:de |d')(?:\w+ ){0,2}(?:migrants?|réfugiés?|demandeurs|migrations?|déplacés)",
        r"vagues? (?:de |d')(?:jeunes |nouveaux )?(?:migrants?|réfugiés?|migrations?|déplacés)",
    ),
    _term(
        FLOW, "ar", "12,400 وافد في 2024",
        "تدفق موج",
        rf"{_AL}تدفق(?:ات)? (?:\w+ )?(?:ال)?(?:هجر[ةه]|مهاجر\w{{0,3}}|لاجئ\w{{0,3}}|وافد\w{{0,3}})",
        rf"{_AL}موج(?:[ةه]|ات) (?:من )?(?:ال)?(?:هجر[ةه]|مهاجر\w{{0,3}}|لاجئ\w{{0,3}}|نزوح)",
    ),
    _term(
        GROUP, "en", "the countries, e.g. nationals of Cameroon and Mali",
        "sahara",
        r"sub(?:-| )?saharans?(?! (?:africa|countries|states|region)\b)",
    ),
    _term(
        GROUP, "fr", "les pays, p. ex. ressortissants du Cameroun et du Mali",
        "sahari",
        r"(?<!afrique\x20)(?<!pays\x20)sub(?:-| )?sahari(?:ennes?|ens?)",
    ),
    _term(
        GROUP, "ar", "البلدان، مثل: مواطنو الكاميرون ومالي",
        "صحراء",
        rf"{_AL}(?:مهاجر|أفارق|أفريقي(?=ون|ين|ات)|طلب|طالب|مواطن|رعايا|عمال)\w{{0,3}} (?:من )?"
        r"(?:(?:دول|بلدان) )?(?:[أإ]فريقيا )?جنوب الصحراء",
    ),
)  # fmt: skip

#: Most places that are told of one wording in one passage; a text that has more is read again.
_MOST = 20

#: Words of others within a passage: between quotation marks, and titles of laws.
_QUOTED = re.compile(r"“[^“”]*”|«[^«»]*»|„[^„“”]*[“”]|\"[^\"]*\"")
_LAW = re.compile(
    r"\b(?:law|act|decree|regulation|directive|loi|décret|arrêté|dahir|circulaire|règlement"
    r"|(?:ال)?قانون|(?:ال)?مرسوم|(?:ال)?ظهير|(?:ال)?قرار)(?: \w{1,20}){0,2} "
    r"(?:n[°ºo]\.? ?|number |رقم |عدد )?\d[\w./-]{0,20}[^.,;:()!?؟،؛]{0,250}",
    re.IGNORECASE,
)


def others_words(passage: Passage) -> tuple[Span, ...]:
    """Return where in a passage others are repeated: quotations, titles of laws and books."""
    quoted = (match.span() for match in _QUOTED.finditer(passage.text))
    laws = (match.span() for match in _LAW.finditer(passage.text))
    return (*passage.titles, *quoted, *laws)


def wordings(
    passage: Passage, folded: Folded, silent: tuple[Span, ...], *, language: str, text: str
) -> Iterator[Finding]:
    """Yield the wordings of a passage that should be looked at.

    What must be changed is found in every language, the rest in that of the text only.

    Args:
        passage: The passage; nothing is found where somebody else speaks.
        folded: Its folded words.
        silent: Where in it others are repeated.
        language: Language of the text.
        text: The whole text as it was written.
    """
    if passage.is_of_others:
        return
    for term in TERMS:
        if term.rule.level is not Level.BLOCK and term.language != language:
            continue
        if not any(stem in folded.text for stem in term.stems):
            continue
        for match, _turn in zip(term.pattern.finditer(folded.text), range(_MOST), strict=False):
            place = folded.back(*match.span())
            if not is_silent(place, silent) and not _is_counted(term, passage, place):
                values = {"instead": term.instead}
                yield in_sentence(term.rule, passage, place, text, values)


def is_silent(place: Span, silent: tuple[Span, ...]) -> bool:
    """Whether a place lies where others are repeated."""
    return any(start <= place[0] and place[1] <= end for start, end in silent)


def _is_counted(term: Term, passage: Passage, place: Span) -> bool:
    """Whether number and period stand beside a word that needs them."""
    if term.rule is not FLOW:
        return False
    start, end = sentence(passage.text, place)
    return any(sign.isdigit() for sign in passage.text[start:end])
