"""What must be complete before a text goes on: sections, evidence, open comments.

Numbers refer to the programme's own list (domain notes 4.3).
"""

import pytest
from django.utils import timezone

from profile_workflow.errors import NotNow
from profile_workflow.models import Acronym, Draft, Profile, Section, Source
from profile_workflow.services import drafting
from profile_workflow.states import DataItemState, SectionState
from tests import factories
from tests.engine.guarding import EXPERT, FOCAL_POINT, STAKEHOLDER, TEAM, S, missing
from tests.factories import advance, bring_to, holder, make_profile, move, section, write

pytestmark = [pytest.mark.django_db, pytest.mark.integration, pytest.mark.any_database]


# 1. No submission while a mandatory section is neither filled nor marked "nothing found"


@pytest.mark.parametrize(
    ("draft", "lacks"),
    [
        (drafting.DraftText("  \n"), {"section_empty": 1}),
        (drafting.DraftText(nothing_found=True), {"section_empty": 1}),
        (drafting.DraftText(searched="The archive."), {"section_empty": 1}),
        (drafting.DraftText(nothing_found=True, searched="The archive."), {}),
        (drafting.DraftText("Something."), {}),
    ],
)
def test_a_mandatory_section_is_filled_or_says_where_was_searched(draft, lacks):
    profile = bring_to(make_profile(), S.DRAFTING)
    expert = holder(profile, EXPERT)
    one = section(profile, "1")
    drafting.save_draft(one, draft, base_version=0, by=expert, at=timezone.now())
    if lacks:
        assert missing(one, "submit", expert) == lacks
    else:
        assert move(one, "submit", expert).state == SectionState.READY


def test_the_whole_is_submitted_when_every_section_is_in():
    profile = bring_to(make_profile(), S.DRAFTING)
    expert = holder(profile, EXPERT)
    assert missing(profile, "submit_draft", expert) == {"section_unfinished": 3}
    write(section(profile, "2"), "Text.")
    move(section(profile, "2"), "submit", expert)
    assert missing(profile, "submit_draft", expert) == {"section_unfinished": 2}
    factories.submit_sections(profile)
    assert move(profile, "submit_draft", expert).state == S.EXPERT_REVIEW


def test_what_the_text_refers_to_exists_when_it_is_submitted():
    profile = bring_to(make_profile(), S.DRAFTING)
    expert = holder(profile, EXPERT)
    one = section(profile, "1")
    write(one, "As said [@office, p. 4].\n\n[[table:T9]]\n")
    assert missing(one, "submit", expert) == {"citation_unknown": 1, "table_unknown": 1}


def test_nothing_is_saved_past_a_submission():
    profile = bring_to(make_profile(), S.DRAFTING)
    expert = holder(profile, EXPERT)
    on_the_screen = Section.objects.select_related("profile").get(profile=profile, key="1")
    write(on_the_screen, "Text.")
    move(on_the_screen, "submit", expert)
    with pytest.raises(NotNow):
        drafting.save_draft(
            on_the_screen,
            drafting.DraftText("Late."),
            base_version=1,
            by=expert,
            at=timezone.now(),
        )
    assert Draft.objects.get(section=on_the_screen).text == "Text."


# 2. No consultation with an unresolved conflict, an uncited figure, an acronym, a bad wording


def in_qa_with(text: str) -> Profile:
    profile = bring_to(make_profile(), S.DRAFTING)
    write(section(profile, "1"), text)
    move(section(profile, "1"), "submit", holder(profile, EXPERT))
    return bring_to(profile, S.PROJECT_QA)


def unsettled(profile: Profile, *moves: str) -> None:
    item = factories.give_figure(section(profile, "1"))
    for name in moves:
        item = move(item, name, holder(profile, EXPERT), reason="Why.")


@pytest.mark.parametrize(
    ("moves", "lacks"),
    [
        ((), {"figure_unsettled": 1}),
        (("receive",), {"figure_unsettled": 1}),
        (("receive", "dispute"), {"figure_unsettled": 1}),
        (("receive", "confirm", "expire"), {"figure_unsettled": 1}),
        (("receive", "dispute", "reconcile"), {}),
        (("receive", "confirm"), {}),
        (("receive", "publish_as_range"), {}),
        (("mark_unavailable",), {}),
    ],
)
def test_quality_assurance_settles_every_figure(moves, lacks):
    profile = in_qa_with("Text.")
    unsettled(profile, *moves)
    if lacks:
        assert missing(profile, "pass_qa", holder(profile, TEAM)) == lacks
    else:
        assert advance(profile).state == S.CONSULTATION


@pytest.mark.parametrize("lost", ["source", "year", "territory", "definition"])
def test_quality_assurance_stops_at_a_figure_without_its_evidence(lost):
    profile = in_qa_with("Text.")
    item = factories.give_figure(section(profile, "1"))
    for name in ("receive", "confirm"):
        item = move(item, name, holder(profile, EXPERT))
    setattr(item, lost, None)
    item.save()
    assert item.state == DataItemState.RECONCILED
    assert missing(profile, "pass_qa", holder(profile, TEAM)) == {"figure_unsourced": 1}


@pytest.mark.parametrize(
    ("text", "lacks"),
    [
        ("The ILO and the ILO again.", {"acronym_unexplained": 1}),
        ("They said “illegal migrants”.", {}),
    ],
)
def test_quality_assurance_reads_the_text(text, lacks):
    profile = in_qa_with(text)
    if lacks:
        assert missing(profile, "pass_qa", holder(profile, TEAM)) == lacks
    else:
        assert advance(profile).state == S.CONSULTATION


def test_a_second_workshop_makes_the_checks_of_the_software_too():
    """The way past the project team is no way past what is unsound."""
    profile = bring_to(make_profile(), S.REVISION_VALIDATION)
    write(section(profile, "1"), "Many people came, says the ILO.")
    factories.give_figure(section(profile, "1"))
    move(section(profile, "1"), "submit", holder(profile, EXPERT))
    lacks = {"acronym_unexplained": 1, "figure_unsettled": 1}
    assert missing(profile, "call_second_workshop", holder(profile, EXPERT)) == lacks


def test_an_acronym_that_is_explained_passes():
    profile = in_qa_with("The ILO.")
    Acronym.objects.create(profile=profile, short="ILO", long="International Labour Organization")
    assert advance(profile).state == S.CONSULTATION


def test_quality_assurance_stops_at_a_source_that_is_gone():
    profile = bring_to(make_profile(), S.DRAFTING)
    source = Source.objects.create(
        profile=profile, key="office", kind="report", authors="Office", title="Report"
    )
    write(section(profile, "1"), "As said [@office].")
    move(section(profile, "1"), "submit", holder(profile, EXPERT))
    profile = bring_to(profile, S.PROJECT_QA)
    source.delete()
    assert missing(profile, "pass_qa", holder(profile, TEAM)) == {"citation_unknown": 1}


# 3. No sign-off while a comment is open


def test_no_signature_is_asked_for_while_a_comment_is_open():
    profile = bring_to(make_profile(), S.CONSULTATION)
    focal_point, expert = holder(profile, FOCAL_POINT), holder(profile, EXPERT)
    comment = factories.comment_on(section(profile, "2"), holder(profile, STAKEHOLDER))
    factories.approve_all(profile)
    assert missing(profile, "conclude_consultation", focal_point) == {"comment_open": 1}
    move(comment, "decline", expert, reason="The census says otherwise.")
    assert move(profile, "conclude_consultation", focal_point).state == S.SIGNOFF


def test_a_comment_that_is_opened_again_counts_again():
    profile = bring_to(make_profile(), S.CONSULTATION)
    stakeholder = holder(profile, STAKEHOLDER)
    comment = factories.comment_on(section(profile, "2"), stakeholder)
    move(comment, "accept", holder(profile, EXPERT))
    move(comment, "reopen", stakeholder, reason="Not done.")
    factories.approve_all(profile)
    lacks = missing(profile, "conclude_consultation", holder(profile, FOCAL_POINT))
    assert lacks == {"comment_open": 1}
