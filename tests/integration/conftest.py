"""What most of these tests begin with: a programme, a profile that is being written, its expert."""

import pytest
from django.utils import translation

from profile_workflow.states import ProfileState, Role
from tests import factories
from tests.integration.pages import signed_in


@pytest.fixture(autouse=True)
def _language_of_a_page_ends_with_its_test():
    with translation.override("en"):
        yield


@pytest.fixture
def made():
    """Return a programme with a city and somebody for each role."""
    return factories.make_programme()


@pytest.fixture
def drafted(made):
    """Return a profile whose text is being written."""
    return factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)


@pytest.fixture
def expert(made):
    """Return the browser of the local expert."""
    return signed_in(made[Role.LOCAL_EXPERT])


@pytest.fixture
def consulted():
    """Return a profile that people are consulted about."""
    return factories.bring_to(factories.make_profile(), ProfileState.CONSULTATION)


@pytest.fixture
def signoff(consulted):
    """Return what a stakeholder is asked for in it."""
    return next(one for one in factories.asked(consulted) if one.role == Role.STAKEHOLDER)
