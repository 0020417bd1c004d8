"""Walks through the process in which every write may fail: each move happens whole, or not at all.

A tour makes every move there is and lets it fail after each of its writes; random walks do
whatever anybody is offered, in any order, and still end in publication. After every step log,
process and machine must agree, and the log must explain every state.
"""

import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profile_workflow.errors import DomainError
from profile_workflow.models import Profile, Section
from profile_workflow.services import log
from profile_workflow.states import (
    ProfileState,
    SectionState,
)
from tests import factories
from tests.engine.tour import Tour
from tests.engine.walk import TEMPERS, Walk
from tests.engine.witness import Witness, all_moves
from workflows import engine, invariants
from workflows.engine import moves

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.integration,
    pytest.mark.slow,
    pytest.mark.long(10),
]

S = ProfileState
LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
#: Random walks of each temper, and steps of each before it turns to publication.
WALKS, STEPS = (200, 150) if LONG else (2, 30)


# The tour: every move, failing after every write


class FailingTour(Witness):
    """Takes each step of a tour as often as it writes, failing a write later each time.

    One of ``parts`` tours lets every so-manieth step fail; together they let every step fail.
    """

    def __init__(self, part: int, parts: int) -> None:
        super().__init__()
        self.part, self.parts, self.number = part, parts, 0

    def __call__(self, _name: str, step: Callable[[], Any]) -> None:
        self.number += 1
        if self.number % self.parts == self.part:
            self.watch(lambda: self.fail_after_each_write(step))
        else:
            self.watch(step)


PARTS = 2


@pytest.mark.any_database
@pytest.mark.parametrize("part", range(PARTS))
def test_every_move_survives_a_failure_after_each_of_its_writes(part):
    witness = FailingTour(part, PARTS)
    Tour(witness).take()
    assert all_moves() <= set(witness.made), "the tour left out some moves"
    assert witness.failures > 600 / PARTS
    assert invariants.unresolved_nodes() == []


# The walks


@pytest.mark.parametrize("temper", TEMPERS)
@settings(max_examples=WALKS, derandomize=not LONG)
@given(seed=st.integers(0, 2**32))
def test_every_walk_ends_in_publication(temper, seed):
    with factories.undone():
        walk = Walk(seed, TEMPERS[temper])
        walk.go(STEPS)
        assert walk.state == S.PUBLISHED
        assert walk.failures > 3
        assert invariants.unresolved_nodes() == []


# Planted holes: what a walk must notice


def walk_a_little() -> None:
    Walk(7, TEMPERS["diligent"]).go(0)


def walk_far() -> None:
    for seed in range(20):
        Walk(seed, TEMPERS["busy"]).go(60)


@pytest.mark.any_database
def test_hole_a_move_in_pieces_is_seen(monkeypatch):
    """Without its transaction a move leaves behind what it wrote before it failed."""
    monkeypatch.setattr(engine, "perform", engine.perform.__wrapped__)
    with pytest.raises(AssertionError, match="half a move was left"):
        walk_a_little()


@pytest.mark.any_database
def test_hole_an_event_that_is_not_written_is_seen(monkeypatch):
    real = log._write
    monkeypatch.setattr(log, "_write", lambda collected: real(collected[:1]))
    with pytest.raises(AssertionError):
        walk_a_little()


@pytest.mark.any_database
def test_hole_a_task_that_is_not_finished_is_seen(monkeypatch):
    monkeypatch.setattr(moves, "_finish", lambda *_task, **_about: None)
    with pytest.raises(AssertionError, match="is open, but"):
        walk_a_little()


@pytest.mark.any_database
def test_hole_a_state_that_changes_without_a_move_is_seen(monkeypatch):
    real = moves._nothing

    def meddle(profile: Profile, *rest: Any) -> None:
        real(profile, *rest)
        Section.objects.filter(profile=profile, state=SectionState.READY).update(
            state=SectionState.ACCEPTED
        )

    monkeypatch.setattr(moves, "_nothing", meddle)
    with pytest.raises(AssertionError):
        walk_a_little()


@pytest.mark.any_database
def test_hole_an_offer_that_is_not_kept_is_seen(monkeypatch):
    """Whatever is offered must be possible, or be refused as not complete."""
    monkeypatch.setattr(moves, "_is_turn", lambda *_anything: True)
    with pytest.raises((AssertionError, DomainError, pytest.fail.Exception)):
        walk_far()
