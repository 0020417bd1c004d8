"""Asking for a PDF and fetching it: who may, and what the page says of each."""

import hashlib
import json
import re
from http import HTTPStatus

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from profile_workflow.states import ProfileState, Role
from reports.builds.making import digest_now
from reports.models import Build
from tests.documents import files_in
from tests.integration.pages import page, signed_in
from workflows import handlers
from workflows.models import OutboxJob
from workflows.outbox import DatabaseExecutor

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
    assert "No file has been made yet." in page(client, "pdf", drafted.slug)
    for asked in ("fr", ["ar", "fr"]):
        wanted = {"kind": "consultation", "language": asked}
        assert client.post(address, wanted).status_code == HTTPStatus.FOUND
    builds = Build.objects.filter(profile=drafted).order_by("pk")
    assert [one.language for one in builds] == ["fr", "ar"]
    jobs = OutboxJob.objects.filter(kind="pdf", profile=drafted).order_by("pk")
    assert [one.payload["build"] for one in jobs] == [one.pk for one in builds]
    build = builds[0]
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


def kept(kind):
    with Build.objects.get(kind=kind).file.open("rb") as file:
        return file.read()


def test_the_text_for_other_programs_is_made_once_and_only_given_out_to_be_saved(made, drafted):
    client = signed_in(made[Role.OBSERVER])
    address = reverse("pdf", args=[drafted.slug])
    for kind, start, content_type in (
        ("docx", b"PK", "application/vnd.openxmlformats-officedocument"),
        ("epub", b"PK", "application/epub+zip"),
        ("json", b"{", "application/json"),
    ):
        asked = client.post(
            address, {"kind": kind, "language": "ar", "numbered": "on"}, follow=True
        )
        assert "The file is being made." in asked.content.decode()
        build = Build.objects.get(profile=drafted, kind=kind)
        assert (build.state, build.numbered) == (Build.State.QUEUED, False)
        handlers.build_pdf({"build": build.pk})
        client.post(address, {"kind": kind, "language": "ar"})
        made_once = Build.objects.get(profile=drafted, kind=kind)
        assert made_once.state == Build.State.DONE
        response = client.get(f"{address}{build.pk}/")
        content = b"".join(response.streaming_content)
        assert content.startswith(start)
        assert hashlib.sha256(content).hexdigest() == made_once.sha256
        assert response["Content-Type"].startswith(content_type)
        name = f"{drafted.slug}-{kind}-ar.{kind}"
        assert response["Content-Disposition"] == f'attachment; filename="{name}"'
        shown = client.get(reverse("pdf_shown", args=[drafted.slug, build.pk]))
        assert shown.status_code == HTTPStatus.NOT_FOUND
        text = page(client, "pdf", drafted.slug)
        assert "0 pages" not in text
        assert f"?show={build.pk}" not in text
        listed = client.get(address, {"show": build.pk}).content.decode()
        assert "<object" not in listed
    warning = "\u0644\u0627 \u064a\u064f\u0633\u062a\u0634\u0647\u062f"
    for kind in ("docx", "epub"):
        files = files_in(kept(kind))
        assert any(warning.encode() in content for content in files.values())
    data = json.loads(kept("json"))
    assert data["may_be_cited"] is False


def test_a_change_of_the_text_makes_another_document(made, drafted):
    kinds = ("docx", "epub", "json")

    def digests():
        return [digest_now(Build(profile=drafted, kind=kind, language="en")) for kind in kinds]

    first = digests()
    assert len(set(first)) == len(kinds)
    assert digests() == first
    drafted.title = "Another: title"
    drafted.save(update_fields=["title"])
    assert not set(digests()) & set(first)


def test_a_machine_that_cannot_paint_says_so_where_a_document_is_asked_for(
    made, drafted, monkeypatch
):
    monkeypatch.setattr("reports.builds.documents.can_paint", lambda: False)
    client = signed_in(made[Role.OBSERVER])
    address = reverse("pdf", args=[drafted.slug])
    for kind in ("docx", "epub"):
        refused = client.post(address, {"kind": kind, "language": "en"})
        assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "libfribidi0" in refused.content.decode()
    assert client.post(address, {"kind": "json", "language": "en"}).status_code == HTTPStatus.FOUND


def test_files_in_several_languages_are_ordered_all_or_none(made, drafted, monkeypatch):
    can_paint = iter([True, False, True])
    monkeypatch.setattr("reports.builds.documents.can_paint", lambda: next(can_paint))
    client = signed_in(made[Role.OBSERVER])
    address = reverse("pdf", args=[drafted.slug])
    asked = {"kind": "docx", "language": ["en", "fr", "ar"]}
    refused = client.post(address, asked)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    [said] = refused.context["form"].errors["language"]
    assert said.startswith("Français: ")
    assert "libfribidi0" in said
    assert "No file is being made" in said
    # What was chosen stays chosen; before it stands the language of the page.
    chosen = re.findall(r'value="(\w+)"[^>]* (?:checked|selected)', refused.content.decode())
    assert chosen[-4:] == ["docx", "en", "fr", "ar"]

    class Breaks:
        def enqueue(self, jobs):
            DatabaseExecutor().enqueue(jobs)
            if jobs[0].payload["language"] == "fr":
                raise RuntimeError("The second job cannot be written.")

    monkeypatch.setattr("reports.builds.documents.can_paint", lambda: True)
    with monkeypatch.context() as broken:
        broken.setattr("workflows.views.ordering.get_executor", Breaks)
        with pytest.raises(RuntimeError):
            client.post(address, asked)
    made_of = Build.objects.filter(kind="docx")
    jobs = OutboxJob.objects.filter(key__startswith="pdf:")
    assert not made_of.exists()
    assert not jobs.exists()
    for _twice in range(2):
        assert client.post(address, asked).status_code == HTTPStatus.FOUND
    assert sorted(made_of.values_list("language", flat=True)) == ["ar", "en", "fr"]
    assert jobs.count() == 3
    # Where it is for none of them, the languages are not to blame.
    lacking = client.post(address, asked | {"kind": "practices"})
    assert list(lacking.context["form"].errors) == ["kind"]
