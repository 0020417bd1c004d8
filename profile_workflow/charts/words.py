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
    "es": Words(
        direction="ltr",
        bars="Gráfico de barras, %(unit)s.",
        line="Gráfico de líneas, %(unit)s.",
        stacked="Gráfico de barras apiladas, %(unit)s.",
        share="Gráfico de barras apiladas, partes del total.",
        pyramid="Pirámide de población, %(unit)s.",
        women="Mujeres",
        men="Hombres",
        not_available="no disponible",
        incomplete="incompleto",
        axis_is_cut="El eje de valores no empieza en cero.",
        colon=": ",
        comma=", ",
    ),
    "it": Words(
        direction="ltr",
        bars="Grafico a barre, %(unit)s.",
        line="Grafico a linee, %(unit)s.",
        stacked="Grafico a barre in pila, %(unit)s.",
        share="Grafico a barre in pila, quote del totale.",
        pyramid="Piramide della popolazione, %(unit)s.",
        women="Donne",
        men="Uomini",
        not_available="non disponibile",
        incomplete="incompleto",
        axis_is_cut="L’asse dei valori non parte da zero.",
        colon=": ",
        comma=", ",
    ),
    "de": Words(
        direction="ltr",
        bars="Balkendiagramm, %(unit)s.",
        line="Liniendiagramm, %(unit)s.",
        stacked="Gestapeltes Balkendiagramm, %(unit)s.",
        share="Gestapeltes Balkendiagramm, Anteile am Ganzen.",
        pyramid="Bevölkerungspyramide, %(unit)s.",
        women="Frauen",
        men="Männer",
        not_available="nicht verfügbar",
        incomplete="unvollständig",
        axis_is_cut="Die Wertachse beginnt nicht bei null.",
        colon=": ",
        comma=", ",
    ),
    "pt": Words(
        direction="ltr",
        bars="Gráfico de barras, %(unit)s.",
        line="Gráfico de linhas, %(unit)s.",
        stacked="Gráfico de barras empilhadas, %(unit)s.",
        share="Gráfico de barras empilhadas, partes do total.",
        pyramid="Pirâmide populacional, %(unit)s.",
        women="Mulheres",
        men="Homens",
        not_available="não disponível",
        incomplete="incompleto",
        axis_is_cut="O eixo de valores não começa em zero.",
        colon=": ",
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
