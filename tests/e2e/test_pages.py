"""The pages in a browser: for everybody, on a phone, from right to left, without scripts."""

import os
import pathlib
from datetime import timedelta

import axe_playwright_python
import pytest
from django.urls import reverse
from django.utils import timezone, translation

from profile_workflow.models import City, User
from profile_workflow.states import ProfileState, Role, SectionState
from tests import factories
from workflows.models import Task

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PASSWORD = "correct-horse-battery"
AXE = next(pathlib.Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text()
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PICTURE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "images" / "board.png"

#: Faults that the browser itself tells about on the page.
WATCH = """
window.breaches = [];
document.addEventListener(
    "securitypolicyviolation", event => window.breaches.push(event.violatedDirective)
);
"""


@pytest.fixture(autouse=True)
def _language_of_a_page_ends_with_its_test():
    with translation.override("en"):
        yield


@pytest.fixture
def made():
    made = factories.make_programme(sections=4)
    for user in (made.team, made[Role.LOCAL_EXPERT], made[Role.INTERNATIONAL_EXPERT]):
        user.set_password(PASSWORD)
        user.save()
    return made


@pytest.fixture
def profile(made):
    """A profile under review with a remark, a late task and an Arabic name in it."""
    City.objects.filter(pk=made.cities[0].pk).update(name="Sfax", name_ar="صفاقس")
    User.objects.filter(pk=made[Role.LOCAL_EXPERT].pk).update(full_name="رانيا عودة")
    profile = factories.bring_to(
        factories.make_profile(made, title="City Migration Profile: Sfax"),
        ProfileState.EXPERT_REVIEW,
    )
    reviewer = made[Role.INTERNATIONAL_EXPERT]
    factories.comment_on(factories.section(profile, "1"), reviewer)
    factories.move(
        factories.section(profile, "1"),
        "request_minor_changes",
        reviewer,
        reason="The figures are missing.",
    )
    Task.objects.open().filter(section__key="2").update(due_at=timezone.now() - timedelta(days=12))
    return profile


@pytest.fixture
def browse(browser, live_server):
    """Open the site in a language, signed in or not; fail on any fault the browser reports."""
    faults: list[str] = []
    contexts = []

    def told(message):
        if message.type in {"error", "warning"}:
            faults.append(f"{message.text} {message.location.get('url', '')}")

    def open_browser(language="en", user=None, *, scripts=True):
        context = browser.new_context(
            locale=language, base_url=live_server.url, java_script_enabled=scripts
        )
        context.add_init_script(WATCH)
        contexts.append(context)
        page = context.new_page()
        page.on("console", told)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.set_default_timeout(20_000)
        if user is not None:
            sign_in(page, user)
        return page

    yield open_browser
    for context in contexts:
        context.close()
    assert faults == []


def sign_in(page, user):
    page.goto(reverse("sign_in"))
    page.locator("#id_username").fill(user.email)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main button").click()


def violations(page):
    # Evaluated through the browser's own console, so that the content policy does not stop it.
    page.evaluate(AXE)
    found = page.evaluate("tags => axe.run(document, {runOnly: tags})", WCAG)
    return [
        (one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found["violations"]
    ]


def overflowing(page):
    """Return by how much the page is wider than a small phone; tables may scroll by themselves."""
    page.set_viewport_size({"width": 320, "height": 640})
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


def addresses(profile):
    task = Task.objects.open().filter(profile=profile).order_by("pk").first()
    slug = profile.slug
    part = profile.assignments.first()
    return {
        "board": reverse("board"),
        "outbox": reverse("outbox"),
        "tasks": reverse("tasks"),
        "profiles": reverse("profiles"),
        "profile": reverse("profile", args=[slug]),
        "history": reverse("history", args=[slug]),
        "section": reverse("section", args=[slug, "1"]),
        "pdf": reverse("pdf", args=[slug]),
        "move": reverse("profile_move", args=[slug, "hold"]),
        "board as columns": f"{reverse('board')}?view=kanban",
        "board as list": f"{reverse('board')}?view=list&edition={profile.edition}",
        "outbox, all": reverse("outbox_retry_all"),
        "start": reverse("profile_new"),
        "people": reverse("people", args=[slug]),
        "give a part": f"{reverse('people_add', args=[slug])}?q=a",
        "invite": reverse("people_invite", args=[slug]),
        "substitute": reverse("people_substitute", args=[slug, part.pk]),
        "end a part": reverse("people_end", args=[slug, part.pk]),
        "deadlines": reverse("deadlines", args=[slug]),
        "hand over": reverse("task_delegate", args=[task.pk]),
        "forgotten password": reverse("password_reset"),
        "old link": reverse("password_set", args=["MQ", "no-token"]),
        "task": reverse("task", args=[task.pk]),
        "not found": "/p/no-such-profile/",
    }


@pytest.mark.parametrize("language", ["en", "ar"])
def test_pages_are_accessible_and_fit_a_phone(browse, made, profile, language):
    page = browse(language)
    page.goto(reverse("sign_in"))
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    assert violations(page) == []
    User.objects.update(language=language)
    sign_in(page, made.team)
    problems = {}
    for name, address in addresses(profile).items():
        if name == "not found":
            # Its own status is an error to the browser's console; looked at below.
            continue
        page.set_viewport_size({"width": 1280, "height": 800})
        page.goto(address)
        found = (violations(page), overflowing(page), page.evaluate("window.breaches"))
        if found != ([], 0, []):
            problems[name] = found
    assert problems == {}


def test_refusals_are_accessible_too(browser, live_server, made, profile):
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    sign_in(page, made[Role.INTERNATIONAL_EXPERT])
    task = Task.objects.open().filter(section__key="2").get()
    page.goto(reverse("task", args=[task.pk]))
    page.get_by_label("Ask for minor changes").check()
    page.get_by_role("button", name="Send the decision").click()
    assert page.get_by_role("alert").count() == 1
    assert page.evaluate("document.activeElement.id") == "error-summary"
    assert page.get_by_label("Ask for minor changes").is_checked()
    assert violations(page) == []
    for address in ("/p/no-such-profile/", reverse("board")):
        page.goto(address)
        assert violations(page) == []
        assert overflowing(page) == 0
    context.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_review_from_signing_in_to_the_end(browse, made, profile, scripts):
    page = browse("en", made[Role.INTERNATIONAL_EXPERT], scripts=scripts)
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
    assert made[Role.INTERNATIONAL_EXPERT].full_name in first
    page.get_by_role("button", name="Sign out").click()
    page.goto(reverse("tasks"))
    assert page.get_by_role("heading", level=1).inner_text() == "Sign in"


def test_the_team_filters_the_board_and_changes_the_language(browse, made, profile):
    page = browse("en", made.team, scripts=False)
    page.get_by_label("Late only").check()
    page.get_by_role("button", name="Filter").click()
    assert "late=on" in page.url
    assert page.locator("tbody tr").count() == 1
    page.get_by_label("City or title").fill("nowhere")
    page.get_by_role("button", name="Filter").click()
    assert page.get_by_text("No profile matches the filter.").is_visible()
    page.locator("#language").select_option("ar")
    page.locator("header form button").first.click()
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert "search=nowhere" in page.url


def test_everything_is_reached_with_the_keyboard(browse, made, profile):
    page = browse("en", made.team)
    page.goto(reverse("board"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    outlines = set()
    for _ in range(9):
        page.keyboard.press("Tab")
        outlines.add(page.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
    assert outlines == {"solid"}


def test_a_page_weighs_little(browse, made, profile):
    page = browse("en", made.team)
    sizes = {}
    page.on("response", lambda answer: sizes.update({answer.url: len(answer.body())}))
    page.goto(reverse("board"))
    page.wait_for_load_state("networkidle")
    assert len(sizes) <= 6
    # Not compressed; style sheets shrink to a seventh.
    assert sum(sizes.values()) < 400_000


# What the tests above must catch


def test_the_checks_catch_planted_faults(browser, live_server, made, profile):
    context = browser.new_context(base_url=live_server.url)
    context.add_init_script(WATCH)
    page = context.new_page()
    page.goto(reverse("sign_in"))
    page.evaluate(
        """() => {
            document.querySelector("label").remove();
            const wide = document.createElement("p");
            wide.textContent = "x".repeat(500);
            document.querySelector("main").append(wide);
            const script = document.createElement("script");
            script.textContent = "window.ran = true";
            document.head.append(script);
        }"""
    )
    assert violations(page) != []
    assert overflowing(page) > 0
    assert page.evaluate("window.breaches") == ["script-src-elem"]
    assert page.evaluate("window.ran === undefined")
    context.close()


# The picture in the README

CITIES = {
    "Tangier": ProfileState.DRAFTING,
    "Amman": ProfileState.EXPERT_REVIEW,
    "Tunis": ProfileState.PROJECT_QA,
    "Sousse": ProfileState.CONSULTATION,
    "Rabat": ProfileState.REVISION_QA,
    "Beirut": ProfileState.ON_HOLD,
    "Lisbon": ProfileState.PRODUCTION,
    "Sfax": ProfileState.PRIORITY_SETTING,
}
EXPERTS = (
    "Salma Bennani",
    "رانيا عودة",
    "Nizar Belhadj",
    "Inès Mzali",
    "Omar Alaoui",
    "Dana Khoury",
    "Rui Tavares",
    "Leïla Trabelsi",
)
PEOPLE = {
    Role.PROJECT_TEAM: "Andreas Holm",
    Role.INTERNATIONAL_EXPERT: "Yasmine El Kadi",
    Role.FOCAL_POINT: "Hatem Ghorbel",
    Role.STAKEHOLDER: "Aïssatou Bamba",
}


def rename(user, name):
    User.objects.filter(pk=user.pk).update(full_name=name)


def some_cities():
    """Make a board that looks like one in use, and return its project team."""
    made = factories.make_programme(sections=13, cities=len(CITIES))
    for role, name in PEOPLE.items():
        rename(made[role], name)
    now = timezone.now()
    for number, (city, (name, state)) in enumerate(zip(made.cities, CITIES.items(), strict=True)):
        City.objects.filter(pk=city.pk).update(name=name)
        expert = factories.make_person("expert")
        rename(expert, EXPERTS[number])
        parts = [one for one in made.parts() if one.role != Role.LOCAL_EXPERT]
        profile = factories.make_profile(
            made,
            city=city,
            edition=2026,
            people=[factories.Part(expert, Role.LOCAL_EXPERT), *parts],
            at=now - timedelta(days=90),
        )
        factories.bring_to(profile, state, at=now - timedelta(days=7 * number + 3))
        for one in factories.sections(profile, SectionState.UNDER_REVIEW)[:9]:
            factories.move(one, "accept", made[Role.INTERNATIONAL_EXPERT])
    return made.team


def test_picture_of_the_board(browse, tmp_path):
    """Look at a board in use; ``WRITE_SCREENSHOTS=1`` keeps the picture for the README."""
    team = some_cities()
    team.set_password(PASSWORD)
    team.save(update_fields=["password"])
    page = browse("en", team)
    page.set_viewport_size({"width": 1280, "height": 860})
    page.goto(reverse("board"))
    assert page.locator("tbody tr").count() == len(CITIES)
    target = PICTURE if os.environ.get("WRITE_SCREENSHOTS") else tmp_path / PICTURE.name
    target.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=target)
    assert target.read_bytes().startswith(b"\x89PNG")
