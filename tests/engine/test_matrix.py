"""Every document × state × move × role: done, or refused with the right one of three errors.

What is expected stands in ``expectations`` and ``situations`` in the words of the programme's
process, apart from the code that is tested: who acts, in which situation a move is possible, what
it asks for. Whatever somebody has a right to goes through the one door and is rolled back; of the
refusals to those who have none, the checks behind the door are asked, and every sixteenth goes
through the door too.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from profile_workflow import requirements, rules
from profile_workflow.errors import DomainError, NotAllowed, NotComplete, NotNow
from profile_workflow.machines import (
    CommentMachine,
    DataItemMachine,
    InputRequestMachine,
    InvitationMachine,
    ProfileMachine,
    SectionMachine,
    SignOffMachine,
)
from profile_workflow.models import Profile, User
from profile_workflow.services import lifecycle, people
from profile_workflow.services.lifecycle import Details
from profile_workflow.services.log import Actor
from profile_workflow.states import (
    CommentState,
    DataItemState,
    InvitationState,
    ProfileState,
    RequestState,
    Role,
    SectionState,
    SignOffState,
)
from tests import factories
from tests.engine.expectations import (
    FIRST_CHECKER,
    FOCAL_POINT,
    INVITED,
    NOT_BY_FIRST_CHECKER,
    RULES,
    TEAM,
    S,
)
from tests.engine.situations import PROFILES, SITUATIONS, Situation, a_profile
from workflows import engine
from workflows.engine import moves

pytestmark = [pytest.mark.django_db, pytest.mark.integration, pytest.mark.any_database]

DONE = "done"
#: A day that is proposed for a review.
LATER = (timezone.now() + timedelta(days=60)).date()


# Who tries


@dataclass
class Person:
    """Somebody who tries every move: in what role, if any."""

    name: str
    user: User | None
    role: str = ""


def persons(profile: Profile, kind: str) -> Iterator[Person]:
    """Everybody: the holder of each role, and those who have none that counts."""
    for role in Role:
        held = factories.holders(profile, role)
        user = held[0] if held else factories.make_person(role.value)
        yield Person(role.value, user, role if held else "")
    others = factories.holders(profile, Role.STAKEHOLDER)[1:] or [factories.make_person()]
    yield Person("another stakeholder", others[0])
    yield Person("outsider", factories.make_person("outsider"))
    # Who has accepted holds a role; but of an invitation it is asked what he may do with it then.
    waiting = (
        profile.invitations.all() if kind == "invitation" else profile.invitations.filter(part=None)
    )
    invited = waiting.first()
    yield Person("invited", invited.person if invited else factories.make_person(), INVITED)
    if profile.passed_first_by():
        first = User.objects.get(pk=profile.passed_first_by())
        yield Person(FIRST_CHECKER, first, TEAM)
    yield Person("superuser", factories.make_person("superuser", is_superuser=True, is_staff=True))
    yield Person("deactivated member of the project team", a_leaver(profile))
    yield Person("team of another programme", factories.make_programme().team)
    yield Person("the software", None)


def a_leaver(profile: Profile) -> User:
    leaver = factories.make_person("leaver", is_active=False)
    people.assign_to_programme(leaver, TEAM, programme_id=profile.programme_id)
    return leaver


def expected(situation: Situation, name: str, person: Person, *, silent: bool) -> Any:
    """What must happen, read from the tables."""
    rule = RULES[situation.kind][name]
    by_right = person.user is None if not rule.who else person.role in rule.who
    if person.name == FIRST_CHECKER:
        by_right = name not in NOT_BY_FIRST_CHECKER and (by_right or FIRST_CHECKER in rule.who)
    if not by_right:
        return NotAllowed
    if name in situation.incomplete or (name in situation.possible and rule.says and silent):
        return NotComplete
    return DONE if name in situation.possible else NotNow


#: One in so many of the cases that nobody has a right to goes through the door.
SAMPLE = 16


def refused(document: Any, name: str, user: User | None, details: Details) -> Any:
    """Ask the checks alone, which know the people of this very instance without a query."""
    try:
        lifecycle.check(document, name, actor=Actor(user), details=details)
    except DomainError as error:
        return type(error)
    return DONE


def outcome(document: Any, name: str, user: User | None, details: Details) -> Any:
    try:
        with transaction.atomic():
            engine.perform(document, name, by=user, at=timezone.now(), details=details)
            transaction.set_rollback(True)
    except DomainError as error:
        return type(error)
    return DONE


def mismatches(situation: Situation) -> tuple[int, list[str]]:
    """Try every move as everybody; return how many cases there were and what was wrong."""
    document = situation.make()
    profile = document.profile
    assert document.state == situation.state
    named = [factories.section(profile, "1")]
    spoken = Details(
        reason="Why.",
        sections=named,
        answer="Because.",
        person=next(iter(factories.holders(profile, FOCAL_POINT)), None),
        due_on=LATER if situation.kind == "invitation" else None,
    )
    wrong, cases, turn = [], 0, SITUATIONS.index(situation)
    for person, name in itertools.product(
        list(persons(profile, situation.kind)), RULES[situation.kind]
    ):
        rule = RULES[situation.kind][name]
        if person.user is None and not rule.who:
            continue  # what the software does by itself is tried where it does it
        variants = [(spoken, False)]
        if name in situation.possible and {person.role, person.name} & rule.who and rule.says:
            variants.append((Details(), True))
        for details, silent in variants:
            cases += 1
            want = expected(situation, name, person, silent=silent)
            through_the_door = want is not NotAllowed or (cases + turn) % SAMPLE == 0
            ask = outcome if through_the_door else refused
            got = ask(document, name, person.user, details)
            if got is not want:
                wrong.append(f"{situation}: {name} by {person.name}: {got}, expected {want}")
    assert factories.fresh(document).state == situation.state
    return cases, wrong


@pytest.mark.parametrize("situation", SITUATIONS, ids=str)
def test_every_move_by_everybody(situation):
    cases, wrong = mismatches(situation)
    assert wrong == []
    assert cases >= len(RULES[situation.kind]) * 14


# The table is whole


MACHINES = {
    "profile": (ProfileMachine, ProfileState),
    "section": (SectionMachine, SectionState),
    "comment": (CommentMachine, CommentState),
    "data_item": (DataItemMachine, DataItemState),
    "input_request": (InputRequestMachine, RequestState),
    "invitation": (InvitationMachine, InvitationState),
    "sign_off": (SignOffMachine, SignOffState),
}


@pytest.mark.parametrize("kind", MACHINES)
def test_the_table_knows_every_move_and_every_state(kind):
    machine, states = MACHINES[kind]
    moves = {name for name in vars(machine) if hasattr(getattr(machine, name), "_django_fsm")}
    assert moves == set(RULES[kind])
    assert {one.state for one in SITUATIONS if one.kind == kind} == set(states)


@pytest.mark.parametrize("kind", RULES)
def test_every_move_of_a_person_is_possible_somewhere(kind):
    possible = {name for one in SITUATIONS if one.kind == kind for name in one.possible}
    assert possible == {name for name, rule in RULES[kind].items() if rule.who}


def test_a_profile_can_be_held_in_every_working_state_and_in_no_other():
    """Source: domain notes 4.1, "from any working state"."""
    resting = {
        S.VALIDATED, S.PUBLISHED, S.UPDATE_DUE, S.ON_HOLD, S.CANCELLED, S.SUPERSEDED,
    }  # fmt: skip
    held = {one.state for one in PROFILES if "hold" in one.possible}
    assert held == set(S) - resting


@pytest.mark.parametrize(
    ("state", "name"),
    [
        (S.PLANNED, "validate"),
        (S.PRODUCTION, "open_priority_setting"),
        (S.CONSULTATION, "return_after_objection"),
        (S.PRODUCTION, "supersede"),
    ],
)
def test_the_software_too_must_wait_for_its_moment(state, name):
    profile = a_profile(state)
    with pytest.raises(NotNow):
        engine.perform(profile, name, by=None, at=timezone.now(), details=Details(reason="Why."))


def test_a_move_that_does_not_exist_is_no_refusal_but_a_mistake():
    with pytest.raises(LookupError):
        engine.perform(a_profile(S.PLANNED), "fly", by=None, at=timezone.now())


# Planted holes: what the matrix must notice


def find(name: str) -> Situation:
    return next(one for one in SITUATIONS if one.name == name)


def test_hole_a_permission_given_to_everybody_is_seen(monkeypatch):
    real = rules.refusal
    monkeypatch.setattr(
        rules,
        "refusal",
        lambda permission, user, document: (
            None if permission == "profile.hold" else real(permission, user, document)
        ),
    )
    _cases, wrong = mismatches(find("production, file made"))
    assert len(wrong) >= 10
    assert all(": hold by" in line for line in wrong)


def test_hole_a_superuser_who_may_everything_is_seen(monkeypatch):
    real = rules.refusal
    monkeypatch.setattr(
        rules,
        "refusal",
        lambda permission, user, document: (
            None if user.is_superuser else real(permission, user, document)
        ),
    )
    _cases, wrong = mismatches(find("adoption"))
    assert {line.split(" by ")[1].split(":")[0] for line in wrong} == {"superuser"}


def test_hole_a_move_past_an_open_task_is_seen(monkeypatch):
    monkeypatch.setattr(moves, "_is_task", lambda _document, _move: False)
    _cases, wrong = mismatches(find("consultation, quorum reached"))
    assert any("conclude_consultation by focal_point" in line for line in wrong)


def test_hole_a_requirement_that_was_forgotten_is_seen(monkeypatch):
    monkeypatch.setitem(requirements.REQUIREMENTS, "profile.pass_qa", ())
    _cases, wrong = mismatches(find("qa, a figure open"))
    assert [line for line in wrong if "pass_qa by project_team" in line]


def test_hole_one_person_who_passes_for_two_is_seen(monkeypatch):
    alone = rules.WHO["profile.return_for_revision"]
    monkeypatch.setitem(rules.WHO, "profile.pass_qa", alone)
    monkeypatch.setattr(
        rules.rules, "has_perm", lambda name, user, obj: rules.WHO[name].refusal(user, obj) is None
    )
    _cases, wrong = mismatches(find("qa by two, passed once"))
    assert [line.split(": ")[1] for line in wrong] == [f"pass_qa by {FIRST_CHECKER}"]


def test_hole_a_hold_that_holds_nothing_is_seen(monkeypatch):
    monkeypatch.setattr(lifecycle, "_STANDSTILL", ())
    _cases, wrong = mismatches(find("under review, on hold"))
    assert any("accept by international_expert" in line for line in wrong)


def test_hole_a_wrong_sort_of_refusal_is_seen(monkeypatch):
    monkeypatch.setattr(lifecycle, "_check_who", lambda *_anything: None)
    _cases, wrong = mismatches(find("cancelled"))
    assert wrong
    assert all("NotNow" in line for line in wrong)


def test_hole_an_objection_made_twice_is_seen(monkeypatch):
    monkeypatch.setattr(lifecycle, "stands_already", lambda *_anything: False)
    _cases, wrong = mismatches(find("objected"))
    assert [line.split(": ")[1] for line in wrong] == ["object_to by stakeholder"]
