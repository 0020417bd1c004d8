"""Finding and reading in a browser: search, history, the PDF while it is made, a section."""

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from profile_workflow.states import ProfileState, Role
from reports.models import Build
from tests import factories
from tests.browser import PHONE, overflowing, violations
from workflows.models import OutboxJob

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def made():
    return factories.make_programme(sections=4)


@pytest.fixture
def profile(made):
    profile = factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)
    expert = made[Role.LOCAL_EXPERT]
    for key, text in (
        ("1", "### Rooms\n\nFirst.\n\n#### Rents\n\nThey rise.\n\n### Schools\n\n" + "x\n\n" * 60),
        ("2", "تستقبل المَدِينَةُ المهاجرين في **مراكز** السكن."),
    ):
        factories.write(factories.section(profile, key), text)
        factories.move(factories.section(profile, key), "submit", expert)
    return profile


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_arabic_is_found_on_a_phone_however_it_is_written(browse, made, profile, scripts):
    page = browse("ar", made[Role.STAKEHOLDER], scripts=scripts)
    page.set_viewport_size(PHONE)
    page.goto(reverse("tasks"))
    page.locator("#site-search").fill("مدينة")
    page.locator("#site-search").press("Enter")
    assert page.locator("html").get_attribute("dir") == "rtl"
    for typed, marked in (
        ("مدينة", "المَدِينَةُ"),
        ("المَدينَةُ", "المَدِينَةُ"),
        ("مهاجرين", "المهاجرين"),
        ("مـراكـز", "مراكز"),
    ):
        page.locator("#id_q").fill(typed)
        page.locator("#id_q").press("Enter")
        expect(page.locator("main mark")).to_have_text([marked])
        assert page.locator("#id_q").input_value() == typed
    if scripts:
        assert violations(page) == []
        assert overflowing(page) == 0
    page.locator("main .rows a").first.click()
    assert page.url.endswith(reverse("section", args=[profile.slug, "2"]))


def test_nothing_found_helps_on(browse, made, profile):
    page = browse("en", made.team)
    page.goto(reverse("board"))
    page.locator("#site-search").fill("chapter nowhere")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="chapter", exact=True).click()
    assert page.get_by_role("heading", name="Sections 4").is_visible()
    page.get_by_role("navigation", name="Kinds of results").get_by_role(
        "link", name="Sections"
    ).click()
    assert "kind=section" in page.url
    assert violations(page) == []


def test_the_history_is_filtered_in_the_address(browse, made, profile):
    page = browse("en", made.team, scripts=False)
    page.goto(reverse("history", args=[profile.slug]))
    everything = page.locator(".timeline li").count()
    page.get_by_label("About").select_option("moves")
    page.locator("#id_section").select_option("2")
    page.get_by_label("From").fill(timezone.localdate().isoformat())
    page.get_by_role("button", name="Filter").click()
    assert "section=2" in page.url
    assert 0 < page.locator(".timeline li").count() < everything
    assert page.locator("h3.day").count() == 1
    assert page.get_by_label("From").input_value() == timezone.localdate().isoformat()
    page.locator(".timeline li a", has_text="No.").first.click()
    assert page.locator(".timeline li").count() == 1
    page.get_by_role("link", name="Show the whole history").click()
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save as CSV").click()
    assert saved.value.suggested_filename == f"history-{profile.slug}.csv"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_pages_are_accessible_and_fit_a_phone(browse, made, profile, language):
    build = order(profile, made.team)
    Build.objects.filter(pk=build.pk).update(
        state=Build.State.FAILED, problem="The character “●” is in no font."
    )
    page = browse(language, made.team)
    slug = [profile.slug]
    for address in (
        f"{reverse('search')}?q=chapter",
        f"{reverse('search')}?q=nowhere",
        f"{reverse('history', args=slug)}?kind=moves",
        reverse("pdf", args=slug),
        reverse("section", args=[*slug, "1"]),
    ):
        page.goto(address)
        assert violations(page) == [], address
        assert overflowing(page) == 0, address


def order(profile, by):
    build = factories.give_build(profile, by)
    factories.give_job(build)
    return build


def begin():
    """Take the job, as a worker does."""
    OutboxJob.objects.update(state="running", leased_by="w", lease_until=timezone.now())


def test_the_page_follows_a_pdf_that_is_being_made(browse, made, profile):
    build = order(profile, made.team)
    page = browse("en", made.team)
    page.goto(reverse("pdf", args=[profile.slug]))
    page.get_by_text("It is the next one.").wait_for()
    mine = Build.objects.filter(pk=build.pk)
    begin()
    mine.update(state=Build.State.RUNNING, stage=Build.Stage.LAYOUT, chapter=2, chapters=6, page=9)
    page.get_by_text("chapter 2 of 6, page 9").wait_for()
    assert page.locator("progress").get_attribute("value") == "2"
    assert violations(page) == []
    build.file.save("small.pdf", ContentFile(factories.SMALL_PDF), save=False)
    mine.update(
        state=Build.State.DONE, stage="", file=build.file.name, sha256="a" * 64, pages=1, size=9
    )
    page.get_by_text("The last file is ready.").wait_for()
    assert page.locator("[hx-get]").count() == 0
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download").click()
    assert saved.value.suggested_filename.endswith("-preview-en.pdf")
    page.get_by_role("link", name="Show here").click()
    shown = page.locator("object.pdf")
    address = reverse("pdf_shown", args=[profile.slug, build.pk])
    assert shown.get_attribute("data") == f"{address}#view=FitH"
    # Where a browser shows no PDF, what it says instead stands in a box of its own height.
    tallest = 600 if page.evaluate("navigator.pdfViewerEnabled") else 120
    assert page.locator(".pdf-frame").bounding_box()["height"] < tallest


def test_without_scripts_a_link_looks_again(browse, made, profile):
    build = order(profile, made.team)
    page = browse("en", made.team, scripts=False)
    page.goto(reverse("pdf", args=[profile.slug]))
    begin()
    Build.objects.filter(pk=build.pk).update(state=Build.State.RUNNING, stage="writing")
    page.get_by_role("link", name="Look again").click()
    assert page.get_by_text("Writing the file").is_visible()


def test_a_section_is_read_by_its_headings_and_turned_like_a_page(browse, made, profile):
    page = browse("en", made[Role.STAKEHOLDER])
    page.goto(reverse("section", args=[profile.slug, "1"]))
    contents = page.get_by_role("navigation", name="On this page")
    assert contents.get_by_role("link").all_inner_texts() == ["1.1 Rooms", "Rents", "1.2 Schools"]
    contents.get_by_role("link", name="Schools").click()
    heading = page.get_by_role("heading", name="1.2 Schools")
    assert heading.evaluate("one => one.getBoundingClientRect().top < innerHeight")
    permalink = page.get_by_role("link", name="Address of “Rents”")
    permalink.click()
    assert page.url.endswith(permalink.get_attribute("href"))
    page.get_by_role("link", name="Next section 2 Chapter 2").click()
    assert page.get_by_role("link", name="Section before 1 Chapter 1").is_visible()
    assert page.locator("article p").get_attribute("dir") == "auto"
    page.emulate_media(media="print")
    assert page.locator("article").is_visible()
    assert page.locator("aside").is_hidden()
