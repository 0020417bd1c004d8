"""Wordings that a profile must not or should not use, in three languages; others' words stay."""

import pytest

from profile_workflow.proofreading import Knowledge, Level, proofread
from profile_workflow.proofreading.terminology import TERMS

pytestmark = pytest.mark.unit

#: Language, text, rule, words that are found.
FOUND = [
    ("en", "The illegal migrants of the port.", "wording_crime", "illegal migrants"),
    ("en", "Illegal immigration is a matter of the State.", "wording_crime", "Illegal immigration"),
    ("en", "Clandestine African migrants work there.", "wording_crime",
     "Clandestine African migrants"),
    ("en", "Some illegal\u00a0 aliens came.", "wording_crime", "illegal\u00a0 aliens"),
    ("en", "Three **illegal** migrants.", "wording_crime", "illegal migrants"),
    ("en", "They count irregular asylum seekers.", "wording_no_such", "irregular asylum seekers"),
    ("en", "A bogus asylum-seeker.", "wording_no_such", "bogus asylum-seeker"),
    ("en", "The refugees who applied for asylum wait.", "wording_applicant",
     "refugees who applied for asylum"),
    ("en", "Refugees awaiting a decision.", "wording_applicant", "Refugees awaiting a decision"),
    ("en", "IDPs from another country.", "wording_border", "IDPs from another country"),
    ("en", "Internally displaced people from neighbouring countries.", "wording_border",
     "Internally displaced people from neighbouring countries"),
    ("en", "They are internal refugees.", "wording_border", "internal refugees"),
    ("en", "Syrian migrants rent here.", "wording_fled", "Syrian migrants"),
    ("en", "Economic migrants seek work.", "wording_economic", "Economic migrants"),
    ("en", "A flood of young migrants.", "wording_water", "flood of young migrants"),
    ("en", "The quarter was swamped by refugees.", "wording_water", "swamped by refugees"),
    ("en", "Migratory flows have grown.", "wording_flow", "Migratory flows"),
    ("en", "Waves of refugees came.", "wording_flow", "Waves of refugees"),
    ("en", "The Sub-Saharan community.", "wording_group", "Sub-Saharan"),
    ("fr", "Les migrants clandestins du port.", "wording_crime", "migrants clandestins"),
    ("fr", "L’immigration illégale augmente.", "wording_crime", "immigration illégale"),
    ("fr", "L'IMMIGRATION ILLE\u0301GALE augmente.", "wording_crime",
     "IMMIGRATION ILLE\u0301GALE"),
    ("fr", "On y voit des clandestins.", "wording_crime", "des clandestins"),
    ("fr", "Les demandeurs d’asile clandestins.", "wording_no_such",
     "demandeurs d’asile clandestins"),
    ("fr", "Des réfugiés qui ont demandé l'asile.", "wording_applicant",
     "réfugiés qui ont demandé l'asile"),
    ("fr", "Des déplacés internes venus de l'étranger.", "wording_border",
     "déplacés internes venus de l'étranger"),
    ("fr", "Des réfugiés internes.", "wording_border", "réfugiés internes"),
    ("fr", "Les migrants syriens du quartier.", "wording_fled", "migrants syriens"),
    ("fr", "Un migrant économique.", "wording_economic", "migrant économique"),
    ("fr", "L'afflux massif de personnes.", "wording_water", "afflux massif"),
    ("fr", "Une invasion de migrants.", "wording_water", "invasion de migrants"),
    ("fr", "Les flux migratoires sont mixtes.", "wording_flow", "flux migratoires"),
    ("fr", "Les Subsahariens du quartier.", "wording_group", "Subsahariens"),
    ("ar", "ظاهرة هجرة غير شرعية في المدينة", "wording_crime", "هجرة غير شرعية"),
    ("ar", "ظاهرة الهجرة غير الشرعية في المدينة", "wording_crime", "الهجرة غير الشرعية"),
    ("ar", "وصول المهاجرين غير القانونيين", "wording_crime", "المهاجرين غير القانونيين"),
    ("ar", "الهِجْرَة غَيْر الشَّرْعِيَّة", "wording_crime", "الهِجْرَة غَيْر الشَّرْعِيَّة"),
    ("ar", "الهجــرة السرية", "wording_crime", "الهجــرة السرية"),
    ("ar", "طالبو اللجوء غير الشرعيين", "wording_no_such", "طالبو اللجوء غير الشرعيين"),
    ("ar", "اللاجئون الذين طلبوا اللجوء", "wording_applicant", "اللاجئون الذين طلبوا اللجوء"),
    ("ar", "نازحون من الخارج", "wording_border", "نازحون من الخارج"),
    ("ar", "لاجئون داخليون", "wording_border", "لاجئون داخليون"),
    ("ar", "المهاجرون السوريون في الحي", "wording_fled", "المهاجرون السوريون"),
    ("ar", "المهاجرون الاقتصاديون", "wording_economic", "المهاجرون الاقتصاديون"),
    ("ar", "سيل من المهاجرين", "wording_water", "سيل من المهاجرين"),
    ("ar", "تدفقات الهجرة مختلطة", "wording_flow", "تدفقات الهجرة"),
    ("ar", "المهاجرون من جنوب الصحراء", "wording_group", "المهاجرون من جنوب الصحراء"),
    # A person, by whatever noun.
    ("en", "Illegal entrants and their families.", "wording_crime", "Illegal entrants"),
    ("en", "The illegal residents of the port.", "wording_crime", "illegal residents"),
    ("en", "Illegal refugees live there.", "wording_crime", "Illegal refugees"),
    ("fr", "Des réfugiés illégaux.", "wording_crime", "réfugiés illégaux"),
    ("fr", "Un clandestin y travaille.", "wording_crime", "Un clandestin"),
    ("fr", "Le clandestin se cache.", "wording_crime", "Le clandestin"),
    ("fr", "Il aide quelques clandestins.", "wording_crime", "quelques clandestins"),
    ("ar", "المقيمون غير الشرعيين في الحي", "wording_crime", "المقيمون غير الشرعيين"),
    ("ar", "أجانب غير شرعيين", "wording_crime", "أجانب غير شرعيين"),
    # Water and war.
    ("en", "A tide of desperate young African migrants.", "wording_water",
     "tide of desperate young African migrants"),
    ("en", "A massive influx of migrants.", "wording_water", "massive influx of migrants"),
    ("en", "The foreigners came in swarms.", "wording_water", "swarms"),
    ("en", "To some the refugees were an invasion.", "wording_water", "an invasion"),
    ("fr", "Un raz-de-marée migratoire.", "wording_water", "raz-de-marée migratoire"),
    ("fr", "Des flots de réfugiés.", "wording_water", "flots de réfugiés"),
    ("fr", "Ces étrangers : une invasion.", "wording_water", "une invasion"),
    ("ar", "تدفق كثيف للاجئين", "wording_water", "تدفق كثيف"),
    ("ar", "يرى بعضهم في قدوم اللاجئين غزوا", "wording_water", "غزوا"),
    # Flows and waves: number and period are asked, and one of them is not enough.
    ("en", "Successive waves of refugees came in 2015.", "wording_flow", "waves of refugees"),
    ("en", "A flow of 12,400 migrants passed.", "wording_flow",
     "flow of 12,400 migrants"),
    ("fr", "Des vagues successives de migrants.", "wording_flow",
     "vagues successives de migrants"),
    ("fr", "Une vague d'immigrés en 2015.", "wording_flow", "vague d'immigrés"),
    ("ar", "موجات متتالية من المهاجرين", "wording_flow", "موجات متتالية من المهاجرين"),
    ("ar", "تدفقات الهجرة سنة 2015", "wording_flow", "تدفقات الهجرة"),
    # From Syria, however it is said.
    ("en", "Migrants coming from Syria.", "wording_fled", "Migrants coming from Syria"),
    ("en", "Migrants of Syrian nationality.", "wording_fled", "Migrants of Syrian nationality"),
    ("fr", "Des migrants en provenance de Syrie.", "wording_fled",
     "migrants en provenance de Syrie"),
    ("fr", "Des migrants venus de la Syrie.", "wording_fled", "migrants venus de la Syrie"),
    ("ar", "مهاجرون قادمون من سوريا", "wording_fled", "مهاجرون قادمون من سوريا"),
    ("ar", "مهاجرون من أصل سوري", "wording_fled", "مهاجرون من أصل سوري"),
    # Words that the author himself stresses.
    ("en", "The *illegal migrants* of the port.", "wording_crime", "illegal migrants"),
    ("en", "*They are all illegal migrants.*", "wording_crime", "illegal migrants"),
    ("fr", "Les *migrants clandestins* du port.", "wording_crime", "migrants clandestins"),
    ("ar", "ظاهرة *هجرة غير شرعية* في المدينة", "wording_crime", "هجرة غير شرعية"),
    # Behind the title of a law.
    ("fr", "La loi n° 2004-6 punit les migrants clandestins et leurs passeurs.",
     "wording_crime", "migrants clandestins"),
    ("fr", "La loi n° 2004-6 relative aux passeports punit les migrants clandestins.",
     "wording_crime", "migrants clandestins"),
    ("en", "Law No. 2004-6 of 3 February 2004 on passports punishes illegal migrants.",
     "wording_crime", "illegal migrants"),
    ("ar", "القانون عدد 6 لسنة 2004 يعاقب المهاجرين غير الشرعيين", "wording_crime",
     "المهاجرين غير الشرعيين"),
]  # fmt: skip

#: Language, text in which nothing is to be found, although it looks so.
CLEAN = [
    ("en", "Irregular migration and people in an irregular situation."),
    ("en", "Illegal employment of migrants is punished."),
    ("en", "Illegally built houses. Migrants rent them."),
    ("en", "Internally displaced people from the south of the country."),
    ("en", "Refugees applied for work permits."),
    ("en", "After the flood of 2018 people left the valley."),
    ("en", "A wave of strikes, and a flow of goods."),
    ("en", "Migratory flows grew by a third between 2015 and 2020."),
    ("en", "Countries of Sub-Saharan Africa."),
    ("en", "The economic situation of migrants."),
    ("fr", "Des personnes en situation irrégulière."),
    ("fr", "Des ateliers clandestins ont fermé."),
    ("fr", "Les demandeurs d'asile en situation irrégulière."),
    ("fr", "L'afflux massif de touristes en été."),
    ("fr", "Une définition vague de la migration."),
    ("fr", "Les pays d'Afrique subsaharienne."),
    ("fr", "Un afflux de capitaux et une vague de chaleur."),
    ("ar", "هجرة غير نظامية"),
    ("ar", "البناء غير القانوني في الحي"),
    ("ar", "بلدان أفريقيا جنوب الصحراء"),
    ("ar", "سيول الأمطار في الخريف"),
    ("ar", "نازحون من جنوب البلاد"),
    ("en", "Illegal dumping, unlawful evictions and clandestine workshops."),
    ("en", "Swarms of locusts, and the invasion of 1881 before the Italian settlers came."),
    ("en", "An invasion of weeds. Migrants cleared the field."),
    ("en", "The influx of visitors; refugees sell them bread."),
    ("en", "Migrants live where tides flood the lower quarter."),
    ("en", "A flow of 12,400 refugees came between 2012 and 2014."),
    ("en", "Refugees from Syria, and migrants from Cyprus."),
    ("fr", "Un atelier clandestin et la clandestinité du travail."),
    ("fr", "L'invasion de 1881. Les étrangers de la ville."),
    ("fr", "Un essaim d'abeilles chez des réfugiés."),
    ("fr", "Une vague d'immigrés, 12 400 personnes en 2015."),
    ("fr", "Des réfugiés venus de Syrie."),
    ("ar", "أسراب الجراد قرب مخيم اللاجئين"),
    ("ar", "موجات متتالية من المهاجرين: 12400 وافد سنة 2015"),
    ("ar", "لاجئون قادمون من سوريا"),
    ("ar", "الصيد غير القانوني والمقيمون الأجانب"),
]

#: Words of others: quotations, titles of laws, bibliography.
OF_OTHERS = [
    "> They spoke of illegal migrants.",
    "> * illegal migrants\n> * bogus asylum seekers",
    "The law “on illegal immigration” of 2004.",
    "La loi « sur les migrants clandestins ».",
    'A headline read "illegal migrants arrive".',
    "Law No. 2004-6 on illegal migration is in force.",
    "La loi organique n° 2004-6 relative à l'immigration clandestine est en vigueur.",
    "القانون عدد 6 لسنة 2004 المتعلق بالهجرة غير الشرعية",
    "See *Report on illegal immigration*, page 4.",
    "| a |\n|---|\n| 1 |\n\nSource: Office for illegal migration",
    "He wrote it [@illegal-migrants, p. 4].",
    "Law No. 2004-6 of 3 February 2004 on illegal migration punishes smugglers.",
    "La loi n° 2004-6 du 3 février 2004 relative à l'immigration clandestine punit les passeurs.",
    "يطبق القانون عدد 6 لسنة 2004 المتعلق بالهجرة غير الشرعية",
    "انظر *تقرير حول الهجرة غير الشرعية في البلاد*، ص 4",
]


def wordings(text: str, language: str = "en") -> list[tuple[str, str]]:
    found = proofread(text, Knowledge(language))
    return [(one.rule.code, one.found) for one in found if one.rule.code.startswith("wording")]


@pytest.mark.parametrize(("language", "text", "rule", "found"), FOUND)
def test_a_wording_is_found_in_the_authors_own_words(language, text, rule, found):
    assert wordings(text, language) == [(rule, found)]


@pytest.mark.parametrize(("language", "text"), CLEAN)
def test_what_only_looks_like_it_is_left_alone(language, text):
    assert wordings(text, language) == []


@pytest.mark.parametrize("text", OF_OTHERS)
@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_the_words_of_others_are_left_alone(text, language):
    assert wordings(text, language) == []


def test_a_law_covers_its_title_and_not_the_sentence_behind():
    text = "Law No. 2004-6 on illegal migration, which speaks of illegal migrants, is in force."
    assert wordings(text) == [("wording_crime", "illegal migrants")]


def test_what_must_be_changed_is_found_in_every_language_and_advice_in_its_own():
    text = "Illegal migrants. Economic migrants."
    assert wordings(text, "fr") == [("wording_crime", "Illegal migrants")]


def test_a_finding_says_what_to_write_instead_and_why():
    (finding,) = proofread("illegal migration", Knowledge())
    assert finding.level == Level.BLOCK
    assert "irregular migration" in finding.message
    assert "PICUM" in finding.rule.source
    assert finding.rule.because


def test_every_rule_says_who_says_so():
    assert all(one.rule.source for one in TERMS)


def test_every_rule_is_there_in_every_language():
    rules = {one.rule.code for one in TERMS}
    languages = {(one.rule.code, one.language) for one in TERMS}
    assert languages == {(rule, language) for rule in rules for language in ("en", "fr", "ar")}
