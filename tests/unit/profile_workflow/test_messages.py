"""Every word of the pages in every language, with its placeholders and all its plurals."""

import re
from pathlib import Path

import polib
import pytest
from django.conf import settings

pytestmark = pytest.mark.unit

LOCALE = Path(settings.LOCALE_PATHS[0])
PLURALS = {"fr": 2, "ar": 6}
#: Forms that stand for one number, or none, only: there the number may be said by the words.
FEW = {"fr": {0}, "ar": {0, 1, 2}}
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")


def placeholders(words: str) -> set[str]:
    return set(_PLACEHOLDER.findall(words))


def problems(entry: polib.POEntry, language: str) -> list[str]:
    """Return what is wrong with one translation."""
    said = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    found = []
    if entry.fuzzy or not all(said):
        found.append("is not translated")
    if entry.msgid_plural:
        return found + problems_of_plurals(entry, language)
    allowed, there = placeholders(entry.msgid), placeholders(entry.msgstr)
    if there - allowed:
        found.append("has a placeholder that is not filled in")
    if allowed - there:
        found.append("loses a placeholder")
    return found


def problems_of_plurals(entry: polib.POEntry, language: str) -> list[str]:
    """Return what is wrong with the number of the forms, and with the placeholders of each."""
    several = placeholders(entry.msgid_plural)
    found = []
    if sorted(entry.msgstr_plural) != list(range(PLURALS[language])):
        found.append(f"has the plurals {sorted(entry.msgstr_plural)}")
    if placeholders(entry.msgid) - several:
        found.append("has a placeholder that only one form is filled with")
    lost: set[str] = set()
    for number, words in entry.msgstr_plural.items():
        there = placeholders(words)
        if there - several:
            found.append(f"has a placeholder in form {number} that is not filled in")
        if several - there and number not in FEW[language]:
            found.append(f"loses a placeholder in form {number}")
        lost |= several - there
    if len(lost) > 1:
        found.append(f"loses {len(lost)} placeholders, of which one only can be the number")
    return found


@pytest.mark.parametrize("language", PLURALS)
def test_every_word_is_translated(language):
    catalogue = polib.pofile(str(LOCALE / language / "LC_MESSAGES" / "django.po"))
    assert f"nplurals={PLURALS[language]};" in catalogue.metadata["Plural-Forms"]
    found = {(entry.msgctxt, entry.msgid): problems(entry, language) for entry in catalogue}
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


def days(*forms: str, one: str = "%(n)s day") -> polib.POEntry:
    said = dict(enumerate(forms))
    return polib.POEntry(msgid=one, msgid_plural="%(n)s days in %(c)s", msgstr_plural=said)


@pytest.mark.parametrize(
    "entry",
    [
        polib.POEntry(msgid="Board"),
        polib.POEntry(msgid="Board", msgstr="Tableau", flags=["fuzzy"]),
        polib.POEntry(msgid="%(number)s of %(all)s", msgstr="%(number)s"),
        polib.POEntry(msgid="Page %(number)s", msgstr="Page %(numéro)s"),
        days("un jour à %(c)s"),
        days("un jour à %(c)s", "%(n)s jours à %(c)s", "%(n)s jours à %(c)s"),
        days("un jour à %(c)s", ""),
        days("un jour à %(c)s", "deux jours à %(c)s"),
        days("un jour à %(c)s", "%(n)s jours à %(ville)s"),
        days("un %(jour)s à %(c)s", "%(n)s jours à %(c)s"),
        days("un jour", "%(n)s jours à %(c)s"),
        days("un jour à %(c)s", "%(n)s jours à %(c)s", one="One day of %(all)s"),
    ],
)
def test_a_bad_translation_is_seen(entry):
    assert problems(entry, "fr") != []


@pytest.mark.parametrize("first", ["un jour à %(c)s", "%(n)s jour à %(c)s"])
def test_words_may_say_the_number_where_there_is_but_one(first):
    assert problems(days(first, "%(n)s jours à %(c)s"), "fr") == []


#: A space before which, or after which, a line of French must not end.
_LOOSE = re.compile(r"\S [;:?!»](?:\W|$)|« ")


def test_no_line_of_french_begins_with_its_mark():
    catalogue = polib.pofile(str(LOCALE / "fr" / "LC_MESSAGES" / "django.po"))
    spoken = [(one.msgid, words) for one in catalogue
              for words in [one.msgstr, *one.msgstr_plural.values()]]  # fmt: skip
    assert [msgid for msgid, words in spoken if _LOOSE.search(words)] == []
    assert _LOOSE.search("Qui paie ?")
    assert _LOOSE.search("« Oui »")
    assert not _LOOSE.search("Qui paie\u00a0? «\u00a0Oui\u00a0»")
