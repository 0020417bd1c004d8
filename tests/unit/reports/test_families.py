"""Which files may be made by a process that has seen other texts."""

import pytest

from reports.builds.contents import family_of
from reports.models import Build

pytestmark = [pytest.mark.unit, pytest.mark.any_database]


def test_what_is_published_or_for_one_reader_comes_from_a_process_that_has_seen_nothing():
    found = {one: family_of(Build(profile_id=7, language="fr", kind=one)) for one in Build.Kind}
    alone = {Build.Kind.ANNEX, Build.Kind.PUBLICATION}
    assert found == {one: "" if one in alone else "7-fr" for one in Build.Kind}
