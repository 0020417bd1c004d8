"""What the journeys in a browser must walk: a move that nobody makes is told."""

import pytest

from profile_workflow.states import ProfileState, Role
from tests import factories
from tests.e2e.journeys import moves

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]


def test_what_is_left_out_are_moves_of_people_on_the_path():
    assert set(moves.LEFT_OUT) < moves.of_people()
    assert {"profile.publish", "section.take_back", "sign_off.object_to"} < moves.of_people()
    assert "profile.supersede" not in moves.of_people()


def test_a_move_that_was_not_made_or_not_by_these_people_is_told():
    made = factories.make_programme(sections=1)
    profile = factories.bring_to(factories.make_profile(made), ProfileState.EXPERT_REVIEW)
    people = [made.team, made[Role.LOCAL_EXPERT]]
    rest = moves.of_people() - set(moves.LEFT_OUT)
    begun = {"profile.begin_inception", "profile.begin_drafting", "section.submit"}
    assert moves.not_walked([profile], people) == rest - begun - {"profile.submit_draft"}
    assert moves.not_walked([profile], people[:1]) == rest - {"profile.begin_inception"}


def test_a_move_that_is_made_although_it_is_said_to_be_left_out_is_told():
    made = factories.make_programme(sections=1)
    profile = factories.bring_to(factories.make_profile(made), ProfileState.CONSULTATION)
    asked = factories.asked(profile)[0]
    factories.move(asked, "waive", made.team, reason="She is abroad.")
    assert "sign_off.waive" in moves.not_walked([profile], [made.team])
