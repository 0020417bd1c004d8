"""Pasting a table: read in any language, faults by row and column, all or nothing."""

from decimal import Decimal
from http import HTTPStatus

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from profile_workflow.forms.figure_rows import MOST_ROWS, read_table
from profile_workflow.models import DataItem
from profile_workflow.states import ProfileState, Role
from tests import factories

pytestmark = [
    pytest.mark.integration,
    pytest.mark.any_database,
    pytest.mark.django_db,
]

HEAD = "What is counted\tValue\tUnit\tYear\tTerritory\tDefinition\tSource"


@pytest.fixture
def table(made):
    profile = factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)
    return factories.give_figure(factories.section(profile, "1")).table


@pytest.fixture
def client(made):
    client = Client()
    client.force_login(made[Role.LOCAL_EXPERT])
    return client


def address(table):
    return reverse("table_paste", args=[table.profile.slug, table.pk])


def read(table, *rows, mark=".", head=HEAD):
    return read_table("\n".join([head, *rows]), mark=mark, profile=table.profile)


def key_of(table):
    return table.items.first().source.key


def faults(found):
    return [(fault.row, fault.column) for fault in found.faults]


def test_what_is_registered_is_found_by_code_or_name(table):
    key = key_of(table)
    found = read(
        table,
        f"Men\t1,200\tpersons\t2024\tcity\tMIGRANT\t{key}",
        f"Women\t10–12.5\tpersons\t2024\tmunicipality\tmigrant\t[@{key}]",
        "",
        "Share\t\t%\t\t\t\t",
    )
    assert found.is_sound, (found.problem, found.faults)
    men, women, share = found.figures
    assert men["value"] == Decimal(1200)
    assert (men["territory"].code, men["definition"].term) == ("city", "migrant")
    assert (women["value_low"], women["value_high"]) == (10, Decimal("12.5"))
    assert women["source"].key == key
    assert share["value"] is None
    assert "source" not in share


def test_columns_are_named_in_any_language_and_order(table):
    with translation.override("ar"):
        head = "unit\tlabel\tvalue\tquality\tmethod"
        found = read(
            table, "%\tنسبة النساء\t\u0664\u0668\u066b\u0665\tofficial\tCensus", mark=",", head=head
        )
        assert found.is_sound, (found.problem, found.faults)
        assert found.figures[0]["value"] == Decimal("48.5")
        assert (found.figures[0]["quality"], found.figures[0]["method"]) == ("official", "census")


def test_every_fault_is_named_by_row_and_column(table):
    found = read(
        table,
        "Men\tmany\tpersons\t2024\tcity\tmigrant\t",
        "\t5\tpersons\t24\tatlantis\t\t",
        "Women\t5\t\t2024\t\t\tnobody-2020",
        "Row\t5\t%\t2024\t\t\t\tone cell too many",
    )
    assert faults(found) == [
        (2, "Value"),
        (3, "Territory"),
        (3, "What is counted"),
        (3, "Year"),
        (4, "Source"),
        (4, "Unit"),
        (5, "What is counted"),
    ]
    assert not found.is_sound


@pytest.mark.parametrize(
    ("head", "rows", "said"),
    [
        (HEAD, [], "no row below"),
        ("Figure\tUnit\tWhat is counted", ["1\t%\tx"], "“Figure”"),
        ("Value\tYear", ["1\t2024"], "What is counted, Unit"),
        ("Unit\tWhat is counted\tUnit", ["%\tx\t%"], "twice: Unit"),
        ("Unit\tWhat is counted", ["%\tx"] * (MOST_ROWS + 1), f"At most {MOST_ROWS}"),
        ("Unit\tWhat is counted", ['%\t"' + "x" * 140_000], "could not be read"),
    ],
)
def test_a_table_that_is_wrong_as_a_whole_says_so(table, head, rows, said):
    found = read(table, *rows, head=head)
    assert said in found.problem
    assert not found.is_sound


def test_columns_named_by_a_year_give_a_figure_for_each(table):
    head = "What is counted\tUnit\t2014\t\u0662\u0660\u0662\u0664"
    found = read(table, "Men\tpersons\t5\t6", "Women\tpersons\t7\t", head=head)
    assert found.is_sound, (found.problem, found.faults)
    read_figures = [(one["label"], one["year"], one["value"]) for one in found.figures]
    assert read_figures == [
        ("Men", 2014, 5),
        ("Men", 2024, 6),
        ("Women", 2014, 7),
        ("Women", 2024, None),
    ]
    wrong = read(table, "Men\t\t5\tfew", head=head)
    assert faults(wrong) == [(2, "Unit"), (2, "2024")]
    twice = read(table, "Men\t%\t5\t2014", head="What is counted\tUnit\t2014\tYear")
    assert "twice: Year" in twice.problem
    many = read(table, *["Men\t%\t5\t6"] * (MOST_ROWS // 2 + 1), head=head)
    assert f"At most {MOST_ROWS}" in many.problem


def test_it_is_checked_first_and_stored_as_a_whole(client, table):
    base = client.get(address(table)).context["form"].initial["base"]
    good, bad = f"{HEAD}\nMen\t5\t%\t2024", f"{HEAD}\nMen\t5\t%\t2024\nWomen\tfew\t%\t2024"
    given = {"text": good, "decimal": ".", "base": base}
    checked = client.post(address(table), {**given, "step": "check"})
    assert checked.status_code == HTTPStatus.OK
    assert "1 figure was read and is right. It is not saved yet." in checked.content.decode()
    assert table.items.count() == 1
    refused = client.post(address(table), {**given, "text": bad, "step": "store"})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    text = refused.content.decode()
    assert "Row 3, column “Value”" in text
    assert "Women\tfew" in text
    assert table.items.count() == 1
    stored = client.post(address(table), {**given, "step": "store"})
    assert stored.status_code == HTTPStatus.FOUND
    twice = client.post(address(table), {**given, "step": "store"})
    assert twice.status_code == HTTPStatus.FOUND
    other = {**given, "text": good.replace("Men", "Women"), "step": "store"}
    stale = client.post(address(table), other)
    assert stale.status_code == HTTPStatus.CONFLICT
    assert "Women\t5" in stale.content.decode()
    assert list(table.items.order_by("position").values_list("label", flat=True)) == [
        "Residents",
        "Men",
    ]


def test_a_column_that_is_not_known_is_shown_as_it_is_called(client, table):
    given = {"text": "Group <b>\tSex\nForeign\tWomen", "decimal": ".", "step": "check"}
    refused = client.post(address(table), given)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    text = refused.content.decode()
    assert '<th scope="col" dir="auto">Group &lt;b&gt;</th>' in text
    assert "These columns are not known: “Group &lt;b&gt;”, “Sex”." in text
    assert '<td dir="auto">Women</td>' in text


def test_nobody_else_pastes(made, table):
    other = Client()
    other.force_login(made[Role.FOCAL_POINT])
    given = {"text": f"{HEAD}\nMen\t5\t%\t2024", "decimal": ".", "step": "store"}
    assert other.post(address(table), given).status_code == HTTPStatus.FORBIDDEN
    assert DataItem.objects.filter(table=table).count() == 1


def test_checking_costs_the_same_for_one_row_and_for_many(client, table):
    def cost(rows):
        text = "\n".join([HEAD, *(f"R{one}\t5\t%\t2024\tcity\tmigrant\t" for one in range(rows))])
        with CaptureQueriesContext(connection) as counted:
            answer = client.post(address(table), {"text": text, "decimal": ".", "step": "check"})
        assert answer.status_code == HTTPStatus.OK
        return len(counted)

    cost(1)
    assert cost(1) == cost(40)
