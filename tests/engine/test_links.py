"""Which task came after which: written once a move, for all nodes that it went through."""

from collections import Counter

import pytest
from django.utils import timezone
from viewflow.workflow.status import STATUS

from profile_workflow.states import ProfileState, Role
from tests import factories
from workflows import invariants
from workflows.flows import CityProfileFlow
from workflows.models import ProfileProcess, Task

pytestmark = [pytest.mark.django_db, pytest.mark.integration]


def bring_to(state):
    return factories.bring_to(factories.make_profile(factories.make_programme()), state)


def unlinked(profile):
    tasks = Task.objects.filter(profile=profile, previous=None).order_by("pk")
    return [task.flow_task.name for task in tasks]


def before(node, profile):
    task = Task.objects.filter(profile=profile, flow_task=node).latest("pk")
    return Counter(one.flow_task.name for one in task.previous.all())


def test_every_task_but_the_first_comes_after_another():
    profile = bring_to(ProfileState.PRODUCTION)
    assert unlinked(profile) == ["start"]
    assert before(CityProfileFlow.reviews_in, profile) == {"review": 3}
    assert before(CityProfileFlow.produce, profile) == {"adopt": 1}


def test_a_join_without_branches_is_over_at_once():
    profile, at = bring_to(ProfileState.PRODUCTION), timezone.now()
    team, focal_point = Role.PROJECT_TEAM, Role.FOCAL_POINT
    moves = (("report_defect", team), ("pass_qa", team), ("conclude_consultation", focal_point))
    for move, role in moves:
        factories.move(profile, move, factories.holder(profile, role), reason="Why.", at=at)
    join = Task.objects.filter(flow_task=CityProfileFlow.signatures_in).latest("pk")
    assert (join.status, join.started, join.finished) == (STATUS.DONE, at, at)
    assert before(CityProfileFlow.signatures_in, profile) == {"open_signoff": 1}
    assert before(CityProfileFlow.prioritise, profile) == {"signatures_in": 1}
    assert factories.fresh(profile).state == ProfileState.PRIORITY_SETTING
    assert invariants.violations(factories.fresh(profile)) == []


def test_hole_a_move_that_does_not_write_its_links_is_seen(monkeypatch):
    monkeypatch.setattr(ProfileProcess, "come_to_rest", lambda process: None)
    assert unlinked(bring_to(ProfileState.INCEPTION)) == ["start", "plan", "incept"]
