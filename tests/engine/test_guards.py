"""The guards of the process one by one: what must be complete, who must be apart, what is void.

Numbers refer to the programme's own list (domain notes 4.3). At the end each guard is taken away,
and its proof must fail.
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from profile_workflow import requirements, rules
from profile_workflow.errors import DomainError, InvalidInput, NotAllowed, NotComplete, NotNow
from profile_workflow.models import (
    Acronym,
    Assignment,
    Decision,
    Draft,
    Event,
    EventReason,
    Profile,
    Revision,
    Section,
    SignOff,
    Source,
    User,
    ValidationRound,
)
from profile_workflow.services import drafting, log, people, revisions, rounds
from profile_workflow.services.people import Part
from profile_workflow.states import (
    DataItemState,
    ProfileState,
    Role,
    SectionState,
    SignOffState,
    ValidationKind,
)
from tests import factories
from tests.factories import (
    advance,
    asked,
    bring_to,
    fresh,
    holder,
    holders,
    make_person,
    make_profile,
    move,
    section,
    sections,
    write,
)
from workflows import deadlines, engine, invariants
from workflows.engine import moves
from workflows.models import OutboxJob, ProfileProcess, Task

pytestmark = [pytest.mark.django_db, pytest.mark.integration, pytest.mark.any_database]

S = ProfileState
TEAM, EXPERT, CO_AUTHOR = Role.PROJECT_TEAM, Role.LOCAL_EXPERT, Role.CO_AUTHOR
REVIEWER, FOCAL_POINT = Role.INTERNATIONAL_EXPERT, Role.FOCAL_POINT
AUTHORITY, STAKEHOLDER = Role.CITY_AUTHORITY, Role.STAKEHOLDER


def sound(profile: Profile) -> None:
    """Fail unless log, process and machine agree."""
    profile = fresh(profile)
    assert invariants.violations(profile) == []
    assert list(log.broken_links(profile)) == []


def missing(document: Any, name: str, by: User | None, **details: Any) -> Counter[str]:
    """Make a move that must be refused as not complete; return the codes of what is missing."""
    before = fresh(document).state
    with pytest.raises(NotComplete) as refusal:
        move(document, name, by, **details)
    assert fresh(document).state == before
    return Counter(one.code for one in refusal.value.missing)


def open_task(profile: Profile, **about: Any) -> Task:
    return Task.objects.open().get(profile=profile, **about)


def jobs_since(event: Event) -> list[OutboxJob]:
    return [one for one in OutboxJob.objects.all() if one.payload.get("event") == event.pk]


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


# 4. Duties apart


@pytest.mark.parametrize("author", [EXPERT, CO_AUTHOR])
@pytest.mark.parametrize("judge", [REVIEWER, TEAM, FOCAL_POINT, AUTHORITY, STAKEHOLDER])
def test_nobody_is_made_judge_of_his_own_text(author, judge):
    profile = make_profile()
    team = holder(profile, TEAM)
    category = "academia" if judge == STAKEHOLDER else ""
    for first, second in ((author, judge), (judge, author)):
        person = make_person()
        part = {author: Part(person, author), judge: Part(person, judge, category)}
        people.assign(profile, [part[first]], by=team, at=timezone.now())
        with pytest.raises(InvalidInput):
            people.assign(profile, [part[second]], by=team, at=timezone.now())


def test_only_the_project_team_assigns():
    profile = make_profile()
    for role in set(Role) - {TEAM}:
        part = Part(make_person(), Role.OBSERVER)
        with pytest.raises(NotAllowed):
            people.assign(profile, [part], by=holder(profile, role), at=timezone.now())


def give_role(profile: Profile, user: User, role: Role, **dates: Any) -> None:
    """Give a role past the service that keeps duties apart, as old or imported rows might."""
    category = "academia" if role == STAKEHOLDER else ""
    Assignment.objects.create(
        programme=profile.programme, profile=profile, user=user, role=role, category=category,
        **dates,
    )  # fmt: skip


YESTERDAY = {"ends_on": timezone.localdate() - timedelta(days=1)}


@pytest.mark.parametrize("dates", [{}, YESTERDAY], ids=["still author", "author once"])
@pytest.mark.parametrize(
    ("state", "role", "name"),
    [
        (S.EXPERT_REVIEW, REVIEWER, "accept"),
        (S.PROJECT_QA, TEAM, "pass_qa"),
        (S.PROJECT_QA, TEAM, "return_for_revision"),
        (S.CONSULTATION, STAKEHOLDER, "approve"),
        (S.CONSULTATION, FOCAL_POINT, "approve"),
        (S.SIGNOFF, AUTHORITY, "approve"),
        (S.PRIORITIES_ADOPTED, AUTHORITY, "adopt_priorities"),
    ],
)
def test_an_author_judges_nothing_whatever_his_rows_say(state, role, name, dates):
    profile = bring_to(make_profile(), state)
    judge = holder(profile, role)
    give_role(profile, judge, CO_AUTHOR, **dates)
    document = profile
    if name == "accept":
        document = section(profile, "1")
    elif name == "approve":
        document = next(one for one in asked(profile) if one.person_id == judge.pk)
    with pytest.raises(NotAllowed):
        move(document, name, judge, reason="Why.", sections=[section(profile, "1")])
    sound(profile)


def test_who_reviews_as_an_international_expert_assures_no_quality():
    profile = bring_to(make_profile(), S.PROJECT_QA)
    team = holder(profile, TEAM)
    give_role(profile, team, REVIEWER)
    for name in ("pass_qa", "return_for_revision", "return_to_review"):
        with pytest.raises(NotAllowed):
            move(profile, name, team, reason="Why.", sections=[section(profile, "1")])


def test_a_second_member_of_the_team_assures_quality_instead():
    profile = bring_to(make_profile(), S.PROJECT_QA)
    team, second = holder(profile, TEAM), make_person()
    give_role(profile, team, REVIEWER)
    people.assign_to_programme(second, TEAM, programme_id=profile.programme_id)
    engine.delegate(open_task(profile), to=second, by=team, at=timezone.now())
    assert move(profile, "pass_qa", second).state == S.CONSULTATION


# 5. An approval is bound to the text that was shown


def test_who_has_agreed_to_this_very_text_is_not_asked_again():
    profile = bring_to(make_profile(), S.CONSULTATION)
    factories.approve_all(profile)
    move(profile, "extend_consultation", holder(profile, FOCAL_POINT), reason="One more week.")
    assert asked(profile) == []
    assert open_task(profile).flow_task.name == "conclude"
    sound(profile)


def test_only_the_silent_and_who_objected_are_asked_again_about_the_same_text():
    profile = bring_to(make_profile(), S.CONSULTATION)
    approving, reserving, objecting = asked(profile)
    named = [section(profile, "1")]
    move(approving, "approve", approving.person)
    move(reserving, "reserve", reserving.person, reason="Short.")
    move(objecting, "object_to", objecting.person, reason="Wrong.", sections=named)
    move(profile, "extend_consultation", holder(profile, FOCAL_POINT), reason="One more week.")
    assert [one.person for one in asked(profile)] == [objecting.person]


def test_an_edit_voids_every_approval():
    profile = bring_to(make_profile(), S.REVISION_VALIDATION)
    before = {one.person_id for one in SignOff.objects.filter(round__profile=profile)}
    factories.submit_sections(profile)
    move(profile, "call_second_workshop", holder(profile, EXPERT))
    again = asked(profile)
    assert {one.person_id for one in again} == before
    assert {one.digest for one in again} == {fresh(profile).text_digest()}
    sound(profile)


def test_a_revision_that_changes_nothing_voids_nothing():
    profile = bring_to(make_profile(), S.CONSULTATION)
    text = section(profile, "1").draft.text
    factories.approve_all(profile)
    move(
        profile, "revise_after_consultation", holder(profile, FOCAL_POINT), reason="Look again.",
        sections=[section(profile, "1")],
    )  # fmt: skip
    write(section(profile, "1"), text)
    move(section(profile, "1"), "submit", holder(profile, EXPERT))
    move(profile, "call_second_workshop", holder(profile, EXPERT))
    assert asked(profile) == []


def test_a_signature_is_asked_for_again_when_the_text_has_changed_since():
    profile = bring_to(make_profile(), S.PRODUCTION)
    move(profile, "report_defect", holder(profile, TEAM), reason="A wrong figure.")
    named = [section(profile, "1")]
    move(profile, "return_for_revision", holder(profile, TEAM), reason="A figure.", sections=named)
    profile = bring_to(profile, S.SIGNOFF)
    (signature,) = asked(profile)
    assert signature.digest == profile.text_digest()


def test_a_decision_names_the_hash_of_what_was_judged():
    profile = bring_to(make_profile(), S.PROJECT_QA)
    for one in sections(profile):
        decision = Decision.objects.get(section=one, move="accept")
        assert decision.revision == one.revision
        assert decision.digest == one.revision.sha256
    assert Decision.objects.get(move="recommend_acceptance").digest == profile.text_digest()


def test_only_the_text_that_was_signed_is_published():
    profile = bring_to(make_profile(), S.PRODUCTION)
    one = section(profile, "1")
    Draft.objects.filter(section=one).update(text="Nobody has seen this.")
    forged = revisions.freeze_section(
        Section.objects.get(pk=one.pk), by=holder(profile, EXPERT), at=timezone.now()
    )
    Section.objects.filter(pk=one.pk).update(revision=forged)
    factories.prepare_publication(profile)
    assert missing(profile, "publish", holder(profile, TEAM)) == {"text_changed": 1}


def test_a_revision_keeps_the_text_that_was_submitted():
    profile = bring_to(make_profile(), S.REVISION_QA)
    one = section(profile, "1")
    first = one.revision
    write(one, "Another text.")
    assert Revision.objects.get(pk=first.pk).text == first.text
    move(one, "submit", holder(profile, EXPERT))
    numbers = Revision.objects.filter(section=one).values_list("number", flat=True)
    assert sorted(numbers) == [1, 2]
    assert all(revision.is_intact() for revision in Revision.objects.filter(section=one))


# 6. "Revise" and "open a round" are different events


def judge(profile: Profile, **returned: str) -> None:
    """Accept all sections but those named by key, which get that judgement."""
    reviewer = holder(profile, REVIEWER)
    for one in sections(profile, SectionState.UNDER_REVIEW):
        name = returned.get(f"s{one.key}", "accept")
        move(one, name, reviewer, reason="Look at the figures.")


def test_revising_and_opening_a_round_are_events_of_their_own():
    profile = bring_to(make_profile(), S.EXPERT_REVIEW)
    asked_at = timezone.now() + timedelta(days=1)
    opened_at = timezone.now() + timedelta(days=9)
    judge(profile, s2="request_major_changes")
    move(profile, "request_major_revision", holder(profile, REVIEWER), at=asked_at, reason="Much.")
    factories.submit_sections(profile)
    move(profile, "submit_major_revision", holder(profile, EXPERT), at=opened_at)
    events = Event.objects.filter(profile=profile)
    revise = events.get(move="request_major_revision")
    first, second = events.filter(move="open_round").order_by("seq")
    assert (revise.document, second.document) == ("profile", "review_round:2")
    assert first.at < revise.at == asked_at < second.at == opened_at
    assert (revise.role, second.role) == (REVIEWER, "")
    assert second.actor is None


def test_a_minor_revision_goes_straight_to_quality_assurance():
    profile = bring_to(make_profile(), S.EXPERT_REVIEW)
    judge(profile, s1="request_minor_changes")
    move(profile, "request_minor_revision", holder(profile, REVIEWER), reason="Little.")
    factories.submit_sections(profile)
    with pytest.raises(NotNow):
        move(profile, "submit_major_revision", holder(profile, EXPERT))
    assert move(profile, "submit_minor_revision", holder(profile, EXPERT)).state == S.PROJECT_QA
    assert profile.review_rounds.count() == 1
    assert sections(profile, SectionState.ACCEPTED) == sections(profile)
    sound(profile)


def test_a_major_revision_opens_a_round_about_what_was_returned():
    profile = bring_to(make_profile(), S.EXPERT_REVIEW)
    judge(profile, s3="request_major_changes")
    reviewer = holder(profile, REVIEWER)
    lacks = missing(profile, "request_minor_revision", reviewer, reason="Little.")
    assert lacks == {"major_changes": 1}
    move(profile, "request_major_revision", reviewer, reason="Much.")
    factories.submit_sections(profile)
    with pytest.raises(NotNow):
        move(profile, "submit_minor_revision", holder(profile, EXPERT))
    move(profile, "submit_major_revision", holder(profile, EXPERT))
    under_review = [one.key for one in sections(profile, SectionState.UNDER_REVIEW)]
    assert under_review == ["3"]
    assert Task.objects.open().filter(profile=profile).count() == 1
    assert profile.review_rounds.count() == 2
    sound(profile)


# Returning one section never touches the approval of the others


@pytest.mark.parametrize(
    ("state", "role", "name"),
    [
        (S.PROJECT_QA, TEAM, "return_for_revision"),
        (S.PROJECT_QA, TEAM, "return_to_review"),
        (S.CONSULTATION, FOCAL_POINT, "revise_after_consultation"),
        (S.SIGNOFF, AUTHORITY, "object_to"),
        (S.PRIORITY_SETTING, FOCAL_POINT, "dispute_finding"),
        (S.PUBLISHED, TEAM, "open_correction"),
    ],
)
def test_returning_one_section_leaves_the_others_approved(state, role, name):
    profile = bring_to(make_profile(), state)
    if state == S.CONSULTATION:
        factories.approve_all(profile)
    others = {one.key: (one.state, one.revision_id) for one in sections(profile)[1:]}
    decisions = set(Decision.objects.filter(section__profile=profile).values_list("pk", "digest"))
    document = asked(profile)[0] if name == "object_to" else profile
    named = [section(profile, "1")]
    move(document, name, holder(profile, role), reason="Why.", sections=named)
    assert {one.key: (one.state, one.revision_id) for one in sections(profile)[1:]} == others
    assert section(profile, "1").state in (SectionState.REOPENED, SectionState.UNDER_REVIEW)
    kept = set(Decision.objects.filter(section__profile=profile).values_list("pk", "digest"))
    assert decisions <= kept
    assert [one.section.key for one in Task.objects.open().filter(profile=profile)] == ["1"]
    sound(profile)


@pytest.mark.parametrize(
    ("state", "role", "name"),
    [
        (S.PROJECT_QA, TEAM, "return_for_revision"),
        (S.CONSULTATION, FOCAL_POINT, "revise_after_consultation"),
        (S.SIGNOFF, AUTHORITY, "object_to"),
        (S.PUBLISHED, TEAM, "open_correction"),
    ],
)
def test_sections_of_another_profile_are_not_returned(state, role, name):
    profile, other = bring_to(make_profile(), state), make_profile()
    if state == S.CONSULTATION:
        factories.approve_all(profile)
    document = asked(profile)[0] if name == "object_to" else profile
    for named in ([section(other, "1")], [section(profile, "1"), section(other, "2")]):
        lacks = missing(document, name, holder(profile, role), reason="Why.", sections=named)
        assert lacks == {"no_section_named": 1}


# 7. Silence counts only where it was announced, and for whom a reminder was sent


def closing(profile: Profile) -> Any:
    return ValidationRound.objects.get(profile=profile, closed_at=None).closes_at


@pytest.mark.parametrize(
    ("rule", "reminded", "answer"),
    [
        (True, True, SignOffState.TACIT),
        (True, False, SignOffState.NO_ANSWER),
        (False, True, SignOffState.NO_ANSWER),
        (False, False, SignOffState.NO_ANSWER),
    ],
)
def test_silence_counts_only_when_announced_and_reminded(rule, reminded, answer):
    profile = bring_to(make_profile(tacit_rule=rule), S.CONSULTATION)
    closes_at = closing(profile)
    if reminded:
        assert deadlines.sweep(at=closes_at - timedelta(days=2)) == 3
    assert deadlines.sweep(at=closes_at + timedelta(minutes=1)) == 3
    answers = SignOff.objects.filter(round__profile=profile).values_list("state", flat=True)
    assert set(answers) == {answer}
    assert open_task(profile).flow_task.name == "conclude"
    sound(profile)


def test_silence_without_the_rule_reaches_no_quorum():
    profile = bring_to(make_profile(tacit_rule=False), S.CONSULTATION)
    first, *_others = asked(profile)
    move(first, "approve", first.person)
    deadlines.sweep(at=closing(profile) + timedelta(minutes=1))
    lacks = missing(profile, "conclude_consultation", holder(profile, FOCAL_POINT))
    assert lacks == {"quorum": 1}


def test_who_came_late_and_was_not_reminded_has_not_agreed_tacitly():
    profile = bring_to(make_profile(), S.CONSULTATION)
    closes_at = closing(profile)
    deadlines.sweep(at=closes_at - timedelta(days=2))
    late = add_late(profile, at=closes_at - timedelta(hours=1))
    deadlines.sweep(at=closes_at + timedelta(minutes=1))
    states = Counter(SignOff.objects.filter(round__profile=profile).values_list("state", flat=True))
    assert states == {SignOffState.TACIT: 3, SignOffState.NO_ANSWER: 1}
    assert fresh(late).state == SignOffState.NO_ANSWER


def test_a_signature_is_never_tacit():
    profile = bring_to(make_profile(), S.SIGNOFF)
    closes_at = closing(profile)
    deadlines.sweep(at=closes_at - timedelta(days=1))
    deadlines.sweep(at=closes_at + timedelta(minutes=1))
    assert fresh(profile).state == S.SIGNOFF
    again = ValidationRound.objects.get(profile=profile, closed_at=None)
    assert (again.kind, again.number) == (ValidationKind.SIGNOFF, 2)
    assert len(asked(profile)) == 1
    sound(profile)


@pytest.mark.parametrize("when", ["before", "during"])
def test_no_text_is_validated_with_nobody_to_sign(when):
    profile = bring_to(make_profile(), S.CONSULTATION if when == "before" else S.SIGNOFF)
    closes_at = closing(profile) + timedelta(minutes=1)
    if when == "before":
        factories.approve_all(profile)
    User.objects.filter(pk=holder(profile, AUTHORITY).pk).update(is_active=False)
    if when == "before":
        with pytest.raises(NotComplete):
            move(profile, "conclude_consultation", holder(profile, FOCAL_POINT))
        assert fresh(profile).state == S.CONSULTATION
    else:
        assert deadlines.sweep(at=closes_at) == 0
        assert fresh(profile).state == S.SIGNOFF
    sound(profile)


# 8. Every backward move needs a reason that the receiver sees


@pytest.mark.parametrize(
    ("state", "maker", "name", "receiver"),
    [
        (S.EXPERT_REVIEW, REVIEWER, "request_minor_revision", EXPERT),
        (S.PROJECT_QA, TEAM, "return_for_revision", EXPERT),
        (S.PROJECT_QA, TEAM, "return_to_review", REVIEWER),
        (S.CONSULTATION, FOCAL_POINT, "revise_after_consultation", EXPERT),
        (S.PRIORITY_SETTING, FOCAL_POINT, "dispute_finding", EXPERT),
        (S.PRIORITIES_ADOPTED, AUTHORITY, "return_priorities", FOCAL_POINT),
        (S.PRODUCTION, TEAM, "report_defect", EXPERT),
    ],
)
def test_who_gets_work_back_is_told_why(state, maker, name, receiver):
    profile = bring_to(make_profile(), state)
    if state == S.EXPERT_REVIEW:
        judge(profile, s1="request_minor_changes")
    if state == S.CONSULTATION:
        factories.approve_all(profile)
    named = [section(profile, "1")]
    lacks = missing(profile, name, holder(profile, maker), reason=" ", sections=named)
    assert lacks == {"no_reason": 1}
    move(profile, name, holder(profile, maker), reason="Page 4 is wrong.", sections=named)
    event = Event.objects.get(profile=profile, document="profile", move=name)
    told = {one.payload["user"]: one.payload["reason_event"] for one in jobs_since(event)
            if "reason_event" in one.payload}  # fmt: skip
    assert told[holder(profile, receiver).pk] == event.pk
    assert EventReason.objects.get(event=event).text == "Page 4 is wrong."


def test_the_reasons_of_objections_go_along_with_the_sections():
    profile = bring_to(make_profile(), S.SIGNOFF)
    signature = asked(profile)[0]
    named = [section(profile, "2"), section(profile, "3")]
    move(signature, "object_to", signature.person, reason="Not our city.", sections=named)
    assert fresh(profile).state == S.REVISION_VALIDATION
    assert [one.key for one in sections(profile, SectionState.REOPENED)] == ["2", "3"]
    reasons = EventReason.objects.filter(
        event__profile=profile, event__move__in=["return_after_objection", "reopen"]
    )
    assert {one.text for one in reasons} == {"Not our city."}
    sound(profile)


# Nobody moves past an open task


@pytest.mark.parametrize(
    "name", ["request_minor_revision", "request_major_revision", "recommend_acceptance"]
)
def test_a_round_is_not_concluded_before_all_sections_are_judged(name):
    profile = bring_to(make_profile(), S.EXPERT_REVIEW)
    reviewer = holder(profile, REVIEWER)
    move(section(profile, "1"), "request_minor_changes", reviewer, reason="Why.")
    with pytest.raises((NotNow, NotComplete)):
        move(profile, name, reviewer, reason="Why.")
    sound(profile)


@pytest.mark.parametrize(
    "name", ["conclude_consultation", "extend_consultation", "revise_after_consultation"]
)
def test_a_consultation_is_not_concluded_before_all_are_heard(name):
    profile = bring_to(make_profile(quorum=0), S.CONSULTATION)
    focal_point = holder(profile, FOCAL_POINT)
    with pytest.raises(NotNow):
        move(profile, name, focal_point, reason="Why.", sections=[section(profile, "1")])
    assert name not in {one.move for one in engine.offers(profile, focal_point)}
    sound(profile)


def test_what_is_offered_is_what_can_be_done_or_is_not_complete():
    """For every document and person, in a state with many of them."""
    profile = bring_to(make_profile(), S.CONSULTATION)
    factories.comment_on(section(profile, "1"), holder(profile, STAKEHOLDER))
    factories.give_figure(section(profile, "1"))
    documents = [
        profile, *sections(profile), *asked(profile),
        *(one for part in sections(profile) for one in part.comments.all()),
        *(one for table in profile.data_tables.all() for one in table.items.all()),
    ]  # fmt: skip
    users = [holder(profile, role) for role in Role]
    offered = 0
    for document in documents:
        for user in users:
            for offer in engine.offers(document, user):
                offered += 1
                details = {"reason": "Why.", "sections": [section(profile, "1")]}
                try:
                    with factories.undone():
                        move(document, offer.move, user, **details)
                except NotComplete:
                    assert offer.missing
                else:
                    assert not offer.missing
    assert offered > 10


# Taking a section back


def test_a_section_is_taken_back_while_others_are_written():
    profile = bring_to(make_profile(), S.DRAFTING)
    expert = holder(profile, EXPERT)
    write(section(profile, "1"), "Text.")
    move(section(profile, "1"), "submit", expert)
    move(section(profile, "1"), "take_back", expert, reason="Too early.")
    assert section(profile, "1").state == SectionState.DRAFTING
    assert Task.objects.open().filter(profile=profile, section__key="1").count() == 1
    sound(profile)
    assert bring_to(profile, S.PUBLISHED).state == S.PUBLISHED


@pytest.mark.parametrize("state", [S.DRAFTING, S.REVISION_QA, S.CORRECTION])
def test_a_section_is_taken_back_when_all_were_in(state):
    profile = bring_to(make_profile(), state)
    expert = holder(profile, EXPERT)
    factories.submit_sections(profile)
    waiting = open_task(profile)
    assert waiting.section is None
    engine.take_back(section(profile, "1"), by=expert, at=timezone.now(), reason="Too early.")
    assert fresh(waiting).status == "CANCELED"
    assert open_task(profile).section.key == "1"
    sound(profile)
    assert bring_to(profile, S.PUBLISHED).state == S.PUBLISHED
    sound(profile)


def test_a_section_is_not_taken_back_from_the_reviewers():
    profile = bring_to(make_profile(), S.EXPERT_REVIEW)
    expert = holder(profile, EXPERT)
    with pytest.raises(NotNow):
        engine.take_back(section(profile, "1"), by=expert, at=timezone.now(), reason="Why.")


def test_a_section_is_taken_back_with_a_reason_and_by_its_authors_only():
    profile = bring_to(make_profile(), S.DRAFTING)
    factories.submit_sections(profile)
    one = section(profile, "1")
    for role in set(Role) - {EXPERT}:
        with pytest.raises(NotAllowed):
            engine.take_back(one, by=holder(profile, role), at=timezone.now(), reason="Why.")
    with pytest.raises(NotComplete):
        engine.take_back(one, by=holder(profile, EXPERT), at=timezone.now(), reason="")
    sound(profile)


# People who come late, and people who stand in


def add_late(profile: Profile, *, at: Any = None, role: Role = STAKEHOLDER) -> SignOff:
    team = holder(profile, TEAM)
    part = Part(make_person("late"), role, "academia" if role == STAKEHOLDER else "")
    (assignment,) = people.assign(profile, [part], by=team, at=timezone.now())
    return engine.add_stakeholder(assignment, by=team, at=at or timezone.now())


def test_one_more_person_is_asked_while_the_consultation_is_open():
    profile = bring_to(make_profile(), S.CONSULTATION)
    first, *_others = asked(profile)
    move(first, "approve", first.person)
    late = add_late(profile)
    another = add_late(profile)
    sound(profile)
    for one in asked(profile)[:-1]:
        move(one, "approve", one.person)
    assert [one.pk for one in asked(profile)] == [another.pk]
    with pytest.raises(NotNow):
        move(profile, "conclude_consultation", holder(profile, FOCAL_POINT))
    factories.approve_all(profile)
    assert fresh(late).state == SignOffState.APPROVED
    assert open_task(profile).flow_task.name == "conclude"
    sound(profile)


def test_nobody_is_asked_twice_or_when_nobody_is_being_asked():
    profile = bring_to(make_profile(), S.CONSULTATION)
    team, now = holder(profile, TEAM), timezone.now()
    assignment = profile.assignments.filter(role=STAKEHOLDER).first()
    with pytest.raises(NotNow):
        engine.add_stakeholder(assignment, by=team, at=now)
    factories.approve_all(profile)
    with pytest.raises(NotNow):
        add_late(profile)
    with pytest.raises(NotNow):
        add_late(bring_to(make_profile(), S.SIGNOFF))
    held = bring_to(make_profile(), S.CONSULTATION)
    move(held, "hold", holder(held, TEAM), reason="Why.")
    with pytest.raises(NotNow):
        add_late(held)


def test_only_who_is_consulted_is_asked_and_only_the_city_or_the_team_asks():
    profile = bring_to(make_profile(), S.CONSULTATION)
    with pytest.raises(NotAllowed):
        add_late(profile, role=Role.OBSERVER)
    late = people.assign(
        profile, [Part(make_person(), STAKEHOLDER, "academia")], by=holder(profile, TEAM),
        at=timezone.now(),
    )[0]  # fmt: skip
    for role in set(Role) - {TEAM, FOCAL_POINT}:
        with pytest.raises(NotAllowed):
            engine.add_stakeholder(late, by=holder(profile, role), at=timezone.now())


def substitute(profile: Profile, role: Role, *, days: tuple[int, int] = (0, 7)) -> User:
    replaced = profile.assignments.get(role=role, stands_in_for=None)
    stand_in, today = make_person("stand_in"), timezone.localdate()
    people.substitute(
        replaced,
        by_user=stand_in,
        starts_on=today + timedelta(days=days[0]),
        ends_on=today + timedelta(days=days[1]),
        by=holder(profile, TEAM),
        at=timezone.now(),
    )
    return stand_in


def test_a_substitute_does_the_task_of_whom_he_stands_in_for():
    profile = bring_to(make_profile(), S.DRAFTING)
    factories.submit_sections(profile)
    stand_in = substitute(profile, EXPERT)
    assert open_task(profile).owner == holder(profile, EXPERT)
    assert move(profile, "submit_draft", stand_in).state == S.EXPERT_REVIEW
    sound(profile)


@pytest.mark.parametrize("days", [(1, 7), (-7, -1)])
def test_a_substitute_stands_in_on_his_days_only(days):
    profile = bring_to(make_profile(), S.DRAFTING)
    factories.submit_sections(profile)
    stand_in = substitute(profile, EXPERT, days=days)
    with pytest.raises(NotAllowed):
        move(profile, "submit_draft", stand_in)


def test_a_substitute_signs_for_whom_he_stands_in_for_and_is_not_asked_himself():
    profile = bring_to(make_profile(), S.CONSULTATION)
    stand_in = substitute(profile, AUTHORITY)
    factories.approve_all(profile)
    move(profile, "conclude_consultation", holder(profile, FOCAL_POINT))
    (signature,) = asked(profile)
    assert signature.person == holder(profile, AUTHORITY)
    assert engine.offers(signature, stand_in)
    move(signature, "approve", stand_in)
    assert fresh(profile).state == S.PRIORITY_SETTING
    event = Event.objects.get(profile=profile, document=f"sign_off:{signature.pk}", move="approve")
    assert event.actor == stand_in.pseudonym
    sound(profile)


def test_an_author_does_not_stand_in_for_a_judge():
    profile = bring_to(make_profile(), S.SIGNOFF)
    replaced = profile.assignments.get(role=AUTHORITY)
    today = timezone.localdate()
    with pytest.raises(InvalidInput):
        people.substitute(
            replaced, by_user=holder(profile, EXPERT), starts_on=today, ends_on=today,
            by=holder(profile, TEAM), at=timezone.now(),
        )  # fmt: skip


def test_a_substitute_is_named_by_the_team_or_by_whom_he_replaces():
    profile = make_profile()
    replaced = profile.assignments.get(role=REVIEWER)
    today, now = timezone.localdate(), timezone.now()
    days = {"starts_on": today, "ends_on": today}
    with pytest.raises(NotAllowed):
        people.substitute(
            replaced, by_user=make_person(), **days, by=holder(profile, EXPERT), at=now
        )
    with pytest.raises(InvalidInput):
        people.substitute(
            replaced, by_user=make_person(), starts_on=today, ends_on=today - timedelta(days=1),
            by=replaced.user, at=now,
        )  # fmt: skip
    people.substitute(replaced, by_user=make_person(), **days, by=replaced.user, at=now)
    sound(profile)


# Whose task it is


def with_two(role: Role, state: ProfileState) -> tuple[Profile, User, User]:
    """Return a profile whose next task waits in the queue of a role with two holders."""
    profile = make_profile()
    second = make_person("second")
    people.assign(profile, [Part(second, role)], by=holder(profile, TEAM), at=timezone.now())
    return bring_to(profile, state), holder(profile, role), second


def test_a_task_of_two_waits_in_their_queue_until_one_takes_it():
    profile, first, second = with_two(REVIEWER, S.EXPERT_REVIEW)
    task = open_task(profile, section__key="1")
    assert (task.owner, task.status) == (None, "NEW")
    engine.claim(task, by=second, at=timezone.now())
    assert fresh(task).owner == second
    with pytest.raises(NotNow):
        engine.claim(task, by=first, at=timezone.now())
    with pytest.raises(NotAllowed):
        move(section(profile, "1"), "accept", first)
    assert "accept" not in {one.move for one in engine.offers(section(profile, "1"), first)}
    engine.claim(task, by=second, at=timezone.now())
    assert section(profile, "1").reviewer == second
    move(section(profile, "1"), "accept", second)
    with pytest.raises(NotNow):
        engine.claim(task, by=first, at=timezone.now())
    sound(profile)


def test_a_task_that_is_given_back_waits_for_everybody_again():
    profile, first, second = with_two(REVIEWER, S.EXPERT_REVIEW)
    task = open_task(profile, section__key="1")
    engine.claim(task, by=second, at=timezone.now())
    with pytest.raises(NotAllowed):
        engine.release(task, by=first, at=timezone.now())
    engine.release(task, by=second, at=timezone.now())
    assert (fresh(task).owner, fresh(task).status) == (None, "NEW")
    move(section(profile, "1"), "accept", first)
    sound(profile)


def test_who_does_not_hold_the_role_cannot_claim():
    profile, _first, _second = with_two(REVIEWER, S.EXPERT_REVIEW)
    task = open_task(profile, section__key="1")
    for role in set(Role) - {REVIEWER}:
        with pytest.raises(NotAllowed):
            engine.claim(task, by=holder(profile, role), at=timezone.now())


def test_a_section_goes_to_a_co_author_and_stays_with_him():
    profile = bring_to(make_profile(), S.DRAFTING)
    expert, co_author = holder(profile, EXPERT), holder(profile, CO_AUTHOR)
    task = open_task(profile, section__key="1")
    engine.delegate(task, to=co_author, by=expert, at=timezone.now(), reason="You know it.")
    assert section(profile, "1").author == co_author
    write(section(profile, "1"), "Text.", by=co_author)
    with pytest.raises(NotAllowed):
        move(section(profile, "2"), "submit", co_author)
    move(section(profile, "1"), "submit", co_author)
    profile = bring_to(profile, S.REVISION_QA)
    assert open_task(profile).owner == co_author
    sound(profile)


@pytest.mark.parametrize("state", [S.INCEPTION, S.DRAFTING])
def test_what_only_the_local_expert_may_do_is_not_handed_to_a_co_author(state):
    profile = bring_to(make_profile(), state)
    if state == S.DRAFTING:
        factories.submit_sections(profile)
    with pytest.raises(NotAllowed):
        engine.delegate(
            open_task(profile), to=holder(profile, CO_AUTHOR), by=holder(profile, EXPERT),
            at=timezone.now(),
        )  # fmt: skip


def test_a_task_is_handed_over_by_its_owner_or_the_team_to_who_can_do_it():
    profile = bring_to(make_profile(), S.PRIORITY_SETTING)
    task, now = open_task(profile), timezone.now()
    second = make_person()
    with pytest.raises(NotAllowed):
        engine.delegate(task, to=second, by=holder(profile, TEAM), at=now)
    part = Part(second, FOCAL_POINT)
    people.assign(profile, [part], by=holder(profile, TEAM), at=now)
    with pytest.raises(NotAllowed):
        engine.delegate(task, to=second, by=holder(profile, EXPERT), at=now)
    engine.delegate(task, to=second, by=holder(profile, TEAM), at=now)
    event = Event.objects.get(document=f"task:{task.pk}", move="delegate")
    assert {one.payload["user"] for one in jobs_since(event)} == {second.pk}
    factories.give_priority(profile)
    with pytest.raises(NotAllowed):
        move(profile, "agree_priorities", holder(profile, FOCAL_POINT))
    assert move(profile, "agree_priorities", second).state == S.PRIORITIES_ADOPTED
    with pytest.raises(NotNow):
        engine.delegate(task, to=second, by=holder(profile, TEAM), at=now)
    sound(profile)


def test_an_answer_is_personal():
    profile = bring_to(make_profile(), S.CONSULTATION)
    first, second = holders(profile, STAKEHOLDER)
    task = open_task(profile, signoff__person=first)
    with pytest.raises(NotAllowed):
        engine.delegate(task, to=second, by=first, at=timezone.now())
    mine = next(one for one in asked(profile) if one.person_id == first.pk)
    move(mine, "waive", holder(profile, TEAM), reason="On leave.")
    assert fresh(task).finished
    sound(profile)


# Deadlines, holds and cancelling


def test_a_reminder_is_sent_once_and_a_report_once():
    profile = bring_to(make_profile(), S.PRIORITY_SETTING)
    due_at = open_task(profile).due_at
    assert deadlines.sweep(at=due_at - timedelta(days=10)) == 0
    assert deadlines.sweep(at=due_at - timedelta(days=2)) == 1
    assert deadlines.sweep(at=due_at - timedelta(days=1)) == 0
    assert deadlines.sweep(at=due_at + timedelta(days=1)) == 1
    assert deadlines.sweep(at=due_at + timedelta(days=2)) == 0
    mails = [one.payload for one in OutboxJob.objects.filter(profile=profile, kind="mail")]
    kinds = Counter(one["kind"] for one in mails)
    assert kinds["reminder"] == 1
    assert kinds["overdue"] == 2  # the owner and the project team
    assert fresh(profile).state == S.PRIORITY_SETTING
    sound(profile)


def test_a_hold_stops_the_clock_and_gives_the_time_back():
    profile = bring_to(make_profile(), S.CONSULTATION)
    team, now = holder(profile, TEAM), timezone.now()
    due = dict(Task.objects.open().filter(profile=profile).values_list("pk", "due_at"))
    closes_at = closing(profile)
    move(profile, "hold", team, at=now, reason="Elections.")
    assert deadlines.sweep(at=closes_at + timedelta(days=30)) == 0
    sound(profile)
    move(profile, "resume", team, at=now + timedelta(days=40), reason="Done.")
    later = dict(Task.objects.open().filter(profile=profile).values_list("pk", "due_at"))
    assert later == {pk: moment + timedelta(days=40) for pk, moment in due.items()}
    assert closing(profile) == closes_at + timedelta(days=40)
    assert deadlines.sweep(at=closes_at + timedelta(days=10)) == 0
    assert deadlines.sweep(at=closes_at + timedelta(days=41)) == 3
    sound(profile)


@pytest.mark.parametrize(
    "state",
    [one for one in factories.FORWARD if one != S.PLANNED],
)
def test_a_held_profile_goes_on_where_it_was(state):
    profile = bring_to(make_profile(), state)
    team = holder(profile, TEAM)
    tasks = sorted(Task.objects.open().filter(profile=profile).values_list("pk", flat=True))
    held = move(profile, "hold", team, reason="Elections.")
    assert (held.state, held.held_state, held.working_state) == (S.ON_HOLD, state, state)
    sound(profile)
    back = move(profile, "resume", team, reason="Done.")
    assert (back.state, back.held_state) == (state, "")
    assert sorted(Task.objects.open().filter(profile=profile).values_list("pk", flat=True)) == tasks
    sound(profile)


@pytest.mark.parametrize("state", [S.DRAFTING, S.EXPERT_REVIEW, S.CONSULTATION, S.CORRECTION])
def test_cancelling_withdraws_everything(state):
    profile = bring_to(make_profile(), state)
    team = holder(profile, TEAM)
    move(profile, "hold", team, reason="No funds.")
    move(profile, "cancel", team, reason="No funds.")
    assert not Task.objects.filter(profile=profile, finished=None).exists()
    assert not ProfileProcess.objects.filter(profile=profile, status="NEW").exists()
    assert not profile.review_rounds.filter(closed_at=None).exists()
    assert not profile.validation_rounds.filter(closed_at=None).exists()
    assert deadlines.sweep(at=timezone.now() + timedelta(days=400)) == 0
    offered = [
        one.move
        for document in (fresh(profile), *sections(profile))
        for role in Role
        for one in engine.offers(document, holder(profile, role))
    ]
    assert offered == []
    sound(profile)


# After publication


def test_a_correction_makes_a_new_version_with_an_erratum():
    profile = bring_to(make_profile(), S.CORRECTION)
    first = profile.published_at
    team = holder(profile, TEAM)
    lacks = missing(profile, "publish_correction", team, reason="A figure.")
    assert lacks["section_unfinished"] == 1
    assert lacks["no_erratum"] == 1
    corrected = advance(profile)
    assert (corrected.state, corrected.publication_version) == (S.PUBLISHED, 1)
    assert corrected.published_at > first
    assert sections(profile, SectionState.LOCKED) == sections(profile)
    assert ProfileProcess.objects.filter(profile=profile, status="DONE").count() == 2
    sound(profile)
    again = bring_to(corrected, S.CORRECTION)
    assert again.erratum == ""
    assert advance(again).publication_version == 2
    sound(profile)


def test_a_new_edition_starts_from_the_text_and_supersedes_when_published():
    old = bring_to(make_profile(), S.UPDATE_DUE)
    new = factories.start_next_edition(old)
    texts = Draft.objects.filter(section__profile=new).values_list("section__key", "text")
    assert dict(texts) == {one.key: one.revision.text for one in sections(old)}
    assert {one.state for one in sections(new)} == {SectionState.EMPTY}
    with pytest.raises(InvalidInput):
        factories.start_next_edition(old)
    new = bring_to(new, S.PRODUCTION)
    assert fresh(old).state == S.UPDATE_DUE
    new = advance(new)
    assert (fresh(new).state, fresh(old).state) == (S.PUBLISHED, S.SUPERSEDED)
    sound(old)
    sound(new)


def test_a_new_edition_waits_until_an_update_is_due():
    with pytest.raises(NotNow):
        factories.start_next_edition(bring_to(make_profile(), S.PUBLISHED))


def test_only_the_project_team_of_the_programme_nominates():
    made = factories.make_programme()
    strangers = [factories.make_programme().team, made.outsider, made.superuser, made[EXPERT]]
    for user in strangers:
        with pytest.raises(NotAllowed):
            engine.nominate(factories.nomination(made), by=user, at=timezone.now())


# Planted holes: take a guard away, and its proof must fail


def nothing(*_anything: Any, **_more: Any) -> None:
    """Guard nothing."""


def yes(*_anything: Any) -> bool:
    return True


def no(*_anything: Any) -> bool:
    return False


def answers_for_any_text(profile: Profile, kind: str, _digest: str) -> dict[int, SignOff]:
    answers = SignOff.objects.filter(round__profile=profile, round__kind=kind).order_by("pk")
    return {one.person_id: one for one in answers}


def lapse_by_the_round(task: Task, *, at: datetime) -> None:
    tacit = task.signoff.round.tacit_approval_is_due
    move(task.signoff, "lapse_tacitly" if tacit else "lapse", None, at=at)


def proof(test: Callable[..., None], *arguments: Any) -> Callable[[], None]:
    return lambda: test(*arguments)


HOLES: dict[str, tuple[Any, str, Any, Callable[[], None]]] = {
    "an empty section is let through": (
        requirements.REQUIREMENTS,
        "section.submit",
        (),
        proof(
            test_a_mandatory_section_is_filled_or_says_where_was_searched,
            drafting.DraftText(" "),
            {"section_empty": 1},
        ),
    ),
    "figures are not looked at": (
        requirements.REQUIREMENTS,
        "profile.pass_qa",
        (),
        proof(test_quality_assurance_settles_every_figure, (), {"figure_unsettled": 1}),
    ),
    "comments are not looked at": (
        requirements.REQUIREMENTS,
        "profile.conclude_consultation",
        (),
        test_no_signature_is_asked_for_while_a_comment_is_open,
    ),
    "the signed text is not compared": (
        requirements.REQUIREMENTS,
        "profile.publish",
        (),
        test_only_the_text_that_was_signed_is_published,
    ),
    "duties are not kept apart": (
        people,
        "_check_duties_apart",
        nothing,
        proof(test_nobody_is_made_judge_of_his_own_text, EXPERT, REVIEWER),
    ),
    "an author passes as judge": (
        Profile,
        "has_written",
        no,
        proof(
            test_an_author_judges_nothing_whatever_his_rows_say,
            *(S.SIGNOFF, AUTHORITY, "approve", {}),
        ),
    ),
    "answers hold for any text": (
        rounds,
        "standing_answers",
        answers_for_any_text,
        test_an_edit_voids_every_approval,
    ),
    "everybody is asked again": (
        rounds,
        "standing_answers",
        lambda *_anything: {},
        test_who_has_agreed_to_this_very_text_is_not_asked_again,
    ),
    "silence always counts": (
        ValidationRound,
        "tacit_approval_is_due",
        property(yes),
        proof(
            test_silence_counts_only_when_announced_and_reminded,
            *(False, True, SignOffState.NO_ANSWER),
        ),
    ),
    "a reminder to others counts for all": (
        engine,
        "lapse",
        lapse_by_the_round,
        test_who_came_late_and_was_not_reminded_has_not_agreed_tacitly,
    ),
    "a round is concluded over the heads of others": (
        moves,
        "_is_task",
        no,
        proof(test_a_consultation_is_not_concluded_before_all_are_heard, "extend_consultation"),
    ),
    "a substitute is nobody": (
        Profile,
        "stands_in",
        no,
        test_a_substitute_does_the_task_of_whom_he_stands_in_for,
    ),
    "a task has no owner": (
        moves,
        "_may_do",
        yes,
        test_a_task_of_two_waits_in_their_queue_until_one_takes_it,
    ),
    "the clock runs on during a hold": (
        moves._AFTER,
        "resume",
        moves._nothing,
        test_a_hold_stops_the_clock_and_gives_the_time_back,
    ),
    "cancelling forgets the tasks": (
        moves._AFTER,
        "cancel",
        moves._nothing,
        proof(test_cancelling_withdraws_everything, S.DRAFTING),
    ),
    "whoever asks may assign": (
        Profile,
        "roles_of",
        lambda *_anything: frozenset(Role),
        test_only_the_project_team_assigns,
    ),
    "a permission asks for no duty": (
        rules,
        "refusal",
        nothing,
        proof(
            test_an_author_judges_nothing_whatever_his_rows_say,
            *(S.EXPERT_REVIEW, REVIEWER, "accept", {}),
        ),
    ),
}


@pytest.mark.parametrize("hole", HOLES)
def test_hole(monkeypatch, hole):
    place, name, instead, its_proof = HOLES[hole]
    if isinstance(place, dict):
        monkeypatch.setitem(place, name, instead)
    else:
        monkeypatch.setattr(place, name, instead)
    with pytest.raises((AssertionError, DomainError, pytest.fail.Exception)):
        its_proof()
