"""The first journeys in a browser: a review from signing in to the end, the board of the team."""

import pytest
from django.urls import reverse

from profile_workflow.states import Role
from tests.browser import let_in, sign_in

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_review_from_signing_in_to_the_end(browse, world, scripts):
    reviewer = world.made[Role.INTERNATIONAL_EXPERT]
    let_in(reviewer)
    page = browse("en", scripts=scripts)
    sign_in(page, reviewer)
    assert page.get_by_role("heading", level=1).inner_text() == "My tasks"
    assert page.get_by_text("12 days late").count() == 1
    page.get_by_role("link", name="Review the section: 2 Chapter 2").click()
    page.get_by_role("link", name="Read the section").click()
    assert "Text of chapter 2" in page.locator("article").inner_text()
    page.go_back()
    page.get_by_label("Accept", exact=True).check()
    page.get_by_role("button", name="Send the decision").click()
    assert page.get_by_text("Done: Review the section – 2 Chapter 2.").is_visible()
    page.get_by_role("link", name="Profiles", exact=True).click()
    page.get_by_role("link", name="Sfax").click()
    page.get_by_role("link", name="History").click()
    first = page.locator(".timeline li").first.inner_text()
    assert "Accept" in first
    assert reviewer.full_name in first
    page.get_by_role("button", name="Sign out").click()
    page.goto(reverse("tasks"))
    assert page.get_by_role("heading", level=1).inner_text() == "Sign in"


def test_the_team_filters_the_board_and_changes_the_language(browse, world):
    page = browse("en", world.made.team, scripts=False)
    page.goto(reverse("board"))
    page.get_by_label("Late only").check()
    page.get_by_role("button", name="Filter").click()
    assert "late=on" in page.url
    assert page.locator("tbody tr").count() == 1
    page.get_by_label("City or title").fill("nowhere")
    page.get_by_role("button", name="Filter").click()
    assert page.get_by_text("No profile matches the filter.").is_visible()
    page.locator("#language").select_option("ar")
    page.locator("form:has(#language) button").click()
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert "search=nowhere" in page.url
