"""Who judges, and what a judgement holds for: duties apart, one text, the sections returned.

Numbers refer to the programme's own list (domain notes 4.3).
"""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from profile_workflow.errors import InvalidInput, NotAllowed, NotNow
from profile_workflow.models import (
    Assignment,
    Decision,
    Draft,
    Event,
    Profile,
    Revision,
    Section,
    SignOff,
    User,
)
from profile_workflow.services import people, revisions
from profile_workflow.services.people import Part
from profile_workflow.states import Role, SectionState
from tests import factories
from tests.engine.guarding import (
    AUTHORITY,
    CO_AUTHOR,
    EXPERT,
    FOCAL_POINT,
    REVIEWER,
    STAKEHOLDER,
    TEAM,
    S,
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
    make_person,
    make_profile,
    move,
    section,
    sections,
    write,
)
from workflows import engine
from workflows.models import Task

pytestmark = [pytest.mark.django_db, pytest.mark.integration, pytest.mark.any_database]


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
