"""PDF jobs: made by the real engine, repeatable, and failed at once when trying again is no use."""

import pytest
from django.utils import timezone

from profile_workflow.models import Draft
from reports.models import Build
from reports.pdf.press import PRESS
from tests.integration.workflows.cast import NOON, a_person, a_profile, sections_of
from workflows import handlers
from workflows.executors import Job, JobFailed, TryLater, get_executor
from workflows.models import OutboxJob
from workflows.worker import Worker

pytestmark = [pytest.mark.integration, pytest.mark.slow, pytest.mark.pdf, pytest.mark.django_db]


@pytest.fixture
def profile():
    profile = a_profile()
    (section,) = sections_of(profile, 1)
    Draft.objects.create(
        section=section, text="A chapter.", version=1, saved_by=a_person(), saved_at=NOON
    )
    return profile


@pytest.fixture
def wanted(profile):
    return {"profile": profile.pk, "kind": "preview", "language": "en"}


def test_a_pdf_is_made_by_the_worker_and_only_once(wanted, profile):
    jobs = [Job("pdf", f"pdf:{number}", wanted, profile_id=profile.pk) for number in range(2)]
    get_executor().enqueue(jobs)
    assert Worker(handlers=handlers.HANDLERS, sweep=lambda at: 0, once=True).run() == 2
    assert set(OutboxJob.objects.values_list("state", flat=True)) == {"done"}
    made = Build.objects.get()
    with made.file.open() as file:
        assert (made.state, file.read(5)) == ("done", b"%PDF-")


def test_the_build_that_somebody_asked_for_is_made(profile):
    asked = Build.objects.create(
        profile=profile, kind="preview", language="en", digest="", created_at=timezone.now()
    )
    handlers.build_pdf({"build": asked.pk})
    handlers.build_pdf({"build": asked.pk})
    asked.refresh_from_db()
    assert asked.state == "done"


def test_a_text_that_cannot_be_printed_fails_at_once_with_the_place(wanted, profile):
    Draft.objects.filter(section__profile=profile).update(text="A \U00012000 sign.")
    with pytest.raises(JobFailed, match="U\\+12000"):
        handlers.build_pdf(wanted)


def test_an_engine_that_broke_down_is_tried_again(wanted, monkeypatch):
    # As if nothing had been printed by this process: the engine is started and is not there.
    PRESS.close()
    monkeypatch.setattr("reports.limits.ROOT", "/nowhere")
    with pytest.raises(TryLater):
        handlers.build_pdf(wanted)
