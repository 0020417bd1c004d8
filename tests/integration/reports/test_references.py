"""References in the report: the printed numbers, also of what stands further behind."""

import pytest

from profile_workflow.markup import Problem
from profile_workflow.models import Draft
from reports.context import report_of

pytestmark = [pytest.mark.any_database, pytest.mark.django_db]


def put(profile, key, text):
    Draft.objects.filter(section__profile=profile, section__key=key).update(text=text)


def report_of_drafts(profile, language=""):
    return report_of(profile, drafts=True, language=language)


def chapter(report, key):
    return next(one for one in report.chapters if one.key == key)


def test_the_numbers_are_those_that_are_printed(profile):
    put(
        profile,
        "ES",
        "See [#table:1-A], [#figure:1-A], [#section:2], [#section:2, People], [#section:ES], "
        "[#table:1, typed].",
    )
    put(profile, "1", "Table: Typed\n\n| a |\n|---|\n| 1 |\n\n[[table:1-A]]\n\n[[figure:1-A]]")
    put(profile, "2", "### Before\n\nx\n\n### People\n\nSee [#table:1-A].")
    report = report_of_drafts(profile)
    assert report.problems == ()
    summary = chapter(report, "ES").html
    for words, address in (
        ("Table 1", "s1-b1"),
        ("Table 2", "s1-b2"),
        ("Figure 1", "s1-b3"),
        ("section 2", "section-2"),
        ("section 2.2", "s2-b3"),
        ("Executive summary", "section-es"),
    ):
        assert f'<a href="#{address}" rel="noopener noreferrer">{words}</a>' in summary
    assert ">Table 2</a>" in chapter(report, "2").html
    for one in report.chapters:
        assert 'id="s1-b2"' not in one.html or one.key == "1"
    assert [one.label for one in report.tables] == ["Table 1", "Table 2"]


def test_a_table_that_no_text_places_is_found_at_the_end_of_its_section(profile):
    put(profile, "1", "See [#table:1-A].")
    put(profile, "2", "Nothing.")
    report = report_of_drafts(profile)
    assert '<a href="#table-1-a"' in chapter(report, "1").html
    assert 'id="table-1-a"' in chapter(report, "1").html


@pytest.mark.parametrize(
    "typed", ["[#table:9-Z]", "[#table:1, No]", "[#figure:9-Z]", "[#section:9]", "[#section:2, No]"]
)
def test_what_leads_nowhere_is_printed_as_typed_and_told(profile, typed):
    put(profile, "ES", f"See {typed}.")
    report = report_of_drafts(profile)
    assert report.problems == (("Executive summary", Problem("unknown_reference", typed)),)
    assert f'<span class="problem">{typed}</span>' in chapter(report, "ES").html


@pytest.mark.parametrize(
    ("language", "words"), [("fr", ("Tableau 1", "section 2")), ("ar", ("الجدول 1", "القسم 2"))]
)
def test_it_speaks_the_language_of_the_report(profile, language, words):
    put(profile, "ES", "See [#table:1-A], [#section:2].")
    summary = chapter(report_of_drafts(profile, language), "ES").html
    for one in words:
        assert f">{one}</a>" in summary
