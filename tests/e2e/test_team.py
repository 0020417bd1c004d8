"""Journeys of the project team in a browser: starting, staffing, watching, taking a task."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from profile_workflow.models import Assignment, Profile, SavedView, User
from profile_workflow.services import people
from profile_workflow.states import ProfileState, Role
from tests import factories
from tests.browser import PHONE, overflowing
from workflows.models import Task

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def made():
    return factories.make_programme(cities=2)


def test_a_profile_is_started_without_scripts(browse, made):
    page = browse("en", made.team, scripts=False)
    page.goto(reverse("board"))
    page.get_by_role("link", name="Start a profile").first.click()
    page.get_by_label("City", exact=True).select_option(str(made.cities[0].pk))
    page.get_by_label("Edition").fill("2031")
    page.get_by_label("Local expert").fill(made[Role.LOCAL_EXPERT].email)
    page.get_by_label("International expert").fill("nobody@example.org")
    page.get_by_label("Set-up").fill("10")
    page.get_by_role("button", name="Check the answers").click()
    page.get_by_role("link", name="Nobody with the address or name").click()
    assert page.url.endswith("#id_international_expert")
    assert page.get_by_label("Edition").input_value() == "2031"
    page.get_by_label("International expert").fill(made[Role.INTERNATIONAL_EXPERT].full_name)
    page.get_by_role("button", name="Check the answers").click()
    assert page.get_by_text("Nothing has been started yet.").is_visible()
    assert page.locator("tbody tr").count() == 13
    page.get_by_role("button", name="Change the answers").click()
    assert page.get_by_label("Set-up").input_value() == "10"
    page.get_by_role("button", name="Check the answers").click()
    page.get_by_role("button", name="Start the profile").click()
    assert page.get_by_text("The profile has been started.").is_visible()
    profile = Profile.objects.get()
    assert reverse("profile", args=[profile.slug]) in page.url
    assert profile.stage_days == {"plan": 10}
    assert profile.assignments.count() == 2


def test_people_are_given_a_part_and_a_substitute_from_right_to_left(browse, made):
    profile = factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)
    person = factories.make_person("rania")
    User.objects.filter(pk=person.pk).update(full_name="رانيا عودة")
    page = browse("ar", made.team)
    page.goto(reverse("people", args=[profile.slug]))
    assert page.locator("html").get_attribute("dir") == "rtl"
    page.locator(f'a[href="{reverse("people_add", args=[profile.slug])}"]').click()
    page.locator("#id_q").fill("رانيا")
    page.locator("main form button").click()
    page.get_by_role("link", name="رانيا عودة").click()
    page.locator("#id_role").select_option("co_author")
    page.locator("main form button").click()
    assert page.get_by_role("status").locator("p").count() == 1
    part = Assignment.objects.get(user=person)
    page.locator(f'a[href="{reverse("people_substitute", args=[profile.slug, part.pk])}"]').click()
    page.locator("#id_person").fill(made.outsider.email)
    today = timezone.localdate()
    page.locator("#id_ends_on").fill((today + timedelta(days=7)).isoformat())
    page.locator("main form button").click()
    lent = Assignment.objects.get(user=made.outsider)
    assert (lent.stands_in_for_id, lent.starts_on) == (part.pk, today)
    assert page.get_by_text(made.outsider.full_name).first.is_visible()
    # A sheet of A4 across, within its margins: from right to left what is wider is cut off.
    page.set_viewport_size({"width": 1009, "height": 700})
    page.goto(reverse("board"))
    assert page.evaluate("document.querySelector('table').offsetWidth") > 1009
    page.emulate_media(media="print")
    assert page.evaluate("document.querySelector('table').offsetWidth") <= 1009


def test_the_board_is_filtered_and_a_view_kept_on_a_phone(browse, made):
    drafted = factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)
    factories.make_profile(made, city=made.cities[1])
    page = browse("en", made.team)
    page.set_viewport_size(PHONE)
    page.goto(reverse("board"))
    page.get_by_text("More filters").click()
    page.get_by_label("State").select_option("drafting")
    page.get_by_role("button", name="Filter").click()
    assert page.locator("tbody tr").count() == 1
    for shape in ("Columns", "List", "Matrix"):
        page.get_by_role("link", name=shape, exact=True).click()
        assert "state=drafting" in page.url
        assert page.get_by_role("link", name=str(drafted.city)).is_visible()
        assert overflowing(page) == 0, shape
        page.set_viewport_size(PHONE)
    page.get_by_text("Keep this view").click()
    page.get_by_label("Name of the view").fill("Drafts")
    page.get_by_role("button", name="Keep").click()
    page.get_by_role("link", name="Show all").click()
    assert page.locator("tbody tr").count() == 2
    page.get_by_role("link", name="Drafts", exact=True).click()
    assert page.locator("tbody tr").count() == 1
    assert "state=drafting" in SavedView.objects.get().query


def press_until(page, wanted):
    """Press Tab until an element has the focus; it must be seen then."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("one => document.activeElement === one", wanted.element_handle()):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline == "solid"
            return
    raise AssertionError("the Tab key does not reach it")


def test_a_task_is_taken_with_the_keyboard_alone(browse, made):
    colleague = factories.make_person("colleague")
    people.assign_to_programme(colleague, Role.PROJECT_TEAM, programme_id=made.programme.pk)
    profile = factories.make_profile(made)
    task = Task.objects.open().get(profile=profile)
    assert task.owner is None
    page = browse("en", made.team)
    page.goto(reverse("tasks"))
    press_until(page, page.get_by_role("button", name="Take it"))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{reverse('task', args=[task.pk])}")
    assert page.get_by_text("The task is yours now.").is_visible()
    assert Task.objects.get(pk=task.pk).owner == made.team
    press_until(page, page.get_by_role("link", name="Hand the task over to somebody else"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/delegate/")
    press_until(page, page.get_by_label("New owner"))
    page.keyboard.press("ArrowDown")
    press_until(page, page.get_by_role("button", name="Hand the task over"))
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{reverse('task', args=[task.pk])}")
    assert Task.objects.get(pk=task.pk).owner == colleague
