"""Wordings that a profile must not use, or had better not, with what to say instead and why.

The table is that of the domain notes, section 10. Patterns are written as people write; they are
folded like the text they are looked for in, so capitals, accents, harakat and tatweel do not hide
a word.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from profile_workflow.proofreading.figures import Figure, figures_in, names_a_period
from profile_workflow.proofreading.findings import Finding, Level, Rule, in_sentence
from profile_workflow.proofreading.findings import sentence_around as sentence
from profile_workflow.proofreading.folding import Folded, fold_text
from profile_workflow.proofreading.passages import Passage, Span

_SAY = _("Instead of “%(found)s” write “%(instead)s”.")
_BLOCKED = "wording_blocked"
_PICUM = "PICUM, Words Matter"
_IOM = "IOM, Glossary on Migration (2019)"
_UNHCR = "UNHCR, Refugees and migrants (2016)"
_UN = "United Nations, Recommendations on Statistics of International Migration (1998)"

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
    _("Pictures of disasters and war make people a danger; a figure informs."), _PICUM,
)  # fmt: skip
FLOW = Rule(
    "wording_flow", Level.ADVISE,
    _("Give number and period with “%(found)s”: %(instead)s."),
    _("The word may be used, but alone it says neither how many nor when."), _UN,
)  # fmt: skip
GROUP = Rule(
    "wording_group", Level.ADVISE, _SAY,
    _("Half a continent is no group; people come from countries."), _UN,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Term:
    """A wording in one language.

    Attributes:
        stems: Letters without which it cannot be there; looking for them costs next to nothing.
        pattern: What is looked for in folded words.
        instead: What to write, in the language of the wording.
        near: What its sentence must speak of besides, if the words alone could mean anything.
    """

    rule: Rule
    language: str
    stems: tuple[str, ...]
    pattern: re.Pattern[str]
    instead: str
    near: re.Pattern[str] | None = None


def _term(
    rule: Rule, language: str, instead: str, stems: str, *alternatives: str, near: str = ""
) -> Term:
    """Compile a wording; a blank in it stands for up to three."""
    compiled = _compiled("|".join(rf"\b(?:{one})\b" for one in alternatives))
    beside = _compiled(near) if near else None
    return Term(rule, language, tuple(fold_text(stems).text.split()), compiled, instead, beside)


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(fold_text(pattern).text.replace(" ", " {1,3}"))


#: People who move, in three languages: what a picture of war or water may be meant for.
_PEOPLE = {
    "en": r"\b(?:(?:im|e)?migra\w+|refugees?|foreign\w*|asylum|newcomers?|arrivals?|displaced)",
    "fr": r"\b(?:(?:im|é)?migr\w+|réfugi\w+|étrang\w+|asile|arriv\w+|déplac\w+)",
    "ar": r"(?:هجر[ةه]|مهاجر|لاجئ|لجوء|أجانب|أجنبي|وافد|نازح)",
}


#: Letters that an Arabic word may begin with besides its own: particles and the article.
_AL = r"\w{0,4}"

TERMS: tuple[Term, ...] = (
    _term(
        CRIME, "en", "irregular migration, person in an irregular situation",
        "illegal clandestin unlawful",
        r"(?:illegal|clandestine|unlawful) (?:\w+ )?(?:(?:im|e)?migra(?:nts?|tions?)|aliens?"
        r"|entrants?|residents?|refugees?|foreigners?|foreign (?:nationals|citizens|workers)"
        r"|persons?|people)",
        r"illegals|clandestines",
    ),
    _term(
        CRIME, "fr", "en situation irrégulière",
        "clandestin illéga",
        r"(?:(?:im|é)?migr(?:antes?|ants?|ations?|ées?|és?)|étrang(?:ers?|ères?)|personnes?"
        r"|réfugiée?s?|résidente?s?|arrivante?s?|entrante?s?|ressortissante?s?) "
        r"(?:\w+ )?(?:clandestin(?:es?|s)?|illéga(?:les?|l|ux))",
        r"travailleu(?:rs?|ses?) illéga(?:les?|l|ux)",
        r"(?:les?|la|des|du|de|aux?|ces?|cette|cet|une?|leurs?|nombreux|quelques|plusieurs|chaque"
        r"|tous les|\d+) clandestine?s?(?! (?:et|ou)? ?(?:ateliers?|réseaux?|logements?))",
    ),
    _term(
        CRIME, "ar", "هجرة غير نظامية",
        "شرعي قانوني مشروع سري",
        rf"{_AL}(?:هجر[ةه]|مهاجر(?:ون|ين|ات|ة)?) (?:ال)?غير (?:ال)?(?:شرعي|قانوني|مشروع)\w{{0,3}}",
        rf"{_AL}(?:لاجئ|مقيم|وافد|أجنبي|داخل)(?:ون|ين|ات|ة)? (?:ال)?غير "
        r"(?:ال)?(?:شرعي|قانوني)\w{0,3}",
        rf"{_AL}(?:أجانب|أشخاص|رعايا) (?:ال)?غير (?:ال)?(?:شرعي|قانوني)\w{{0,3}}",
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
        r"syrian (?:\w+ )?(?:im)?migrants?|(?:im)?migrants? (?:\w+ )?(?:from|out of) syria",
        r"(?:im)?migrants? of syrian (?:nationality|origin|descent)",
    ),
    _term(
        FLED, "fr", "réfugiés",
        "syri",
        r"(?:im)?migr(?:antes?|ants?|ées?|és?) syrien(?:ne)?s?",
        r"(?:im)?migr(?:antes?|ants?|ées?|és?) (?:venue?s? |arrivée?s? |originaires "
        r"|en provenance |provenant )?de (?:la )?syrie",
        r"(?:im)?migr(?:antes?|ants?|ées?|és?) (?:de nationalité|d'origine) syrienne",
    ),
    _term(
        FLED, "ar", "لاجئون",
        "سوري",
        rf"{_AL}مهاجر(?:ون|ين|ات|ة)? (?:ال)?سوري(?:ون|ين|ات|ة)?",
        rf"{_AL}مهاجر(?:ون|ين|ات)? (?:(?:ال)?(?:قادم|وافد|آت)(?:ون|ين|ات)? )?من "
        r"(?:سوريا|سورية|أصل سوري|أصول سورية|الجنسية السورية)",
        rf"{_AL}مهاجر(?:ون|ين|ات)? (?:ذوي|ذوو) (?:ال)?(?:أصل|أصول|جنسية) (?:ال)?سوري[ةه]?",
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
        "flood tide swarm invasion deluge avalanche tsunami swamped invaded overrun influx horde",
        r"(?:flood|tide|swarm|invasion|deluge|avalanche|tsunami|horde)s? of (?:[a-z]+ ){0,5}"
        r"(?:(?:im)?migrants?|refugees?|asylum seekers?|foreigners|arrivals|newcomers|people)",
        r"(?:flooded|swamped|invaded|overrun) (?:by|with) (?:\w+ ){0,2}"
        r"(?:(?:im)?migrants?|refugees?|asylum seekers?|foreigners|arrivals|newcomers)",
        r"(?:massive|huge|enormous|uncontrolled|sudden) influx(?:es)?(?: of (?:[a-z]+ ){0,4}"
        r"(?:(?:im)?migrants?|refugees?|asylum seekers?|foreigners|arrivals|newcomers|people))"
        r"|(?:mass )influx(?:es)?(?! directive)",
        r"(?:migra(?:nt|tion|tory)|refugee|human) (?:floods?|tides?|tsunamis?|invasions?|swarms?)",
    ),
    _term(
        WATER, "en", "arrivals, increase, with a figure",
        "swarm horde invasion",
        r"(?:swarms?|hordes?)(?! of (?:bees|locusts|insects|mosquitoes|tourists))",
        r"an invasion|invasions(?! of \d)",
        near=_PEOPLE["en"],
    ),
    _term(
        WATER, "fr", "arrivées, augmentation, avec un chiffre",
        "afflux déferlement invasion déluge marée submersion tsunami flot essaim horde nuée",
        r"afflux massifs?(?! (?:de |d')(?:touristes|visiteurs|capitaux|eaux?|pèlerins))",
        r"(?:déferlement|invasion|déluge|raz-de-marée|marée|submersion|flot|essaim|horde|nuée)s? "
        r"(?:(?:in)?(?:continue?s?|ininterrompus?|cessantes?) )?(?:des |de |d')"
        r"(?:(?!chez|avec|dans|pour)\w+ ){0,3}"
        r"(?:(?:im)?migrante?s?|(?:im|é)migrée?s?|réfugiée?s?|demandeurs|étrangers|arrivante?s?"
        r"|personnes)",
        r"(?:submersion|tsunami|invasion|raz-de-marée|marée|déferlement|déluge) "
        r"(?:migratoires?|humaine?s?)",
    ),
    _term(
        WATER, "fr", "arrivées, augmentation, avec un chiffre",
        "invasion essaim horde nuée raz-de-marée déferlement",
        r"une (?:véritable )?invasion|invasions|essaims?(?! d'abeilles)|hordes?"
        r"|nuées?(?! d(?:e |')(?:sauterelles|oiseaux|insectes))|raz-de-marée|déferlements?",
        near=_PEOPLE["fr"],
    ),
    _term(
        WATER, "ar", "وصول، زيادة، مع رقم",
        "طوفان غزو اجتياح سيل سيول جحافل تدفق أسراب موجة",
        rf"(?:طوفان|غزو|اجتياح|سيل|سيول|جحافل|أسراب) (?:من )?(?:\w+ ){{0,2}}{_AL}"
        r"(?:مهاجر|لاجئ|أجانب|وافد|نازح)\w{0,3}",
        r"تدفق(?:ات)? (?:ال)?(?:هائل|كثيف|جماعي|ضخم)[ةه]?",
    ),
    _term(
        WATER, "ar", "وصول، زيادة، مع رقم",
        "غزو اجتياح جحافل أسراب طوفان",
        rf"{_AL}(?:غزوا?|اجتياحا?|جحافل|طوفانا?)|أسراب(?! (?:ال)?(?:جراد|طيور|نحل))",
        near=_PEOPLE["ar"],
    ),
    _term(
        FLOW, "en", "12,400 arrivals in 2024",
        "flow wave stream",
        r"(?:flow|wave|stream)s? of (?:[\w.,]{1,20} ){0,4}"
        r"(?:(?:im)?migrants?|refugees?|asylum seekers?|migration|displacement)",
        r"(?:migration|migratory|migrant|refugee) (?:flow|wave|stream)s?",
    ),
    _term(
        FLOW, "fr", "12 400 arrivées en 2024",
        "flux vague",
        r"(?:flux|vagues?) (?:\w+ )?migratoires?",
        r"flux (?:\w+ )?(?:des |de |d')(?:\w+ ){0,2}"
        r"(?:(?:im)?migrante?s?|(?:im|é)migrée?s?|réfugiée?s?|demandeurs|migrations?|déplacée?s?)",
        r"vagues? (?:\w{4,14} )?(?:de |d')(?!la |l')(?:\w+ ){0,2}"
        r"(?:(?:im)?migrante?s?|(?:im|é)migrée?s?|réfugiée?s?|migrations?|déplacée?s?)",
    ),
    _term(
        FLOW, "ar", "12,400 وافد في 2024",
        "تدفق موج",
        rf"{_AL}تدفق(?:ات)? (?:\w+ ){{0,2}}{_AL}(?:هجر[ةه]|مهاجر\w{{0,3}}|لاجئ\w{{0,3}}"
        r"|وافد\w{0,3})",
        rf"{_AL}(?:موج(?:[ةه]|ات)|أمواج) (?:\w+ ){{0,2}}{_AL}"
        r"(?:هجر[ةه]|مهاجر\w{0,3}|لاجئ\w{0,3}|نزوح)",
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
#: A law with its number, then perhaps its date, and its title as far as a verb or a comma.
_LAW = re.compile(
    r"\b(?:law|act|decree|regulation|directive|loi|décret|arrêté|dahir|circulaire|règlement"
    r"|(?:ال)?قانون|(?:ال)?مرسوم|(?:ال)?ظهير|(?:ال)?قرار)(?: \w{1,20}){0,2} "
    r"(?:n[°ºo]\.? ?|number |رقم |عدد )?\d[\w./-]{0,20}"
    r"(?: (?:of|du|de|dated|لسنة|المؤرخ في|بتاريخ|الصادر في) (?:\w{1,10} ){0,3}\d{1,4})?"
    r" (?:on|concerning|regarding|relating|amending|about|against|to|for|relative?s?|relatifs?"
    r"|portant|sur|concernant|modifiant|contre|pour|المتعلق|المتعلقة|متعلق|بشأن|حول|الخاص|الخاصة"
    r"|المتصل|المنقح|لمكافحة|في شأن)(?:\w{0,2}) [^.,;:()!?؟،؛]{0,160}",
    re.IGNORECASE,
)
#: Where the title of a law ends and the sentence about it goes on.
_VERB = re.compile(
    r"\s(?:is|are|was|were|be|has|have|had|does|did|can|may|must|shall|should|will|would|which|that"
    r"|who|since|because|while|punish\w*|provid\w+|prohibit\w*|forbids?|forbade|requir\w+"
    r"|appl(?:y|ies|ied)|defin\w+|criminali[sz]\w+|makes?|made|sets?|allow\w*|permits?|permitted"
    r"|foresees?|foresaw|enter(?:s|ed)|came|treats?|targets?|calls?|called|speaks?|remains?"
    r"|est|sont|était|étaient|a|ont|avait|sera|peut|doit|qui|que|qu'|dont|où|car|punit|punissent"
    r"|prévoit|interdit|définit|dispose|réprime|sanctionne|criminalise|fixe|permet|oblige|s'applique"
    r"|reste|entre|impose|institue|vise|modifie|considère|traite|parle|appelle|désigne"
    r"|هو|هي|الذي|التي|يعاقب|تعاقب|ينص|تنص|يمنع|يعرف|يعرّف|يجرم|يجرّم|يحدد|يضبط|يفرض|يسمح|يعتبر"
    r"|لا|لم|قد|ساري|دخل|صدر|يسري|يطبق|كان|يسمي)(?=\s|$)",
    re.IGNORECASE,
)
#: Words that a title in italics has at least; fewer are words that the author stresses.
_TITLE_WORDS = 4


def others_words(passage: Passage) -> tuple[Span, ...]:
    """Return where in a passage others are repeated: quotations, titles of laws and books.

    Words in italics are a title if there are several, they begin with a capital where letters have
    one, and they are not the whole sentence; else the author stresses his own words.
    """
    quoted = (match.span() for match in _QUOTED.finditer(passage.text))
    laws = (_title_of_law(match) for match in _LAW.finditer(passage.text))
    titles = (one for one in passage.italics if _is_title(passage.text, one))
    return (*titles, *quoted, *laws)


def _title_of_law(match: re.Match[str]) -> Span:
    start, end = match.span()
    verb = _VERB.search(match.string, start, end)
    return start, verb.start() if verb else end


def _is_title(text: str, place: Span) -> bool:
    words = text[slice(*place)].strip()
    begins = next((sign for sign in words if sign.isalnum()), "")
    start, end = sentence(text, place)
    is_whole = place[0] <= start and place[1] >= len(text[:end].rstrip(" .!?؟…"))
    return len(words.split()) >= _TITLE_WORDS and not begins.islower() and not is_whole


def wordings(
    passage: Passage,
    folded: Folded,
    figures: Sequence[Figure],
    silent: tuple[Span, ...],
    *,
    language: str,
    text: str,
) -> Iterator[Finding]:
    """Yield the wordings of a passage that should be looked at.

    What must be changed is found in every language, the rest in that of the text only.

    Args:
        passage: The passage; nothing is found where somebody else speaks.
        folded: Its folded words.
        figures: The figures in them.
        silent: Where in it others are repeated.
        language: Language of the text.
        text: The whole text as it was written.
    """
    if passage.is_of_others:
        return
    told: list[Span] = []
    for term in TERMS:
        if term.rule.level is not Level.BLOCK and term.language != language:
            continue
        if not any(stem in folded.text for stem in term.stems):
            continue
        for match, _turn in zip(term.pattern.finditer(folded.text), range(_MOST), strict=False):
            place = folded.back(*match.span())
            is_told = term.rule.level is Level.ADVISE and _overlaps(place, told)
            if is_told or is_silent(place, silent) or not _is_meant(term, passage, figures, place):
                continue
            if term.rule.level is Level.ADVISE:
                told.append(place)
            yield in_sentence(term.rule, passage, place, text, {"instead": term.instead})


def is_silent(place: Span, silent: tuple[Span, ...]) -> bool:
    """Whether a place lies where others are repeated."""
    return any(start <= place[0] and place[1] <= end for start, end in silent)


def _overlaps(place: Span, told: Sequence[Span]) -> bool:
    return any(start < place[1] and place[0] < end for start, end in told)


def _is_meant(term: Term, passage: Passage, figures: Sequence[Figure], place: Span) -> bool:
    """Whether the sentence of a wording makes it one: speaks of people, or says no number."""
    if term.rule is not FLOW and term.near is None:
        return True
    start, end = sentence(passage.text, place)
    words = fold_text(passage.text[start:end])
    if term.near is not None:
        return term.near.search(words.text) is not None
    is_counted = bool(figures and figures_in(words)) or _SHARE.search(words.text) is not None
    return not (is_counted and names_a_period(words))


#: Numbers in words that say how much something changed.
_SHARE = _compiled(
    r"\b(?:half|a third|two thirds|a quarter|doubled|tripled|halved|moitié|tiers|quart|doublé"
    r"|triplé)\b|(?:نصف|ثلث|ربع|تضاعف|ضعف)"
)
