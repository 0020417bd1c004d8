"""Guidance in a browser: questions marked beside the text, findings shown, allowed, and gone."""

import pytest
from django.urls import reverse

from profile_workflow.models import FindingDismissal, QuestionAnswer, TemplateSection, User
from profile_workflow.states import SectionState
from tests import factories
from tests.browser import PLAIN
from tests.pages import EXPERT

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

BAD = "They are illegal migrants."
#: What is chosen in a field.
CHOSEN = "(t => t.value.slice(t.selectionStart, t.selectionEnd))"


@pytest.fixture
def one(world):
    """A section being written whose template asks two questions."""
    found = factories.section(world.drafted, "1")
    TemplateSection.objects.filter(pk=found.template_section_id).update(
        guiding_questions=["Who coordinates?", "Who pays?"],
        guiding_questions_ar=["من ينسّق؟", "من يموّل؟"],
    )
    return found


def address(one, name="section_edit"):
    return reverse(name, args=[one.profile.slug, one.key])


def test_an_author_marks_questions_settles_a_finding_and_submits(world, browse, one):
    page = browse(user=world.made[EXPERT])
    page.context.add_init_script(PLAIN)
    page.goto(address(one))
    page.get_by_label("Who coordinates?").select_option("answered")
    page.locator("#coverage-words", has_text="1 of 2 questions answered").wait_for()
    page.get_by_label("Who pays?").select_option("nothing_found")
    note = page.get_by_label("Why, or where you searched").nth(1)
    note.fill("Municipal archives, 3 May.")
    note.blur()
    page.locator("#coverage-words", has_text="2 of 2 questions answered").wait_for()
    assert QuestionAnswer.objects.get(question="0.1").note == "Municipal archives, 3 May."
    page.locator("#id_text").fill(BAD)
    page.get_by_role("button", name="Submit the section").click()
    page.locator("#missing", has_text="illegal migrants").wait_for()
    page.get_by_role("button", name="Show it in the text").click()
    assert page.locator("#id_text").evaluate(CHOSEN) == "illegal migrants"
    page.locator("#id_text").fill(f"So it was said. {BAD}")
    page.get_by_role("button", name="Allow, because …").click()
    page.locator("summary", has_text="Allow, because …").click()
    page.get_by_label("It may stand, because …").fill("Title of a leaflet.")
    page.get_by_role("button", name="Allow", exact=True).click()
    page.get_by_text("Title of a leaflet.").wait_for()
    page.goto(address(one))
    page.get_by_role("button", name="Submit the section").click()
    page.wait_for_url("**/tasks/")
    one.refresh_from_db()
    assert one.state == SectionState.READY


def test_a_note_outlives_a_dropped_line_and_the_list_follows_each_save(world, browse, one):
    page = browse(user=world.made[EXPERT], line_breaks=True)
    page.context.add_init_script(PLAIN)
    page.on("dialog", lambda dialog: dialog.accept())
    page.route("**/answers/", lambda route: route.abort())
    page.goto(address(one))
    page.get_by_label("Who pays?").select_option("nothing_found")
    # Nothing but typing: the field is never left.
    note = page.get_by_label("Why, or where you searched").nth(1)
    note.press_sequentially("Archives.")
    page.wait_for_function("() => Object.keys(localStorage).some((k) => k.startsWith('marks:'))")
    assert QuestionAnswer.objects.count() == 0
    page.reload()
    assert note.input_value() == "Archives."
    page.unroute("**/answers/")
    page.get_by_label("Who coordinates?").select_option("answered")
    page.locator("#coverage-words", has_text="2 of 2 questions answered").wait_for()
    assert QuestionAnswer.objects.get(question="0.1").note == "Archives."
    kept = "Object.keys(localStorage).filter((k) => k.startsWith('marks:')).length"
    assert page.evaluate(kept) == 0
    # What is found comes and goes with each save, without loading the page anew.
    text = page.locator("#id_text")
    text.fill(BAD)
    page.locator("#beside", has_text="illegal migrants").wait_for()
    assert text.evaluate("t => t === document.activeElement")
    text.fill("They are people.")
    page.locator("#beside", has_text="Nothing was found that should be looked at.").wait_for()
    # From the list of all sections each finding leads to its words.
    text.fill(f"So it was. {BAD}")
    page.locator("#save-state", has_text="Saved at").wait_for()
    page.goto(reverse("findings", args=[one.profile.slug]))
    page.get_by_role("link", name="Show it in the text").click()
    page.wait_for_function(f"() => {CHOSEN}(document.getElementById('id_text')) !== ''")
    assert page.locator("#id_text").evaluate(CHOSEN) == "illegal migrants"


def test_without_scripts_marks_go_with_the_text(world, browse, one):
    User.objects.update(language="ar")
    page = browse("ar", world.made[EXPERT], scripts=False)
    page.goto(address(one))
    page.locator("#id_text").fill(BAD)
    page.get_by_label("من ينسّق؟").select_option("not_applicable")
    page.locator("button[value=answers]").click()
    # The reason is asked for; text and choice are still there.
    page.locator("#error-summary a").click()
    page.locator("[id='id_q-0.0-note']").fill("لا توجد جهة.")
    assert page.locator("#id_text").input_value() == BAD
    page.locator("button[value=answers]").click()
    assert QuestionAnswer.objects.get().note == "لا توجد جهة."
    page.locator("button[name=allow]").click()
    assert page.url.partition("#")[0].endswith(address(one, "section_guidance"))
    page.locator("details.answer-form summary").click()
    page.locator("textarea").fill("عنوان منشور.")
    page.locator("details.answer-form button").click()
    assert FindingDismissal.objects.get().reason == "عنوان منشور."
