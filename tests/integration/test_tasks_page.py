"""The list of tasks: from each row there is a way straight to where the work is done."""

import re
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from profile_workflow.services import people
from profile_workflow.services.people import Part
from profile_workflow.states import ProfileState, Role
from tests import factories
from tests.integration.pages import signed_in
from workflows.models import Task

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

S, TEAM = ProfileState, Role.PROJECT_TEAM


@pytest.fixture
def made():
    return factories.make_programme(sections=2)


def addresses(user):
    """Return where the list of tasks of a person leads."""
    client = Client()
    client.force_login(user)
    return re.findall(r'href="([^"]+)"', client.get(reverse("tasks")).content.decode())


@pytest.mark.parametrize(
    ("state", "role", "name", "key"),
    [
        (S.DRAFTING, Role.LOCAL_EXPERT, "section_edit", ["1"]),
        (S.EXPERT_REVIEW, Role.INTERNATIONAL_EXPERT, "section_review", ["1"]),
        (S.PROJECT_QA, TEAM, "qa", []),
    ],
)
def test_a_task_leads_to_its_place_but_not_while_the_profile_is_on_hold(
    made, state, role, name, key
):
    profile = factories.bring_to(factories.make_profile(made), state)
    place = reverse(name, args=[profile.slug, *key])
    assert place in addresses(made[role])
    factories.move(profile, "hold", made.team, reason="Elections.")
    assert place not in addresses(made[role])


def test_each_of_several_decisions_says_what_it_lacks_before_it_is_tried(made):
    profile = factories.bring_to(factories.make_profile(made), S.PRIORITY_SETTING)
    task = Task.objects.open().get(profile=profile)
    client, address = signed_in(made[Role.FOCAL_POINT]), reverse("task", args=[task.pk])
    told = "Before “Agree the priorities” can be done"
    page = client.get(address).content.decode()
    assert told in page
    assert "Before “Return a finding that proved wrong” can be done" not in page
    assert reverse("priorities", args=[profile.slug]) in page[page.index(told) :]
    factories.give_priority(profile)
    assert told not in client.get(address).content.decode()


def test_a_task_with_a_number_beyond_all_tasks_does_not_exist(made):
    client = Client()
    client.force_login(made.team)
    for number in (0, 2**31, 2**63, 10**21):
        assert client.get(reverse("task", args=[number])).status_code == HTTPStatus.NOT_FOUND


def test_what_nobody_has_taken_is_taken_first(made):
    colleague = factories.make_person("colleague")
    people.assign_to_programme(colleague, TEAM, programme_id=made.programme.pk)
    profile = factories.bring_to(factories.make_profile(made), S.PROJECT_QA)
    assert reverse("qa", args=[profile.slug]) not in addresses(colleague)


def test_a_substitute_sees_answers_of_whom_he_replaces_on_that_profile_only(made):
    member, stand_in = made[Role.STAKEHOLDER], factories.make_person("stand_in")
    now = timezone.now()
    lent, other = (
        factories.bring_to(factories.make_profile(made), S.CONSULTATION) for _ in range(2)
    )
    part = lent.assignments.get(user=member)
    until = now.date() + timedelta(days=9)
    days = {"starts_on": now.date(), "ends_on": until}
    people.substitute(part, by_user=stand_in, **days, by=made.team, at=now)
    people.assign(other, [Part(stand_in, Role.OBSERVER)], by=made.team, at=now)
    client = signed_in(stand_in)
    for profile, status in ((lent, HTTPStatus.OK), (other, HTTPStatus.NOT_FOUND)):
        task = Task.objects.get(profile=profile, owner=member)
        assert client.get(reverse("task", args=[task.pk])).status_code == status
