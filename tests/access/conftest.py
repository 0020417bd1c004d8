"""One world for all who ask: it is made once for a file of tests, and gone after it."""

import pytest
from django.utils import translation

from tests import factories
from tests.access.world import make_world


@pytest.fixture(autouse=True)
def _language_of_a_page_ends_with_its_test():
    with translation.override("en"):
        yield


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Each test sees it whole: what a test does to it is undone, for it stands in a transaction."""
    with django_db_blocker.unblock(), factories.undone():
        yield make_world()
