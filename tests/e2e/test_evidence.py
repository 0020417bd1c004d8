"""Filling the register in a browser: inception, a pasted table, priorities, two at one entry."""

import re
import threading

import pytest
from django.shortcuts import redirect
from django.urls import reverse
from playwright.sync_api import expect

from profile_workflow.states import ProfileState, Role
from profile_workflow.views import entries
from tests import factories
from tests.browser import PATIENCE, overflowing, violations
from tests.robustness.subprocesses import wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def made():
    return factories.make_programme(sections=2)


def store(page):
    page.get_by_role("button", name="Save", exact=True).click()


def test_inception_is_filled_without_scripts(browse, made):
    profile = factories.bring_to(factories.make_profile(made), ProfileState.INCEPTION)
    page = browse("en", made[Role.LOCAL_EXPERT], scripts=False)
    page.goto(reverse("profile", args=[profile.slug]))
    page.get_by_role("link", name="Evidence", exact=True).click()
    assert page.locator(".panel-late li").count() == 2
    page.get_by_role("link", name="Go to the territories").first.click()
    assert page.url.endswith("#territories")
    page.get_by_role("link", name="Add a territory").click()
    store(page)
    assert page.get_by_role("alert").get_by_text("This field is required.").count() == 2
    page.get_by_label("Name", exact=True).fill("Municipality of Sfax")
    page.get_by_label("Kind").select_option("municipality")
    page.get_by_label("This is what the profile calls").check()
    store(page)
    assert page.get_by_text("“Municipality of Sfax” has been added.").is_visible()
    page.get_by_role("link", name="Add a working definition").click()
    page.get_by_label("Term").fill("Foreign-born residents")
    page.get_by_label("Definition", exact=True).fill("Residents born abroad.")
    store(page)
    page.get_by_role("link", name="Add an acronym").click()
    page.get_by_label("Acronym").fill("CSG")
    page.get_by_label("Long form").fill("City Stakeholder Group")
    store(page)
    assert page.get_by_text("Nothing of the evidence is missing").is_visible()
    page.get_by_role("link", name="Change Foreign-born residents").click()
    page.get_by_label("Origin").fill("National office")
    store(page)
    page.get_by_role("link", name="Remove CSG").click()
    assert page.get_by_role("main").get_by_text("CSG", exact=True).is_visible()
    page.get_by_role("button", name="Remove").click()
    assert page.get_by_text("“CSG” has been removed.").is_visible()
    page.goto(reverse("profile_move", args=[profile.slug, "begin_drafting"]))
    assert page.locator("#missing").count() == 0
    assert (profile.territories.get().code, profile.acronyms.count()) == ("municipality-of-sfax", 0)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_double_click_adds_one_source(browse, made, scripts, monkeypatch):
    # A line on which the answer takes longer than a finger; the source is stored already.
    both = threading.Barrier(2)

    def redirect_when_both_are_in(*to):
        both.wait(PATIENCE / 1000)
        return redirect(*to)

    monkeypatch.setattr(entries, "redirect", redirect_when_both_are_in)
    profile = factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)
    page = browse("en", made[Role.LOCAL_EXPERT], scripts=scripts)
    page.goto(reverse("entry_add", args=[profile.slug, "source"]))
    page.get_by_label("Kind").select_option("book")
    page.get_by_label("Authors").fill("Natter, Katharina")
    page.get_by_label("Title", exact=True).fill("Rethinking immigration")
    sent = []
    page.on("request", lambda request: sent.append(request.method))
    button = page.get_by_role("button", name="Save", exact=True)
    button.scroll_into_view_if_needed()
    box = button.bounding_box()
    place = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.click(*place)
    # On a busy machine the second press would take back the first, before the server has it.
    wait_until(lambda: both.n_waiting == 1, what="the first press")
    page.mouse.click(*place)
    expect(page).to_have_url(re.compile("/sources/$"))
    assert sent.count("POST") == 2
    expect(page.get_by_role("main").get_by_text("Rethinking immigration").last).to_be_visible()
    assert profile.sources.count() == 1


def test_a_table_is_pasted_from_right_to_left(browse, made):
    profile = factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)
    table = factories.give_figure(factories.section(profile, "1")).table
    page = browse("ar", made[Role.LOCAL_EXPERT])
    page.goto(reverse("table_paste", args=[profile.slug, table.pk]))
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert violations(page) == []
    head = ("label", "value", "unit", "year", "territory")
    men = ("الرجال", "\u0661\u066c\u0662\u0660\u0660", "شخص", "2024", "city")
    women = ("النساء", "{}", "شخص", "2024", "city")
    rows = "\n".join("\t".join(row) for row in (head, men, women))
    page.locator("#id_text").fill(rows.format("كثير"))
    page.locator("button[value=check]").click()
    assert page.locator("#error-summary a").get_attribute("href") == "#row-3"
    expect(page.locator("#error-summary")).to_be_focused()
    assert violations(page) == []
    page.locator("#id_text").fill(rows.format("\u0661\u066c\u0663\u0660\u0660"))
    page.locator("button[value=check]").click()
    assert table.items.count() == 1
    assert overflowing(page) == 0
    page.locator("button[value=store]").click()
    page.wait_for_url("**" + reverse("table", args=[profile.slug, table.pk]))
    values = list(table.items.order_by("position").values_list("label", "value"))
    assert values[1:] == [("الرجال", 1200), ("النساء", 1300)]
    assert page.locator("tbody tr").count() == 3


def test_priorities_are_set_on_a_phone(browse, made):
    profile = factories.bring_to(factories.make_profile(made), ProfileState.PRIORITY_SETTING)
    factories.give_priority(profile)
    page = browse("en", made[Role.FOCAL_POINT])
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(reverse("priorities", args=[profile.slug]))
    page.get_by_role("link", name="Add a priority").click()
    assert overflowing(page) == 0
    assert violations(page) == []
    page.get_by_label("Title").fill("A welcome point")
    page.get_by_label("Rationale").fill("People fear institutions.")
    page.get_by_label("Responsible body").fill("City")
    store(page)
    assert page.get_by_text("Priority 2 needs an SDG target.").is_visible()
    page.get_by_role("button", name="Up 2. A welcome point").click()
    assert "A welcome point" in page.locator("main h2").nth(1).inner_text()
    page.get_by_role("link", name="Change 1. A welcome point").click()
    page.get_by_label("C1 Housing").check()
    page.get_by_label("SDG targets").fill("10.7")
    store(page)
    assert page.get_by_text("The list is complete.").is_visible()
    assert overflowing(page) == 0
    assert violations(page) == []
    assert profile.priorities.get(rank=1).sdg_targets == ["10.7"]


def test_two_at_one_entry_see_both_versions(browse, made):
    profile = factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)
    figure = factories.give_figure(factories.section(profile, "1"))
    where = reverse("entry", args=[profile.slug, "source", figure.source_id])
    mine = browse("en", made[Role.LOCAL_EXPERT])
    other = browse("en", made.team)
    for page in (mine, other):
        page.goto(where)
    other.get_by_label("Title").fill("Census of the team")
    store(other)
    mine.get_by_label("Title").fill("My census")
    store(mine)
    assert mine.locator("td", has_text="Census of the team").is_visible()
    assert mine.get_by_label("Title").input_value() == "My census"
    expect(mine.locator("#refusal")).to_be_focused()
    assert violations(mine) == []
    assert overflowing(mine) == 0
    mine.get_by_role("button", name="Save my version").click()
    figure.source.refresh_from_db()
    assert figure.source.title == "My census"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_forms_are_accessible_and_fit_a_phone(browse, made, language):
    profile = factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)
    figure = factories.give_figure(factories.section(profile, "1"))
    challenge = factories.give_priority(profile).challenges.get()
    page = browse(language, made[Role.LOCAL_EXPERT])
    slug, table = profile.slug, figure.table_id
    kinds = ("territory", "definition", "acronym", "source", "table", "challenge")
    pages = [
        *(reverse("entry_add", args=[slug, kind]) for kind in kinds),
        reverse("figure_add", args=[slug, table]),
        reverse("entry", args=[slug, "figure", figure.pk]),
        reverse("entry", args=[slug, "challenge", challenge.pk]),
        reverse("entry_remove", args=[slug, "figure", figure.pk]),
        reverse("figure", args=[slug, figure.pk]),
        reverse("table", args=[slug, table]),
    ]
    problems = {}
    for address in pages:
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(address)
        found = (violations(page), overflowing(page), page.evaluate("window.breaches"))
        if found != ([], 0, []):
            problems[address] = found
    assert problems == {}
