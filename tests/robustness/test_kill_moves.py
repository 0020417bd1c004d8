"""Killed in the middle of a move: state, task, event and outbox – all of it, or nothing."""

import random

import pytest

from profile_workflow.models import Event, Profile
from profile_workflow.services.log import broken_links
from profile_workflow.states import ProfileState
from tests import factories
from tests.robustness.subprocesses import Nursery, killed_at_random
from workflows import effects
from workflows.invariants import unresolved_nodes, violations
from workflows.models import OutboxJob

pytestmark = [
    pytest.mark.integration,
    pytest.mark.slow,
    pytest.mark.long(20),
    pytest.mark.django_db(transaction=True),
]

KILLS = 40

#: Moves after which it is somebody else's turn, so that somebody must get mail.
PASSES_ON = {
    "begin_inception",
    "begin_drafting",
    "submit_draft",
    "recommend_acceptance",
    "pass_qa",
    "conclude_consultation",
    "agree_priorities",
    "adopt_priorities",
    *effects.RETURNS,
    "publish",
}


@pytest.fixture
def programme():
    made = factories.make_programme(sections=3)
    for _ in range(4):
        factories.make_profile(made)
    factories.bring_to(factories.make_profile(made), ProfileState.EXPERT_REVIEW)
    return made


@pytest.fixture
def nursery(programme):
    with Nursery("tests.factories") as ready:
        yield ready


def program(nursery, programme, seed, *options):
    arguments = ("-m", "tests.robustness.movers", str(programme.programme.pk), str(seed), *options)
    return lambda: nursery.start(*arguments)


def kills(start, *, chance):
    """Kill it while it moves: once it has made a move, it does nothing else."""
    return killed_at_random(
        start,
        at_work=lambda mover: mover.wait_for("moved"),
        times=KILLS,
        within=0.3,
        chance=chance,
    )


def halves(programme):
    """Return a sentence for each thing that was done by halves."""
    found = unresolved_nodes()
    for profile in Profile.objects.filter(programme=programme.programme):
        found += violations(profile)
        found += broken_links(profile)
    told = set(OutboxJob.objects.values_list("payload__event", flat=True))
    events = Event.objects.filter(document="profile", move__in=PASSES_ON)
    found += [f"{event}: nobody was told" for event in events if event.pk not in told]
    known = set(Event.objects.values_list("pk", flat=True))
    found += [f"mail of event {event}, which was undone" for event in told - known - {None}]
    return found


def test_forty_kills_leave_nothing_by_halves(programme, nursery):
    chance = random.Random(40)  # noqa: S311 - a test
    start = program(nursery, programme, chance.randrange(1000))
    before = Event.objects.count()
    for _kill in kills(start, chance=chance):
        assert halves(programme) == []
    assert Event.objects.count() - before > KILLS, "the program hardly did anything"


def test_moves_committed_in_steps_are_caught(programme, nursery):
    """The planted hole."""
    chance = random.Random(41)  # noqa: S311 - a test
    start = program(nursery, programme, 1, "--in-steps")
    for _kill in kills(start, chance=chance):
        if halves(programme):
            return
    pytest.fail("moves were made in steps and killed, and nothing was noticed")
