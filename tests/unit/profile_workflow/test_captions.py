"""What captions begin with is the same to the server, to the editor and in print."""

import json
import re
from itertools import product
from pathlib import Path

import pytest

from profile_workflow.markup import captions
from reports.labels import LANGUAGES, labels

pytestmark = pytest.mark.unit

#: What stands in the script → what would be another word.
PLANTED = {
    '["Cuadro: "': '["Tabla: "',
    "|Tabelle|": "|Tabellen|",
    "Quellen?": "Quelle",
    "Font[ei]": "Fonte",
    "  pt:": "  xx:",
}
EDITOR = Path(captions.__file__).parents[1] / "editor" / "src" / "dialect.js"


def words_in(script, name):
    """Return the words at which a regular expression of the editor looks, written out."""
    [alternatives] = re.findall(rf"const {name} = /\^\(\?:(.*?)\)\\s\*:", script)
    found = set()
    for one in alternatives.split("|"):
        pieces = re.findall(r"\[(\w+)\]|(\w)(\?)?", one)
        ways = [(*several,) or ((letter, "") if may_lack else (letter,))
                for several, letter, may_lack in pieces]  # fmt: skip
        found |= {"".join(way) for way in product(*ways)}
    return found


def differences(script):
    """Return in what the editor, or print, differs from the server."""
    [starts] = re.findall(r"const LINE_STARTS = \{\n(.*?)\n\};", script, re.DOTALL)
    in_editor = {
        language: tuple(json.loads(words))
        for language, words in re.findall(r"^  (\w+): (\[.*?\]),$", starts, re.MULTILINE)
    }
    on_server = {language: captions.line_starts(language) for language in captions.TABLE}
    found = [] if in_editor == on_server else [("what is written", in_editor)]
    for name, words in (("CAPTION", captions.TABLE), ("SOURCE", captions.SOURCE)):
        other = words_in(script, name) ^ {one for several in words.values() for one in several}
        found += [("what is read", one) for one in sorted(other)]
    return found


def test_the_editor_writes_and_reads_what_the_server_does():
    script = EDITOR.read_text(encoding="utf-8")
    assert differences(script) == []
    for old, new in PLANTED.items():
        assert old in script
        assert differences(script.replace(old, new)) != [], old


def test_print_calls_them_as_their_captions_do():
    assert set(captions.TABLE) == set(captions.SOURCE) == set(captions.FIGURE) == set(LANGUAGES)
    for language in LANGUAGES:
        words = labels(language)
        printed = [
            (captions.TABLE, words.table.replace("%(number)s", "").strip()),
            (captions.FIGURE, words.figure.replace("%(number)s", "").strip()),
            (captions.SOURCE, words.source),
            (captions.SOURCE, words.sources),
        ]
        assert [one for known, one in printed if one not in known[language]] == [], language
    assert captions.line_starts("xx") == captions.line_starts("en") == ("Table: ", "Source: ")
