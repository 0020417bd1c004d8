"""The commands that say whether log, process and documents hold – and that they can say no."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from profile_workflow.models import Event, Profile, triggers
from profile_workflow.states import ProfileState
from tests import factories
from workflows.models import Task

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def profile():
    made = factories.make_profile(factories.make_programme())
    return factories.bring_to(made, ProfileState.EXPERT_REVIEW)


def call(name, *arguments):
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(name, *arguments, stdout=out, stderr=err)
    except CommandError as error:
        return False, f"{err.getvalue()}{error}"
    return True, out.getvalue()


class TestVerifyLog:
    def test_holds(self, profile):
        well, said = call("verify_log")
        assert well, said
        assert f"{Event.objects.count()} events of 1 profiles hold" in said

    def test_names_the_event_that_was_changed(self, profile):
        triggers.remove(connection)
        Event.objects.filter(profile=profile, seq=3).update(move="forged")
        well, said = call("verify_log")
        assert not well
        assert "/3 " in said
        assert "changed after it was written" in said

    def test_an_anchor_kept_elsewhere_sees_a_log_that_was_cut_and_patched(self, profile, tmp_path):
        anchor = tmp_path / "anchor.json"
        assert call("verify_log", "--write-anchor", str(anchor))[0]
        assert json.loads(anchor.read_text())[profile.slug][0] == profile.events.count()
        assert call("verify_log", "--against", str(anchor))[0]
        triggers.remove(connection)
        Event.objects.filter(profile=profile).order_by("-seq").first().delete()
        well, said = call("verify_log", "--against", str(anchor))
        assert not well
        assert "of the anchor is missing" in said


class TestCheckFlow:
    def test_agrees(self, profile):
        well, said = call("check_flow")
        assert well, said
        assert "1 profiles" in said

    def test_names_a_task_that_nobody_has(self, profile):
        task = Task.objects.open().filter(profile=profile).first()
        Task.objects.filter(pk=task.pk).update(status="DONE", finished=task.created)
        well, said = call("check_flow")
        assert not well
        assert "nobody has the task “review”" in said

    def test_names_a_state_that_was_written_past_the_engine(self, profile):
        Profile.objects.filter(pk=profile.pk).update(state=ProfileState.PROJECT_QA)
        well, said = call("check_flow")
        assert not well
        assert "nobody has the task “qa”" in said

    def test_names_a_stored_node_that_the_flow_has_lost(self, profile):
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE workflows_task SET flow_task = 'workflows/flows.CityProfileFlow.gone' "
                "WHERE flow_task LIKE '%.plan'"
            )
        well, said = call("check_flow")
        assert not well
        assert "CityProfileFlow.gone" in said


class TestStateDiagram:
    def test_is_up_to_date(self):
        assert call("state_diagram", "--check")[0]

    def test_says_when_it_is_not(self, settings, tmp_path):
        settings.BASE_DIR = tmp_path
        assert not call("state_diagram", "--check")[0]
        assert call("state_diagram")[0]
        assert call("state_diagram", "--check")[0]
