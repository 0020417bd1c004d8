"""A person's tasks, and the moves that are made on their pages."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.urls import reverse
from django.utils import timezone

from profile_workflow.models import Assignment
from profile_workflow.services import people
from profile_workflow.states import ProfileState, Role, SectionState
from tests import factories
from tests.integration.pages import page, signed_in
from workflows import engine, queries
from workflows.models import Task

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

S = ProfileState


# The inbox


def test_it_and_the_board_stay_within_their_budget(made, django_assert_max_num_queries):
    for _ in range(3):
        factories.bring_to(factories.make_profile(made), S.DRAFTING)
    at = timezone.now()
    with django_assert_max_num_queries(6):
        found = queries.inbox(made[Role.LOCAL_EXPERT], at)
    assert (found.number, len(found.later)) == (9, 9)
    with django_assert_max_num_queries(8):
        board = queries.board(made.team, at)
    assert len(board.rows) == 3


def test_tasks_stand_where_they_belong(made, drafted):
    at = timezone.now()
    expert = made[Role.LOCAL_EXPERT]
    late, soon, *_others = Task.objects.open().filter(owner=expert).order_by("pk")
    Task.objects.filter(pk=late.pk).update(due_at=at - timedelta(days=12))
    Task.objects.filter(pk=soon.pk).update(due_at=at + timedelta(days=2))
    found = queries.inbox(expert, at)
    assert [row.task for row in found.overdue] == [late.pk]
    assert [row.task for row in found.this_week] == [soon.pk]
    assert (found.number, found.number_late, len(found.later)) == (3, 1, 1)
    text = page(signed_in(expert), "tasks")
    assert "12 days late" in text
    assert "3 tasks need you." in text
    assert "1 is late" in text


def test_whoever_has_the_board_is_led_there_for_what_waits_for_others(made, drafted):
    told = "What waits for others, and since when, stands on the"
    assert told in page(signed_in(made.team), "tasks")
    assert told not in page(signed_in(made[Role.LOCAL_EXPERT]), "tasks")
    factories.make_profile(made, people=[factories.Part(made.outsider, Role.PROJECT_TEAM)])
    assert told not in page(signed_in(made.outsider), "tasks")


def test_tasks_of_a_profile_on_hold_wait_apart(made, drafted):
    factories.move(drafted, "hold", made.team, reason="Elections.")
    found = queries.inbox(made[Role.LOCAL_EXPERT], timezone.now())
    assert (found.number, len(found.paused)) == (0, 3)
    assert "on hold" in page(signed_in(made[Role.LOCAL_EXPERT]), "tasks")


def test_a_task_of_a_role_is_taken_given_back_and_seen_as_done(made):
    profile = factories.make_profile(made)
    colleague = factories.make_person("colleague")
    people.assign_to_programme(colleague, Role.PROJECT_TEAM, programme_id=made.programme.pk)
    task = Task.objects.open().get(profile=profile)
    if task.owner_id:
        engine.release(task, by=made.team, at=timezone.now())
    client, other = signed_in(made.team), signed_in(colleague)
    address = reverse("task", args=[task.pk])
    assert len(queries.inbox(made.team, timezone.now()).queue) == 1
    assert client.post(reverse("task_claim", args=[task.pk]))["Location"] == address
    assert len(queries.inbox(made.team, timezone.now()).later) == 1
    refused = other.post(reverse("task_claim", args=[task.pk]))
    assert refused.status_code == HTTPStatus.CONFLICT
    assert made.team.full_name in refused.content.decode()
    client.post(reverse("task_release", args=[task.pk]))
    assert len(queries.inbox(made.team, timezone.now()).queue) == 1
    done = client.post(address, {"move": "begin_inception", "reason": ""})
    assert (done.status_code, done["Location"]) == (HTTPStatus.FOUND, reverse("tasks"))
    assert len(queries.inbox(made.team, timezone.now()).done) == 1
    gone = other.get(address)
    assert gone.status_code == HTTPStatus.OK
    assert f"{made.team.full_name} has finished this task." in gone.content.decode()


def test_who_stands_in_for_somebody_sees_his_tasks(made, drafted):
    today = timezone.localdate()
    stand_in = factories.make_person("stand_in")
    held = Assignment.objects.get(profile=drafted, role=Role.LOCAL_EXPERT)
    people.substitute(
        held, by_user=stand_in, starts_on=today, ends_on=today, by=made.team, at=timezone.now()
    )
    rows = queries.inbox(stand_in, timezone.now()).later
    assert len(rows) == 3
    assert rows[0].why == f"you stand in for {made[Role.LOCAL_EXPERT].full_name}"


# A task and its moves


def test_a_move_that_lacks_something_says_what_and_keeps_what_was_typed(made):
    profile = factories.bring_to(factories.make_profile(made), S.EXPERT_REVIEW)
    one = factories.section(profile, "1")
    task = Task.objects.open().get(section=one)
    client = signed_in(made[Role.INTERNATIONAL_EXPERT])
    address = reverse("task", args=[task.pk])
    nothing = client.post(address, {})
    assert nothing.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Choose one of these." in nothing.content.decode()
    answer = client.post(address, {"move": "request_minor_changes", "reason": " "})
    text = answer.content.decode()
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'href="#id_reason"' in text
    assert 'value="request_minor_changes"' in text
    assert "checked" in text
    assert factories.fresh(one).state == SectionState.UNDER_REVIEW
    client.post(address, {"move": "request_minor_changes", "reason": "The figures are missing."})
    assert factories.fresh(one).state == SectionState.CHANGES_REQUESTED


def test_what_is_missing_is_a_list_with_links(made, drafted):
    task = Task.objects.open().get(section__profile=drafted, section__key="1")
    client = signed_in(made[Role.LOCAL_EXPERT])
    address = reverse("task", args=[task.pk])
    text = reverse("section_edit", args=[drafted.slug, "1"])
    found = client.get(address).content.decode()
    assert f'href="{text}#id_text">Go to the text of section 1' in found
    refused = client.post(address, {"move": "submit"})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Something is missing" in refused.content.decode()


def test_sections_are_named_with_a_return(made):
    profile = factories.bring_to(factories.make_profile(made), S.PROJECT_QA)
    task = Task.objects.open().get(profile=profile)
    client = signed_in(made.team)
    address = reverse("task", args=[task.pk])
    given = {"move": "return_for_revision", "reason": "Too long."}
    refused = client.post(address, given)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'href="#id_sections_0"' in refused.content.decode()
    assert client.post(address, {**given, "sections": ["2"]}).status_code == HTTPStatus.FOUND
    assert factories.section(profile, "2").state == SectionState.REOPENED
    author = signed_in(made[Role.LOCAL_EXPERT])
    again = Task.objects.open().get(section__profile=profile)
    assert "Too long." in page(author, "task", again.pk)


def test_the_three_kinds_of_no_look_different(made, drafted):
    task = Task.objects.open().get(section__profile=drafted, section__key="1")
    address = reverse("task", args=[task.pk])
    not_you = signed_in(made[Role.OBSERVER]).post(address, {"move": "submit"})
    author = signed_in(made[Role.LOCAL_EXPERT])
    not_complete = author.post(address, {"move": "submit"})
    factories.write(factories.section(drafted, "1"), "Text.")
    factories.move(factories.section(drafted, "1"), "submit", made[Role.LOCAL_EXPERT])
    not_now = author.post(address, {"move": "submit"})
    answers = [
        (not_you, HTTPStatus.FORBIDDEN, "This is not yours to do"),
        (not_now, HTTPStatus.CONFLICT, "This is not possible now"),
        (not_complete, HTTPStatus.UNPROCESSABLE_ENTITY, "Something is missing"),
    ]
    for answer, status, heading in answers:
        assert answer.status_code == status
        assert heading in answer.content.decode()


def test_moves_beside_the_tasks_have_a_page_of_their_own(made, drafted):
    client = signed_in(made.team)
    address = reverse("profile_move", args=[drafted.slug, "hold"])
    assert address in page(client, "profile", drafted.slug)
    assert client.post(address, {"move": "hold"}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    client.post(address, {"move": "hold", "reason": "Elections."})
    assert factories.fresh(drafted).state == S.ON_HOLD
    assert client.get(address).status_code == HTTPStatus.CONFLICT
    assert client.get(address.replace("hold", "explode")).status_code == HTTPStatus.NOT_FOUND
    resume = reverse("profile_move", args=[drafted.slug, "resume"])
    assert signed_in(made[Role.LOCAL_EXPERT]).get(resume).status_code == HTTPStatus.FORBIDDEN


def test_a_withdrawn_task_says_so(made):
    profile = factories.bring_to(factories.make_profile(made), S.CANCELLED)
    task = Task.objects.filter(profile=profile, status="CANCELED", section__isnull=False).first()
    text = page(signed_in(made.team), "task", task.pk)
    assert "This task was withdrawn" in text


def test_tasks_beyond_the_most_urgent_ones_are_counted_not_listed(made, drafted, monkeypatch):
    monkeypatch.setattr("workflows.queries.personal.MOST_ROWS", 2)
    found = queries.inbox(made[Role.LOCAL_EXPERT], timezone.now())
    assert (found.number, len(found.later), found.is_cut) == (3, 2, True)
    assert "Only the most urgent ones" in page(signed_in(made[Role.LOCAL_EXPERT]), "tasks")


def test_a_task_in_a_role_is_offered_to_all_who_hold_it(made):
    colleague = factories.make_person("colleague")
    people.assign_to_programme(colleague, Role.PROJECT_TEAM, programme_id=made.programme.pk)
    profile = factories.make_profile(made)
    task = Task.objects.open().get(profile=profile)
    address = reverse("task_claim", args=[task.pk])
    assert address in page(signed_in(colleague), "tasks")
    assert "waits for anybody in the role" in page(signed_in(colleague), "profile", profile.slug)
    assert address in page(signed_in(colleague), "task", task.pk)
