"""Every page, as everybody who uses it, in two directions of writing: nothing is wrong with it."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from profile_workflow.states import Role
from tests import browser as checks
from tests.pages import NO_PAGE, PAGES, STRANGER
from workflows.models import Task

BROWSER = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
DIRECTIONS = {"en": "ltr", "ar": "rtl"}
WHO = sorted({who for page in PAGES for who in page.who})


def problems_of(page, address, scales, *, most=checks.BUDGET):
    """Open an address and return everything that is wrong with it."""
    answer = page.goto(address)
    assert answer is not None
    weight = scales.weight(page, answer)
    found = {
        "status": [] if answer.ok else [answer.status],
        "axe": checks.violations_in_both_schemes(page),
        "wider than a phone by": checks.overflowing(page),
        "content policy": checks.breaches(page),
        "bytes too heavy": max(0, weight - most),
        "keyboard": checks.keyboard_problems(page),
    }
    return {kind: problem for kind, problem in found.items() if problem}


@pytest.fixture(scope="module")
def scales():
    return checks.Scales()


class TestEveryPage:
    pytestmark = BROWSER

    @pytest.mark.parametrize("who", WHO)
    def test_nothing_is_wrong_with_it(self, browse, world, scales, who):
        # In both languages with one world: making it takes longer than looking at a page.
        pages = [one for one in PAGES if who in one.who]
        problems = {}
        for language, direction in DIRECTIONS.items():
            page = browse(language, world.person(who))
            for one in pages:
                found = problems_of(page, one.address(world), scales, most=one.most_bytes)
                problems[language, one.key] = found
                assert page.locator("html").get_attribute("dir") == direction
        assert {key: found for key, found in problems.items() if found} == {}

    def test_refusals_are_accessible_too(self, browser, live_server, world):
        context = browser.new_context(base_url=live_server.url)
        page = context.new_page()
        checks.let_in(world.made[Role.INTERNATIONAL_EXPERT])
        checks.sign_in(page, world.made[Role.INTERNATIONAL_EXPERT])
        task = Task.objects.open().filter(section__key="2").get()
        page.goto(reverse("task", args=[task.pk]))
        page.get_by_label("Ask for minor changes").check()
        page.get_by_role("button", name="Send the decision").click()
        assert page.get_by_role("alert").count() == 1
        expect(page.locator("#error-summary")).to_be_focused()
        assert page.get_by_label("Ask for minor changes").is_checked()
        assert checks.violations_in_both_schemes(page) == []
        for address in ("/p/no-such-profile/", reverse("board"), reverse("language")):
            page.goto(address)
            assert checks.violations_in_both_schemes(page) == []
            assert checks.overflowing(page) == 0
        context.close()

    def test_the_first_stop_leads_past_the_navigation(self, browse, world):
        page = browse("en", world.made.team)
        page.goto(reverse("board"))
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"

    def test_on_paper_there_is_no_navigation(self, browse, world):
        page = browse("en", world.made.team)
        page.goto(reverse("board"))
        page.emulate_media(media="print")
        assert page.locator("header").is_hidden()
        assert page.locator("footer").is_hidden()
        assert page.locator("table").is_visible()

    def test_a_review_on_paper_has_its_comments_but_nothing_to_fill_in(self, browse, world):
        page = browse("en", world.made[Role.INTERNATIONAL_EXPERT])
        page.goto(reverse("section_review", args=[world.profile.slug, "1"]))
        said = page.get_by_text("Where is the source?")
        page.emulate_media(media="print")
        assert said.is_visible()
        assert page.locator("main :is(button, input, textarea):visible").count() == 0

    def test_what_is_folded_away_is_printed(self, browse, world):
        page = browse("en", world.made[Role.INTERNATIONAL_EXPERT])
        page.goto(reverse("section_review", args=[world.profile.slug, "1"]))
        folded = page.locator("details blockquote")
        assert folded.is_hidden()
        page.emulate_media(media="print")
        assert folded.is_visible()


# What the tests above must catch


class TestPlantedFaults:
    pytestmark = BROWSER

    @pytest.fixture
    def page(self, browser, live_server):
        context = browser.new_context(base_url=live_server.url)
        context.add_init_script(checks.WATCH)
        page = context.new_page()
        page.set_viewport_size(checks.DESKTOP)
        page.goto(reverse("sign_in"))
        yield page
        context.close()

    def test_a_missing_label_a_long_word_and_a_script_are_seen(self, page):
        page.evaluate(
            """() => {
                document.querySelector("main label").remove();
                const wide = document.createElement("p");
                wide.textContent = "x".repeat(500);
                document.querySelector("main").append(wide);
                const script = document.createElement("script");
                script.textContent = "window.ran = true";
                document.head.append(script);
            }"""
        )
        assert checks.violations(page) != []
        assert checks.overflowing(page) > 0
        assert checks.breaches(page) == ["script-src-elem"]
        assert page.evaluate("window.ran === undefined")

    def test_a_word_that_is_faint_by_night_only_is_seen(self, page):
        page.evaluate("document.querySelector('main h1').style.color = '#222'")
        assert [one[0] for one in checks.violations_in_both_schemes(page)] == ["dark"]

    def test_a_trap_for_the_keyboard_is_seen(self, page):
        assert checks.keyboard_problems(page) == []
        page.evaluate(
            """() => document.querySelector("#id_password").addEventListener(
                "keydown", event => { if (event.key === "Tab") event.preventDefault(); }
            )"""
        )
        assert any("not reached" in one for one in checks.keyboard_problems(page))

    def test_a_focus_that_cannot_be_seen_is_seen(self, page):
        page.evaluate(
            "document.querySelector('#id_password').style.setProperty("
            "'outline', 'none', 'important')"
        )
        assert any("focus not seen" in one for one in checks.keyboard_problems(page))

    def test_a_heavy_page_is_seen(self, page, scales):
        answer = page.goto(reverse("sign_in"))
        light = scales.weight(page, answer)
        assert 0 < light < checks.BUDGET
        page.evaluate("fetch('/static/reports/fonts/NotoSans-Regular.ttf').then(one => one.blob())")
        assert scales.weight(page, answer) > checks.BUDGET


# The list of pages


def addresses_without_a_page(pages, no_page, names):
    """Return the names of addresses that nobody looks at, and of pages that are not there."""
    listed = {page.name for page in pages} | set(no_page)
    return sorted(names ^ listed)


@pytest.mark.unit
def test_every_address_is_looked_at_or_is_no_page():
    from tests.access.test_access import all_names  # noqa: PLC0415 - a test module, not a package

    assert addresses_without_a_page(PAGES, NO_PAGE, set(all_names())) == []


@pytest.mark.unit
def test_a_page_that_is_not_in_the_list_is_noticed():
    names = {page.name for page in PAGES} | set(NO_PAGE)
    assert addresses_without_a_page(PAGES, NO_PAGE, names | {"new"}) == ["new"]
    assert addresses_without_a_page(PAGES[1:], NO_PAGE, names) == [PAGES[0].name]
    assert addresses_without_a_page(PAGES, {**NO_PAGE, "gone": "a file"}, names) == ["gone"]


@pytest.mark.unit
def test_every_page_is_told_apart_and_explained():
    assert len({page.key for page in PAGES}) == len(PAGES)
    assert all(page.purpose.endswith(".") and page.who for page in PAGES)
    assert all(who == STRANGER or who in Role.values for page in PAGES for who in page.who)
