"""A picture in a browser: sent, placed in the text with and without scripts, and shown."""

import pytest
from django.urls import reverse

from profile_workflow.models import User
from profile_workflow.states import ProfileState, Role
from tests import factories
from tests.browser import breaches, overflowing, violations
from tests.pictures import photograph
from tests.writing import double_click

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

#: Whether the first picture of a part of the page is really drawn.
DRAWN = "one => one.decode().then(() => one.naturalWidth > 0 && one.clientWidth > 0)"


@pytest.fixture
def made():
    return factories.make_programme(sections=2)


@pytest.fixture
def profile(made):
    return factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)


def is_drawn(page, where):
    image = page.locator(where).first
    image.scroll_into_view_if_needed()
    return image.evaluate(DRAWN)


def test_a_photograph_is_sent_and_placed_without_scripts(browse, made, profile):
    page = browse("en", made[Role.LOCAL_EXPERT], scripts=False)
    page.goto(reverse("evidence", args=[profile.slug]))
    page.get_by_role("navigation").get_by_role("link", name="Pictures").click()
    page.get_by_role("link", name="Add a picture").click()
    sent = {"name": "IMG 1.JPG", "mimeType": "image/jpeg", "buffer": photograph(6)}
    page.get_by_label("Picture", exact=True).set_input_files(sent)
    page.get_by_label("Caption").fill("The port")
    page.get_by_role("button", name="Save", exact=True).click()
    assert page.get_by_role("alert").get_by_text("This field is required.").is_visible()
    page.get_by_label("What it shows").fill("Boats at a quay")
    page.get_by_label("Who made it").fill("Photo: Office")
    page.get_by_role("button", name="Save", exact=True).click()
    assert page.get_by_text("“p1 The port” has been added.").is_visible()
    assert page.get_by_role("img", name="Boats at a quay").is_visible()
    page.goto(reverse("section_edit", args=[profile.slug, "1"]))
    page.locator("#id_text").fill("Before.\n\n[[image:p1]]\n\nAfter.")
    page.get_by_role("button", name="Preview").click()
    figure = page.locator("figure.picture")
    assert figure.get_by_text("The port").is_visible()
    assert figure.get_by_role("img", name="Boats at a quay").is_visible()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_it_stands_in_the_editor_and_on_the_page(browse, made, profile, language):
    User.objects.update(language=language)
    factories.give_picture(profile, "p1", content=photograph(), caption="ميناء صفاقس القديم")
    factories.give_picture(profile, "p2")
    page = browse(language, made[Role.LOCAL_EXPERT])
    page.goto(reverse("section_edit", args=[profile.slug, "1"]))
    text = page.locator("#id_text_rich")
    text.wait_for()
    text.focus()
    page.keyboard.type("Before.")
    page.locator("[role=toolbar] [data-do=picture]").click()
    dialog = page.locator("#rich-picture")
    assert dialog.is_visible()
    assert violations(page) == []
    dialog.locator("select").select_option("p1")
    dialog.locator("button[type=submit]").click()
    assert page.locator("#id_text").input_value() == "Before.\n\n[[image:p1]]"
    assert is_drawn(page, "#id_text_rich figure img")
    assert text.locator("figcaption").inner_text() == "ميناء صفاقس القديم"
    assert violations(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert overflowing(page) == 0
    double_click(page, "figure")
    dialog.locator("select").select_option("p2")
    dialog.locator("button[type=submit]").click()
    assert page.locator("#id_text").input_value() == "Before.\n\n[[image:p2]]"
    factories.write(factories.section(profile, "2"), "[[image:p1]]")
    one = factories.section(profile, "2")
    factories.move(one, "submit", made[Role.LOCAL_EXPERT])
    page.goto(reverse("section", args=[profile.slug, "2"]))
    assert is_drawn(page, "figure.picture img")
    assert overflowing(page) == 0
    assert violations(page) == []
    assert breaches(page) == []
