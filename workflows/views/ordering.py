"""Asking for files: the build and its job, in one go; nothing is made twice."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import FileResponse, Http404
from django.utils.text import slugify

from profile_workflow.errors import NotNow
from profile_workflow.models import Profile, User
from reports.builds import digest_now, keep_builds, read_builds
from reports.errors import BuildFailed
from reports.models import Build
from workflows import outbox
from workflows.executors import Job, get_executor
from workflows.models import JobKind, OutboxJob
from workflows.queries import builds as queries

#: The content policy of a page that shows a PDF of ours within it. The decorator takes lists, but
#: its types do not say so.
SHOWS_PDF = {"object-src": ["'self'"], "frame-src": ["'self'"]}


def order(profile: Profile, *, by: User, at: datetime, language: str, **wanted: Any) -> Build:
    """Ask for one build; all but the one language as ``order_each``."""
    [build] = order_each(profile, by=by, at=at, languages=[language], **wanted)
    return build


def order_each(
    profile: Profile, *, by: User, at: datetime, languages: Sequence[str], **wanted: Any
) -> list[Build]:
    """Ask for a build in each language, and for jobs that make them: for all of them or for none.

    A job that was given up is tried again.

    Args:
        profile: Of which profile.
        by: Who asks.
        at: The moment.
        languages: Languages of the printed labels, each once.
        wanted: What else ``reports.builds.read_builds`` takes.

    Raises:
        BuildFailed: If there is nothing of that kind to be printed, whatever the language.
        NotAllCanBeMade: If there is nothing of that kind in some of several languages.
    """
    drafts = read_builds(profile, by=by, at=at, languages=languages, **wanted)
    with transaction.atomic():
        builds = keep_builds(drafts)
        for build in builds:
            _enqueue(build, by=by, at=at)
    return builds


def _enqueue(build: Build, *, by: User, at: datetime) -> None:
    if build.state == Build.State.DONE:
        return
    key = queries.job_key(build.pk, build.kind)
    given_up = OutboxJob.objects.failed().filter(key=key).first()
    if given_up is not None:
        # Whoever let it be tried again in this very moment wanted the same.
        with suppress(NotNow):
            outbox.retry(given_up, by=by, at=at)
        return
    payload = {
        "build": build.pk,
        "profile": build.profile_id,
        "kind": build.kind,
        "language": build.language,
    }
    get_executor().enqueue([Job(JobKind.PDF, key, payload, build.profile_id)])


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
