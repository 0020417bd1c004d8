"""A data table from a file and as a file, and the chart that is chosen for it."""

import csv
import io
from decimal import Decimal
from http import HTTPStatus

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from profile_workflow.models import Event
from profile_workflow.services import evidence
from profile_workflow.services.contents import fingerprint
from profile_workflow.states import ChartKind, ProfileState, Role
from reports.context.gather import report_of
from tests import factories
from tests.integration.pages import signed_in
from tests.workbooks import book, xlsx

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]

OK, FOUND, UNPROCESSABLE = HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.UNPROCESSABLE_ENTITY
FORBIDDEN, CONFLICT, GONE = HTTPStatus.FORBIDDEN, HTTPStatus.CONFLICT, HTTPStatus.NOT_FOUND
HEAD = ["What is counted", "Value", "Unit", "Year"]
GOOD = [HEAD, ["Men", 1200.5, "persons", 2024], ["Share", 0.485, None, 2024]]


@pytest.fixture
def table(made):
    profile = factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)
    return factories.give_figure(factories.section(profile, "1")).table


@pytest.fixture
def client(made):
    return signed_in(made[Role.LOCAL_EXPERT])


def address(table, name="table_paste", *more):
    return reverse(name, args=[table.profile.slug, table.pk, *more])


def send(client, table, content=None, **given):
    file = {} if content is None else {"file": SimpleUploadedFile("table.bin", content)}
    return client.post(address(table), {"decimal": ".", **given, **file})


def sent_again(response, **changes):
    """Return what the page would send if its form was sent again."""
    form = response.context["form"]
    shown = {name: form[name].value() for name in form.fields if name not in ("file", "step")}
    return {name: value or "" for name, value in shown.items()} | changes


def per_cent(sheet):
    sheet["B3"].number_format = "0.0%"


# From a file


def test_a_file_is_shown_first_and_stored_as_it_was_shown(client, table):
    base = client.get(address(table)).context["form"].initial["base"]
    looked = send(client, table, xlsx(*GOOD, arrange=per_cent), base=base, step="store")
    assert looked.status_code == OK
    assert "2 figures were read and are right. They are not saved yet." in looked.content.decode()
    assert table.items.count() == 1
    stored = client.post(address(table), sent_again(looked, step="store"))
    assert stored.status_code == FOUND
    men, share = table.items.order_by("position")[1:]
    assert (men.label, men.value, men.unit, men.year) == ("Men", Decimal("1200.5"), "persons", 2024)
    assert (share.label, share.value, share.unit) == ("Share", Decimal("48.5"), "%")


def test_another_sheet_or_range_is_taken_without_sending_the_file_again(client, table):
    content = book(
        {
            "About": [["Made by the office"]],
            "Data": [["Population"], [], *GOOD[:2], ["Source: office"]],
            "Older": [HEAD, ["Women", 5, "persons", 2014]],
        }
    )
    looked = send(client, table, content, decimal=",")
    form = looked.context["form"]
    assert (form["sheet"].value(), form["range"].value()) == ("1", "A3:D4")
    assert "1 row below the table was left out, from row 5 on." in looked.content.decode()
    assert "Men\t1200,5\tpersons" in form["text"].value()
    older = client.post(address(table), sent_again(looked, sheet="2", range="", step="take"))
    assert "Women\t5\tpersons\t2014" in older.context["form"]["text"].value()
    assert older.context["pasted"].is_sound
    nothing = client.post(address(table), sent_again(older, range="F40:G50", step="take"))
    assert nothing.status_code == UNPROCESSABLE
    assert "There is nothing in this range." in nothing.content.decode()
    unclear = client.post(address(table), sent_again(older, range="here", step="take"))
    assert "Write the range like this" in unclear.content.decode()
    assert "Women\t5" in unclear.content.decode()
    assert table.items.count() == 1


def test_faults_are_named_by_the_rows_of_the_file(client, table):
    rows = [["Title"], [], HEAD, ["Men", "many", "persons", 2024], [], ["Women", "=1+1", "%", 2024]]
    looked = send(client, table, xlsx(*rows))
    text = looked.content.decode()
    assert looked.status_code == UNPROCESSABLE
    assert "Row 4, column “Value”" in text
    assert "Row 6, column “Value”" in text
    assert "1 cell holds a formula without its result." in text


def test_numbers_are_read_as_the_file_writes_them(client, table):
    text = (
        "Unit;What is counted;Value\n"
        "habitants;Hommes;1 234,5\nhabitants;Femmes;1\u202f300\nhabitants;Enfants;\u0661\u0662\n"
        "%;Part;-12,5 %\n"
    )
    looked = send(client, table, text.encode("utf-8-sig"), decimal=".")
    assert "written with “,” as decimal mark" in looked.content.decode()
    assert looked.context["form"]["decimal"].value() == ","
    assert looked.context["pasted"].is_sound, looked.context["pasted"].faults
    values = [one["value"] for one in looked.context["pasted"].figures]
    assert values == [Decimal("1234.5"), Decimal(1300), Decimal(12), Decimal("-12.5")]


def test_per_cent_of_something_else_is_a_fault(client, table):
    looked = send(client, table, b"What is counted,Value,Unit\nMen,5%,persons\n")
    assert "The cell is in per cent, but the unit is “persons”." in looked.content.decode()


def test_a_file_that_cannot_be_read_loses_nothing_that_was_typed(client, table):
    typed = "Unit\tWhat is counted\n%\tMen"
    refused = send(client, table, b"MZ\x90\x00" * 50, text=typed)
    assert refused.status_code == UNPROCESSABLE
    text = refused.content.decode()
    assert "This is not a table" in text
    assert "%\tMen" in text
    assert "#id_file" in text
    nothing = send(client, table)
    assert "Choose a file, or paste cells." in nothing.content.decode()


def test_nobody_else_sends_a_file(made, table):
    for role in (Role.FOCAL_POINT, Role.STAKEHOLDER):
        other = signed_in(made[role])
        assert send(other, table, xlsx(*GOOD), step="store").status_code in (FORBIDDEN, GONE)
    assert table.items.count() == 1


def test_a_file_costs_the_same_for_one_row_and_for_many(client, table):
    def cost(number):
        rows = [[f"R{one}", one, "persons", 2024] for one in range(number)]
        with CaptureQueriesContext(connection) as counted:
            assert send(client, table, xlsx(HEAD, *rows)).status_code == OK
        return len(counted)

    cost(1)
    assert cost(1) == cost(60)


# As a file


def test_a_file_can_be_read_in_again(client, table):
    figure = table.items.get()
    evidence.change_entry(
        figure,
        {"women": Decimal("600.5"), "method": "census", "label": "=HYPERLINK(1)"},
        base=fingerprint(figure),
        by=figure_author(table),
        at=timezone.now(),
    )
    for ending in ("csv", "xlsx"):
        answer = client.get(address(table, "table_file", ending))
        assert answer.status_code == OK
        again = send(client, table, answer.content)
        pasted = again.context["pasted"]
        assert pasted.is_sound, (ending, pasted.problem, pasted.faults)
        (read,) = pasted.figures
        assert (read["value"], read["women"], read["year"]) == (1000, Decimal("600.5"), 2024)
        assert (read["method"], read["source"]) == ("census", figure.source)
        assert read["label"] == "'=HYPERLINK(1)"


def figure_author(table):
    return table.profile.assignments.get(role=Role.LOCAL_EXPERT).user


def test_a_file_never_holds_a_formula(client, table):
    figure = table.items.get()
    for label in ("=1+1", "+1", "-1", "@x", "\uff1d1", "  =1"):
        type(figure).objects.filter(pk=figure.pk).update(label=label)
        content = client.get(address(table, "table_file", "csv")).content.decode("utf-8-sig")
        assert list(csv.reader(io.StringIO(content)))[1][0] == f"'{label}"
        book = client.get(address(table, "table_file", "xlsx")).content
        cell = openpyxl.load_workbook(io.BytesIO(book)).active["A2"]
        assert (cell.data_type, cell.value) == ("s", f"'{label}")
    assert client.get(address(table, "table_file", "pdf")).status_code == GONE


def test_a_file_is_for_those_who_see_the_table(made, table):
    assert signed_in(made[Role.STAKEHOLDER]).get(address(table, "table_file", "csv")).status_code \
        == GONE  # fmt: skip
    assert signed_in(made[Role.FOCAL_POINT]).get(address(table, "table_file", "csv")).status_code \
        == OK  # fmt: skip


# The chart


def add(table, *figures):
    by = figure_author(table)
    evidence.add_figures(
        table, [{"unit": "persons", **one} for one in figures], by=by, at=timezone.now()
    )


def choose(client, table, kind, base=None):
    page = client.get(address(table, "table_chart"))
    base = base or page.context["form"].initial["base"]
    return client.post(address(table, "table_chart"), {"chart": kind, "base": base})


def test_only_what_fits_is_offered_and_the_rest_says_why(client, table):
    page = client.get(address(table, "table_chart"))
    assert [offer.kind for _button, offer in page.context["form"].shown()] == [ChartKind.BAR]
    text = page.content.decode()
    assert "A line needs the same thing counted in two years or more" in text
    assert "A pyramid needs two age groups" in text
    refused = choose(client, table, "line")
    assert refused.status_code == UNPROCESSABLE
    add(table, {"label": "Residents", "value": 900, "year": 2014})
    assert choose(client, table, "line").status_code == FOUND
    table.refresh_from_db()
    assert table.chart == ChartKind.LINE
    assert "Lines over the years" in Event.objects.order_by("-pk")[0].reason.text


def test_a_kind_that_fits_no_more_is_refused_and_bars_are_drawn(made, client, table):
    by, at = made[Role.LOCAL_EXPERT], timezone.now()
    add(table, {"label": "Residents", "value": 900, "year": 2014})
    assert choose(client, table, "line").status_code == FOUND
    evidence.remove_entry(table.items.order_by("-position")[0], by=by, at=at)
    text = client.get(address(table, "table")).content.decode()
    assert "another one is drawn" in text
    with pytest.raises(evidence.InvalidInput, match="in two years"):
        evidence.choose_chart(
            table, ChartKind.LINE, base=fingerprint(factories.fresh(table)), by=by, at=at
        )


def test_the_choice_is_frozen_with_its_section(made, client, table):
    expert = made[Role.LOCAL_EXPERT]
    base = client.get(address(table, "table_chart")).context["form"].initial["base"]
    section = factories.section(table.profile, "1")
    factories.write(section, f"Text.\n\n[[figure:{table.key}]]")
    factories.move(section, "submit", expert)
    refused = choose(client, table, "bar", base)
    assert refused.status_code == CONFLICT
    assert "frozen with their section" in refused.content.decode()
    assert "Choose the chart" not in client.get(address(table, "table")).content.decode()
    other = signed_in(made[Role.FOCAL_POINT]).get(address(table, "table_chart"))
    assert other.status_code == FORBIDDEN


def test_a_choice_over_the_head_of_another_is_not_stored(made, client, table):
    page = client.get(address(table, "table_chart"))
    old = page.context["form"].initial["base"]
    evidence.change_entry(
        factories.fresh(table), {"title": "Other"}, base=old, by=made.team, at=timezone.now()
    )
    refused = choose(client, table, "bar", old)
    assert refused.status_code == CONFLICT
    again = refused.context["form"]["base"].value()
    assert choose(client, table, "bar", again).status_code == FOUND


def test_the_page_and_the_report_show_the_same_picture(client, table):
    add(table, {"label": "Residents", "value": 900, "year": 2014})
    choose(client, table, "line")
    section = factories.section(table.profile, "1")
    factories.write(section, f"Text.\n\n[[figure:{table.key}]]")
    factories.move(section, "submit", figure_author(table))
    page = client.get(reverse("section", args=[table.profile.slug, "1"])).content.decode()
    report = report_of(factories.fresh(table.profile))
    printed = next(one.html for one in report.chapters if one.key == "1")

    def drawing(html):
        svg = html[html.index("<svg") : html.index("</svg>")]
        return svg[svg.index("</desc>") :]

    assert drawing(page) == drawing(printed)
    assert "<polyline" in page
    assert "Figures of the chart" in page
