"""Writing with formatting: what is read and written again says the same, and anybody can use it."""

import random

import pytest

from profile_workflow import markup
from profile_workflow.models import Draft, Source
from profile_workflow.states import ProfileState, Role
from tests import browser as checks
from tests import factories
from tests.dialect import CITATIONS, EXHIBITS, REFUSED, SAMPLES, STRAY, shape
from tests.writing import (
    TEXT,
    address,
    double_click,
    field,
    open_editor,
    paste_here,
    press,
    select_piece,
)

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

REWRITE = """texts => {
    const writing = document.querySelector("[data-rich]").writing;
    return texts.map(text => {
        try { return writing.readSafely(text).anew; }
        catch (error) { return {refused: error.line}; }
    });
}"""
#: Put in each text as if it had been typed into an empty page, and take what is to be saved.
TYPE = """texts => {
    const { editor, field } = document.querySelector("[data-rich]").writing;
    return texts.map(text => {
        const paragraph = {type: "paragraph", content: [{type: "text", text}]};
        editor.commands.setContent({type: "doc", content: [paragraph]});
        return field.value;
    });
}"""


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

    def open_page(text="", language="en", **how):
        return open_editor(browse, made[Role.LOCAL_EXPERT], profile, text, language, **how)

    return open_page


def rendered(text):
    return markup.render(text, citations=CITATIONS, exhibits=EXHIBITS).html


# The same text


def test_what_is_written_again_reads_the_same(write):
    page = write()
    again = dict(zip(SAMPLES, page.evaluate(REWRITE, list(SAMPLES.values())), strict=True))
    assert len(SAMPLES) >= 60
    assert [name for name, text in again.items() if not isinstance(text, str)] == []
    differing = {
        name: (text, again[name])
        for name, text in SAMPLES.items()
        if shape(rendered(text)) != shape(rendered(again[name]))
    }
    assert differing == {}
    assert page.evaluate(REWRITE, list(again.values())) == list(again.values())
    # What would not come back whole is refused, with the line from which on.
    refused = page.evaluate(REWRITE, [text for text, _line in REFUSED.values()])
    assert refused == [{"refused": line} for _text, line in REFUSED.values()]


def test_no_letter_vanishes_whatever_signs_stand_between(write):
    page = write()
    chance = random.Random(20260)  # noqa: S311 - the same texts each time
    texts = [
        " ".join("".join(chance.choices(STRAY, k=chance.randint(1, 14))).split()) or "x"
        for _number in range(400)
    ]
    written = page.evaluate(TYPE, texts)
    lost = [
        (text, saved)
        for text, saved in zip(texts, written, strict=True)
        if "".join(part.text for part in shape(rendered(saved))) != text
    ]
    assert lost == []


def test_what_nobody_touched_stays_as_it_was_typed(write, profile):
    text = "* one\n* two\n\n|a|b|\n|-|-|\n|1|2|\n\n\nA __word__.\n\nThe last."
    page = write(text)
    page.locator(TEXT).press("ControlOrMeta+End")
    page.keyboard.type(" And more.")
    page.locator("#save-state", has_text="Saved at").wait_for()
    assert Draft.objects.get(section=factories.section(profile, "1")).text == f"{text} And more."
    # What was typed with pauses, as a busy machine makes them, is taken back part by part.
    for _part in " And more.":
        page.keyboard.press("ControlOrMeta+z")
        if field(page) == text:
            break
    assert field(page) == text


# Writing

#: What the button does that has the focus.
PRESSED = "document.activeElement.dataset.do"


def until(page, key, condition):
    """Press a key until something holds."""
    for _press in range(60):
        if page.evaluate(condition):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} does not lead to: {condition}")


def tab_to(page, selector):
    until(page, "Tab", f"document.activeElement.matches('{selector}')")


def choose(page, name):
    """Press a button of the toolbar, reached from the text by keys, and wait for its form."""
    page.keyboard.press("Alt+F10")
    page.keyboard.press("Home")
    until(page, "ArrowRight", f"{PRESSED} === '{name}'")
    page.keyboard.press("Enter")
    page.locator(f"#rich-{name}").wait_for()


def back_in_the_text(page):
    page.wait_for_function("() => document.activeElement.id === 'id_text_rich'")


def test_everything_can_be_put_in_with_the_keyboard_alone(write, profile):
    figure = factories.give_figure(factories.section(profile, "1"))
    page = write()
    page.evaluate("() => addEventListener('pointerdown', () => { window.isTouched = true; }, true)")
    keys = page.keyboard
    tab_to(page, TEXT)
    keys.type("### Stocks\nMany **came**")
    keys.press("Alt+F10")
    assert page.evaluate(PRESSED) == "heading"
    choose(page, "citation")
    keys.press("Tab")
    keys.type("p. 4")
    keys.press("Enter")
    back_in_the_text(page)
    keys.type(".")
    key = figure.source.key
    assert field(page) == f"### Stocks\n\nMany **came** [@{key}, p. 4]."
    choose(page, "note")
    keys.type("A [note")
    keys.press("Tab")
    keys.press("Enter")
    assert page.get_by_role("dialog", name="Note").is_visible()
    keys.press("ControlOrMeta+a")
    keys.type("A *note*")
    keys.press("Tab")
    keys.press("Enter")
    back_in_the_text(page)
    choose(page, "link")
    keys.type("the office")
    keys.press("Tab")
    keys.type("https://example.org/a_b")
    keys.press("Enter")
    back_in_the_text(page)
    keys.press("Enter")
    choose(page, "placement")
    wanted = f"figure:{figure.table.key}"
    until(page, "ArrowDown", f"document.activeElement.value === '{wanted}'")
    tab_to(page, "#rich-placement [type=submit]")
    keys.press("Enter")
    back_in_the_text(page)
    assert not page.evaluate("window.isTouched")
    assert field(page).split("\n\n")[1:] == [
        f"Many **came** [@{key}, p. 4].^[A *note*][the office](https://example.org/a_b)",
        f"[[figure:{figure.table.key}]]",
    ]


def test_a_reference_is_picked_or_typed_and_changed(write, profile):
    figure = factories.give_figure(factories.section(profile, "1"))
    page = write("### Who lives here\n\nAs")
    page.locator(f"{TEXT} p").last.click()
    page.keyboard.press("End")
    page.keyboard.type(" ")
    press(page, "Reference")
    page.get_by_label("Refer to").select_option("#section:1, Who lives here")
    page.get_by_role("button", name="Put it in").click()
    page.keyboard.type(f" and [#table:{figure.table.key}] say.")
    said = f"As [#section:1, Who lives here] and [#table:{figure.table.key}] say."
    assert field(page).split("\n\n")[1] == said
    chip = page.locator(f"{TEXT} .chip-reference").last
    assert figure.table.title in chip.inner_text()
    double_click(page, ".chip-reference")
    page.get_by_label("Refer to").select_option("#section:2")
    page.get_by_role("button", name="Put it in").click()
    assert field(page).endswith("and [#section:2] say.")


def test_nothing_that_is_chosen_goes_away_when_something_is_put_in(write, profile):
    figure = factories.give_figure(factories.section(profile, "1"))
    key = figure.source.key
    first = f"Many **came**[@{key}, p. 4] as [#section:2]^[A note] says."
    page = write(f"{first}\n\nThe last.")
    page.locator(f"{TEXT} p").first.click()
    page.keyboard.press("Home")
    page.keyboard.press("Shift+End")
    press(page, "Note")
    assert page.get_by_label("Text of the note").input_value() == ""
    page.get_by_label("Text of the note").fill("Another.")
    page.get_by_role("button", name="Put it in").click()
    assert field(page) == f"{first}^[Another.]\n\nThe last."
    page.locator(f"{TEXT} p").last.click(click_count=3)
    press(page, "Citation")
    page.get_by_role("button", name="Put it in").click()
    assert field(page).endswith(f"\n\nThe last. [@{key}]")
    page.keyboard.press("ControlOrMeta+a")
    page.get_by_text("Data tables of this section").click()
    page.get_by_role("button", name=f"Insert {figure.table.key}").click()
    placed = f"[[table:{figure.table.key}]]"
    assert field(page) == f"{first}^[Another.]\n\nThe last. [@{key}]\n\n{placed}"
    double_click(page, ".chip-placement")
    page.get_by_role("dialog").get_by_label("Put in").select_option(f"figure:{figure.table.key}")
    page.get_by_role("button", name="Put it in").click()
    assert field(page).endswith(f"\n\n[[figure:{figure.table.key}]]")
    assert "[[table" not in field(page)
    # What is typed next follows what was put in, and what is selected stays.
    page.keyboard.type("So it is.")
    placed = f"[[figure:{figure.table.key}]]"
    assert field(page).endswith(f"\n\n{placed}\n\nSo it is.")
    select_piece(page, ".chip-placement")
    page.keyboard.type("Yes. ")
    assert field(page).endswith(f"\n\n{placed}\n\nYes. So it is.")
    select_piece(page, ".chip-placement")
    paste_here(page, text="No. ")
    assert field(page).endswith(f"\n\n{placed}\n\nNo. Yes. So it is.")
    select_piece(page, ".chip")
    page.keyboard.type(" then")
    assert field(page).startswith(f"Many **came**[@{key}, p. 4] then as")
    select_piece(page, ".chip-placement")
    page.keyboard.press("Delete")
    assert placed not in field(page)


def test_one_of_many_sources_is_found_by_its_words(write, profile):
    for number in range(12):
        authors = "Élodie Ben Ali" if number == 7 else f"Author {number}"
        fields = {"kind": "report", "year": "2020", "title": f"Title {number}"}
        Source.objects.create(profile=profile, key=f"key-{number}", authors=authors, **fields)
    page = write("Said.")
    page.locator(TEXT).focus()
    press(page, "Citation")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Words to narrow the list").fill("nobody")
    assert dialog.get_by_text("Nothing in the list matches.").is_visible()
    page.keyboard.press("Enter")
    assert dialog.is_visible()
    dialog.get_by_label("Words to narrow the list").fill("ben elodie 7")
    assert dialog.locator("[name=key] option").count() == 1
    dialog.get_by_role("button", name="Another source").click()
    assert page.evaluate("document.activeElement.matches('[data-narrow]')")
    dialog.get_by_role("button", name="Leave this source out").last.click()
    assert dialog.get_by_role("button", name="Leave this source out").count() == 0
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.activeElement.id === 'id_text_rich'")
    assert field(page) == "Said. [@key-7]"
    # What is chosen stays so, though other words are typed, until the person chooses another.
    for chosen in ("key-7", "key-3"):
        double_click(page, ".chip-citation")
        dialog.get_by_label("Words to narrow the list").fill("title 3")
        offered = dialog.locator("[name=key]")
        assert offered.evaluate("one => [one.options.length, one.value]") == [2, "key-7"]
        offered.select_option(chosen)
        dialog.get_by_label("Words to narrow the list").fill("nobody")
        assert offered.evaluate("one => [one.options.length, one.value]") == [1, chosen]
        page.keyboard.press("Enter")
        page.wait_for_function("() => document.activeElement.id === 'id_text_rich'")
        assert field(page) == f"Said. [@{chosen}]"


def test_a_table_gets_rows_and_columns_and_its_caption_afterwards(write):
    page = write("Before.\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\nAfter.")
    page.locator(f"{TEXT} th").first.click()
    press(page, "Row above")
    press(page, "Column before")
    press(page, "Table")
    assert page.get_by_label("Columns").is_hidden()
    page.get_by_label("Caption").fill("People [#section:2]")
    page.get_by_role("button", name="Put it in").click()
    table = "|  |  |  |\n| --- | --- | --- |\n|  | a | b |\n|  | 1 | 2 |"
    whole = f"Before.\n\nTable: People [#section:2]\n\n{table}\n\nAfter."
    assert field(page) == whole
    press(page, "Table")
    assert page.get_by_label("Caption").input_value() == "People [#section:2]"
    page.get_by_label("Source of the table").fill("[@ins]")
    page.get_by_role("button", name="Put it in").click()
    assert field(page) == whole.replace("\n\nAfter.", "\n\nSource: [@ins]\n\nAfter.")
    for _row in range(2):
        press(page, "Remove row")
    assert field(page).count("|\n|") == 1
    bar = page.get_by_role("toolbar")
    assert bar.get_by_role("button", name="Remove row").get_attribute("aria-disabled") == "true"


def test_a_table_with_caption_and_source_that_the_tab_key_leaves(write):
    page = write()
    page.locator(TEXT).focus()
    press(page, "Table")
    page.get_by_label("Caption").fill("People")
    page.get_by_label("Source of the table").fill("Office")
    page.get_by_label("Columns").fill("2")
    page.get_by_label("Rows, with the head").fill("2")
    page.get_by_role("button", name="Put it in").click()
    for words in ("Year", "Number", "2024", "12 | 3"):
        page.keyboard.type(words)
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") != "id_text_rich"
    table = "| Year | Number |\n| --- | --- |\n| 2024 | 12 \\| 3 |"
    assert field(page) == f"Table: People\n\n{table}\n\nSource: Office"
    page.locator(f"{TEXT} td").last.click()
    press(page, "Column of numbers")
    press(page, "Row below")
    page.locator(f"{TEXT} tr").nth(1).locator("td").first.click()
    press(page, "Remove row")
    assert "| --- | --: |\n|  |  |" in field(page)
    page.locator(f"{TEXT} td").first.click()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") != "id_text_rich"
    page.locator(f"{TEXT} td").first.click()
    press(page, "Remove table")
    assert field(page) == ""


def test_lists_boxes_and_quotations(write):
    page = write("one\n\ntwo\n\nthree")
    page.locator(f"{TEXT} p").nth(1).click()
    press(page, "List")
    assert (
        page.get_by_role("button", name="List", exact=True).get_attribute("aria-pressed") == "true"
    )
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.type("deep")
    press(page, "Deeper in the list")
    assert field(page) == "one\n\n- two\n  - deep\n\nthree"
    page.locator(f"{TEXT} > p").first.click()
    press(page, "Box")
    page.get_by_label("Kind").select_option("warning")
    page.get_by_label("Title").fill("Mind this")
    page.get_by_role("button", name="Put it in").click()
    assert field(page).startswith(":::warning Mind this\none\n:::\n\n- two")
    press(page, "Box")
    page.get_by_role("button", name="Remove the box and keep its text").click()
    press(page, "Quotation")
    press(page, "Smaller heading")
    assert field(page).startswith("> #### one\n\n- two")


def test_the_switch_is_remembered_and_both_edit_one_text(write, profile):
    page = write("A [link](javascript:x) and `code`.")
    assert page.locator(TEXT).inner_text().strip() == "A [link](javascript:x) and `code`."
    page.get_by_role("button", name="Write in plain text").click()
    page.locator("#id_text").fill("### New")
    page.locator("#save-state", has_text="Saved at").wait_for()
    page.reload()
    assert page.locator("#id_text").is_visible()
    page.get_by_role("button", name="Write with formatting").click()
    assert page.locator(f"{TEXT} h3").inner_text() == "New"
    assert page.evaluate("document.activeElement.id") == "id_text_rich"
    page.goto(f"{address(profile)}#id_text")
    page.reload()
    page.wait_for_function("() => document.activeElement.id === 'id_text_rich'")


def test_a_text_that_cannot_be_kept_is_written_plain(write):
    text, line = REFUSED["a table too wide"]
    page = write(text)
    assert page.locator("#id_text").is_visible()
    assert page.locator(TEXT).is_hidden()
    assert f"Look at line {line}." in page.locator("[data-status]").inner_text()
    assert field(page) == text


def test_the_words_of_a_finding_are_shown_in_the_text(write):
    page = write("Many came, [@a] and many left.\n\n- Not many stayed.")
    show = """(field, before) => {
        const detail = {words: "many", before};
        field.dispatchEvent(new CustomEvent("pw:show", {detail, cancelable: true}));
    }"""
    is_shown = """isInList => {
        const chosen = window.getSelection();
        const item = chosen.anchorNode?.parentElement?.closest("li");
        return chosen.toString() === "many" && Boolean(item) === isInList;
    }"""
    for before in (0, 1):
        page.locator("#id_text").evaluate(show, before)
        page.wait_for_function(is_shown, arg=before == 1)
    assert page.evaluate("document.activeElement.id") == "id_text_rich"


def test_a_copy_and_an_insertion_reach_the_editor(write, profile):
    figure = factories.give_figure(factories.section(profile, "1"))
    # Nothing is saved before the page is loaded anew, unless that takes long.
    page = write("First.", line_breaks=True)
    page.route("**/save/", lambda route: route.abort())
    page.locator(TEXT).press("ControlOrMeta+End")
    page.keyboard.type(" Kept.")
    page.wait_for_function(
        "() => Object.keys(localStorage).some(name => name.startsWith('draft:'))"
    )
    page.on("dialog", lambda dialog: dialog.accept())
    page.unroute("**/save/")
    page.route("**/save/", lambda route: route.fulfill(status=502, body=""))
    page.evaluate(
        "document.querySelector('form[data-autosave]').dataset.autosave = '/nowhere/save/'"
    )
    page.reload()
    page.unroute("**/save/")
    page.get_by_role("button", name="Go on with it").click()
    assert page.locator(TEXT).inner_text().strip() == "First. Kept."
    page.get_by_text("Sources to cite").click()
    page.get_by_role("button", name=f"Insert {figure.source.key}").click()
    assert field(page) == f"First. Kept. [@{figure.source.key}]"
    page.locator("#save-state", has_text="Saved at").wait_for()


# Everybody

FULL = "\n\n".join(SAMPLES[name] for name in ("everything", "arabic everything"))


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_page_is_for_everybody(write, language):
    page = write(FULL, language)
    assert page.locator(f"{TEXT} aside, {TEXT} .box").count() >= 1
    assert checks.violations_in_both_schemes(page) == []
    assert checks.overflowing(page) == 0
    name = page.evaluate(
        "document.getElementById(document.querySelector('#id_text_rich')"
        ".getAttribute('aria-labelledby')).textContent.trim()"
    )
    assert name
    assert page.get_by_role("textbox", name=name).count() == 1
    arabic = page.locator(f"{TEXT} p", has_text="عربي").first
    assert arabic.evaluate("one => getComputedStyle(one).direction") == "rtl"
    first = page.get_by_role("toolbar").get_by_role("button").first
    first.focus()
    page.keyboard.press("ArrowLeft" if language == "ar" else "ArrowRight")
    assert page.evaluate("document.activeElement.dataset.do") == "subheading"
    for one in ("link", "citation", "note", "table", "placement", "picture", "box"):
        page.locator(f"[role=toolbar] [data-do={one}]").click()
        assert page.locator(f"#rich-{one}").is_visible()
        assert checks.violations(page) == []
        assert checks.overflowing(page) == 0
        page.keyboard.press("Escape")
    assert checks.breaches(page) == []
