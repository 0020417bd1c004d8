"""Whose task it is: people who come late, people who stand in, queues, handing over."""

from datetime import timedelta

import pytest
from django.utils import timezone

from profile_workflow.errors import InvalidInput, NotAllowed, NotNow
from profile_workflow.models import Event, Profile, User
from profile_workflow.services import people
from profile_workflow.services.people import Part
from profile_workflow.states import ProfileState, Role, SignOffState
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
    add_late,
    jobs_since,
    open_task,
    sound,
)
from tests.factories import (
    asked,
    bring_to,
    fresh,
    holder,
    holders,
    make_person,
    make_profile,
    move,
    section,
    write,
)
from workflows import engine

pytestmark = [pytest.mark.django_db, pytest.mark.integration, pytest.mark.any_database]


# People who come late, and people who stand in


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
