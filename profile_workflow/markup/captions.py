"""What the caption of a table or figure and its source begin with, in each language of a text.

The editor has the first of each once more (``editor/src/dialect.js``), since browsers load nothing
of Python, and so has the report, with numbers (``reports/words``); a test compares them.
"""

import re
from collections.abc import Mapping

#: Language → the word that is written, and those that are read too.
Words = Mapping[str, tuple[str, ...]]

TABLE: Words = {
    "en": ("Table",),
    "fr": ("Tableau",),
    "es": ("Cuadro", "Tabla"),
    "it": ("Tabella",),
    "de": ("Tabelle",),
    "pt": ("Quadro", "Tabela"),
    "ar": ("جدول", "الجدول"),
}
SOURCE: Words = {
    "en": ("Source", "Sources"),
    "fr": ("Source", "Sources"),
    "es": ("Fuente", "Fuentes"),
    "it": ("Fonte", "Fonti"),
    "de": ("Quelle", "Quellen"),
    "pt": ("Fonte", "Fontes"),
    "ar": ("المصدر", "المصادر"),
}
#: Of what comes from Word; the report numbers its figures itself.
FIGURE: Words = {
    "en": ("Figure", "Fig.", "Image", "Photo", "Photograph", "Map", "Chart"),
    "fr": ("Figure", "Fig.", "Image", "Photo", "Photographie", "Carte", "Graphique"),
    "es": ("Figura", "Fig.", "Imagen", "Foto", "Fotografía", "Mapa", "Gráfico"),
    "it": ("Figura", "Fig.", "Immagine", "Foto", "Fotografia", "Mappa", "Grafico"),
    "de": ("Abbildung", "Abb.", "Bild", "Foto", "Karte", "Grafik", "Diagramm"),
    "pt": ("Figura", "Fig.", "Imagem", "Foto", "Fotografia", "Mapa", "Gráfico"),
    "ar": (
        *("شكل", "صورة", "خريطة", "رسم بياني"),
        *("الشكل", "الصورة", "الخريطة", "الرسم بياني", "الرسم البياني"),
    ),
}
#: What stands behind the word where it is not a colon alone.
_COLON = {"fr": " : "}


def line_starts(language: str) -> tuple[str, str]:
    """Return what is written before the caption of a table, and before a source.

    Args:
        language: Language of the text; one that is not known is taken for English.
    """
    known = language if language in TABLE else "en"
    colon = _COLON.get(known, ": ")
    return f"{TABLE[known][0]}{colon}", f"{SOURCE[known][0]}{colon}"


def any_of(words: Words) -> str:
    """Return a regular expression of all words in any language, the longest first."""
    found = {one for several in words.values() for one in several}
    return f"(?:{'|'.join(map(re.escape, sorted(found, key=lambda one: (-len(one), one))))})"
