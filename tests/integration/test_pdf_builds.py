"""Asking for a PDF and fetching it: who may, and what the page says of each."""

from http import HTTPStatus

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from profile_workflow.states import ProfileState, Role
from reports.models import Build
from tests.integration.pages import page, signed_in
from workflows.models import OutboxJob

pytestmark = [pytest.mark.integration, pytest.mark.django_db]

S = ProfileState


def make_build(profile, by, **fields) -> Build:
    given = {
        "kind": Build.Kind.CONSULTATION,
        "language": "en",
        "digest": "0" * 64,
        "created_at": timezone.now(),
    }
    return Build.objects.create(profile=profile, requested_by=by, **{**given, **fields})


def finished_build(profile, by, **fields) -> Build:
    build = make_build(profile, by, **fields)
    build.file.save("test.pdf", ContentFile(b"%PDF-1.7"), save=False)
    build.state, build.sha256, build.pages = Build.State.DONE, "1" * 64, 3
    build.save()
    return build


def test_a_pdf_is_asked_for_once_and_fetched(made, drafted):
    client = signed_in(made[Role.OBSERVER])
    address = reverse("pdf", args=[drafted.slug])
    assert "No PDF has been made yet." in page(client, "pdf", drafted.slug)
    for _ in range(2):
        assert client.post(address, {"kind": "consultation", "language": "fr"}).status_code == 302
    build = Build.objects.get(profile=drafted)
    job = OutboxJob.objects.get(kind="pdf", profile=drafted)
    assert job.payload["build"] == build.pk
    assert client.get(f"{address}{build.pk}/").status_code == HTTPStatus.NOT_FOUND
    done = finished_build(drafted, made.team)
    response = client.get(f"{address}{done.pk}/")
    assert b"".join(response.streaming_content) == b"%PDF-1.7"
    assert response["Content-Disposition"].startswith("attachment")
    assert "no-store" in response["Cache-Control"]
    assert "3 pages" in page(client, "pdf", drafted.slug)


def test_a_build_that_failed_says_why(made, drafted):
    make_build(drafted, made.team, state=Build.State.FAILED, problem="Table 3 is too wide.")
    assert "Table 3 is too wide." in page(signed_in(made.team), "pdf", drafted.slug)


def test_the_working_text_is_not_printed_for_everybody(made, drafted):
    preview = finished_build(drafted, made.team, kind=Build.Kind.PREVIEW)
    address = reverse("pdf", args=[drafted.slug])
    observer = signed_in(made[Role.OBSERVER])
    refused = observer.post(address, {"kind": "preview", "language": "en"})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert observer.get(f"{address}{preview.pk}/").status_code == HTTPStatus.NOT_FOUND
    response = signed_in(made.team).get(f"{address}{preview.pk}/")
    assert response.status_code == HTTPStatus.OK
    response.close()
