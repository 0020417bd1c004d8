"""Every page, as everybody who uses it, in two directions of writing: nothing is wrong with it."""

import itertools

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from profile_workflow.states import Role
from tests import browser as checks
from tests.access.world import all_names
from tests.further_pages import BAD_MOMENTS, EVERY_PAGE
from tests.looks import DIRECTIONS, Looker, Memory, show_bad_moment
from tests.pages import NO_PAGE, PAGES, STEPS, STRANGER
from tests.shapes import parts_of
from workflows.flows import human_tasks

BROWSER = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
#: How many tests share the pages, so that no process waits long for the other.
SHARES = 4


def share_of(number):
    """Return the pages of one test: about as much work as those of each other one."""
    work = (2 if page.for_all and page.sent is None else 1 for page in EVERY_PAGE)
    done = list(itertools.accumulate(work))
    place = [(one - 1) * SHARES // done[-1] for one in done]
    return [page for page, here in zip(EVERY_PAGE, place, strict=True) if here == number]


@pytest.fixture(scope="module")
def memory():
    return Memory()


@pytest.fixture(scope="module")
def scales():
    return checks.Scales()


class TestEveryPage:
    pytestmark = BROWSER

    @pytest.mark.long(120)
    @pytest.mark.parametrize("share", range(SHARES))
    def test_nothing_is_wrong_with_it(self, browse, live_server, world, memory, share):
        windows = {language: browse(language, refuses=True) for language in DIRECTIONS}
        looker = Looker(windows, live_server.url, world, memory)
        found = [told for one in share_of(share) for told in looker.problems(one)]
        assert {whose: problems for whose, problems in found if problems} == {}

    @pytest.mark.parametrize("name", BAD_MOMENTS)
    def test_nothing_is_wrong_in_a_bad_moment(self, browse, memory, name):
        page = browse(refuses=True)
        answer = show_bad_moment(page, name)
        assert answer.status == int(name)
        assert memory.scales.weight(page, answer) < checks.BUDGET
        assert checks.violations_in_both_schemes(page, memory.colours) == []
        assert checks.keyboard_problems(page) == []
        assert checks.overflowing(page) == 0

    def test_on_paper_there_is_no_navigation_and_nothing_to_press(self, browse, world):
        page = browse("en", world.made[Role.INTERNATIONAL_EXPERT])
        page.goto(reverse("section_review", args=[world.profile.slug, "1"]))
        said, folded = page.get_by_text("Where is the source?"), page.locator("details blockquote")
        assert folded.is_hidden()
        page.emulate_media(media="print")
        assert page.locator("header").is_hidden()
        assert page.locator("footer").is_hidden()
        assert said.is_visible()
        assert folded.is_visible()
        assert page.locator("main :is(button, input, textarea):visible").count() == 0

    def test_the_first_stop_leads_past_the_navigation_to_what_is_printed(self, browse, world):
        page = browse("en", world.made.team)
        page.goto(reverse("board"))
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        expect(page.locator("#main")).to_be_focused()
        page.emulate_media(media="print")
        assert page.locator("table").is_visible()


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

    def test_what_stays_in_view_covers_nothing_where_the_page_begins(self, page):
        page.evaluate(
            """() => {
                document.body.style.paddingBottom = "2000px";
                const bar = document.createElement("a");
                Object.assign(bar, {textContent: "It stays in view.", href: "/"});
                bar.style = "position: sticky; top: 0; display: block; background: white";
                document.querySelector("main").prepend(bar);
                const below = document.querySelector("#id_username").getBoundingClientRect();
                const above = bar.getBoundingClientRect();
                scrollTo({top: below.bottom - above.height - 8, behavior: "instant"});
            }"""
        )
        begins = page.evaluate("scrollY")
        assert begins > 0
        assert checks.violations(page, ["target-size"]) == []
        assert page.evaluate("scrollY") == begins

    def test_what_is_renewed_in_the_meantime_is_looked_at_anew(self, page):
        assert checks.violations(page) == []
        page.evaluate(
            """() => {
                const field = document.querySelector("#id_username"), whole = field.cloneNode();
                field.removeAttribute("id");
                const run = axe.run;
                axe.run = async (...asked) => {
                    const told = await run(...asked);
                    field.replaceWith(window.isRenewed ? whole : field);
                    window.isRenewed = true;
                    return told;
                };
            }"""
        )
        # It is there to the end, so it is a fault; then it is gone before anybody is told.
        assert [one[0] for one in checks.violations(page)] == ["label"]
        assert checks.violations(page) == []

    def test_a_word_that_is_faint_by_night_only_is_seen(self, page):
        known = checks.Colours()
        assert checks.violations_in_both_schemes(page, known) == []
        assert checks.violations_in_both_schemes(page, known) == []
        page.evaluate("document.querySelector('main h1').style.color = '#222'")
        assert [one[0] for one in checks.violations_in_both_schemes(page, known)] == ["dark"]
        # What was found to be too faint is not taken for known.
        assert [one[0] for one in checks.violations_in_both_schemes(page, known)] == ["dark"]

    def test_a_word_that_changes_its_colour_is_looked_at_when_it_has(self, page):
        page.evaluate("document.querySelector('main h1').style.color = '#ddd'")
        assert [one[0] for one in checks.violations(page)] == ["color-contrast"]
        page.emulate_media(reduced_motion="no-preference")
        page.evaluate(
            """() => {
                const {style} = document.querySelector("main h1");
                style.transition = "color 100s";
                style.color = "";
            }"""
        )
        assert checks.violations(page) == []

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
        # The browser tells of what was loaded a moment after it is there.
        told = "performance.getEntriesByType('resource').some(one => one.name.endsWith('.ttf'))"
        page.wait_for_function(told)
        assert scales.weight(page, answer) > checks.BUDGET


@pytest.mark.unit
def test_only_what_was_not_looked_at_is_new():
    page = "<main><p class='soft' id='a1'>Words <a href='/x/'>here</a><br></p></main>"
    known = parts_of(page)
    for same in (
        page.replace("a1", "b2").replace("/x/", "/y/").replace("Words", "كلمات"),
        page.replace("<main>", "<main lang='ar' dir='rtl'>"),
        page.replace("<br>", ""),
        page.replace("</main>", "<p class='soft' id='a2'>More words</p></main>"),
    ):
        assert parts_of(same) <= known
    for new in (
        page.replace("soft", "loud"),
        page.replace("<br>", "<input>"),
        page.replace("<a href='/x/'>", "<a>"),
        page.replace(">here<", "><"),
        page.replace("main>", "aside>"),
        page.replace("</main>", "<p>Words</p></main>"),
    ):
        assert not parts_of(new) <= known


# The list of pages


def addresses_without_a_page(pages, no_page, names):
    """Return the names of addresses that nobody looks at, and of pages that are not there."""
    listed = {page.name for page in pages} | set(no_page)
    return sorted(names ^ listed)


@pytest.mark.unit
def test_every_address_is_looked_at_or_is_no_page():
    assert addresses_without_a_page(PAGES, NO_PAGE, set(all_names())) == []


@pytest.mark.unit
def test_a_page_that_is_not_in_the_list_is_noticed():
    names = {page.name for page in PAGES} | set(NO_PAGE)
    assert addresses_without_a_page(PAGES, NO_PAGE, names | {"new"}) == ["new"]
    assert addresses_without_a_page(PAGES[1:], NO_PAGE, names) == [PAGES[0].name]
    assert addresses_without_a_page(PAGES, {**NO_PAGE, "gone": "a file"}, names) == ["gone"]


@pytest.mark.unit
def test_every_page_is_in_one_share():
    assert [page for share in range(SHARES) for page in share_of(share)] == list(EVERY_PAGE)


@pytest.mark.unit
def test_every_page_is_told_apart_and_explained():
    assert len({page.key for page in EVERY_PAGE}) == len(EVERY_PAGE)
    assert all(page.purpose.endswith(".") and page.who for page in EVERY_PAGE)
    assert all(who == STRANGER or who in Role.values for page in EVERY_PAGE for who in page.who)


@pytest.mark.unit
def test_every_kind_of_task_is_looked_at():
    looked_at = {page.variant or "review" for page in EVERY_PAGE if page.name == "task"}
    assert set(human_tasks()) <= looked_at
    assert set(human_tasks()) == set(STEPS)
