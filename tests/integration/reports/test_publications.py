"""A publication stands: the database itself refuses to change or delete it."""

import pytest
from django.db import IntegrityError, connection, transaction

from profile_workflow.states import ProfileState
from reports import publications
from reports.models import Publication
from tests import factories

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def published():
    programme = factories.make_programme()
    profile = factories.make_profile(programme)
    return factories.bring_to(profile, ProfileState.PUBLISHED)


def test_publishing_keeps_the_file_that_was_made_of_the_text(published):
    kept = publications.latest(published)
    assert (kept.version, kept.language) == ("1.0", published.language)
    assert kept.profile_version.digest == published.text_digest()


@pytest.mark.parametrize(
    "statement",
    ["UPDATE reports_publication SET pdf_sha256 = 'forged'", "DELETE FROM reports_publication"],
)
def test_the_database_refuses_to_change_a_publication(published, statement):
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)
    assert Publication.objects.filter(profile=published).count() == 1
