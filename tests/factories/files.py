"""Files of a profile as the worker leaves them: waiting, in the making, made, failed."""

from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from profile_workflow.models import Profile, User
from reports.models import Build
from workflows.models import JobKind, JobState, OutboxJob
from workflows.queries.builds import job_key

#: The smallest file that a browser takes for a PDF with one page.
SMALL_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n"
)
_FINISHED = (Build.State.DONE, Build.State.FAILED)


def give_build(
    profile: Profile, by: User | None, *, state: str = Build.State.QUEUED, **fields: Any
) -> Build:
    """Record a build as far as it has come; with a small file if it is done."""
    at = timezone.now()
    build = Build(
        profile=profile,
        state=state,
        requested_by=by,
        **{
            "kind": Build.Kind.PREVIEW,
            "language": "en",
            "digest": "0" * 64,
            "created_at": at,
            "finished_at": at if state in _FINISHED else None,
            "problem": "It broke." if state == Build.State.FAILED else "",
            **fields,
        },
    )
    if state == Build.State.DONE:
        build.file.save("small.pdf", ContentFile(SMALL_PDF), save=False)
        build.sha256, build.size, build.pages = "a" * 64, len(SMALL_PDF), 1
    build.save()
    return build


def give_job(build: Build, *, state: str = JobState.WAITING, **fields: Any) -> OutboxJob:
    """Record the job of a build."""
    at = timezone.now()
    running = {"leased_by": "w", "lease_until": at} if state == JobState.RUNNING else {}
    finished = {"finished_at": at} if state in (JobState.DONE, JobState.FAILED) else {}
    key = job_key(build.pk, build.kind)
    return OutboxJob.objects.create(
        kind=JobKind.PDF, key=key, profile=build.profile, state=state,
        **{**running, **finished, **fields},
    )  # fmt: skip
