"""Lists of the team and of everybody: the board in its shapes, views kept, outbox, profiles."""

import csv
import io
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from profile_workflow.models import Profile, SavedView
from profile_workflow.services import people
from profile_workflow.states import ProfileState, Role
from tests import factories
from tests.integration.pages import page, signed_in
from workflows import engine, queries
from workflows.models import JobState, OutboxJob, Task
from workflows.queries.overview import BoardFilter

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]

S = ProfileState


@pytest.fixture
def made():
    return factories.make_programme(cities=3)


@pytest.fixture
def three(made):
    """Profiles in drafting (French), on hold from drafting, and in inception."""
    first, second, third = made.cities
    return (
        factories.bring_to(factories.make_profile(made, city=first, language="fr"), S.DRAFTING),
        factories.bring_to(factories.make_profile(made, city=second), S.ON_HOLD),
        factories.bring_to(factories.make_profile(made, city=third), S.INCEPTION),
    )


def found(made, **wanted):
    rows = queries.board(made.team, timezone.now(), BoardFilter(**wanted)).rows
    return [row.profile.pk for row in rows]


# The board


def test_each_filter_leaves_out_what_it_says(made, three):
    drafted, held, begun = (one.pk for one in three)
    expert = made[Role.LOCAL_EXPERT]
    assert found(made, city=made.cities[0].pk) == [drafted]
    assert found(made, edition=three[2].edition) == [begun]
    assert found(made, language="fr") == [drafted]
    assert found(made, state="on_hold") == [held]
    assert found(made, state="on_hold", stage="inception") == []
    assert set(found(made, person=expert.pk)) == {drafted, held, begun}
    assert found(made, person=made[Role.INTERNATIONAL_EXPERT].pk) == []
    assert found(made, person=expert.pk, role="stakeholder") == []
    cancelled = factories.bring_to(factories.make_profile(made), S.CANCELLED)
    assert found(made, state="cancelled") == [cancelled.pk]


def test_each_order_can_be_turned_round(made, three):
    for name in ("city", "edition", "age"):
        assert found(made, order=f"-{name}") == found(made, order=name)[::-1]
    held, begun = three[1].pk, three[2].pk
    assert found(made, order="state")[0] == begun
    # Whatever has no deadline comes last both ways.
    assert found(made, order="attention")[-1] == found(made, order="-attention")[-1] == held


@pytest.mark.parametrize("shape", ["matrix", "kanban", "list"])
def test_each_shape_shows_the_same_profiles(made, three, shape):
    client = signed_in(made.team)
    address = f"{reverse('board')}?view={shape}"
    text = client.get(address).content.decode()
    for one in three:
        assert reverse("profile", args=[one.slug]) in text


def test_the_board_itself_asks_eight_times_at_most(made, three, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        queries.board(made.team, timezone.now())
        queries.board_choices(made.team, on=timezone.localdate())


def test_the_list_says_by_what_it_is_ordered(made, three):
    client = signed_in(made.team)
    text = page(client, "board", view="list", order="-edition")
    assert 'aria-sort="descending"' in text
    assert "order=edition" in text
    assert text.count("aria-sort") == 1


def test_ended_profiles_have_a_column_when_they_are_asked_for(made, three):
    over = factories.bring_to(factories.make_profile(made), S.CANCELLED)
    client = signed_in(made.team)
    text = page(client, "board", view="kanban", stage="ended")
    assert reverse("profile", args=[over.slug]) in text
    assert 'id="stage-ended"' in text


def test_what_the_board_shows_is_saved_as_a_file(made, three, monkeypatch):
    monkeypatch.setattr("workflows.queries.overview.PROFILES_A_PAGE", 1)
    late_evening = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)
    Profile.objects.filter(pk=three[0].pk).update(title="=HYPERLINK(1)", state_since=late_evening)
    client = signed_in(made.team)
    answer = client.get(reverse("board_file", args=["csv"]), {"order": "city"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 4
    assert rows[0][:3] == ["City", "Edition", "Title"]
    assert rows[1][2] == "'=HYPERLINK(1)"
    # In the city it was the next day already.
    assert rows[1][5] == "2026-03-03"
    assert rows[1][6:8] == ["0", "3"]
    late = client.get(reverse("board_file", args=["csv"]), {"late": "on"})
    assert len(late.content.decode().splitlines()) == 1
    book = client.get(reverse("board_file", args=["xlsx"]), {"state": "on_hold"})
    sheet = openpyxl.load_workbook(io.BytesIO(book.content)).active
    assert sheet.max_row == 2
    assert sheet["B2"].value == three[1].edition
    assert client.get(reverse("board_file", args=["pdf"])).status_code == HTTPStatus.NOT_FOUND


# Views that are kept


def test_a_view_is_kept_used_renamed_and_removed(made, three):
    client = signed_in(made.team)
    query = "stage=drafting&view=list&page=7&evil=1"
    kept = client.post(reverse("board_view_save"), {"name": "Drafts", "query": query})
    view = SavedView.objects.get()
    assert view.query == "stage=drafting&view=list"
    assert kept["Location"] == f"{reverse('board')}?{view.query}"
    text = client.get(kept["Location"]).content.decode()
    assert f'?{view.query.replace("&", "&amp;")}" aria-current="true"' in text
    address = reverse("board_view", args=[view.pk])
    assert client.get(address).status_code == HTTPStatus.OK
    client.post(reverse("board_view_save"), {"name": "Other", "query": ""})
    taken = client.post(address, {"name": "Other", "act": "rename"})
    assert taken.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Another view of yours has this name." in taken.content.decode()
    client.post(address, {"name": "Late ones", "act": "rename"})
    assert SavedView.objects.get(pk=view.pk).name == "Late ones"
    client.post(address, {"act": "remove"})
    assert not SavedView.objects.filter(pk=view.pk).exists()


def test_a_view_is_its_owners_alone(made):
    view = SavedView.objects.create(user=made.outsider, name="Mine", query="late=on")
    client = signed_in(made.team)
    address = reverse("board_view", args=[view.pk])
    for answer in (client.get(address), client.post(address, {"act": "remove"})):
        assert answer.status_code == HTTPStatus.NOT_FOUND
    assert "Mine" not in page(client, "board")


def test_a_view_without_a_name_or_one_too_many_is_refused_in_words(made, three):
    client = signed_in(made.team)
    address = reverse("board_view_save")
    long = "x" * 61
    for name, said in ((" ", "This field is required."), (long, "at most 60 characters")):
        refused = client.post(address, {"name": name, "query": "late=on"})
        assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        text = refused.content.decode()
        assert said in text
        assert f'value="{name}"' in text
        assert 'name="query" value="late=on"' in text
        assert f'href="{reverse("board")}?late=on"' in text
    SavedView.objects.bulk_create(
        SavedView(user=made.team, name=f"View {number}") for number in range(20)
    )
    refused = client.post(address, {"name": "One more", "query": ""})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "remove one first" in refused.content.decode()
    assert 'value="One more"' in refused.content.decode()
    assert SavedView.objects.count() == 20


def test_a_view_never_replaces_another_one_silently(made, three):
    client, address = signed_in(made.team), reverse("board_view_save")
    client.post(address, {"name": "Drafts", "query": "stage=drafting"})
    refused = client.post(address, {"name": "Drafts", "query": "late=on"})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Another view of yours has this name." in refused.content.decode()
    assert 'value="late=on"' in refused.content.decode()
    assert SavedView.objects.get().query == "stage=drafting"


# The outbox


@pytest.fixture
def jobs(made, three):
    """A failed mail, a failed PDF, one that waits and one that is done; one of somebody else."""
    now = timezone.now()
    OutboxJob.objects.all().delete()
    foreign = factories.make_profile()
    OutboxJob.objects.all().delete()
    mail = {"kind": "reminder", "user": made.team.pk}

    def make(key, kind, state, profile=three[0], **fields):
        finished = now if state in ("failed", "done") else None
        return OutboxJob.objects.create(
            key=key, kind=kind, state=state, profile=profile, finished_at=finished, **fields
        )

    return {
        "mail": make("mail", "mail", "failed", payload=mail, last_error="No such address."),
        "pdf": make("pdf", "pdf", "failed", last_error="Table 3 is too wide."),
        "waits": make("waits", "mail", "waiting", payload=mail, profile=three[1]),
        "done": make("done", "mail", "done", payload=mail),
        "foreign": make("foreign", "pdf", "failed", foreign, last_error="Not yours."),
    }


def test_a_failed_job_says_what_it_means(made, jobs):
    text = page(signed_in(made.team), "outbox")
    assert "the task stands in the reader’s list" in text
    assert "Table 3 is too wide." in text
    assert "2 have failed" in text
    assert "1 waits" in text
    assert "Not yours." not in text


def test_the_outbox_is_filtered(made, jobs):
    seen = queries.jobs_seen_by(made.team, on=timezone.localdate())

    def keys(**wanted):
        return [one.key for one in queries.jobs_wanted(seen, queries.JobFilter(**wanted))]

    assert keys() == ["mail", "pdf", "waits"]
    assert keys(state="failed") == ["mail", "pdf"]
    assert keys(state="waiting") == ["waits"]
    assert keys(state="done") == ["done"]
    assert keys(kind="pdf") == ["pdf"]
    assert keys(search=jobs["waits"].profile.slug) == ["waits"]
    client = signed_in(made.team)
    assert "No job matches the filter." in page(client, "outbox", search="nowhere")
    assert '<span class="tag tag-done">Sent</span>' in page(client, "outbox", state="done")


def test_all_that_has_failed_is_tried_again_after_being_asked_once(made, jobs):
    client = signed_in(made.team)
    assert "2 jobs that have failed will be tried again" in page(client, "outbox_retry_all")
    assert OutboxJob.objects.failed().count() == 3
    told = client.post(reverse("outbox_retry_all"), follow=True).content.decode()
    assert "2 jobs will be tried again." in told
    states = {key: OutboxJob.objects.get(pk=one.pk).state for key, one in jobs.items()}
    assert states["mail"] == states["pdf"] == JobState.WAITING
    assert (states["foreign"], states["done"]) == (JobState.FAILED, JobState.DONE)
    assert "Nothing has failed." in page(client, "outbox_retry_all")


def test_a_long_outbox_has_pages(made, jobs, monkeypatch):
    monkeypatch.setattr("workflows.views.outbox.JOBS_A_PAGE", 2)
    client = signed_in(made.team)
    assert "?kind=mail&amp;page=2" not in page(client, "outbox", kind="mail")
    assert "page=2" in page(client, "outbox")
    assert 'rel="prev"' in page(client, "outbox", page="2")


# What is next, and for whom


def test_my_tasks_say_what_waits_for_others_and_since_when(made):
    profile = factories.bring_to(factories.make_profile(made), S.EXPERT_REVIEW)
    Task.objects.open().filter(profile=profile).update(created=timezone.now() - timedelta(days=4))
    inbox = queries.inbox(made[Role.LOCAL_EXPERT], timezone.now())
    (row,) = inbox.waiting
    reviewer = made[Role.INTERNATIONAL_EXPERT].full_name
    assert (row.who, row.number, row.label) == (reviewer, 3, "Review the section")
    text = page(signed_in(made[Role.LOCAL_EXPERT]), "tasks")
    assert "Waiting for others" in text
    assert "open for 4 days" in " ".join(text.split())
    assert "Next, for others: “Review the section”" in text


def test_whoever_is_asked_is_not_named_to_the_others(made):
    factories.bring_to(factories.make_profile(made), S.CONSULTATION)
    rows = queries.inbox(made[Role.LOCAL_EXPERT], timezone.now()).waiting
    assert [(row.who, row.role, row.number) for row in rows] == [("", "Stakeholder", 3)]
    # One's own answer is not waited for from others.
    (own,) = queries.inbox(made[Role.STAKEHOLDER], timezone.now()).waiting
    assert own.number == 2


def test_my_own_tasks_and_those_i_could_take_do_not_wait_for_others(made, three):
    for role in (Role.LOCAL_EXPERT, Role.PROJECT_TEAM):
        assert queries.inbox(made[role], timezone.now()).waiting == []
    assert len(queries.inbox(made[Role.OBSERVER], timezone.now()).waiting) == 3


def test_what_i_could_take_is_listed_once_even_if_it_is_of_my_profile(made):
    profile, colleague = factories.make_profile(made), factories.make_person("colleague")
    people.assign_to_programme(colleague, Role.PROJECT_TEAM, programme_id=made.programme.pk)
    people.assign(profile, [people.Part(colleague, Role.OBSERVER)], by=made.team, at=timezone.now())
    task = Task.objects.open().get(profile=profile)
    if task.owner_id:
        engine.release(task, by=made.team, at=timezone.now())
    inbox = queries.inbox(colleague, timezone.now())
    assert [row.task for row in inbox.queue] == [task.pk]
    assert inbox.waiting == []


def test_the_list_of_profiles_says_the_next_step_and_how_late_it_is(made, three):
    task = Task.objects.open().filter(profile=three[0]).first()
    Task.objects.filter(pk=task.pk).update(due_at=timezone.now() - timedelta(days=5))
    text = page(signed_in(made[Role.OBSERVER]), "profiles")
    assert "Write the section" in text
    assert made[Role.LOCAL_EXPERT].full_name in text
    assert "5 days late" in text
    assert "Start a profile" not in text
    assert "Start a profile" in page(signed_in(made.team), "profiles")


def test_what_was_written_before_is_revised(made):
    factories.bring_to(factories.make_profile(made), S.REVISION_EXPERT)
    rows = queries.inbox(made[Role.OBSERVER], timezone.now()).waiting
    assert [row.label for row in rows] == ["Revise the section"]
