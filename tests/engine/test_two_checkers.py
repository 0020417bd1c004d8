"""Quality assurance by two people: both pass one text, and neither is needed to go back."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from profile_workflow.errors import NotAllowed, NotNow
from profile_workflow.models import Assignment, Decision, Profile, Programme, Section
from profile_workflow.services import people
from tests import factories
from tests.engine.guarding import EXPERT, REVIEWER, TEAM, S, jobs_since, missing, open_task, sound
from tests.factories import fresh, holder, make_person, make_profile, move, section, sections
from tests.integration.pages import signed_in
from workflows import engine, invariants
from workflows.models import Task
from workflows.queries.personal import inbox

pytestmark = [pytest.mark.django_db, pytest.mark.integration, pytest.mark.any_database]


@pytest.fixture
def profile():
    return factories.bring_to(make_profile(), S.PROJECT_QA)


@pytest.fixture
def first(profile):
    return holder(profile, TEAM)


@pytest.fixture
def second(profile):
    return factories.check_by_two(profile)


def third_of(profile):
    person = make_person("third")
    people.assign_to_programme(person, TEAM, programme_id=profile.programme_id)
    return person


def shown(person, profile):
    return signed_in(person).get(reverse("qa", args=[profile.slug])).content.decode()


def queue_of(person):
    return len(inbox(person, timezone.now()).queue)


def send_back_and_forth(profile, by):
    """Return a section, have it revised, and submit it to quality assurance again."""
    named = [section(profile, "1")]
    move(profile, "return_for_revision", by, reason="A wrong name.", sections=named)
    factories.submit_sections(profile)
    return move(profile, "submit_qa_revision", holder(profile, EXPERT))


def test_two_different_people_pass_one_after_the_other(profile, first, second):
    with pytest.raises(NotNow):
        move(profile, "pass_qa", second)
    passed = move(profile, "pass_as_first", first)
    assert passed.state == S.PROJECT_QA
    task = open_task(profile)
    # There is one other person: the task is his, and he alone is told.
    assert (task.owner, task.not_for) == (second, first)
    event = profile.events.get(move="pass_as_first")
    assert [job.payload["user"] for job in jobs_since(event)] == [second.pk]
    for name in ("pass_as_first", "pass_qa"):
        with pytest.raises((NotAllowed, NotNow)):
            move(profile, name, first)
    sound(profile)
    assert move(profile, "pass_qa", second).state == S.CONSULTATION
    given = Decision.objects.filter(profile=profile, section=None).order_by("-pk")[:2]
    assert [(one.move, one.by) for one in given] == [("pass_qa", second), ("pass_as_first", first)]
    assert given[0].digest == given[1].digest == fresh(profile).text_digest()
    sound(profile)


def test_who_has_passed_neither_takes_nor_gets_what_waits_for_another(profile, first, second):
    third = third_of(profile)
    move(profile, "pass_as_first", first)
    task, now = open_task(profile), timezone.now()
    assert task.owner is None
    assert [queue_of(one) for one in (first, second, third)] == [0, 1, 1]
    with pytest.raises(NotAllowed, match="passed this text"):
        engine.claim(task, by=first, at=now)
    engine.claim(task, by=second, at=now)
    task = open_task(profile)
    assert first not in engine.takers(task, by=second)
    with pytest.raises(NotAllowed, match="passed this text"):
        engine.delegate(task, to=first, by=second, at=now)
    # Absent after he has taken it: it is handed to a third one, or a third one just passes.
    engine.delegate(task, to=third, by=first, at=now)
    assert move(profile, "pass_qa", second).state == S.CONSULTATION


def test_a_substitute_passes_for_who_is_absent(profile, first, second):
    """He is another person than the first one; that is what two people are asked for."""
    move(profile, "pass_as_first", first)
    stand_in, day = make_person("stand_in"), timezone.localdate()
    part = Assignment.objects.get(user=second, role=TEAM)
    Assignment.objects.create(
        programme=part.programme, profile=profile, user=stand_in, role=TEAM,
        stands_in_for=part, starts_on=day, ends_on=day + timedelta(days=9),
    )  # fmt: skip
    assert move(profile, "pass_qa", stand_in).state == S.CONSULTATION


def test_the_second_one_is_let_go_with_a_reason_on_record(profile, first, second):
    with pytest.raises(NotNow):
        move(profile, "waive_second_pass", first, reason="On leave.")
    move(profile, "pass_as_first", first)
    assert missing(profile, "waive_second_pass", first) == {"no_reason": 1}
    move(profile, "waive_second_pass", first, reason="On leave until May.")
    assert fresh(profile).state == S.CONSULTATION
    last = Decision.objects.filter(profile=profile).latest("pk")
    assert (last.move, last.reason) == ("waive_second_pass", "On leave until May.")
    assert profile.validation_rounds.get().version.digest == last.digest
    sound(profile)


@pytest.mark.parametrize("who", ["first", "second"])
def test_either_returns_at_once_and_the_pass_is_void(profile, first, second, who):
    move(profile, "pass_as_first", first)
    engine.claim(open_task(profile), by=second, at=timezone.now())
    back = send_back_and_forth(profile, first if who == "first" else second)
    assert back.state == S.PROJECT_QA
    assert not fresh(profile).is_passed_once()
    for one in (first, second):
        with pytest.raises(NotNow):
            move(profile, "pass_qa", one)
    move(profile, "pass_as_first", second)
    assert open_task(profile).owner == first
    assert move(profile, "pass_qa", first).state == S.CONSULTATION


def test_the_pass_is_void_for_any_other_text(profile, first, second):
    """Whatever way the text has changed: here past every service, as by a hand in the database."""
    move(profile, "pass_as_first", first)
    one = section(profile, "1")
    other = section(profile, "2").revision
    Section.objects.filter(pk=one.pk).update(revision=other)
    with pytest.raises(NotNow):
        move(profile, "pass_qa", second)
    assert any("leaves out" in line for line in invariants.violations(fresh(profile)))


def test_experts_who_accept_the_same_text_again_do_not_pass_it_for_the_team(profile, first, second):
    move(profile, "pass_as_first", first)
    named = sections(profile)[:1]
    move(profile, "return_to_review", second, reason="Is it so?", sections=named)
    factories.accept_sections(profile)
    move(profile, "recommend_acceptance", holder(profile, REVIEWER))
    assert not fresh(profile).is_passed_once()


def test_a_pass_is_taken_back_by_who_gave_it(profile, first, second):
    move(profile, "pass_as_first", first)
    with pytest.raises(NotAllowed):
        move(profile, "take_pass_back", second, reason="Why.")
    move(profile, "take_pass_back", first, reason="I have found a gap.")
    task = open_task(profile)
    assert (task.owner, task.not_for) == (None, None)
    sound(profile)
    move(profile, "pass_as_first", second)
    assert open_task(profile).owner == first


def test_a_hold_keeps_the_first_pass(profile, first, second):
    move(profile, "pass_as_first", first)
    move(profile, "hold", first, reason="Elections.")
    sound(profile)
    move(profile, "resume", first, reason="A new council.")
    assert move(profile, "pass_qa", second).state == S.CONSULTATION


def test_the_setting_may_change_on_the_way(profile, first, second):
    move(profile, "pass_as_first", first)
    Programme.objects.update(checked_by_two=False)
    sound(profile)
    assert move(profile, "pass_qa", first).state == S.CONSULTATION
    assert not Task.objects.open().filter(profile=profile, not_for__isnull=False).exists()


def test_the_page_says_who_has_passed_and_what_is_left_to_whom(profile, first, second):
    where = reverse("qa", args=[profile.slug])
    before = shown(first, profile)
    assert "Pass as the first of two" in before
    # Nobody is asked yet how answers will be attributed: no consultation is opened.
    assert "How answers are attributed" not in before
    decision = {"act": "decide", "move": "pass_as_first"}
    assert signed_in(first).post(where, decision).status_code == 302
    text = shown(first, profile)
    assert "1 of 2" in text
    assert f"{first.full_name}</bdi> has passed this text" in text
    assert "Go on without the second person" in text
    assert "Take your pass back" in text
    assert 'value="pass_qa"' not in text
    text = shown(second, profile)
    assert "You are the second one" in text
    assert "Pass quality assurance" in text
    assert "How answers are attributed" in text
    assert "You are the second one" not in shown(holder(profile, EXPERT), profile)
    # A second click of the first one passes nothing for the other.
    again = signed_in(first).post(where, decision)
    assert again.status_code == 409
    assert Profile.objects.get(pk=profile.pk).state == S.PROJECT_QA
