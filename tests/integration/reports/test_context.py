"""A profile as plain data: what is read, at what cost, and what nobody may learn from it."""

from dataclasses import asdict

import pytest
from django.utils import timezone

from profile_workflow.models import DataItem, ProfileVersion, SignOff
from profile_workflow.models.digests import sections_digest, text_digest
from reports.context import report_of
from reports.context.assemble import in_runs

pytestmark = [pytest.mark.any_database, pytest.mark.django_db]


def test_chapters_are_the_submitted_text_unless_drafts_are_asked_for(profile):
    frozen, draft = report_of(profile), report_of(profile, drafts=True)

    assert [chapter.title for chapter in frozen.chapters] == [
        "Executive summary",
        "Chapter number 1",
        "Chapter number 2",
    ]
    assert "DRAFT" not in str(asdict(frozen))
    assert "DRAFT The summary of the city" in draft.chapters[0].html
    assert draft.digest != frozen.digest


def test_the_digest_is_the_one_that_decisions_name(profile):
    report = report_of(profile)

    assert report.digest == sections_digest({c.key: c.sha256 for c in report.chapters})
    assert report.digest == profile.text_digest()


def test_subsections_tables_and_figures_are_numbered_through(profile):
    report = report_of(profile)

    assert [(h.number, h.text) for c in report.chapters for h in c.headings] == [
        ("1.1", "Purpose"),
        ("1.2", "Limits"),
        ("2.1", "People"),
    ]
    assert [(t.label, t.title) for t in report.tables] == [
        ("Table 1", "Population"),
        ("Table 2", "Who"),
    ]
    assert [(f.label, f.title) for f in report.figures] == [("Figure 1", "Population")]


def test_every_figure_has_year_territory_definition_and_source(profile):
    DataItem.objects.filter(period="").update(period="2024-06-26")
    html = report_of(profile).chapters[1].html

    cited = "INS 2021</a></bdi>, p.\u00a07"
    for words in ("38,000.5", "26 June 2024", "Municipality", "Residents", cited):
        assert words in html
    assert "not available" in html
    assert "Asked twice." in html


def test_a_table_that_the_text_forgets_is_printed_at_the_end_of_its_section(profile):
    section = profile.sections.get(key="1")
    section.revision = section.revisions.create(
        number=2, text="No table.", sha256="0" * 64, author=section.author,
        created_at=profile.created_at,
    )  # fmt: skip
    section.save()

    html = report_of(profile).chapters[1].html

    assert html.index("No table.") < html.index('<table id="table-1-a"')


def test_the_bibliography_holds_what_is_cited_and_nothing_else(profile):
    report = report_of(profile)

    printed = [entry.text for entry in report.bibliography]
    assert printed == ["INS (2021). Census.", "ONFP (n.d.). Survey."]
    assert dict(report.citations) == {"ins-2021": "INS 2021", "onfp": "ONFP n.d."}


def test_the_imprint(profile):
    imprint = report_of(profile).imprint

    assert [text for _, text in imprint.blocks] == [
        "The funding text.",
        "The disclaimer text.",
        "The rights text.",
    ]
    assert imprint.citation == (
        "CANARYNAME0 (2026). City Migration Profile: Sfax. Edition 2026, Version 1.0. Programme."
    )
    assert imprint.authorship[0].chapters == "Executive summary, Chapters 1, 2"
    assert imprint.data_year == "2024"


def test_chapters_that_follow_each_other_are_told_by_the_first_and_the_last():
    assert in_runs([str(number) for number in (1, 2, 3, 5, 7, 8, 10, 11, 12, 13)]) == [
        "1–3", "5", "7", "8", "10–13",
    ]  # fmt: skip
    assert in_runs(["A", "B", "C", "1"]) == ["A", "B", "C", "1"]


def test_a_text_block_is_the_one_in_force_in_the_language(profile):
    profile.programme.text_blocks.create(
        kind="rights", language="fr", version=2, valid_from="2020-01-01", text="Tous droits."
    )
    profile.programme.text_blocks.create(
        kind="rights", language="fr", version=3, valid_from="2030-01-01", text="Futur."
    )

    texts = [text for _, text in report_of(profile, language="fr").imprint.blocks]

    assert texts == ["The funding text.", "The disclaimer text.", "Tous droits."]


@pytest.mark.parametrize(("state", "watermark"), [("planned", True), ("published", False)])
def test_the_watermark_goes_with_publication(profile, state, watermark):
    type(profile).objects.filter(pk=profile.pk).update(state=state)

    assert report_of(profile).watermark is watermark


def test_the_number_of_queries_does_not_depend_on_the_number_of_sections(
    make_profile, django_assert_num_queries
):
    small, large = make_profile(sections=3), make_profile(sections=14, slug="large-2026")

    with django_assert_num_queries(23):
        report_of(small)
    with django_assert_num_queries(23):
        report_of(large)


def test_data_files_hold_the_figures_and_no_formula(profile):
    item = profile.data_tables.get().items.get(label="Women")
    item.label = "=cmd()"
    item.save()

    file = report_of(profile).data_files[0]

    assert file.name == "table-1-A.csv"
    assert file.content.splitlines()[0].startswith("indicator,label,value")
    assert "'=cmd(),12000" in file.content


def test_a_section_where_nothing_was_found_says_so(profile):
    section = profile.sections.get(key="2")
    section.revision = section.revisions.create(
        number=2, nothing_found=True, searched="Archives", sha256="0" * 64,
        author=section.author, created_at=profile.created_at,
    )  # fmt: skip
    section.save()

    html = report_of(profile).chapters[2].html

    assert "Nothing was found" in html
    assert "Archives" in html


# --- validation record ---------------------------------------------------------------------


def test_named_answers_are_printed_by_name(profile, judged):
    judged("named")

    answers = report_of(profile).record.validations[0].answers

    assert ("CANARYNAME0, CANARYORG", "Approved") in {(a.who, a.answer) for a in answers}


def test_answers_by_organisation(profile, judged):
    judged("organisation")
    record = report_of(profile).record

    assert {a.who for a in record.validations[0].answers} == {"CANARYORG"}
    assert "CANARYNAME" not in str(asdict(record))


def test_answers_by_category(profile, judged):
    judged("category")
    record = report_of(profile).record

    assert {a.who for a in record.validations[0].answers} == {"Migrant-led organisation"}
    assert "CANARY" not in str(asdict(record))


def test_a_group_smaller_than_the_programme_allows_stands_among_the_others(profile, judged):
    """And with it so many more that it is not known by what is left."""
    found = judged("category")
    one = found.signoffs.get(state="objected")
    found.signoffs.filter(pk=one.pk).update(category="academia")

    def told():
        answers = report_of(profile).record.validations[0].answers
        return {(a.who, a.answer, a.number) for a in answers}

    assert {who for who, *_rest in told()} == {"Others"}
    assert ("Others", "Objected", 1) in told()
    type(found).objects.update(smallest_group=1)
    assert ("Academia", "Objected", 1) in told()


def test_a_round_that_is_sealed_still_tells_nothing_when_it_is_closed(profile, judged):
    """As between the cancelling of a profile and the sweep that unseals it."""
    found = judged("chatham_house")
    type(found).objects.update(is_secret=True)
    line = report_of(profile).record.validations[0]

    assert (line.counts, line.agreed, line.given) == ((), (), None)


def test_the_chatham_house_rule_leaves_counts(profile, judged):
    judged("chatham_house")
    record = report_of(profile).record

    assert record.validations[0].counts == (
        ("Approved", 2),
        ("Approved with reservation", 1),
        ("Objected", 1),
    )
    for hidden in ("CANARY", "STATEMENT", "Migrant"):
        assert hidden not in str(asdict(record))


def test_reservations_and_objections_have_no_names(profile, judged):
    judged("named")
    found = report_of(profile).record.validations[0]

    assert found.reservations == ("STATEMENT reservation",)
    assert found.objections == (("STATEMENT objected", ""),)


def test_an_objection_stands_beside_its_written_answer(profile, people, judged):
    judged("named")
    SignOff.objects.filter(round__profile=profile, state="objected").update(
        response="We changed it.", responded_by=people[1], responded_at=timezone.now()
    )
    found = report_of(profile).record.validations[0]
    assert found.objections == (("STATEMENT objected", "We changed it."),)


def test_an_open_round_tells_no_answers(profile, judged):
    judged("named", closed=False)
    found = report_of(profile).record.validations[0]

    assert (found.asked, found.closed, found.counts, found.answers) == (4, "", (), ())


def test_decisions_name_role_section_and_text_but_no_person(profile, reviewed):
    record = report_of(profile).record

    decision = record.decisions[0]
    assert (decision.role, decision.section) == ("International expert", "1 Chapter number 1")
    assert decision.digest == reviewed.digest
    assert record.reviews[0].number == 1
    assert "CANARYNAME1" not in str(asdict(record))


# --- approvals -----------------------------------------------------------------------------


def test_an_approval_holds_for_the_text_that_it_was_given_for_and_no_other(profile, reviewed):
    first = profile.sections.get(key="1")
    held = report_of(profile)

    assert [(one.function, one.keys, one.revision) for one in held.approvals] == [
        ("International expert", ("1",), "1")
    ]
    assert held.record.decisions[0].holds
    assert held.approvals[0].digest == first.revision.sha256

    text = first.revision.text
    first.revision = first.revisions.create(
        number=2, text=f"{text}.", sha256=text_digest(f"{text}.", nothing_found=False, searched=""),
        author=first.author, created_at=profile.created_at,
    )  # fmt: skip
    first.save()
    void = report_of(profile)

    assert void.approvals == ()
    assert not void.record.decisions[0].holds


def test_an_approval_of_the_whole_is_void_for_the_section_that_changed_alone(profile, judged):
    found = judged("category")
    content = {
        one.key: {"revision": one.revision_id, "sha256": one.revision.sha256}
        for one in profile.sections.select_related("revision")
    }
    content["2"]["sha256"] = "e" * 64
    ProfileVersion.objects.create(
        profile=profile, number=9, digest="f" * 64, content=content, created_at=found.opened_at
    )
    found.version = profile.versions.get(number=9)
    found.save()
    SignOff.objects.filter(round=found).update(digest="f" * 64)
    lines = report_of(profile).approvals

    assert {(one.keys, one.changed) for one in lines} == {(("ES", "1"), ("2 Chapter number 2",))}
    assert [(one.who, one.act, one.number) for one in lines] == [
        ("Migrant-led organisation", "Approved", 2),
        ("Migrant-led organisation", "Approved with reservation", 1),
    ]
    # Each day would tell who it was: what is told is the day of the closing.
    assert {one.on for one in lines} == {report_of(profile).record.validations[0].closed}


def test_the_quorum_counts_who_agreed_to_this_text_before(profile, judged, people):
    found = judged("named")
    record = report_of(profile).record.validations[0]
    assert (record.given, record.counted) == (4, 4)
    SignOff.objects.filter(round=found, person=people[0]).update(state="waived")
    record = report_of(profile).record.validations[0]
    assert (record.given, record.counted) == (3, 3)
    assert "Waived" not in {one.act for one in report_of(profile).approvals}


def test_only_a_published_text_prints_where_it_is_checked(profile):
    assert report_of(profile).verify_at == ""
    public = report_of(profile, as_public=True)
    assert public.verify_at.endswith(f"/verify/{public.digest}/")
