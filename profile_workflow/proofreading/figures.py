"""Figures in running text: the numbers that say how many, told from those that date or name.

A number counts nobody and needs no source where it

- is a year or a day (“in 2024”, “12 May”, “2014–2019”), or a time of the day;
- is the number of something (“article 12”, “Table 4-A”, “SDG 10.7”, “Law 2004-6”, “COVID-19”);
- is an age, an age group or a length of time, as definitions use them (“aged 15 to 24”, “a stay of
  at least 12 months”);
- is written in digits and smaller than ten, with no unit behind it (“3 associations”), which the
  reader can count himself.

Everything is looked for in folded words (see ``folding``).
"""

import re
from bisect import bisect_right
from dataclasses import dataclass

from profile_workflow.proofreading.folding import Folded, fold_text
from profile_workflow.proofreading.passages import Span


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that says how many.

    Attributes:
        span: Where it stands in the folded words, with its unit.
        is_small: Whether it is smaller than ten and has no unit.
    """

    span: Span
    is_small: bool = False


def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile a pattern as people write; a blank in it stands for up to three."""
    return re.compile(fold_text(pattern).text.replace(" ", r"\x20{1,3}"))


_DIGITS = r"(?:\d{1,3}(?:[.,\x20]\d{3}){1,4}(?:[.,]\d{1,4})?|\d{1,12}(?:[.,]\d{1,4})?)"
_PARTS = r"%|٪|per cent\b|percent\b|pour cent\b|(?:في )?(?:ال)?(?:مائة|مئة)\b|بالمائة\b|بالمئة\b"
_LARGE = (
    r"(?:hundred|thousand|million|billion|mille|milliers?|milliards?|ألفا?|آلاف|مليونا?|ملايين"
    r"|مليارا?)s?\b"
)
_IN_DIGITS = (
    rf"(?<!\w)(?<!\w[-.,/:]){_DIGITS}(?:(?:-|\x20-\x20){_DIGITS})?(?!\w|[.,/:-]\d|-[a-z]\b)"
    rf"(?:\x20?(?:{_PARTS}|{_LARGE}(?: (?:{_PARTS}))?))?"
)
_EN_UNITS = r"(?:two|three|four|five|six|seven|eight|nine|ten)"
_EN_TENS = (
    r"(?:eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
    r"|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
    r"(?:(?:-| )(?:one|two|three|four|five|six|seven|eight|nine))?)"
)
_FR_UNITS = r"(?:deux|trois|quatre|cinq|six|sept|huit|neuf|dix)"
_FR_TENS = (
    r"(?:onze|douze|treize|quatorze|quinze|seize|(?:vingt|trente|quarante|cinquante|soixante"
    r"|septante|quatre-vingts?|nonante)(?:(?:-|\x20et\x20| )[a-z]{2,6}(?:-[a-z]{4,5})?)?)"
)
_AR_UNITS = r"(?:ثلاث|أربع|خمس|ست|سبع|ثماني?|تسع|عشر)"
_AR_TENS = r"(?:عشر|ثلاث|أربع|خمس|ست|سبع|ثمان|تسع)(?:ون|ين)"
#: Numbers in words from eleven up; smaller ones are part of how one speaks.
_IN_WORDS = (
    rf"(?<!\w)(?:(?:a|one|several|{_EN_UNITS}|{_EN_TENS})(?: |-)"
    r"(?:hundred|thousand|million|billion)"
    r"(?:(?: |-)(?:hundred|thousand|million))?"
    rf"|{_EN_TENS}|(?:one|{_EN_UNITS})(?= (?:per cent|percent)\b)"
    rf"|(?:(?:{_FR_UNITS}|{_FR_TENS}|un)(?: |-))?(?:(?<!per\x20)(?<!pour\x20)cents?"
    r"|mille(?! et une)|millions?|milliards?)(?: mille)?"
    rf"|{_FR_TENS}"
    r"|(?:une (?:dizaine|quinzaine|vingtaine|trentaine|quarantaine|cinquantaine|soixantaine"
    r"|centaine)|un millier)(?= (?:de |d'))"
    rf"|(?:ألف(?:ا|ان|ين|ي)|(?:مئ|مائ)ت(?:ا|ان|ين|ي)|مليون(?:ا|ان|ين|ي)?)"
    rf"|{_AR_UNITS}ة? (?:آلاف|مئات|ملايين)|{_AR_UNITS}(?:مائة|مئة)|{_AR_TENS}(?: ألفا?)?"
    rf"|{_AR_UNITS}ة? عشرة?(?: ألفا?)?|(?<!في\x20)(?:مائة|مئة|ألف)"
    rf")(?!\w)(?:\x20(?:{_PARTS}))?"
)
_NUMBER = _compiled(f"{_IN_DIGITS}|{_IN_WORDS}")

_MONTHS_EN = (
    r"january|february|march|april|may|june|july|august|september|october|november|december"
)
_MONTHS = (
    rf"(?:{_MONTHS_EN}|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre"
    r"|décembre|يناير|جانفي|فبراير|فيفري|شباط|مارس|آذار|أبريل|أفريل|نيسان|مايو|ماي|أيار|يونيو|جوان"
    r"|حزيران|يوليو|يوليوز|جويلية|تموز|أغسطس|غشت|أوت|آب|سبتمبر|شتنبر|أيلول|أكتوبر|نوفمبر|نونبر"
    r"|ديسمبر|دجنبر|تشرين|كانون)\b"
)
_AND = r"(?:,?\x20?(?:-|,|to|and|or|à|au|et|ou|إلى|و|أو)\x20?)"
_DAY = r"(?:[0-2]?\d|3[01])"
_DATE = (
    rf"\b{_DAY}(?:{_AND}{_DAY}){{0,3}} (?:of |de )?{_MONTHS}(?: \d{{4}}\b)?"
    rf"|\b(?:{_MONTHS_EN}) {_DAY}\b(?![.,]\d|\x20%)"
)
#: A time, an age or an age group: the number, or both, before the unit or behind the word.
_SHORT = r"\d{1,3}(?:[.,]\d)?"
_TIME = (
    r"(?:-|\x20)?(?:years?|months?|weeks?|days?|hours?|minutes?|ans|années?|mois|semaines?|jours?"
    r"|heures?|h|سنة|سنوات|عاما?|أعوام|شهرا?|أشهر|شهور|أسبوعا?|أسابيع|يوما?|أيام|ساعة|ساعات|دقيقة)\b"
)
_AGE = (
    rf"\b{_SHORT}(?:{_AND}{_SHORT})?{_TIME}"
    r"|\b(?:aged?|ages|âgée?s?|âges?"
    r"|(?:children|girls|boys|those|youth) (?:under|over|below|above)"
    r"|(?:enfants|jeunes|filles|garçons) de (?:moins|plus)|عمر|بعمر|أعمارهم|سن|دون)"
    rf"(?: of| de| d'| from| between| under| over| entre|\x20بين|\x20من)?\x20{_SHORT}"
    rf"(?:{_AND}{_SHORT})?\b(?!\x20%)"
)
_NAMED = (
    r"articles?|art\.|chapters?|chapitres?|sections?|part|partie|tables?|tableaux?|figures?"
    r"|charts?|graphiques?|maps?|cartes?|box(?:es)?|encadrés?|annex(?:es?)?|appendix|paragraphs?"
    r"|paragraphes?|alinéas?|pages?|pp?\.|phases?|steps?|étapes?|stages?|rounds?|targets?|cibles?"
    r"|goals?|objectifs?|objectives?|sdgs?|odd|priorit(?:y|ies)|priorités?|actions?|measures?"
    r"|mesures?|questions?|versions?|volumes?|vol\.|issues?|numéros?|nos?\.|n[°o]\.?|№|resolutions?"
    r"|résolutions?|recommendations?|recommandations?|conventions?|protocols?|protocoles?|laws?"
    r"|lois?|acts?|decrees?|décrets?|arrêtés?|dahirs?|circulaires?|regulations?|règlements?"
    r"|directives?|orders?|ordonnances?|level|niveau|grades?|lot|zone|ward|sector"
    r"|arrondissements?|line|ligne|route|road|axe|fiche|point|quarter|editions?"
    r"|éditions?|sessions?|iso"
)
_NAMED_AR = (
    r"[وبلفك]?(?:ال|لل)?(?:مادة|مواد|فصل|فصول|باب|قسم|جزء|جدول|شكل|رسم|خريطة|ملحق|فقرة|صفحة|مرحلة"
    r"|خطوة|هدف|أهداف|غاية|أولوية|سؤال|نسخة|قرار|اتفاقية|بروتوكول|قانون|مرسوم|ظهير|منشور|توجيه|أمر"
    r"|مستوى|منطقة|دائرة|خط|طريق|رقم)"
)
_CODE = r"\d{1,4}(?:[.-]\d{1,5}){0,3}"
_NAMING = (
    rf"\b(?:{_NAMED}|{_NAMED_AR})(?: \([a-z]{{2,4}}\))?"
    rf"(?:\x20?(?:n[°o]\.?|nos?\.|رقم|عدد))?:?\x20?{_CODE}(?:{_AND}{_CODE}){{0,6}}"
    r"(?![\d%]|[.,\x20]\d{3}\b|\x20%)"
)
_NOT_COUNTING = _compiled(f"{_DATE}|{_AGE}|{_NAMING}")

_LENGTH = _compiled(_TIME)
_YEAR = re.compile(r"(?:1[5-9]|20|21)\d\d(?:\x20?-\x20?(?:(?:1[5-9]|20|21)\d\d|\d\d))?$")
#: Behind a number that could be a year these say that it is none …
_COUNTED = _compiled(
    r" (?:de |d'|of )?(?:\w+ )?(?:people|persons?|inhabitants|residents|citizens|nationals|men"
    r"|women"
    r"|children|girls|boys|pupils|students|workers|employees|staff|households|families|migrants"
    r"|immigrants|refugees|asylum|foreigners|applicants|applications|arrivals|departures|permits"
    r"|births|dwellings|beds|places|euros?|dinars?|dirhams?|pounds|dollars|personnes|habitants"
    r"|résidents|citoyens|ressortissants|hommes|femmes|enfants|filles|garçons|élèves|étudiants"
    r"|travailleurs|salariés|agents|ménages|familles|réfugiés|demandeurs|demandes|étrangers|arrivées"
    r"|départs|titres|naissances|logements|lits|شخص|نسمة|ساكن|مقيم|مواطن|رجل|امرأة|طفل|تلميذ|طالب"
    r"|عامل|أسرة|عائلة|مهاجر|لاجئ|أجنبي|وافد|طلب|تصريح|مولود|مسكن|سرير|يورو|دينار|درهم)"
)
#: … and these, before it, that it is one all the same.
_ABOUT_A_TIME = _compiled(
    r"(?:\b(?:in|since|until|till|before|after|during|between|year|en|depuis|jusqu'en|avant|après"
    r"|année|fin|début|entre|عام|سنة|منذ|قبل|بعد|بين|في)|\b(?:1[5-9]|20)\d\d (?:and|or|et|ou|à|to))"
    r"\x20$"
)
_BEFORE = 16


def figures_in(folded: Folded) -> list[Figure]:
    """Return the numbers in some folded words that say how many, in their order."""
    text = folded.text
    numbers = list(_NUMBER.finditer(text))
    if not numbers:
        return []
    others = [match.span() for match in _NOT_COUNTING.finditer(text)]
    starts = [start for start, _end in others]
    found = []
    for match in numbers:
        before = bisect_right(starts, match.start()) - 1
        is_other = before >= 0 and match.start() < others[before][1]
        if not is_other and not _is_time(match, text):
            found.append(Figure(match.span(), _is_small(match[0])))
    return found


#: A day or a year.
_PERIOD = _compiled(rf"\b(?:1[5-9]|20)\d\d\b(?![.,\x20]?\d)|{_DATE}|\b{_MONTHS}")


def names_a_period(folded: Folded) -> bool:
    """Whether some folded words say when."""
    return _PERIOD.search(folded.text) is not None


def _is_small(words: str) -> bool:
    """Whether a number in digits is smaller than ten and has no unit."""
    return len(words) == 1 and words.isdigit()


def _is_time(match: re.Match[str], text: str) -> bool:
    """Whether a number is a year, or a length of time in words."""
    if not _YEAR.fullmatch(match[0]):
        return not match[0][0].isdigit() and _LENGTH.match(text, match.end()) is not None
    if not _COUNTED.match(text, match.end()):
        return True
    before = text[max(0, match.start() - _BEFORE) : match.start()]
    return _ABOUT_A_TIME.search(before) is not None
