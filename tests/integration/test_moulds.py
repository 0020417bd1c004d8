"""Factories that write what they wrote before: the same rows, and only where nobody else wrote."""

import pytest
from django.db import connection
from django.utils import timezone

from profile_workflow.models import City, Profile, fulltext
from profile_workflow.services.log import broken_links
from profile_workflow.states import ProfileState
from tests import factories, moulds
from workflows import engine, invariants

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def moves(monkeypatch):
    """Write down each move that the engine makes.

    As in any test that changes what is tested, nothing is cast but where the test says so.
    """
    made = []
    perform = engine.perform

    def listen(document, name, **details):
        made.append(name)
        return perform(document, name, **details)

    monkeypatch.setattr(engine, "perform", listen)
    return made


@pytest.fixture
def opened(moves, monkeypatch):
    """Begin with moulds of which no other test has used any."""
    monkeypatch.setattr(moulds._journal, "casts", {})
    monkeypatch.setattr(moulds._journal, "_rows", {})
    with moulds.opened():
        yield


def drafted():
    return factories.bring_to(factories.make_profile(), ProfileState.DRAFTING)


def twice(make):
    """Do the same twice from the same beginning; return what came of it and all rows each time."""
    found = []
    for _turn in range(2):
        moulds._journal.trail = ()
        with factories.undone():
            made = make()
            found.append((made, moulds._all_rows()))
    return found


def test_a_test_that_changes_nothing_is_cast():
    factories.make_programme()
    assert moulds._journal.trail


def test_a_test_that_may_change_what_is_tested_is_not(monkeypatch):
    factories.make_programme()
    assert moulds._journal.trail is None


def test_nor_one_whose_fixture_may(moves):
    factories.make_programme()
    assert moulds._journal.trail is None


def test_nor_one_that_changes_a_setting(settings):
    factories.make_programme()
    assert moulds._journal.trail is None


def test_what_is_cast_has_the_same_rows_and_goes_on(opened, moves):
    (first, rows), (second, again) = twice(drafted)
    assert again == rows
    assert first == second
    assert moves == ["begin_inception", "begin_drafting"]
    moulds._journal.trail = ()
    profile = drafted()
    assert moves == ["begin_inception", "begin_drafting"]
    assert fulltext.is_intact(connection)
    profile = factories.bring_to(profile, ProfileState.PROJECT_QA)
    assert "recommend_acceptance" in moves
    assert list(broken_links(profile)) == []
    assert invariants.violations(profile) == []


@pytest.mark.parametrize(
    "write",
    [
        lambda: City.objects.update(name="Elsewhere"),
        factories.make_person,
        lambda: Profile.objects.update(title="Another"),
    ],
)
def test_hole_where_somebody_else_wrote_the_work_is_done_again(opened, moves, write):
    def made():
        profile = factories.make_profile()
        write()
        return factories.bring_to(profile, ProfileState.INCEPTION)

    twice(made)
    assert moves == ["begin_inception", "begin_inception"]


def test_hole_what_was_undone_is_not_built_upon(opened, moves):
    profile = factories.make_profile()
    with factories.undone():
        factories.bring_to(profile, ProfileState.INCEPTION)
    factories.bring_to(profile, ProfileState.INCEPTION)
    assert moves == ["begin_inception", "begin_inception"]


def test_hole_another_database_than_was_left_is_seen(opened, moves):
    profile = factories.make_profile()
    with moulds._journal.at_work():
        factories.make_person()
    factories.bring_to(profile, ProfileState.INCEPTION)
    assert moulds._journal.trail is None


def test_what_has_no_name_is_made(opened, moves):
    at = timezone.now()
    twice(lambda: factories.bring_to(factories.make_profile(), ProfileState.INCEPTION, at=at))
    assert moves == ["begin_inception", "begin_inception"]


def test_where_a_test_changes_what_is_tested_nothing_is_cast(moves):
    assert moulds._journal.trail is None
    assert moulds._journal not in connection.execute_wrappers
