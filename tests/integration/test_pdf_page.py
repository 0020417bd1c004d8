"""The page of outputs: how far each is, why one failed, who asked for it, and looking at it."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from profile_workflow.models import Profile
from profile_workflow.states import Attribution, ProfileState, Role
from reports.builds.making import digest_now
from reports.models import Build
from tests import factories
from workflows import outbox
from workflows.models import JobState, OutboxJob
from workflows.queries.builds import job_key, lines
from workflows.views.ordering import order

pytestmark = [pytest.mark.integration, pytest.mark.django_db]


@pytest.fixture
def profile(made):
    return factories.bring_to(factories.make_profile(made), ProfileState.DRAFTING)


def ordered(profile, by, *, state=Build.State.QUEUED, job=JobState.WAITING, **fields):
    """Record a build with its job in the outbox, as far as both have come."""
    build = factories.give_build(profile, by, state=state, **fields)
    factories.give_job(build, state=job)
    return build


def page(user, profile, **query):
    client = Client()
    client.force_login(user)
    response = client.get(reverse("pdf", args=[profile.slug]), query)
    assert response.status_code == HTTPStatus.OK
    return response.content.decode()


def test_a_waiting_pdf_knows_its_place(made, profile):
    first = ordered(profile, made.team, state=Build.State.RUNNING, job=JobState.RUNNING)
    assert "It is the next one." not in page(made.team, profile)
    ordered(profile, made.team)
    ordered(profile, made.team)
    text = page(made.team, profile)
    assert "1 file is made before it." in text
    assert "2 files are made before it." in text
    assert 'hx-trigger="every 2s"' in text
    assert "htmx" in text
    OutboxJob.objects.filter(key=job_key(first.pk)).delete()
    assert "It is the next one." in page(made.team, profile)


def test_a_running_pdf_says_how_far_it_is(made, profile):
    ordered(
        profile, made.team, state=Build.State.RUNNING, job=JobState.RUNNING,
        stage=Build.Stage.LAYOUT, chapter=7, chapters=13, page=34,
    )  # fmt: skip
    text = " ".join(page(made.team, profile).split())
    assert "Laying out the pages: chapter 7 of 13, page 34" in text
    assert '<progress class="wide-bar" max="13" value="7"' in text
    assert "Look again" in text


def test_a_finished_page_asks_no_more(made, profile):
    ordered(profile, made.team, state=Build.State.FAILED, job=JobState.FAILED, problem="No glyph.")
    text = page(made.team, profile)
    assert "hx-get" not in text
    assert "htmx" not in text
    assert "The last file could not be made." in text


def test_a_failure_says_why_and_offers_another_try(made, profile):
    failed = ordered(
        profile, made.team, state=Build.State.FAILED, job=JobState.FAILED,
        problem="The character “●” in “3 National context” is in none of the fonts.",
    )  # fmt: skip
    text = page(made.team, profile)
    assert "in “3 National context”" in text
    assert "Try again" in text
    client = Client()
    client.force_login(made.team)
    again = client.post(
        reverse("pdf", args=[profile.slug]), {"kind": failed.kind, "language": failed.language}
    )
    assert again.status_code == HTTPStatus.FOUND
    assert Build.objects.filter(state=Build.State.QUEUED).count() == 1


def test_what_is_tried_again_by_itself_offers_nothing(made, profile):
    ordered(profile, made.team, state=Build.State.FAILED, problem="Stopped from outside.")
    text = page(made.team, profile)
    assert "It is tried again by itself:" in text
    assert "Try again" not in text


def test_a_job_that_was_given_up_is_no_pdf_in_the_making(made, profile):
    given_up = ordered(profile, made.team, state=Build.State.RUNNING, job=JobState.FAILED)
    text = page(made.team, profile)
    assert "The making broke off." in text
    assert "hx-get" not in text
    # Who asks again gets the same file, made at last.
    digest = digest_now(Build(profile=profile, kind="preview", language="en"))
    Build.objects.filter(pk=given_up.pk).update(digest=digest)
    client = Client()
    client.force_login(made.team)
    asked = {"kind": "preview", "language": "en"}
    assert client.post(reverse("pdf", args=[profile.slug]), asked)["Location"].endswith("#preview")
    assert OutboxJob.objects.get(key=job_key(given_up.pk)).state == JobState.WAITING
    assert "It is tried again by itself:" in page(made.team, profile)


def test_who_asks_while_somebody_else_lets_it_be_tried_again_gets_it_too(
    made, profile, monkeypatch
):
    given_up = ordered(profile, made.team, state=Build.State.RUNNING, job=JobState.FAILED)
    digest = digest_now(Build(profile=profile, kind="preview", language="en"))
    Build.objects.filter(pk=given_up.pk).update(digest=digest)
    retry, told = outbox.retry, []

    def both(job, **by):
        retry(job, **by)
        told.append(job)
        retry(job, **by)

    monkeypatch.setattr(outbox, "retry", both)
    wanted = {"kind": "preview", "language": "en"}
    build = order(profile, by=made.team, at=timezone.now(), **wanted)
    assert (build, len(told)) == (given_up, 1)
    assert OutboxJob.objects.get(key=job_key(given_up.pk)).state == JobState.WAITING


def test_who_asked_is_shown_as_the_profile_shows_him(made, profile):
    Profile.objects.filter(pk=profile.pk).update(attribution=Attribution.CHATHAM_HOUSE)
    hidden = made[Role.STAKEHOLDER]
    for person in (hidden, made[Role.TRANSLATOR]):
        Build.objects.create(
            profile=profile, language="en", kind=Build.Kind.CONSULTATION, digest="1" * 64,
            requested_by=person, created_at=timezone.now(),
        )  # fmt: skip
    for role in set(Role) - {Role.PROJECT_TEAM, Role.STAKEHOLDER}:
        text = page(made[role], profile)
        # Who is signed in stands in the head of the page.
        assert hidden.full_name not in text, role
        assert "A participant" in text
    assert hidden.full_name in page(made.team, profile)
    assert made[Role.TRANSLATOR].full_name in page(made[Role.OBSERVER], profile)


@pytest.fixture
def finished(made, profile):
    build = ordered(profile, made.team, job=JobState.DONE)
    build.file.save("x.pdf", ContentFile(b"%PDF-1.7 x"), save=False)
    build.state, build.sha256, build.pages, build.size = Build.State.DONE, "a" * 64, 88, 10
    build.save()
    return build


def test_a_finished_pdf_is_shown_within_the_page_and_nowhere_else(made, profile, finished):
    text = page(made.team, profile, show=finished.pk)
    shown = reverse("pdf_shown", args=[profile.slug, finished.pk])
    assert f'data="{shown}#view=FitH"' in text
    client = Client()
    client.force_login(made.team)
    frame = client.get(reverse("pdf", args=[profile.slug]))
    assert "object-src 'self'" in frame["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in frame["Content-Security-Policy"]
    inside = client.get(shown)
    assert b"".join(inside.streaming_content) == b"%PDF-1.7 x"
    assert inside["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in inside["Content-Security-Policy"]
    assert inside["Content-Disposition"].startswith("inline")
    download = client.get(reverse("pdf_file", args=[profile.slug, finished.pk]))
    assert b"".join(download.streaming_content) == b"%PDF-1.7 x"
    assert download["X-Frame-Options"] == "DENY"
    assert download["Content-Disposition"].startswith("attachment")
    other = client.get(reverse("history", args=[profile.slug]))
    assert "object-src" not in other["Content-Security-Policy"]


def test_working_text_is_not_shown_to_whom_it_is_closed(made, profile, finished):
    client = Client()
    client.force_login(made[Role.STAKEHOLDER])
    for name in ("pdf_shown", "pdf_file"):
        response = client.get(reverse(name, args=[profile.slug, finished.pk]))
        assert response.status_code == HTTPStatus.NOT_FOUND
    text = page(made[Role.STAKEHOLDER], profile, show=finished.pk)
    assert "<object" not in text
    assert "88 pages" not in text


@pytest.mark.parametrize("show", ["x", "-1", "9" * 30, "0", "\x00"])
def test_what_cannot_be_shown_is_not(made, profile, show):
    assert "<object" not in page(made.team, profile, show=show)


def test_places_in_the_queue_are_by_time_not_by_order_of_asking(made, profile):
    later = ordered(profile, made.team)
    OutboxJob.objects.filter(key=job_key(later.pk)).update(
        not_before=timezone.now() + timedelta(hours=1)
    )
    sooner = ordered(profile, made.team)
    asked = lines(profile, [later.pk, sooner.pk], viewer=made.team)
    assert {one.build.pk: one.ahead for one in asked} == {later.pk: 1, sooner.pk: 0}


def test_lines_are_numbered_where_comments_are_wanted_and_what_lacks_is_said(made, profile):
    client = Client()
    client.force_login(made.team)
    address = reverse("pdf", args=[profile.slug])
    asked = {"kind": "consultation", "language": "de", "numbered": "on"}
    for _twice in range(2):
        assert client.post(address, asked).status_code == HTTPStatus.FOUND
    build = Build.objects.get()
    assert build.numbered
    assert "with line numbers" in page(made.team, profile)
    # What looks published is not made of a text that nobody has approved.
    early = client.post(address, asked | {"kind": "publication"})
    assert early.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not Build.objects.filter(kind="publication").exists()

    refused = client.post(address, asked | {"kind": "practices"})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "No practice is described" in refused.content.decode()
    assert not Build.objects.filter(kind="practices").exists()
