"""The outbox: mails and PDFs that wait, and those that failed and wait for a person."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from profile_workflow.errors import DomainError
from profile_workflow.models import User
from profile_workflow.web.loading import signed_in
from workflows import outbox as jobs
from workflows import queries
from workflows.letters import MailKind
from workflows.models import JobKind, OutboxJob

MOST_JOBS = 50


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job in words: what it does, and for whom."""

    job: OutboxJob
    what: str
    to: str


@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """Show what waits, and what has failed."""
    at = timezone.now()
    seen = queries.jobs_seen_by(signed_in(request), on=timezone.localdate())
    found = {
        "waiting": _lines(seen.unfinished().order_by("not_before", "pk")[:MOST_JOBS]),
        "failed": _lines(seen.failed().order_by("-finished_at", "-pk")[:MOST_JOBS]),
        "backlog": jobs.backlog(at),
        "at": at,
    }
    return render(request, "workflows/outbox.html", found)


def _lines(found: Iterable[OutboxJob]) -> list[JobLine]:
    several = list(found)
    ids = {job.payload.get("user") for job in several if job.kind == JobKind.MAIL}
    people = User.objects.in_bulk([one for one in ids if one is not None])
    return [_line(job, people.get(job.payload.get("user", 0))) for job in several]


def _line(job: OutboxJob, person: User | None) -> JobLine:
    kind = job.payload.get("kind", "")
    if job.kind == JobKind.MAIL and kind in MailKind.values:
        return JobLine(job, str(MailKind(kind).label), person.full_name if person else "")
    return JobLine(job, "", "")


@require_POST
def retry_job(request: HttpRequest, job_id: int) -> HttpResponse:
    """Let a failed job be tried again."""
    user = signed_in(request)
    job = get_object_or_404(queries.jobs_seen_by(user, on=timezone.localdate()), pk=job_id)
    try:
        jobs.retry(job, by=user, at=timezone.now())
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("The job will be tried again."))
    return redirect("outbox")
