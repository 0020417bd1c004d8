"""Asking for files: the build and its job, in one go; nothing is made twice."""

from datetime import datetime
from typing import Any

from django.http import FileResponse, Http404
from django.utils.text import slugify

from profile_workflow.models import Profile, User
from reports.builds import digest_now, request_build
from reports.errors import BuildFailed
from reports.models import Build
from workflows import outbox
from workflows.executors import Job, get_executor
from workflows.models import JobKind, OutboxJob
from workflows.queries import builds as queries

#: The content policy of a page that shows a PDF of ours within it. The decorator takes lists, but
#: its types do not say so.
SHOWS_PDF = {"object-src": ["'self'"], "frame-src": ["'self'"]}


def order(profile: Profile, *, by: User, at: datetime, **wanted: Any) -> Build:
    """Ask for a build, and for a job that makes it; one that was given up is tried again.

    Args:
        profile: Of which profile.
        by: Who asks.
        at: The moment.
        wanted: What else ``reports.builds.request_build`` takes.

    Raises:
        BuildFailed: If there is nothing of that kind to be printed.
    """
    build = request_build(profile, by=by, at=at, **wanted)
    if build.state == Build.State.DONE:
        return build
    key = queries.job_key(build.pk, build.kind)
    given_up = OutboxJob.objects.failed().filter(key=key).first()
    if given_up is not None:
        outbox.retry(given_up, by=by, at=at)
        return build
    payload = {
        "build": build.pk,
        "profile": profile.pk,
        "kind": build.kind,
        "language": build.language,
    }
    get_executor().enqueue([Job(JobKind.PDF, key, payload, profile.pk)])
    return build


def is_still_so(annex: Build) -> bool:
    """Whether an annex holds just what its reader may read now: rows change, and rights."""
    try:
        return digest_now(annex) == annex.digest
    except BuildFailed:
        return False


def sent(build: Build, *, as_attachment: bool) -> FileResponse:
    """Send the file of a finished build.

    Raises:
        Http404: If it was forgotten just now.
    """
    parts = [build.profile.slug, build.kind]
    parts += [build.section.key] if build.section else []
    parts += ["lines"] if build.numbered else []
    name = "-".join(slugify(one) for one in (*parts, build.language))
    try:
        content = build.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(
        content,
        as_attachment=as_attachment,
        filename=f"{name}.{build.ending}",
        content_type=build.content_type,
    )
