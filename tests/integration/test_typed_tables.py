"""Tables typed in a text, moved to the register: what is read, what the text says afterwards."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.contrib import messages
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from profile_workflow.forms.typed import TypedTableForm, read_typed
from profile_workflow.markup import typed_tables
from profile_workflow.models import DataTable, Draft, Source
from profile_workflow.queries.drafting import draft_of
from profile_workflow.states import ProfileState, Role
from tests import factories

pytestmark = [pytest.mark.integration, pytest.mark.any_database]

TABLE = "| Group | 2014 | 2024 |\n| --- | --: | --: |\n| Women | 1,200 | 1.5 |\n| Men | – | 800 |"
TEXT = (
    "Before [#table:1, Foreign  residents].\n\n"
    f"Table: Foreign residents\n\n{TABLE}\n\nSource: [@ins, p. 4].\n\nAfter."
)


@pytest.fixture
def made(db):
    return factories.make_programme()


@pytest.fixture
def written(made):
    profile = factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)
    one = factories.section(profile, "1")
    factories.write(one, TEXT)
    return one


def move(written, user, **given):
    client = Client()
    client.force_login(user)
    version = draft_of(written).version
    fields = {"title": "Foreign residents", "key": "1-A", "unit": "people", "decimal": "."}
    (table, *_others) = typed_tables(draft_of(written).text)
    place = {"begin": table.begin, "caption": table.caption, "base_version": version}
    sent = {**place, **fields, **given}
    return client.post(
        reverse("section_typed_tables", args=[written.profile.slug, written.key]), sent
    )


def test_a_typed_table_becomes_a_data_table_with_its_source(made, written):
    source = factories.give_source(written.profile)
    source.key = "ins"
    source.save()
    answer = move(written, made[Role.LOCAL_EXPERT])
    table = DataTable.objects.get(key="1-A")
    assert answer.status_code == HTTPStatus.FOUND
    assert answer["Location"] == reverse("table", args=[written.profile.slug, table.pk])
    assert [
        (one.label, one.value, one.text, one.year, one.unit, one.source_id, one.page)
        for one in table.items.order_by("position")
    ] == [
        ("Women", 1200, "", 2014, "people", source.pk, "4"),
        ("Women", 1.5, "", 2024, "people", source.pk, "4"),
        ("Men", None, "–", 2014, "people", source.pk, "4"),
        ("Men", 800, "", 2024, "people", source.pk, "4"),
    ]
    assert table.section_id == written.pk
    # The figures name the source now, so the line below the table goes too.
    assert draft_of(written).text == "Before [#table:1-A].\n\n[[table:1-A]]\n\nAfter."


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        ({"unit": ""}, HTTPStatus.UNPROCESSABLE_ENTITY, "Nothing was saved"),
        ({"decimal": ","}, HTTPStatus.UNPROCESSABLE_ENTITY, "<bdi>Women</bdi>, <bdi>2024</bdi>: "),
        ({"key": "no key!"}, HTTPStatus.UNPROCESSABLE_ENTITY, "Use letters, digits"),
        ({"key": "TAKEN"}, HTTPStatus.UNPROCESSABLE_ENTITY, "TAKEN"),
        ({"base_version": "7"}, HTTPStatus.CONFLICT, "saved the text since"),
    ],
)
def test_what_cannot_be_moved_leaves_everything_as_it_is(made, written, given, status, said):
    taken = factories.give_figure(written).table
    DataTable.objects.filter(pk=taken.pk).update(key="TAKEN")
    answer = move(written, made[Role.LOCAL_EXPERT], **given)
    assert answer.status_code == status
    page = answer.content.decode()
    assert said in page
    assert 'value="Foreign residents"' in page
    assert draft_of(written).text == TEXT
    assert DataTable.objects.count() == 1


def test_columns_that_name_a_group_become_rows_and_the_source_stays(made, written):
    """A line that says more than one registered source is not lost."""
    factories.write(
        written,
        "| Year | Foreigners | Nationals |\n|---|--:|--:|\n| 2024 | 3 | 4 |\n\nSource: own count.",
    )
    assert move(written, made[Role.LOCAL_EXPERT]).status_code == HTTPStatus.FOUND
    table = DataTable.objects.get(key="1-A")
    assert list(table.items.values_list("label", "year", "value")) == [
        ("Foreigners", 2024, 3),
        ("Nationals", 2024, 4),
    ]
    assert draft_of(written).text == "[[table:1-A]]\n\nSource: own count."
    assert "Make data tables of them" not in page_of(made, written)
    factories.write(written, TEXT)
    assert "1 table is typed in this text." in page_of(made, written)


def page_of(made, written):
    client = Client()
    client.force_login(made[Role.LOCAL_EXPERT])
    address = reverse("section_edit", args=[written.profile.slug, written.key])
    return client.get(address).content.decode()


def table_of(*lines):
    """Return a table with rows of cells apart by “/”, to write it in short."""
    head, *rows = [f"| {line.replace('/', '|')} |" for line in lines]
    return "\n".join([head, "|---" * (head.count("|") - 1) + "|", *rows])


@pytest.fixture(scope="module")
def reader(django_db_setup, django_db_blocker):
    """Read tables for a profile that has one source, ``ins``: no reading stores anything."""
    with django_db_blocker.unblock(), transaction.atomic():
        profile = factories.make_profile(factories.make_programme())
        source = factories.give_source(profile)
        Source.objects.filter(pk=source.pk).update(key="ins")

        def read(text, *, unit="people", mark="."):
            return read_typed(typed_tables(text)[0], unit=unit, mark=mark, profile=profile)

        yield read
        transaction.set_rollback(True)


MORE = "It holds a citation"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "said"),
    [
        (table_of("Nationality/Value/Share", "FR/3/4"), "“Value” stands beside columns of values"),
        (table_of("A/Text/Share", "FR/3/4"), "“Text” stands beside"),
        (table_of("A/Year/2014", "FR/2014/4"), "“Year” stands beside"),
        (table_of("A/Remark/Remark/2014", "FR/a/b/4"), "occur twice: Remark"),
        (table_of("A/2014/٢٠١٤", "FR/3/4"), "occur twice: 2014, ٢٠١٤"),
        (table_of("A/2014", "FR/3") + "\nSource: X\nand Y", "“Source: X” counts as a row"),
        (table_of("A/2014/2024", "FR/3/"), "“2024” holds nothing"),
        (
            table_of("/".join("ABCDEFGHIJKLMNOP"), "/".join("1234567890123456")),
            "this one is larger",
        ),
        (f"Table: People ^[Or so.]\n\n{table_of('A/2014', 'FR/4')}", "The caption holds"),
    ],
)
def test_a_table_of_which_something_would_be_lost_is_refused(reader, text, said):
    found = reader(text)
    assert not found.is_sound
    assert said in found.problem


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "row", "column", "said"),
    [
        (table_of("A/2014", "FR/4", "IT/5 [@ins]"), "IT", "2014", MORE),
        (table_of("A/2014", "FR ^[A note.]/4"), "FR A note.", "A", MORE),
        (table_of("A/2014/Note", "FR/4/[x](mailto:a@e.org)"), "FR", "Note", MORE),
        (table_of("A/2014/Remark", "FR/4/see [#table:1]"), "FR", "Remark", MORE),
        (table_of("A/2014 [@ins]", "FR/4"), "", "2014", MORE),
        (table_of("A/2014/Source", "FR/4/[@ins; @b]"), "FR", "Source", "is not registered"),
        (table_of("A/2014", "FR/4/behind"), "FR", "behind", "more cells than"),
        (table_of("A/2014/2024", "FR/4/5", "IT/6/ca. 7"), "IT", "2024", "is not a number"),
        (table_of("Year/Foreigners", "2014/5", "2024/x 7"), "2024", "Foreigners", "no"),
    ],
)
def test_a_cell_that_cannot_be_taken_over_is_named_as_it_stands(reader, text, row, column, said):
    found = reader(text)
    assert not found.is_sound
    (fault,) = found.faults
    assert (fault.row, fault.column) == (row, column)
    assert said in fault.message


def figures(found, *names):
    assert (found.faults, found.problem) == ([], "")
    return [
        tuple(str(getattr(one.get(name), "key", one.get(name)) or "") for name in names)
        for one in found.figures
    ]


@pytest.mark.django_db
def test_what_a_row_says_is_kept(reader):
    text = table_of("A/2014/Remark/Source", "FR/4/a/[@ins, p. 4]", "IT//b/ins", "//", "TN/–//")
    assert figures(reader(text), "label", "value", "text", "remark", "source", "page") == [
        ("FR", "4", "", "a", "ins", "4"),
        ("IT", "", "", "b", "ins", ""),
        ("TN", "", "–", "", "", ""),
    ]
    # The name of the only column is no word too many, unless the unit says it.
    text = table_of("A/Residents", "FR/4")
    assert figures(reader(text), "label") == [("FR: Residents",)]
    assert figures(reader(text, unit="residents"), "label") == [("FR",)]


@pytest.mark.django_db
def test_the_line_below_goes_only_if_every_figure_says_it(reader):
    line = "\n\nSource: [@ins, p. 4]."
    assert reader(table_of("A/2014", "FR/4") + line).says_source
    assert not reader(table_of("A/2014/Source", "FR/4/ins") + line).says_source
    paged = reader(table_of("A/2014/Page", "FR/4/7") + line)
    assert not paged.says_source
    assert figures(paged, "page") == [("7",)]


@pytest.mark.django_db
def test_numbers_in_french_and_in_arabic_digits(reader):
    french = table_of("A/2014", "FR/1 234,5", "IT/2.000")
    assert figures(reader(french, mark=","), "value") == [("1234.5",), ("2000",)]
    assert figures(reader(table_of("أ/٢٠٢٤", "ب/٣٬٢٣٤٫٦"), mark=","), "value", "year") == [
        ("3234.6", "2024")
    ]


def test_the_decimal_mark_is_that_of_the_text(made, written):
    for language, mark in (("fr", ","), ("en", ".")):
        profile = written.profile
        profile.language = language
        assert TypedTableForm(profile=profile)["decimal"].initial == mark


def test_after_somebody_else_has_saved_the_form_goes_on(made, written):
    """What was typed stands in the form of the same table, wherever it is now."""
    old = draft_of(written)
    place = {"base_version": old.version, "begin": typed_tables(old.text)[0].begin}
    factories.write(written, f"{TABLE}\n\nMore above.\n\n{TEXT}")
    refused = move(written, made[Role.LOCAL_EXPERT], **place, caption="Foreign residents", key="N")
    assert refused.status_code == HTTPStatus.CONFLICT
    (form,) = [one.form for one in refused.context["rows"] if one.form.is_bound]
    assert form["key"].value() == "N"
    sent = {name: form[name].value() for name in form.fields}
    assert move(written, made[Role.LOCAL_EXPERT], **sent).status_code == HTTPStatus.FOUND
    assert draft_of(written).text.startswith(f"{TABLE}\n\nMore above.\n\nBefore [#table:N].")


def test_a_table_that_is_gone_is_told(made, written):
    gone = move(written, made[Role.LOCAL_EXPERT], begin="3", caption="Another")
    assert gone.status_code == HTTPStatus.CONFLICT
    assert "not in the text any more" in gone.content.decode()
    assert draft_of(written).text == TEXT


def test_other_sections_follow_and_those_that_cannot_are_named(made, written):
    pointing = "As [#table:1, foreign residents] and [#table:2, Foreign residents] show."
    mine, other = (factories.section(written.profile, key) for key in ("2", "3"))
    for one in (mine, other):
        factories.write(one, pointing)
    at = timezone.now()
    lease = {"edited_since": at, "edited_until": at + timedelta(minutes=5)}
    Draft.objects.filter(section=other).update(editor=made[Role.PROJECT_TEAM], **lease)
    answer = move(written, made[Role.LOCAL_EXPERT])
    assert answer.status_code == HTTPStatus.FOUND
    followed = "As [#table:1-A] and [#table:2, Foreign residents] show."
    assert [draft_of(one).text for one in (mine, other)] == [followed, pointing]
    told = [str(one) for one in messages.get_messages(answer.wsgi_request)]
    assert any(str(other) in one and "[#table:1-A]" in one for one in told)
    assert not any(str(mine) in one for one in told)
