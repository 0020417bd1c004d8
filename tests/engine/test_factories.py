"""The factories bring a profile to every state, and nothing but the engine moves it."""

import pytest

from profile_workflow.services import log
from profile_workflow.states import ProfileState
from tests import factories
from workflows import invariants

pytestmark = [pytest.mark.django_db, pytest.mark.integration]


@pytest.mark.parametrize("state", factories.RESTS)
def test_a_profile_is_brought_to_every_state(state):
    profile = factories.bring_to(factories.make_profile(), state)
    assert profile.state == state
    assert invariants.violations(profile) == []
    assert list(log.broken_links(profile)) == []


def test_no_profile_rests_where_it_only_passes_through():
    with pytest.raises(ValueError, match="no profile rests"):
        factories.bring_to(factories.make_profile(), ProfileState.VALIDATED)


def test_no_way_leads_back_to_the_start():
    profile = factories.bring_to(factories.make_profile(), ProfileState.CANCELLED)
    with pytest.raises(ValueError, match="no way leads"):
        factories.bring_to(profile, ProfileState.DRAFTING)
