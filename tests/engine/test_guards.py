"""Each guard of the process is taken away once, and its proof must fail."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from profile_workflow import requirements, rules
from profile_workflow.errors import DomainError
from profile_workflow.models import Profile, SignOff, ValidationRound
from profile_workflow.services import drafting, people, rounds
from profile_workflow.states import Role, SignOffState
from tests.engine import (
    test_guards_completeness,
    test_guards_judging,
    test_guards_people,
    test_guards_rounds,
    test_guards_time,
)
from tests.engine.guarding import AUTHORITY, EXPERT, REVIEWER, S
from tests.factories import move
from workflows import engine
from workflows.engine import moves
from workflows.models import Task

pytestmark = [pytest.mark.django_db, pytest.mark.integration, pytest.mark.any_database]


def nothing(*_anything: Any, **_more: Any) -> None:
    """Guard nothing."""


def yes(*_anything: Any) -> bool:
    return True


def no(*_anything: Any) -> bool:
    return False


def answers_for_any_text(
    _same: Any, profile: Profile, kind: str, _digest: str
) -> dict[int, SignOff]:
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
            test_guards_completeness.test_a_mandatory_section_is_filled_or_says_where_was_searched,
            drafting.DraftText(" "),
            {"section_empty": 1},
        ),
    ),
    "figures are not looked at": (
        requirements.REQUIREMENTS,
        "profile.pass_qa",
        (),
        proof(
            test_guards_completeness.test_quality_assurance_settles_every_figure,
            (),
            {"figure_unsettled": 1},
        ),
    ),
    "comments are not looked at": (
        requirements.REQUIREMENTS,
        "profile.conclude_consultation",
        (),
        test_guards_completeness.test_no_signature_is_asked_for_while_a_comment_is_open,
    ),
    "the signed text is not compared": (
        requirements.REQUIREMENTS,
        "profile.publish",
        (),
        test_guards_judging.test_only_the_text_that_was_signed_is_published,
    ),
    "duties are not kept apart": (
        people,
        "_check_duties_apart",
        nothing,
        proof(test_guards_judging.test_nobody_is_made_judge_of_his_own_text, EXPERT, REVIEWER),
    ),
    "an author passes as judge": (
        Profile,
        "has_written",
        no,
        proof(
            test_guards_judging.test_an_author_judges_nothing_whatever_his_rows_say,
            *(S.SIGNOFF, AUTHORITY, "approve", {}),
        ),
    ),
    "answers hold for any text": (
        rounds,
        "_standing",
        answers_for_any_text,
        test_guards_judging.test_an_edit_voids_every_approval,
    ),
    "everybody is asked again": (
        rounds,
        "standing_answers",
        lambda *_anything: {},
        test_guards_judging.test_who_has_agreed_to_this_very_text_is_not_asked_again,
    ),
    "silence always counts": (
        ValidationRound,
        "tacit_approval_is_due",
        property(yes),
        proof(
            test_guards_rounds.test_silence_counts_only_when_announced_and_reminded,
            *(False, True, SignOffState.NO_ANSWER),
        ),
    ),
    "a reminder to others counts for all": (
        engine,
        "lapse",
        lapse_by_the_round,
        test_guards_rounds.test_who_came_late_and_was_not_reminded_has_not_agreed_tacitly,
    ),
    "a round is concluded over the heads of others": (
        moves,
        "_is_task",
        no,
        proof(
            test_guards_rounds.test_a_consultation_is_not_concluded_before_all_are_heard,
            "extend_consultation",
        ),
    ),
    "a substitute is nobody": (
        Profile,
        "stands_in",
        no,
        test_guards_people.test_a_substitute_does_the_task_of_whom_he_stands_in_for,
    ),
    "a task has no owner": (
        moves,
        "_may_do",
        yes,
        test_guards_people.test_a_task_of_two_waits_in_their_queue_until_one_takes_it,
    ),
    "the clock runs on during a hold": (
        moves._AFTER,
        "resume",
        moves._nothing,
        test_guards_time.test_a_hold_stops_the_clock_and_gives_the_time_back,
    ),
    "cancelling forgets the tasks": (
        moves._AFTER,
        "cancel",
        moves._nothing,
        proof(test_guards_time.test_cancelling_withdraws_everything, S.DRAFTING),
    ),
    "whoever asks may assign": (
        Profile,
        "roles_of",
        lambda *_anything: frozenset(Role),
        test_guards_judging.test_only_the_project_team_assigns,
    ),
    "a permission asks for no duty": (
        rules,
        "refusal",
        nothing,
        proof(
            test_guards_judging.test_an_author_judges_nothing_whatever_his_rows_say,
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
