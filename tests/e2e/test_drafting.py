"""Writing in a browser: saved at each pause, whatever happens to network, session and others."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from profile_workflow.models import Draft, TemplateSection, WorkingCopy
from profile_workflow.states import ProfileState, Role, SectionState
from tests import factories
from tests.browser import PASSWORD, PATIENCE, PLAIN, let_in, sign_in
from tests.e2e.writing import (
    COPIES,
    button,
    edit,
    leave_copy,
    problems,
    saved,
    stored,
    trouble,
    type_text,
    where_one_writes,
    written_on,
)
from workflows import engine
from workflows.models import Task

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

#: Where a screen looks otherwise: with formatting from right to left, without from left to right.
WAYS = [("plain", "en"), ("rich", "ar")]


@pytest.fixture
def made():
    return factories.make_programme()


@pytest.fixture
def profile(made):
    """A profile being written, whose first section is shared by two people."""
    profile = factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)
    task = Task.objects.open().get(section__profile=profile, section__key="1")
    expert = made[Role.LOCAL_EXPERT]
    engine.delegate(task, to=made[Role.CO_AUTHOR], by=expert, at=timezone.now())
    return profile


@pytest.fixture
def browse(browse):
    """Write with formatting, as people do who do not choose, or in plain text."""

    def open_page(*who, way="plain", **how):
        page = browse(*who, **how)
        if way == "plain":
            page.context.add_init_script(PLAIN)
        return page

    return open_page


#: Write down from now on what is said of saving: it may pass before one looks.
LISTEN = """() => {
    const state = document.getElementById("save-state");
    window.told = [];
    const tell = () => window.told.push(state.textContent);
    new MutationObserver(tell).observe(state, {childList: true});
}"""


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


# The network and the server


def test_a_pause_saves_and_no_copy_stays_behind(browse, made, profile):
    page = browse("en", made[Role.LOCAL_EXPERT], way="rich")
    page.goto(edit(profile))
    page.evaluate(LISTEN)
    type_text(page, "Many came in 2024.")
    saved(page)
    assert page.evaluate("window.told[0]") == "Not saved yet"
    assert stored(profile) == "Many came in 2024."
    assert page.locator("#length").inner_text() == "4 words, about 0 of 2 pages"
    assert page.evaluate(COPIES) == 0
    where_one_writes(page).press("End")
    page.keyboard.type(" More will come.")
    saved(page, 2)
    assert stored(profile) == "Many came in 2024. More will come."
    page.reload()
    assert page.locator("#id_text_rich").inner_text() == "Many came in 2024. More will come."
    assert not page.locator("#found").is_visible()


def test_a_text_is_said_to_be_saved_when_all_of_it_is(browse, made, profile):
    page = browse("en", made[Role.LOCAL_EXPERT])
    page.goto(edit(profile))
    held = []

    def hold_the_first(route):
        if held:
            route.continue_()
        else:
            held.append(route)

    page.route("**/save/", hold_the_first)
    type_text(page, "Many came.")
    for _attempt in range(PATIENCE // 50):
        if held:
            break
        page.wait_for_timeout(50)
    page.evaluate(LISTEN)
    type_text(page, "Many came. Few left.")
    held[0].continue_()
    saved(page, 2)
    *before, last = page.evaluate("window.told")
    assert set(before) == {"Not saved yet", "Saving …"}
    assert last.startswith("Saved at")
    assert stored(profile) == "Many came. Few left."


@pytest.mark.parametrize(("way", "language"), WAYS)
def test_what_is_written_without_a_connection_is_saved_when_it_is_back(
    browse, made, profile, way, language
):
    page = browse(language, made[Role.LOCAL_EXPERT], way=way, line_breaks=True)
    page.goto(edit(profile))
    page.context.set_offline(True)
    type_text(page, "Written in the train.")
    said = trouble(page)
    assert "No connection" in said or language == "ar"
    page.wait_for_function(f"() => {COPIES} === 1")
    assert stored(profile) == ""
    button(page, "save")
    page.wait_for_function("() => document.activeElement.id === 'save-trouble'")
    assert written_on(page) == "Written in the train."
    page.context.set_offline(False)
    saved(page)
    assert not page.locator("#save-trouble").is_visible()
    assert stored(profile) == "Written in the train."
    assert page.evaluate(COPIES) == 0


def test_a_server_in_trouble_is_asked_again(browse, made, profile):
    page = browse("en", made[Role.LOCAL_EXPERT], way="rich", line_breaks=True)
    page.goto(edit(profile))
    page.route("**/save/", lambda route: route.fulfill(status=502, body="Bad gateway"))
    type_text(page, "Kept here.")
    assert "could not save just now" in trouble(page)
    page.unroute("**/save/")
    saved(page)
    assert stored(profile) == "Kept here."


def test_after_signing_in_again_in_another_tab_the_text_is_saved(browse, made, profile):
    expert = made[Role.LOCAL_EXPERT]
    page = browse("en", expert, way="rich", line_breaks=True)
    page.goto(edit(profile))
    page.context.clear_cookies(name="sessionid")
    type_text(page, "Written after the session ended.")
    assert "You have been signed out" in trouble(page)
    with page.context.expect_page() as opened:
        page.locator("#save-sign-in a").click()
    other = opened.value
    sign_in(other, expert)
    page.bring_to_front()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    saved(page)
    assert stored(profile) == "Written after the session ended."
    press(page, "Submit the section")
    page.wait_for_url("**/tasks/")


@pytest.mark.parametrize(("way", "language"), WAYS)
def test_one_signs_in_again_beside_the_text(browse, made, profile, way, language):
    page = browse(language, made[Role.LOCAL_EXPERT], way=way, line_breaks=True)
    page.goto(edit(profile))
    page.context.clear_cookies(name="sessionid")
    type_text(page, "Written after the session ended.")
    page.locator("#again-password").wait_for()
    assert problems(page) == []
    page.locator("#again-password").fill("not-the-password")
    page.keyboard.press("Enter")
    expect(page.locator("#sign-in-problem")).not_to_be_empty()
    expect(page.locator("#again-password")).to_be_focused()
    page.locator("#again-password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("#save-trouble").wait_for(state="hidden")
    expect(where_one_writes(page)).to_be_focused()
    saved(page)
    assert stored(profile) == "Written after the session ended."
    page.locator("button[value=submit]").click()
    page.wait_for_url("**/tasks/")


def test_what_one_wrote_is_not_saved_as_another_unasked(browse, made, profile):
    expert, author = made[Role.LOCAL_EXPERT], made[Role.CO_AUTHOR]
    let_in(author)
    page = browse("en", expert, line_breaks=True)
    page.goto(edit(profile))
    page.context.clear_cookies(name="sessionid")
    other = page.context.new_page()
    sign_in(other, author)
    type_text(page, "Whose is this?")
    assert f"now {author.full_name} is signed in" in trouble(page)
    assert stored(profile) == ""
    press(page, "Save draft")
    page.locator("#refusal").wait_for()
    assert page.locator("#id_text").input_value() == "Whose is this?"
    assert stored(profile) == ""
    press(page, "Save draft")
    saved(page)
    assert Draft.objects.get(section__profile=profile, section__key="1").saved_by == author


def test_leaving_with_unsaved_text_warns_and_the_copy_is_offered_again(browse, made, profile):
    page = browse("ar", made[Role.LOCAL_EXPERT], way="rich", line_breaks=True)
    page.goto(edit(profile))
    page.route("**/save/", lambda route: route.abort())
    # Typed, not filled in: a page that nobody has touched may not ask whether to leave it.
    where_one_writes(page).click()
    page.keyboard.type("Nearly lost.")
    trouble(page)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(reverse("profile", args=[profile.slug]))
    assert asked == ["beforeunload"]
    # Where one begins to work it is listed, with a link to where it is offered.
    assert "Nearly lost." in page.locator("#unsent").inner_text()
    assert problems(page) == []
    page.unroute("**/save/")
    page.locator("#unsent a").click()
    assert written_on(page) == ""
    page.locator("#found-use").click()
    assert page.locator("#id_text_rich").inner_text() == "Nearly lost."
    saved(page)
    assert stored(profile) == "Nearly lost."
    assert page.evaluate(COPIES) == 0


def test_a_copy_can_be_thrown_away(browse, made, profile):
    page = browse("en", made[Role.LOCAL_EXPERT])
    page.goto(edit(profile))
    leave_copy(page, edit(profile), "Old.")
    page.reload()
    press(page, "Throw it away")
    assert page.evaluate(COPIES) == 0


def test_a_found_text_outlives_what_is_typed_before_anybody_decides(browse, made, profile):
    page = browse("en", made[Role.LOCAL_EXPERT], line_breaks=True)
    page.goto(edit(profile))
    page.route("**/save/", lambda route: route.abort())
    type_text(page, "Of the train.")
    trouble(page)
    page.unroute("**/save/")
    page.goto(edit(profile))
    assert page.locator("#found-words").inner_text() == "Of the train."
    type_text(page, "Typed first.")
    saved(page)
    page.reload()
    assert page.locator("#id_text").input_value() == "Typed first."
    assert page.locator("#found-words").inner_text() == "Of the train."
    # It is not saved before somebody decides, however long that takes.
    page.route("**/save/", lambda route: route.abort())
    type_text(page, "Typed again.")
    press(page, "Go on with it")
    assert page.locator("#id_text").input_value() == "Of the train."
    page.unroute("**/save/")
    # The found text is older than what was saved: the two meet, and both stay.
    met = "You changed the same paragraphs in another tab"
    expect(page.locator("#save-trouble-text")).to_contain_text(met)
    press(page, "Save draft")
    page.get_by_role("heading", name="There are two versions of this text").wait_for()
    assert "Of the train." in page.locator(".versions").inner_text()
    page.get_by_role("link", name="Keep the saved one alone").click()
    # What was typed before deciding was kept like the text that was found.
    assert page.locator("#found-words").inner_text() == "Typed again."
    assert WorkingCopy.objects.filter(text="Of the train.").count() == 1


def test_two_tabs_without_a_line_keep_a_copy_each(browse, made, profile):
    first = browse("en", made[Role.LOCAL_EXPERT], way="rich", line_breaks=True)
    first.goto(edit(profile))
    second = first.context.new_page()
    second.goto(edit(profile))
    first.context.set_offline(True)
    for tab, text in ((first, "Of the first tab."), (second, "Of the second tab.")):
        type_text(tab, text)
        trouble(tab)
    assert first.evaluate(COPIES) == 2
    second.close()
    first.context.set_offline(False)
    saved(first)
    assert stored(profile) == "Of the first tab."
    first.reload()
    assert first.locator("#found-words").inner_text() == "Of the second tab."


def test_a_section_that_was_closed_meanwhile_shows_what_was_not_saved(browse, made, profile):
    template = factories.section(profile, "1").template_section
    TemplateSection.objects.filter(pk=template.pk).update(
        guiding_questions=["Who pays?"], guiding_questions_ar=["من يموّل؟"]
    )
    page = browse("ar", made[Role.LOCAL_EXPERT], line_breaks=True)
    page.goto(edit(profile))
    for address in ("**/save/", "**/answers/"):
        page.route(address, lambda route: route.abort())
    page.get_by_label("من يموّل؟").select_option("nothing_found")
    page.locator("#id_q-0\\.0-note").fill("الأرشيف البلدي")
    type_text(page, "Too late.")
    trouble(page)
    factories.submit_sections(profile)
    # Both are listed where one begins to work, and lead to where they can be read.
    page.goto(reverse("profile", args=[profile.slug]))
    rows = page.locator("#unsent li")
    assert rows.count() == 2
    assert "الأرشيف البلدي" in page.locator("#unsent").inner_text()
    assert problems(page) == []
    rows.last.locator("a").click()
    text, note = (one.input_value() for one in page.locator("#kept-here textarea").all())
    assert text == "Too late."
    assert note.startswith("من يموّل؟ – ")
    assert note.endswith(" – الأرشيف البلدي")
    assert problems(page) == []
    page.locator("#kept-drop").click()
    assert not page.locator("#kept-here").is_visible()
    page.goto(reverse("profile", args=[profile.slug]))
    assert not page.locator("#unsent").is_visible()


def test_one_knows_his_own_text_though_its_answer_was_lost(browse, made, profile):
    page = browse("en", made[Role.LOCAL_EXPERT], line_breaks=True)
    page.goto(edit(profile))

    def lose_the_answer(route):
        route.fetch()
        route.abort()

    page.route("**/save/", lose_the_answer)
    type_text(page, "Nobody said so.")
    trouble(page)
    assert stored(profile) == "Nobody said so."
    page.unroute("**/save/")
    type_text(page, "Nobody said so. More.")
    saved(page, 2)
    assert stored(profile) == "Nobody said so. More."
    assert not page.locator("#save-trouble").is_visible()


# Everybody


def test_all_of_it_works_without_scripts(browse, made, profile):
    page, other = browse("en", made[Role.LOCAL_EXPERT], scripts=False), made[Role.CO_AUTHOR]
    page.goto(reverse("profile", args=[profile.slug]))
    page.locator(".task-list").get_by_role("link", name="1 Chapter 1").click()
    type_text(page, "### Stocks\n\nMany came.")
    press(page, "Preview")
    assert page.locator("#preview h3").inner_text() == "1.1 Stocks"
    assert page.locator("#id_text").input_value() == "### Stocks\n\nMany came."
    press(page, "Save draft")
    assert page.get_by_text("Saved at").is_visible()
    factories.write(factories.section(profile, "1"), "### Stocks\n\nFew came.", by=other)
    type_text(page, "### Stocks\n\nVery many came.")
    press(page, "Save draft")
    assert page.get_by_text("In 1 place both changed the same paragraphs.").is_visible()
    press(page, "Keep this one alone")
    assert stored(profile) == "### Stocks\n\nVery many came."
    type_text(page, "Many came [@nowhere].")
    press(page, "Submit the section")
    assert page.get_by_role("heading", name="Something is missing").is_visible()
    page.get_by_role("link", name="Show it in the text").first.click()
    type_text(page, "Many came.")
    press(page, "Submit the section")
    assert page.get_by_text("Done: Submit the section – 1 Chapter 1.").is_visible()
    assert factories.section(profile, "1").state == SectionState.READY


TAKE_OVER = """() => {
  const text = document.getElementById("id_text");
  let taken = "";
  const take = (event) => { taken = event.detail.markdown; event.preventDefault(); };
  text.addEventListener("pw:insert", take);
  document.querySelector("#picker [data-insert]").click();
  text.removeEventListener("pw:insert", take);
  return [taken, text.value];
}"""


def test_a_preview_and_a_citation_with_scripts(browse, made, profile):
    figure = factories.give_figure(factories.section(profile, "1"))
    page = browse("en", made[Role.LOCAL_EXPERT])
    page.goto(edit(profile))
    type_text(page, "Many came ")
    page.get_by_text("Sources to cite").click()
    press(page, f"Insert {figure.source.key}")
    assert page.locator("#id_text").input_value() == f"Many came [@{figure.source.key}]"
    page.locator("#pick").fill("nowhere")
    assert page.locator("#picker-none").is_visible()
    page.locator("#pick").fill("OFFICE")
    assert page.locator("#picker [data-insert]:visible").count() == 1
    # Apart from a word before it; a table stands in a paragraph of its own, after the cursor's.
    text = page.locator("#id_text")
    cited, placed = f"[@{figure.source.key}]", f"[[table:{figure.table.key}]]"
    text.fill("Many came.\n\nFew left.")
    text.evaluate("one => one.setSelectionRange(4, 4)")
    press(page, f"Insert {figure.source.key}")
    page.get_by_text("Data tables of this section").click()
    press(page, f"Insert {figure.table.key}")
    press(page, f"Insert {figure.table.key}")
    assert text.input_value() == (f"Many {cited} came.\n\n{placed}\n\n{placed}\n\nFew left.")
    text.fill(f"Many came {cited}")
    # Whoever puts another editor over the field takes over what is inserted.
    taken = page.evaluate(TAKE_OVER)
    assert taken == [f"[@{figure.source.key}]", page.locator("#id_text").input_value()]
    press(page, "Preview")
    page.wait_for_function("() => document.activeElement.id === 'preview-title'")
    assert "(Office n.d.)" in page.locator("#preview article").inner_text()
    # On a busy machine a part was saved before.
    page.locator("#save-state", has_text="Saved at").wait_for()
    assert stored(profile) == page.locator("#id_text").input_value()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_pages_are_for_everybody_and_fit_a_phone(browse, made, profile, language):
    figure = factories.give_figure(factories.section(profile, "1"))
    page = browse(language, made[Role.LOCAL_EXPERT])
    arabic = f"جاء كثيرون [@{figure.source.key}].\n\n[[table:{figure.table.key}]]"
    page.goto(edit(profile))
    right_to_left = language == "ar"
    assert page.locator("html").get_attribute("dir") == ("rtl" if right_to_left else "ltr")
    type_text(page, arabic)
    page.locator("button[value=preview]").click()
    page.wait_for_function("() => document.activeElement.id === 'preview-title'")
    page.evaluate(
        "() => { for (const one of document.querySelectorAll('details')) one.open = true; }"
    )
    assert problems(page) == []
    direction = page.locator("#id_text").evaluate("one => getComputedStyle(one).direction")
    assert direction == "rtl"
    saved(page)
    factories.move(factories.section(profile, "1"), "submit", made[Role.CO_AUTHOR])
    for address in (edit(profile), reverse("profile", args=[profile.slug])):
        page.goto(address)
        assert problems(page) == []
