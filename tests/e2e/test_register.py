"""What is brought into a profile and put back, in a browser: files of figures, sources, texts."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from profile_workflow.services import evidence
from profile_workflow.states import ProfileState, Role
from tests import factories
from tests.browser import violations
from tests.workbooks import xlsx

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

BIB = """@report{iom, author={IOM}, title={Migration in Sfax}, year={2021}}
@book{natter, author={Natter, Katharina}, title={Rethinking immigration}, year={2018}}
"""


@pytest.fixture
def made():
    return factories.make_programme(sections=2)


@pytest.fixture
def profile(made):
    return factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)


def send(page, name, content):
    page.locator("#id_file").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    page.locator("button[value=check]").click()


def test_files_of_a_spreadsheet_become_a_table_and_its_chart(browse, made, profile):
    first, expert = factories.section(profile, "1"), made[Role.LOCAL_EXPERT]
    first.profile = profile
    given = {"key": "1-X", "title": "Residents of Sfax"}
    table = evidence.add_table(first, by=expert, at=timezone.now(), **given)
    page = browse("en", expert)
    page.goto(reverse("table_paste", args=[profile.slug, table.pk]))
    rows = (["label", "unit", 2014, 2024], ["Women", "people", 1200, 1500])
    send(page, "residents.xlsx", xlsx(*rows))
    expect(page.get_by_text("2 figures were read and are right.")).to_be_visible()
    assert table.items.count() == 0
    page.get_by_role("button", name="Save these figures").click()
    page.goto(reverse("table_paste", args=[profile.slug, table.pk]))
    send(page, "residents.csv", b"label;unit;2014;2024\nMen;people;1300,5;1400\n")
    page.get_by_role("button", name="Save these figures").click()
    assert list(table.items.order_by("position").values_list("label", "year", "value")) == [
        ("Women", 2014, 1200),
        ("Women", 2024, 1500),
        ("Men", 2014, 1300.5),
        ("Men", 2024, 1400),
    ]
    page.goto(reverse("table_chart", args=[profile.slug, table.pk]))
    assert violations(page) == []
    page.locator("input[type=radio][value=line]").check()
    page.get_by_role("button", name="Use this chart").click()
    factories.write(first, "Before.\n\n[[figure:1-X]]")
    page.goto(reverse("section_review", args=[profile.slug, "1"]))
    figure = page.locator("article figure")
    expect(figure.locator("svg")).to_be_visible()
    assert "Residents of Sfax" in figure.inner_text()
    assert figure.locator("tbody tr").count() == 4


def test_sources_come_from_a_file_once_and_go_to_another_profile(browse, made, profile):
    expert = made[Role.LOCAL_EXPERT]
    known = {"kind": "report", "authors": "IOM", "title": "Migration in Sfax", "year": "2021"}
    evidence.add_source(profile, by=expert, at=timezone.now(), **known)
    page = browse("en", expert)
    page.goto(reverse("sources_import", args=[profile.slug]))
    page.locator("#id_file").set_input_files(
        {"name": "zotero.bib", "mimeType": "text/plain", "buffer": BIB.encode()}
    )
    page.get_by_role("button", name="Look at what is in it").click()
    told = page.get_by_role("status").filter(has_text="Nothing has been stored yet")
    expect(told).to_contain_text("1 new source")
    expect(told).to_contain_text("1 already in the register")
    assert profile.sources.count() == 1
    assert violations(page) == []
    page.get_by_role("button", name="Store what is chosen").click()
    assert sorted(profile.sources.values_list("authors", flat=True)) == ["IOM", "Natter, Katharina"]

    team = browse("en", made.team)
    team.goto(reverse("sources", args=[profile.slug]))
    team.get_by_role("button", name="Put into the library Natter").click()
    other = factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)
    page.goto(reverse("source_library", args=[other.slug]))
    page.get_by_label("Natter, Katharina (2018)").check()
    page.get_by_role("button", name="Take over what is ticked").click()
    assert other.sources.get().title == "Rethinking immigration"


def test_an_earlier_text_is_read_compared_and_put_back(browse, made, profile):
    first = factories.section(profile, "1")
    for text in ("The first words.", "The second words.\n\nAnd more."):
        factories.write(first, text)
    page = browse("en", made[Role.LOCAL_EXPERT])
    page.goto(reverse("section_edit", args=[profile.slug, "1"]))
    page.get_by_role("link", name="Earlier versions of the text").click()
    page.get_by_role("link", name="Working copy of").first.click()
    assert page.locator("article").inner_text().strip() == "The first words."
    page.get_by_role("link", name="Compare with the present text").click()
    assert "first" in " ".join(page.locator("main del").all_inner_texts())
    assert "second" in " ".join(page.locator("main ins").all_inner_texts())
    assert violations(page) == []
    page.go_back()
    page.get_by_role("button", name="Put this text back").click()
    expect(page.get_by_text("The text that was there before stands below it.")).to_be_visible()
    first.draft.refresh_from_db()
    assert first.draft.text == "The first words."
    # And that is undone in the same way.
    page.get_by_role("link", name="Working copy of").first.click()
    page.get_by_role("button", name="Put this text back").click()
    first.draft.refresh_from_db()
    assert first.draft.text == "The second words.\n\nAnd more."
