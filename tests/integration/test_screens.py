"""Pages: what they show to whom, and how they say no."""

from decimal import Decimal
from http import HTTPStatus

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from profile_workflow.models import Comment
from profile_workflow.services import drafting
from profile_workflow.states import ProfileState, Role
from profile_workflow.web import loading, navigation, reading
from tests import factories
from tests.integration.pages import page, signed_in
from workflows.models import JobState, OutboxJob

pytestmark = [pytest.mark.integration, pytest.mark.django_db, pytest.mark.any_database]

S = ProfileState


def test_a_section_is_read_with_tables_sources_and_neighbours(made):
    profile = factories.bring_to(factories.make_profile(made), S.DRAFTING)
    one = factories.section(profile, "1")
    figure = factories.give_figure(one)
    source, table = figure.source.key, figure.table.key
    factories.write(one, f"Many came [@{source}].\n\n[[table:{table}]]\n\n<b>raw</b>")
    client = signed_in(made[Role.OBSERVER])
    assert "No text has been submitted yet." in page(client, "section", profile.slug, "1")
    factories.move(factories.fresh(one), "submit", made[Role.LOCAL_EXPERT])
    text = page(client, "section", profile.slug, "1")
    assert f'id="source-{source}"' in text
    assert "1,000 persons" in text
    assert "&lt;b&gt;raw" in text
    assert 'rel="next"' in text
    assert client.get(reverse("section", args=[profile.slug, "99"])).status_code == 404


def test_a_failed_job_is_seen_and_tried_again(made, drafted):
    job = OutboxJob.objects.create(
        kind="mail",
        key="broken",
        profile=drafted,
        payload={"kind": "reminder", "user": made.team.pk},
        state=JobState.FAILED,
        finished_at=timezone.now(),
        last_error="The address does not exist.",
    )
    client = signed_in(made.team)
    text = page(client, "outbox")
    assert "The address does not exist." in text
    assert "Reminder" in text
    again = reverse("outbox_retry", args=[job.pk])
    client.post(again)
    assert OutboxJob.objects.get(pk=job.pk).state == JobState.WAITING
    told = client.post(again, follow=True).content.decode()
    assert "Only a job that has failed can be tried again." in told


def test_jobs_of_other_programmes_do_not_exist(made):
    foreign = factories.make_profile()
    job = OutboxJob.objects.create(
        kind="mail", key="foreign", profile=foreign, state="failed", finished_at=timezone.now()
    )
    client = signed_in(made.team)
    assert client.post(reverse("outbox_retry", args=[job.pk])).status_code == 404
    assert foreign.slug not in page(client, "outbox")


def test_the_page_for_our_own_faults_needs_no_database(client, made, monkeypatch):
    def breaks(*_arguments, **_named):
        raise RuntimeError

    monkeypatch.setattr("workflows.views.tasks.queries.inbox", breaks)
    client.raise_request_exception = False
    client.force_login(made.team)
    with CaptureQueriesContext(connection) as counted:
        answer = client.get(reverse("tasks"))
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert "Something went wrong" in answer.content.decode()
    assert all("assignment" not in one["sql"] for one in counted.captured_queries)


def test_comments_are_shown_where_they_wait(made):
    profile = factories.bring_to(factories.make_profile(made), S.EXPERT_REVIEW)
    factories.comment_on(factories.section(profile, "1"), made[Role.INTERNATIONAL_EXPERT])
    client = signed_in(made[Role.LOCAL_EXPERT])
    assert Comment.objects.get().text in page(client, "profile", profile.slug)
    assert Comment.objects.get().text in page(client, "section", profile.slug, "1")


def test_pages_do_not_rely_on_the_table_of_access_alone(rf, made, drafted):
    request = rf.get("/")
    request.user = made.outsider
    with pytest.raises(Http404):
        loading.profile_or_404(request, drafted.slug)


def test_strangers_have_no_navigation(rf):
    request = rf.get("/")
    assert navigation.entries(request) == []


def test_the_reference_data_are_shown_to_administrators_only(rf, made):
    request = rf.get("/")
    shown = {}
    for is_staff in (True, False):
        request.user = factories.make_person("admin", is_staff=is_staff)
        shown[is_staff] = {entry.address for entry in navigation.entries(request)}
    assert shown[True] - shown[False] == {reverse("admin:index")}
    assert shown[True] > shown[False]


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"value": "1234.5000"}, "1,234.5 persons"),
        (
            {"value": None, "value_low": "30000", "value_high": "1000000"},
            "30,000–1,000,000 persons",
        ),
        ({"value": None, "text": "some"}, "some"),
        ({"value": None}, "not available"),
    ],
)
def test_a_figure_in_words(drafted, fields, shown):
    item = factories.give_figure(factories.section(drafted, "1"))
    for name, value in fields.items():
        number = name.startswith("value") and value is not None
        setattr(item, name, Decimal(value) if number else value)
    assert reading.figure_in_words(item) == shown


def test_a_section_in_which_nothing_was_found_says_where_it_was_looked_for(made, drafted):
    one = factories.section(drafted, "1")
    found = drafting.DraftText("", nothing_found=True, searched="The statistical office.")
    at = timezone.now()
    expert = made[Role.LOCAL_EXPERT]
    drafting.save_draft(one, found, base_version=0, by=expert, at=at)
    factories.move(one, "submit", expert)
    client = signed_in(made[Role.OBSERVER])
    assert "The statistical office." in page(client, "section", drafted.slug, "1")
    assert "nothing found" in page(client, "profile", drafted.slug)
