"""Signing out: what could not be saved is not erased unasked."""

import pytest
from django.urls import reverse

from profile_workflow.models import TemplateSection
from profile_workflow.states import ProfileState, Role
from tests import factories
from tests.browser import overflowing, sign_in
from tests.e2e.writing import COPIES, edit, leave_copy, problems, stored, type_text

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ASKED = "#sign-out-unsent"
NOTES = "Object.keys(localStorage).filter(name => name.startsWith('marks:')).length"


@pytest.fixture
def made():
    return factories.make_programme()


@pytest.fixture
def profile(made):
    return factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)


def sign_out(page):
    page.locator("form[data-person] button").click()


def signed_out(page):
    page.wait_for_url(f"**{reverse('sign_in')}**")


def nothing_is_kept(page):
    """Wait until nothing is left in the browser, which erases it beside the page."""
    page.wait_for_function("() => localStorage.length === 0")


def test_what_was_just_written_is_saved_before_somebody_signs_out(browse, made, profile):
    page = browse("en", made[Role.LOCAL_EXPERT])
    page.goto(edit(profile))
    type_text(page, "Written at the last moment.")
    sign_out(page)
    signed_out(page)
    assert stored(profile) == "Written at the last moment."
    nothing_is_kept(page)


def test_what_could_not_be_saved_is_listed_and_erased_only_when_asked(browse, made, profile):
    expert = made[Role.LOCAL_EXPERT]
    page = browse("ar", expert)
    page.goto(edit(profile))
    leave_copy(page, edit(profile, "2"), "Of the second section.")
    leave_copy(page, edit(profile, "2"), "Of somebody else.", person=4711)
    sign_out(page)
    page.locator(ASKED).wait_for()
    assert "Of the second section." in page.locator(ASKED).inner_text()
    assert "somebody else" not in page.locator(ASKED).inner_text()
    assert problems(page) == []
    page.keyboard.press("Escape")
    page.reload()
    sign_out(page)
    page.locator(f"{ASKED} [data-do=keep]").click()
    signed_out(page)
    assert page.evaluate(COPIES) == 2
    sign_in(page, expert)
    page.goto(reverse("tasks"))
    assert "Of the second section." in page.locator("#unsent").inner_text()
    assert overflowing(page) <= 0
    sign_out(page)
    page.locator(f"{ASKED} [data-do=erase]").click()
    signed_out(page)
    assert page.evaluate("Object.keys(localStorage).filter(one => one.startsWith('draft:'))") == [
        f"draft:4711:{edit(profile, '2')}:1"
    ]


def test_who_leaves_a_text_that_cannot_be_saved_is_asked_once(browse, made, profile):
    page = browse("en", made[Role.LOCAL_EXPERT], line_breaks=True)
    page.goto(edit(profile))
    page.route("**/save/", lambda route: route.abort())
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    type_text(page, "Cannot be saved.")
    sign_out(page)
    page.locator(ASKED).wait_for()
    assert "Cannot be saved." in page.locator(ASKED).inner_text()
    page.locator(f"{ASKED} [data-do=erase]").click()
    signed_out(page)
    assert asked == []
    nothing_is_kept(page)
    assert stored(profile) == ""


def test_notes_that_could_not_be_saved_are_asked_about_like_texts(browse, made, profile):
    template = factories.section(profile, "1").template_section
    TemplateSection.objects.filter(pk=template.pk).update(guiding_questions=["Who pays?"])
    expert = made[Role.LOCAL_EXPERT]
    page = browse("en", expert, line_breaks=True)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.route("**/answers/", lambda route: route.abort())
    page.goto(edit(profile))
    page.get_by_label("Who pays?").select_option("nothing_found")
    page.get_by_label("Why, or where you searched").fill("Municipal archives.")
    sign_out(page)
    page.locator(ASKED).wait_for()
    assert "Municipal archives." in page.locator(ASKED).inner_text()
    page.locator(f"{ASKED} [data-do=keep]").click()
    signed_out(page)
    assert page.evaluate(NOTES) == 1
    # On another page, nobody but the copy knows of them.
    sign_in(page, expert)
    page.goto(reverse("tasks"))
    assert "Municipal archives." in page.locator("#unsent").inner_text()
    sign_out(page)
    page.locator(f"{ASKED} [data-do=erase]").click()
    signed_out(page)
    assert page.evaluate(NOTES) == 0
    assert asked == []
    # Where they are written, nothing is kept after they were erased.
    sign_in(page, expert)
    page.goto(edit(profile))
    page.get_by_label("Who pays?").select_option("nothing_found")
    page.get_by_label("Why, or where you searched").fill("Register office.")
    sign_out(page)
    page.locator(f"{ASKED} [data-do=erase]").click()
    signed_out(page)
    nothing_is_kept(page)
    assert asked == []
