"""Pasting into the rich editor: from Word, a spreadsheet or a web page, into the text or a cell."""

import pytest

from profile_workflow.states import ProfileState, Role
from tests import browser as checks
from tests import factories
from tests.writing import TEXT, field, open_editor, paste, paste_here

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def made():
    made = factories.make_programme()
    made[Role.LOCAL_EXPERT].set_password(checks.PASSWORD)
    made[Role.LOCAL_EXPERT].save()
    return made


@pytest.fixture
def profile(made):
    return factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)


@pytest.fixture
def write(browse, made, profile):
    """Open the page for writing, with a text on it."""

    def open_page(text="", language="en"):
        return open_editor(browse, made[Role.LOCAL_EXPERT], profile, text, language)

    return open_page


def of_word_list(level, sign, words, number=0):
    style = f"mso-list:l{number} level{level} lfo{number + 1}"
    ignored = f"<span style='mso-list:Ignore'>{sign}<span> </span></span>"
    return f"<p class=MsoListParagraph style='{style}'>{ignored}{words}</p>"


WORD = f"""<html xmlns:o="urn:schemas-microsoft-com:office:office">
<head><style>p {{color:red}}</style></head><body lang=FR style='tab-interval:35.4pt'>
<!--StartFragment--><h1 style='margin:0'>Les chiffres<o:p></o:p></h1>
<p class=MsoNormal style='color:red' onclick="window.ran=1">Un
<b style='mso-bidi-font-weight:normal'>mot</b> <span style='font-style:italic'>penché</span
><a href="#_ftn1" name="_ftnref1">[1]</a>. <img src="https://example.org/x.png"
onerror="window.ran=1"></p>
{of_word_list(1, "·", "Premier")}{of_word_list(2, "o", "Dedans")}{of_word_list(1, "·", "Second")}
{of_word_list(1, "1.", "Un", number=1)}
<table border=1 style='width:100%'><tr><td colspan=2><p>Année</p></td><td><p>Part</p></td></tr>
<tr><td><p>2023</p><p>bis</p></td><td>x</td><td><p>12,5 %</p></td></tr></table>
<div style='mso-element:footnote' id=ftn1><p><a href="#_ftnref1">[1]</a> La *note*.</p></div>
<!--EndFragment--></body></html>"""


def test_what_comes_from_word_is_in_the_shape_of_the_dialect(write):
    page = write()
    paste(page, WORD, "Les chiffres")
    blocks = field(page).split("\n\n")
    note = r"La \*note\*."
    assert blocks[0] == "### Les chiffres"
    assert blocks[1] == f"Un **mot** *penché*^[{note}]."
    assert blocks[2] == "- Premier\n  - Dedans\n- Second"
    assert blocks[3] == "1. Un"
    assert blocks[4] == "| Année |  | Part |\n| --- | --- | --: |\n| 2023 bis | x | 12,5 % |"
    assert len(blocks) == 5
    assert page.evaluate("window.ran === undefined")
    assert "A picture is not taken over" in page.locator("[data-status]").inner_text()
    paste(page, text=" ")
    assert page.locator("[data-status]").inner_text() == ""
    assert checks.breaches(page) == []


LISTED = """<table><caption>Who</caption><tr><th>a</th><th>b</th></tr><tr><td><ul><li>one</li>
<li><b>two</b><ol start=3><li>deep</li><li>er</li></ol></li></ul></td>
<td><p>x</p><table><tr><td>in</td><td>ner</td></tr></table></td></tr></table>"""
NOTED = """<p>Un<a href="#_ftn1" name="_ftnref1">[1]</a> <a href="https://e.org/ref">lien</a>.</p>
<div id=ftn1><p><a href="#_ftnref1" name="_ftn1">[1]</a> Voir <i>La ville</i>,
<a href="https://example.org/reference">ici</a>.</p><p>Suite [2].</p></div>"""


def test_lists_in_cells_and_links_in_notes_come_along(write):
    page = write()
    paste(page, NOTED)
    note = "Voir *La ville*, [ici](https://example.org/reference). Suite [2]."
    assert field(page) == f"Un^[{note}] [lien](https://e.org/ref)."
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Delete")
    paste(page, LISTED)
    cells = "• one • **two** 3. deep 4. er | x · in · ner"
    assert field(page) == f"Table: Who\n\n| a | b |\n| --- | --- |\n| {cells} |"
    page.locator(f"{TEXT} th").first.click()
    page.keyboard.press("End")
    paste_here(page, "<ul><li>c</li><li><p>d</p><ol><li>e</li></ol></li></ul><p>f</p>")
    assert field(page).split("\n")[2] == "| a• c • d 1. e f | b |"
    paste_here(page, text=" g\n\nh")
    assert field(page).split("\n")[2] == "| a• c • d 1. e f g h | b |"
    paste_here(page, "<p>one</p>")
    assert field(page).split("\n")[2] == "| a• c • d 1. e f g hone | b |"


def test_what_comes_from_a_spreadsheet_is_a_table(write):
    page = write()
    paste(page, text="City\tPeople\nSfax\t12,400\nTunis\t9")
    assert field(page) == "| City | People |\n| --- | --: |\n| Sfax | 12,400 |\n| Tunis | 9 |"


#: Put the cursor behind the first word of a cell and go on at once, before the browser tells of it.
AT_ONCE = """([cell, event]) => {
    const words = document.querySelector(cell).querySelector("p").firstChild;
    getSelection().collapse(words, words.length);
    const data = new DataTransfer();
    data.setData("text/plain", "!");
    const how = {bubbles: true, cancelable: true};
    const told = event === "paste"
        ? new ClipboardEvent("paste", {clipboardData: data, ...how})
        : new KeyboardEvent("keydown", {key: "Tab", keyCode: 9, ...how});
    document.querySelector("#id_text_rich").dispatchEvent(told);
}"""


def test_whoever_is_faster_than_the_browser_writes_where_the_cursor_is(write):
    page = write("| a | b |\n| --- | --- |\n| c | d |")
    page.locator(f"{TEXT} td").last.click()
    page.evaluate(AT_ONCE, [f"{TEXT} th", "paste"])
    assert field(page).split("\n")[0] == "| a! | b |"
    page.evaluate(AT_ONCE, [f"{TEXT} td", "keydown"])
    page.keyboard.type("e")
    assert field(page).split("\n")[2] == "| c | e |"
