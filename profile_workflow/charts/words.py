"""The words that a chart prints and says of itself, in the language of the profile."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """One word or phrase for each place; ``%(…)s`` are filled in where they are printed."""

    direction: str
    bars: str
    line: str
    stacked: str
    share: str
    pyramid: str
    women: str
    men: str
    not_available: str
    incomplete: str
    axis_is_cut: str
    colon: str
    comma: str


_BY_LANGUAGE = {
    "en": Words(
        direction="ltr",
        bars="Bar chart, %(unit)s.",
        line="Line chart, %(unit)s.",
        stacked="Stacked bar chart, %(unit)s.",
        share="Stacked bar chart, shares of the whole.",
        pyramid="Population pyramid, %(unit)s.",
        women="Women",
        men="Men",
        not_available="not available",
        incomplete="incomplete",
        axis_is_cut="The axis of values does not begin at zero.",
        colon=": ",
        comma=", ",
    ),
    "fr": Words(
        direction="ltr",
        bars="Diagramme à barres, %(unit)s.",
        line="Courbe, %(unit)s.",
        stacked="Diagramme à barres empilées, %(unit)s.",
        share="Diagramme à barres empilées, parts du total.",
        pyramid="Pyramide des âges, %(unit)s.",
        women="Femmes",
        men="Hommes",
        not_available="non disponible",
        incomplete="incomplet",
        axis_is_cut="L’axe des valeurs ne commence pas à zéro.",
        colon=" : ",
        comma=", ",
    ),
    "ar": Words(
        direction="rtl",
        bars="رسم بياني بالأعمدة، %(unit)s.",
        line="رسم بياني خطي، %(unit)s.",
        stacked="رسم بياني بأعمدة متراكمة، %(unit)s.",
        share="رسم بياني بأعمدة متراكمة، حصص من المجموع.",
        pyramid="هرم سكاني، %(unit)s.",
        women="نساء",
        men="رجال",
        not_available="غير متوفر",
        incomplete="غير مكتمل",
        axis_is_cut="لا يبدأ محور القيم من الصفر.",
        colon=": ",
        comma="\u060c ",
    ),
}


def words_in(language: str) -> Words:
    """Return the words for a language (``ar-TN`` is Arabic), English where there are none."""
    return _BY_LANGUAGE.get(language[:2], _BY_LANGUAGE["en"])
