"""Findings in all sections, refreshed while one writes, each leading to its very place."""

from http import HTTPStatus

import pytest
from django.urls import reverse

from profile_workflow import requirements
from profile_workflow.models import Section
from profile_workflow.requirements import known
from profile_workflow.states import Role
from reports.context import report_of
from tests import factories
from tests.integration.pages import page, signed_in

pytestmark = [
    pytest.mark.integration,
    pytest.mark.any_database,
    pytest.mark.django_db,
]

EXPERT, REVIEWER, STAKEHOLDER = Role.LOCAL_EXPERT, Role.INTERNATIONAL_EXPERT, Role.STAKEHOLDER
NAKED = "There were 1200 foreign citizens and 9500 pupils."


def section(profile, key="1") -> Section:
    found = Section.objects.select_related("profile", "template_section", "draft", "revision")
    return found.get(profile=profile, key=key)


# The list of a whole profile


def test_the_author_is_told_of_every_figure_in_every_working_text(made, drafted):
    for key in ("1", "2"):
        factories.write(section(drafted, key), f"{NAKED} It is so. Now 312 live here.")
    text = page(signed_in(made[EXPERT]), "findings", drafted.slug)
    assert text.count("Nothing in this sentence cites a source") == 4
    edit = reverse("section_edit", args=[drafted.slug, "2"])
    assert f"{edit}?at=11-15#id_text" in text
    assert reverse("findings", args=[drafted.slug]) in page(
        signed_in(made[EXPERT]), "evidence", drafted.slug
    )


def test_who_does_not_write_is_told_of_what_was_submitted_or_nothing(made, drafted):
    factories.write(section(drafted), NAKED)
    assert "1200" not in page(signed_in(made[REVIEWER]), "findings", drafted.slug)
    factories.move(section(drafted), "submit", made[EXPERT])
    text = page(signed_in(made[REVIEWER]), "findings", drafted.slug)
    assert "1200" in text
    assert "?at=" not in text
    client = signed_in(made[STAKEHOLDER])
    assert client.get(reverse("findings", args=[drafted.slug])).status_code == HTTPStatus.FORBIDDEN
    assert "findings/" not in page(client, "evidence", drafted.slug)


@pytest.mark.parametrize(
    ("only", "shown"), [("number", True), ("wording", False), ("no such kind", True)]
)
def test_one_kind_of_findings_is_listed(made, drafted, only, shown):
    factories.write(section(drafted), f"{NAKED} They are illegal migrants.")
    where = reverse("findings", args=[drafted.slug])
    text = signed_in(made[EXPERT]).get(where, {"only": only}).content.decode()
    assert ("1200, 9500" in text) is shown
    assert ("A person is never illegal" in text.replace("a person", "A person")) is (
        only != "number"
    )


# Beside the text


def test_what_stands_beside_the_text_is_as_of_the_last_save(made, drafted):
    where = reverse("section_beside", args=[drafted.slug, "1"])
    client = signed_in(made[EXPERT])
    assert "illegal" not in client.get(where).content.decode()
    factories.write(section(drafted), "They are illegal migrants.")
    text = client.get(where).content.decode()
    assert "1 thing is missing before you can submit" in text
    assert 'data-show="9 25" data-words="illegal migrants"' in text
    assert signed_in(made[REVIEWER]).get(where).status_code == HTTPStatus.FORBIDDEN
    factories.write(section(drafted), "They are people.")
    factories.move(section(drafted), "submit", made[EXPERT])
    assert client.get(where).status_code == HTTPStatus.CONFLICT


def test_each_unknown_name_leads_to_its_place(made, drafted):
    text = "One. So it is [@nobody, p. 4].\n\n[[table:9-Z]]\n\nSee [[image:no]].\n\n[[image:no]]"
    factories.write(section(drafted), text)
    found = requirements.missing_for("section.submit", section(drafted))
    places = {one.code: text[slice(*one.position)] for one in found if one.position}
    assert places["citation_unknown"] == "@nobody"
    assert places["table_unknown"] == "[[table:9-Z"
    assert all(one.words == text[slice(*one.position)] for one in found if one.position)
    shown = page(signed_in(made[EXPERT]), "section_edit", drafted.slug, "1")
    assert 'data-words="@nobody"' in shown


@pytest.mark.parametrize(
    ("at", "shown"), [("9-25", True), ("900-925", False), ("x", False), ("25-9", False)]
)
def test_somebody_who_is_led_to_a_place_is_shown_it(made, drafted, at, shown):
    factories.write(section(drafted), "They are illegal migrants.")
    where = reverse("section_edit", args=[drafted.slug, "1"])
    text = signed_in(made[EXPERT]).get(where, {"at": at}).content.decode()
    assert ("You were led to this place in the text" in text) is shown
    assert ("data-show-now" in text) is shown


def test_one_look_sees_what_the_look_before_did_not(made, drafted):
    """The same object of a profile is looked at twice; what was read for the first is forgotten."""
    one = section(drafted)
    factories.write(one, "See [[figure:map]] and [[image:map]].\n\n[[image:map]]")
    one = section(drafted)
    before = {found.code for found in requirements.missing_for("section.submit", one)}
    assert "picture_unknown" in before
    factories.give_picture(one.profile, key="map")
    after = {found.code for found in requirements.missing_for("section.submit", one)}
    assert "picture_unknown" not in after
    assert known._KEPT not in one.profile.__dict__


# Acronyms


def test_an_acronym_is_added_with_the_words_that_explain_it_in_the_text(made, drafted):
    factories.write(section(drafted), "The International Labour Organization (ILO) says so.")
    client = signed_in(made[EXPERT])
    text = page(client, "section_edit", drafted.slug, "1")
    add = reverse("entry_add", args=[drafted.slug, "acronym"])
    assert f"{add}?short=ILO&amp;long=International+Labour+Organization" in text
    form = client.get(add, {"short": "ILO", "long": "International Labour Organization"})
    assert 'value="International Labour Organization"' in form.content.decode()
    assert drafted.acronyms.count() == 0


def test_the_report_lists_the_acronyms_that_it_uses(made, drafted):
    drafted.acronyms.create(short="ILO", long="International Labour Organization")
    drafted.acronyms.create(short="OECD", long="Organisation for Economic Co-operation")
    factories.write(section(drafted), "### The ILO\n\nIt says so.")
    factories.move(section(drafted), "submit", made[EXPERT])
    assert report_of(drafted).acronyms == (("ILO", "International Labour Organization"),)
