"""Several people at once move one profile, and it stays whole."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from profile_workflow.errors import NotNow
from profile_workflow.models import Profile, Revision, Section
from profile_workflow.services import accounts, lifecycle, people
from profile_workflow.states import ProfileState, Role, SectionState
from tests import factories
from tests.engine.racing import at_once, mover, only_domain_errors, whole
from workflows import deadlines, engine
from workflows.engine import handing, moves
from workflows.invariants import violations
from workflows.models import OutboxJob, Task

pytestmark = [
    pytest.mark.integration,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]

S = ProfileState


@pytest.fixture
def made():
    return factories.make_programme(sections=3)


@pytest.mark.parametrize("rivals", [2, 5])
def test_two_people_finish_one_task(made, rivals):
    profile = factories.bring_to(factories.make_profile(made), S.PROJECT_QA)
    team = made.team
    returned = factories.sections(profile)[:1]
    acts = [mover(profile, "pass_qa", team)]
    acts += [
        mover(profile, "return_for_revision", team, reason="No.", sections=returned)
        for _ in range(rivals - 1)
    ]
    results = at_once(acts)
    only_domain_errors(results)
    assert sum(not isinstance(one, Exception) for one in results) == 1
    assert all(isinstance(one, NotNow) for one in results if isinstance(one, Exception))
    whole(profile)


def test_two_people_pass_at_the_same_second(made):
    """One of them is the first; the other one has to look, and passes as the second."""
    profile = factories.bring_to(factories.make_profile(made), S.PROJECT_QA)
    team, second = made.team, factories.check_by_two(profile)
    acts = [mover(profile, name, by) for by in (team, second) for name in ("pass_as_first",) * 2]
    results = at_once(acts)
    only_domain_errors(results)
    assert sum(not isinstance(one, Exception) for one in results) == 1
    assert factories.fresh(profile).state == S.PROJECT_QA
    results = at_once([mover(profile, "pass_qa", by) for by in (team, second, team, second)])
    only_domain_errors(results)
    assert sum(not isinstance(one, Exception) for one in results) == 1
    passed = profile.decisions.filter(move__in=("pass_as_first", "pass_qa"))
    assert set(passed.values_list("by", flat=True)) == {team.pk, second.pk}
    whole(profile)


def test_first_files_sent_at_once_are_counted_each_once(monkeypatch):
    """The very first ones too, when there is nothing to be locked yet."""
    monkeypatch.setattr(accounts, "MOST_FILES", 3)
    send = partial(accounts.may_check_file, address="192.0.2.1", at=timezone.now())
    results = at_once([send] * 10)
    assert Counter(results) == {True: 3, False: 7}
    later = timezone.now() + accounts.WINDOW + timedelta(minutes=1)
    assert accounts.may_check_file(address="192.0.2.1", at=later)


def test_one_person_clicks_twice(made):
    profile = factories.bring_to(factories.make_profile(made), S.DRAFTING)
    author, one = factories.holder(profile, Role.LOCAL_EXPERT), factories.section(profile, "1")
    factories.write(one, "Text.")
    results = at_once([mover(one, "submit", author)] * 4)
    only_domain_errors(results)
    assert Counter(type(result) for result in results) == {Section: 1, NotNow: 3}
    assert Revision.objects.filter(section=one).count() == 1
    whole(profile)


REPETITIONS = 20


@pytest.mark.long(10)
def test_the_last_reviewers_meet_at_the_join(made):
    """Each repetition lets all three sections arrive at once; the join must open exactly once."""
    for _ in range(REPETITIONS):
        profile = factories.bring_to(factories.make_profile(made), S.EXPERT_REVIEW)
        reviewer = factories.holder(profile, Role.INTERNATIONAL_EXPERT)
        under_review = factories.sections(profile, SectionState.UNDER_REVIEW)
        results = at_once([mover(one, "accept", reviewer) for one in under_review])
        assert [one for one in results if isinstance(one, Exception)] == []
        task = Task.objects.open().get(profile=profile)
        assert task.flow_task.name == "close_round"
        assert not Task.objects.filter(profile=profile, flow_task_type="JOIN", finished=None)
        whole(profile)


def test_answers_meet_the_deadline(made):
    """Stakeholders answer in the second in which their round closes: each counts once."""
    profile = factories.bring_to(factories.make_profile(made), S.CONSULTATION)
    closes_at = profile.validation_rounds.get().closes_at
    answers = [mover(one, "approve", one.person) for one in factories.asked(profile)]
    sweeps = [lambda: deadlines.sweep(at=closes_at)] * 2
    results = at_once([*answers, *sweeps])
    only_domain_errors(results)
    states = Counter(profile.validation_rounds.get().signoffs.values_list("state", flat=True))
    assert "asked" not in states
    assert sum(states.values()) == len(answers)
    whole(profile)


def test_two_workers_remind_once(made):
    profile = factories.bring_to(factories.make_profile(made), S.CONSULTATION)
    closes_at = profile.validation_rounds.get().closes_at
    results = at_once([lambda: deadlines.sweep(at=closes_at - timedelta(days=1))] * 4)
    only_domain_errors(results)
    asked = factories.asked(profile)
    reminders = OutboxJob.objects.filter(profile=profile, payload__kind="reminder")
    assert reminders.count() == len(asked)
    whole(profile)


@pytest.mark.long(20)
def test_an_answer_meets_the_sweep_again_and_again():
    """Either the answer counts or the silence, never both, and neither breaks the other."""
    made = factories.make_programme(sections=1)
    for _ in range(REPETITIONS // 2):
        profile = factories.bring_to(factories.make_profile(made), S.SIGNOFF)
        closes_at = profile.validation_rounds.get(closed_at=None).closes_at
        (one,) = factories.asked(profile)
        sweep = partial(deadlines.sweep, at=closes_at)
        answer, swept = at_once([mover(one, "approve", one.person), sweep])
        assert isinstance(swept, int)
        state = factories.fresh(profile).state
        if isinstance(answer, Exception):
            assert isinstance(answer, NotNow)
            assert (state, factories.fresh(one).state) == (S.SIGNOFF, "no_answer")
        else:
            assert (state, factories.fresh(one).state) == (S.PRIORITY_SETTING, "approved")
        whole(profile)


def test_everybody_claims_one_task(made):
    other = factories.make_person("project_team")
    people.assign_to_programme(other, Role.PROJECT_TEAM, programme_id=made.programme.pk)
    profile = factories.bring_to(factories.make_profile(made), S.PROJECT_QA)
    task = Task.objects.open().get(profile=profile)
    acts = [
        lambda person=person: engine.claim(task, by=person, at=timezone.now())
        for person in (made.team, other)
    ]
    results = at_once(acts)
    only_domain_errors(results)
    assert sum(one is None for one in results) == 1
    whole(profile)


def test_any_moves_of_anybody_at_once(made):
    """Whatever offers stand, taken by threads in a muddle: the process stays whole."""
    chance = random.Random(20260601)  # noqa: S311 - a test
    profile = factories.bring_to(factories.make_profile(made), S.EXPERT_REVIEW)
    reviewer = factories.holder(profile, Role.INTERNATIONAL_EXPERT)
    team = made.team
    acts: list[Callable[[], Any]] = []
    for one in factories.sections(profile):
        acts.append(mover(one, "accept", reviewer))
        acts.append(mover(one, "request_minor_changes", reviewer, reason="Why?"))
    acts.append(mover(profile, "recommend_acceptance", reviewer))
    acts.append(mover(profile, "request_minor_revision", reviewer, reason="Why?"))
    acts.append(mover(profile, "hold", team, reason="Elections."))
    acts.append(mover(profile, "resume", team, reason="They are over."))
    chance.shuffle(acts)
    only_domain_errors(at_once(acts))
    whole(profile)


def test_without_the_lock_a_join_goes_wrong(made, monkeypatch):
    """The planted hole: take the lock away, and the proofs above notice."""
    without_locks(monkeypatch)
    broken = 0
    for _ in range(8):
        profile = factories.bring_to(factories.make_profile(made), S.EXPERT_REVIEW)
        reviewer = factories.holder(profile, Role.INTERNATIONAL_EXPERT)
        under_review = factories.sections(profile, SectionState.UNDER_REVIEW)
        results = at_once([mover(one, "accept", reviewer) for one in under_review])
        failed = [one for one in results if isinstance(one, Exception)]
        broken += bool(failed) or bool(violations(factories.fresh(profile)))
        if broken:
            return
    pytest.fail("eight joins without a lock, and nothing was noticed")


def without_locks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody who moves a profile, or takes a task of it, wait for anybody else."""
    if connection.vendor == "sqlite":
        monkeypatch.setitem(connection.settings_dict["OPTIONS"], "transaction_mode", "DEFERRED")
    monkeypatch.setattr(moves, "locked", _unlocked)
    monkeypatch.setattr(handing, "locked", _unlocked)


def _unlocked(profile_id: int, at: Any) -> Profile:
    profile = Profile.objects.select_related("city", "programme").get(pk=profile_id)
    profile.moment = at
    return profile


def together(look: Callable[..., Any], number: int) -> Callable[..., Any]:
    """Return ``look`` so that so many threads have looked before any of them does something."""
    meeting = threading.Barrier(number)

    def look_together(*about: Any) -> Any:
        found = look(*about)
        if threading.current_thread() is not threading.main_thread():
            with suppress(threading.BrokenBarrierError):
                meeting.wait(timeout=10)
        return found

    return look_together


def save_over(document: Any, changed: Iterable[str]) -> None:
    """Save a move without asking whether somebody was quicker."""
    fields = {name: getattr(document, name) for name in {"state", *changed}}
    type(document).objects.filter(pk=document.pk).update(**fields)


def test_without_the_lock_two_people_finish_one_task(made, monkeypatch):
    """The planted hole: both have seen the task open, and nobody looks again."""
    without_locks(monkeypatch)
    monkeypatch.setattr(moves, "_open_task", together(moves._open_task, 2))
    monkeypatch.setattr(lifecycle, "_save", save_over)
    with pytest.raises(AssertionError):
        test_two_people_finish_one_task(made, 2)


def test_without_the_lock_everybody_gets_the_task(made, monkeypatch):
    """The planted hole: both have seen that the task is nobody's."""
    without_locks(monkeypatch)
    monkeypatch.setattr(handing, "_locked_task", together(handing._locked_task, 2))
    with pytest.raises(AssertionError):
        test_everybody_claims_one_task(made)
