"""The board of the project team: what it says, finds and leaves out."""

from datetime import timedelta

import pytest
from django.utils import timezone

from profile_workflow.states import ProfileState, Role
from tests import factories
from tests.integration.pages import page, signed_in
from workflows import queries
from workflows.models import Task
from workflows.queries.overview import BoardFilter

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

S = ProfileState


def test_the_board_says_stage_progress_next_actor_and_lateness(made):
    profile = factories.bring_to(factories.make_profile(made), S.DRAFTING)
    factories.write(factories.section(profile, "1"), "Text.")
    factories.move(factories.section(profile, "1"), "submit", made[Role.LOCAL_EXPERT])
    Task.objects.open().filter(section__key="2").update(due_at=timezone.now() - timedelta(days=12))
    row = queries.board(made.team, timezone.now()).rows[0]
    assert [cell.when for cell in row.cells] == ["done", "now", *["ahead"] * 6]
    assert (row.cells[1].done, row.cells[1].of) == (1, 3)
    assert [(one.name, one.tasks) for one in row.actors] == [(made[Role.LOCAL_EXPERT].full_name, 2)]
    text = page(signed_in(made.team), "board")
    assert "1/3" in text
    assert "12 days late" in text


def test_the_board_counts_answers_while_people_are_asked(made):
    profile = factories.bring_to(factories.make_profile(made), S.CONSULTATION)
    first = factories.asked(profile)[0]
    factories.move(first, "approve", first.person)
    cell = queries.board(made.team, timezone.now()).rows[0].cells[4]
    assert (cell.when, cell.done, cell.of, cell.counts_answers) == ("now", 1, 3, True)


def test_the_board_is_filtered_and_searched(made):
    drafted = factories.bring_to(factories.make_profile(made), S.DRAFTING)
    held = factories.bring_to(factories.make_profile(made), S.ON_HOLD)
    over = factories.bring_to(factories.make_profile(made), S.CANCELLED)
    at = timezone.now()

    def found(**wanted):
        rows = queries.board(made.team, at, BoardFilter(**wanted)).rows
        return {row.profile.pk for row in rows}

    assert found() == {drafted.pk, held.pk}
    assert found(stage="drafting") == {drafted.pk, held.pk}
    assert found(stage="published") == set()
    assert found(stage="ended") == {over.pk}
    assert found(search=str(drafted.slug)) == {drafted.pk}
    assert found(role=Role.PROJECT_TEAM) == set()
    assert found(role=Role.LOCAL_EXPERT, order="city") == {drafted.pk, held.pk}
    assert found(late=True, order="age") == set()
    Task.objects.open().update(due_at=at - timedelta(days=1))
    assert found(late=True) == {drafted.pk}
    client = signed_in(made.team)
    assert "No profile matches the filter." in page(client, "board", search="nowhere")
    # What cannot be read leaves nothing out, and is no error.
    assert drafted.slug in page(client, "board", stage="' OR 1=1 --", page="x")


def test_a_board_without_profiles_says_how_to_get_one(made):
    assert "There is no profile yet." in page(signed_in(made.team), "board")


def test_the_board_ends_at_the_programme(made):
    factories.make_profile()
    assert queries.board(made.team, timezone.now()).rows == []
