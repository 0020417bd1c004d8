"""Where the references of a text lead: on the page, before it is submitted, beside the text."""

from http import HTTPStatus

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from profile_workflow.errors import NotComplete
from profile_workflow.models import Profile, Revision, Section
from profile_workflow.states import Role
from profile_workflow.web.reading import rendered_text
from tests import factories
from workflows import engine

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

OK, INCOMPLETE = HTTPStatus.OK, HTTPStatus.UNPROCESSABLE_ENTITY
TYPED = "Table: Who & where\n\n| a |\n|---|\n| 1 |"
OTHER = "### Before\n\nx\n\n### Who lives here\n\nMany."


@pytest.fixture
def made():
    return factories.make_programme(sections=3)


@pytest.fixture
def figure(drafted):
    return factories.give_figure(factories.section(drafted, "2"))


def shown(profile, text, key="1"):
    """Return a text of a section as a page shows it."""
    section = Section.objects.select_related("profile", "template_section").get(
        profile=profile, key=key
    )
    return rendered_text(section, text)


def page(profile, key, name="section"):
    return reverse(name, args=[profile.slug, key])


def test_a_reference_leads_to_the_place_under_its_number(drafted, figure):
    key = figure.table.key
    factories.write(factories.section(drafted, "2"), f"{OTHER}\n\n[[table:{key}]]")
    text = shown(
        drafted,
        f"### Here\n\n[#section:2], [#section:2, who lives here], [#table:{key}], "
        f"[#section:1], [#section:1, Here], [#table:1, Who & where]\n\n{TYPED}",
    )
    assert text.problems == []
    for words, address in (
        ("section 2", page(drafted, "2")),
        ("section 2.2", f"{page(drafted, '2')}#b3"),
        (f"Table {key}", f"{page(drafted, '2')}#b5"),
        ("section 1.1", "#b1"),
        ("Table “Who &amp; where”", "#b3"),
    ):
        assert f'href="{address}" rel="noopener noreferrer">{words}</a>' in text.html
    assert "section 1</bdi>" in text.html


def test_it_speaks_the_language_of_the_profile(drafted, figure):
    Profile.objects.filter(pk=drafted.pk).update(language="fr")
    with translation.override("ar"):
        found = shown(drafted, f"[#table:{figure.table.key}]").html
    assert f"{figure.table.key}</a>" in found
    assert not any("\u0600" <= sign <= "\u06ff" for sign in found)


def test_it_survives_that_something_is_added_before(drafted):
    section = factories.section(drafted, "2")
    factories.write(section, OTHER)
    assert "section 2.2" in shown(drafted, "[#section:2, Who lives here]").html
    factories.write(section, f"### New\n\nx\n\n{OTHER}")
    assert "section 2.3" in shown(drafted, "[#section:2, Who lives here]").html


def test_a_chart_has_to_be_placed_and_a_table_need_not(drafted, figure):
    key = figure.table.key
    assert shown(drafted, f"[#table:{key}]").problems == []
    assert len(shown(drafted, f"[#figure:{key}]").problems) == 1
    assert shown(drafted, f"[#figure:{key}]\n\n[[figure:{key}]]").problems == []


@pytest.mark.parametrize(
    "typed",
    ["[#table:none]", "[#table:1, None]", "[#figure:none]", "[#section:9]", "[#section:2, None]"],
)
def test_what_leads_nowhere_is_shown_and_is_missing_when_the_text_is_submitted(
    made, drafted, expert, typed
):
    one = factories.section(drafted, "1")
    factories.write(one, f"As {typed} says.")
    preview = expert.post(
        page(drafted, "1", "section_edit"),
        {"text": typed, "base_version": 1, "base_text": "", "action": "preview"},
    ).content.decode()
    assert f'class="problem">{typed}</span>' in preview
    assert f"{typed} leads nowhere" in preview
    with pytest.raises(NotComplete) as refused:
        engine.perform(
            factories.section(drafted, "1"),
            "submit",
            by=made[Role.LOCAL_EXPERT],
            at=timezone.now(),
        )
    assert [one.code for one in refused.value.missing] == ["reference_unknown"]
    assert typed in str(refused.value.missing[0].message)


def test_a_heading_of_a_text_that_is_not_submitted_yet_counts(made, drafted):
    """Two sections may refer to one another, whichever is submitted first."""
    expert = made[Role.LOCAL_EXPERT]
    one, two = (factories.section(drafted, key) for key in ("1", "2"))
    factories.write(one, "### A\n\nSee [#section:2, B].")
    factories.write(two, "### B\n\nSee [#section:1, A].")
    for section in (one, two):
        factories.move(factories.fresh(section), "submit", expert)
    assert Revision.objects.filter(section__profile=drafted).count() == 2


def test_what_can_be_referred_to_stands_beside_the_text(drafted, expert, figure):
    factories.write(factories.section(drafted, "1"), "### Who [x]\n\na\n\n### Who lives\n\nb")
    answer = expert.get(page(drafted, "1", "section_edit"))
    typed = [one.typed for one in answer.context["material"].targets]
    assert typed[:2] == ["[#section:1, Who lives]", "[#section:1]"]
    assert "[#section:3]" in typed
    assert f"[#table:{figure.table.key}]" in typed
    assert 'data-insert="[#section:1, Who lives]"' in answer.content.decode()


def test_a_page_costs_the_same_for_one_reference_and_for_many(drafted, figure):
    def cost(text):
        with CaptureQueriesContext(connection) as counted:
            shown(drafted, text)
        return len(counted)

    none = cost("Nothing.")
    few = cost("[#section:2]")
    assert few == none + 2
    assert cost(f"[#section:2] [#section:3, x] [#table:{figure.table.key}] [#table:none]") == few
