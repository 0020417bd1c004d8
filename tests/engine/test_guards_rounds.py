"""What a round needs to end: silence, reasons, answers of everybody; and what is taken back.

Numbers refer to the programme's own list (domain notes 4.3).
"""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from profile_workflow.errors import NotAllowed, NotComplete, NotNow
from profile_workflow.models import Event, EventReason, SignOff, User, ValidationRound
from profile_workflow.states import Attribution, Role, SectionState, SignOffState, ValidationKind
from tests import factories
from tests.engine.guarding import (
    AUTHORITY,
    EXPERT,
    FOCAL_POINT,
    REVIEWER,
    STAKEHOLDER,
    TEAM,
    S,
    add_late,
    closing,
    jobs_since,
    judge,
    missing,
    open_task,
    sound,
)
from tests.factories import (
    asked,
    bring_to,
    fresh,
    holder,
    make_profile,
    move,
    section,
    sections,
    write,
)
from workflows import deadlines, engine
from workflows.models import Task

pytestmark = [pytest.mark.django_db, pytest.mark.integration, pytest.mark.any_database]


# 7. Silence counts only where it was announced, and for whom a reminder was sent


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


@pytest.mark.parametrize("rule", [Attribution.CATEGORY, Attribution.CHATHAM_HOUSE])
def test_who_was_removed_has_not_agreed_tacitly(rule):
    """He could not have said no any more; what a secret round tells of it names nobody."""
    profile = bring_to(make_profile(attribution=rule), S.CONSULTATION)
    closes_at = closing(profile)
    person = holder(profile, STAKEHOLDER)
    part = profile.assignments.get(user=person)
    deadlines.sweep(at=closes_at - timedelta(days=2))
    team = holder(profile, TEAM)
    engine.end_part(part, by=team, at=closes_at - timedelta(days=1), reason="Left.")
    deadlines.sweep(at=closes_at + timedelta(minutes=1))
    found = SignOff.objects.filter(round__profile=profile)
    states = Counter(found.values_list("state", flat=True))
    assert states == {SignOffState.TACIT: 2, SignOffState.NO_ANSWER: 1}
    silent = found.get(state=SignOffState.NO_ANSWER)
    assert silent.person == (None if rule == Attribution.CHATHAM_HOUSE else person)
    sound(profile)


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
