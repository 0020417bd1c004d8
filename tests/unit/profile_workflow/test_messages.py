"""Every word of the pages in every language, with its placeholders and all its plurals."""

import re
from pathlib import Path

import polib
import pytest
from django.conf import settings

pytestmark = pytest.mark.unit

LOCALE = Path(settings.LOCALE_PATHS[0])
PLURALS = {"fr": 2, "ar": 6}
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def problems(entry: polib.POEntry, forms: int) -> list[str]:
    """Return what is wrong with one translation."""
    said = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    allowed = set(_PLACEHOLDER.findall(entry.msgid + entry.msgid_plural))
    found = []
    if entry.fuzzy or not all(said):
        found.append("is not translated")
    if entry.msgid_plural and len(said) != forms:
        found.append(f"has {len(said)} of {forms} plurals")
    if any(not set(_PLACEHOLDER.findall(one)) <= allowed for one in said):
        found.append("has a placeholder that is not filled in")
    if not entry.msgid_plural and set(_PLACEHOLDER.findall(entry.msgstr)) != allowed:
        found.append("loses a placeholder")
    return found


@pytest.mark.parametrize("language", PLURALS)
def test_every_word_is_translated(language):
    catalogue = polib.pofile(str(LOCALE / language / "LC_MESSAGES" / "django.po"))
    found = {entry.msgid: problems(entry, PLURALS[language]) for entry in catalogue}
    assert {words: wrong for words, wrong in found.items() if wrong} == {}
    assert len(found) > 700


@pytest.mark.parametrize("language", PLURALS)
def test_the_compiled_catalogue_is_the_one_that_is_read(language):
    folder = LOCALE / language / "LC_MESSAGES"
    written = said(polib.pofile(str(folder / "django.po")))
    assert said(polib.mofile(str(folder / "django.mo"))) == written
    assert sum(len(words) == PLURALS[language] for words in written.values()) > 50


def said(catalogue: polib.POFile | polib.MOFile) -> dict[tuple[str | None, str], tuple[str, ...]]:
    """Return context and words → what is said, all of its plurals where there are any."""
    return {
        (one.msgctxt, one.msgid): tuple(
            words for _number, words in sorted(one.msgstr_plural.items() or [(0, one.msgstr)])
        )
        for one in catalogue
    }


@pytest.mark.parametrize(
    "entry",
    [
        polib.POEntry(msgid="Board"),
        polib.POEntry(msgid="Board", msgstr="Tableau", flags=["fuzzy"]),
        polib.POEntry(msgid="%(number)s of %(all)s", msgstr="%(number)s"),
        polib.POEntry(msgid="Page %(number)s", msgstr="Page %(numéro)s"),
        polib.POEntry(
            msgid="%(n)s day", msgid_plural="%(n)s days", msgstr_plural={0: "%(n)s jour"}
        ),
    ],
)
def test_a_bad_translation_is_seen(entry):
    assert problems(entry, 2) != []
