"""What was typed and not sent: whoever leaves the page with it is asked first."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from profile_workflow.models import Comment, ReviewDraft
from profile_workflow.states import ProfileState, Role
from tests import factories
from tests.browser import PATIENCE
from tests.links import token_for

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

REMARK = "textarea[name=new-text]"
SAVE = "button[value=save]"


class Reviewer:
    """A reviewer before a section, who agrees whenever he is asked whether to leave."""

    def __init__(self, page, section, team):
        self.page, self.section, self.team, self.asked = page, section, team, []
        page.on("dialog", lambda dialog: (self.asked.append(dialog.type), dialog.accept()))
        self.open()

    def open(self):
        self.page.goto(reverse("section_review", args=[self.section.profile.slug, "1"]))

    def leave(self):
        """Go elsewhere and return how often he was asked."""
        self.asked.clear()
        self.page.goto(reverse("tasks"))
        assert set(self.asked) <= {"beforeunload"}
        return len(self.asked)

    def types(self, field, words):
        self.page.locator(field).press_sequentially(words)


@pytest.fixture
def reviewer(browse):
    made = factories.make_programme(sections=1)
    profile = factories.bring_to(factories.make_profile(made), ProfileState.EXPERT_REVIEW)
    page = browse("en", made[Role.INTERNATIONAL_EXPERT])
    return Reviewer(page, factories.section(profile, "1"), made.team)


def test_whoever_leaves_a_text_behind_is_asked(reviewer):
    assert reviewer.leave() == 0
    reviewer.open()
    reviewer.types(REMARK, "Where is the source?")
    assert reviewer.leave() == 1
    # The language is chosen by a form too, which takes nothing along.
    reviewer.open()
    reviewer.types(REMARK, "Where is the source?")
    reviewer.asked.clear()
    reviewer.page.locator("header form:has(#language) button").click()
    assert reviewer.asked == ["beforeunload"]


def test_nobody_is_asked_about_what_was_sent_or_taken_back(reviewer):
    reviewer.types(REMARK, "Where is the source?")
    reviewer.page.locator("input[name=new-kind]").first.check()
    reviewer.page.locator(SAVE).first.click()
    expect(reviewer.page.get_by_text("Where is the source?").first).to_be_visible()
    assert Comment.objects.count() == 1
    assert reviewer.leave() == 0
    reviewer.open()
    reviewer.types(REMARK, "Or")
    reviewer.page.locator(REMARK).fill("")
    assert reviewer.leave() == 0
    assert reviewer.asked == []


def test_nobody_is_asked_about_what_was_saved_while_he_typed(reviewer):
    reviewer.types("#id_reason", "Good")
    assert reviewer.leave() == 1
    reviewer.open()
    reviewer.types("#id_reason", "Good, but short.")
    expect(reviewer.page.locator("#review-state")).to_have_text("Saved, for you alone.")
    assert reviewer.leave() == 0
    assert ReviewDraft.objects.get().reason == "Good, but short."
    reviewer.open()
    assert reviewer.leave() == 0
    reviewer.open()
    reviewer.types("#id_reason", "Too")
    assert reviewer.leave() == 1


def test_whoever_leaves_a_page_that_was_refused_is_asked(reviewer):
    reviewer.types(REMARK, "Where is the source?")
    reviewer.page.locator(SAVE).first.click()
    expect(reviewer.page.locator("#error-summary")).to_be_visible()
    assert reviewer.asked == []
    assert reviewer.leave() == 1


def test_whoever_leaves_what_came_too_late_is_asked(reviewer):
    reviewer.types(REMARK, "Where is the source?")
    reviewer.page.locator("input[name=new-kind]").first.check()
    factories.move(reviewer.section.profile, "hold", reviewer.team, reason="The mayor left.")
    reviewer.page.locator(SAVE).first.click()
    expect(reviewer.page.locator("#id_new-text_error")).to_be_visible()
    assert reviewer.leave() == 1


def test_nobody_is_asked_about_words_that_he_quoted(reviewer):
    reviewer.page.locator("[data-block]").first.click()
    expect(reviewer.page.locator("textarea[name=new-quote]")).not_to_have_value("")
    reviewer.page.keyboard.press("Escape")
    assert reviewer.leave() == 0


def test_whoever_answers_by_link_is_asked(browse):
    profile = factories.bring_to(factories.make_profile(), ProfileState.CONSULTATION)
    asked = next(one for one in factories.asked(profile) if one.role == Role.STAKEHOLDER)
    page, dialogs = browse("ar"), []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.type), dialog.dismiss()))
    page.goto(reverse("link_section", args=[token_for(asked), 1]))
    here = page.url
    page.locator("#id_text").press_sequentially("هذا الرقم قديم.")
    with page.expect_event("dialog"):
        page.locator("main p a").last.evaluate("link => link.click()")
    assert (dialogs, page.url) == (["beforeunload"], here)
    assert page.locator("#id_text").input_value() == "هذا الرقم قديم."
    page.locator("input[name=view][value=comments]").check()
    page.locator("#answer button").click()
    page.wait_for_url(lambda address: address != here)
    assert dialogs == ["beforeunload"]


def test_what_is_on_its_way_is_no_other_window(reviewer):
    page, held = reviewer.page, []

    def hold_the_answer(route):
        answer = route.fetch()
        held.append(lambda: route.fulfill(response=answer))

    page.route("**/review/draft/", hold_the_answer, times=1)
    reviewer.types("#id_reason", "Good")
    for _attempt in range(PATIENCE // 50):
        if held:
            break
        page.wait_for_timeout(50)
    assert held
    reviewer.types("#id_reason", ", but short.")
    for _press in range(2):
        page.locator(SAVE).last.evaluate("button => button.click()")
    expect(page.locator("#review-state")).to_have_text("Saving …")
    with page.expect_navigation():
        held[0]()
    assert "another window" not in page.locator("main").inner_text()
    assert ReviewDraft.objects.get().reason == "Good, but short."
