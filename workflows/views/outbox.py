"""The outbox: mails and PDFs that wait, and those that failed and wait for a person."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from profile_workflow.days import role_day
from profile_workflow.errors import DomainError
from profile_workflow.forms.filters import FilterForm, PageForm
from profile_workflow.models import User
from profile_workflow.web.loading import signed_in
from workflows import outbox as jobs
from workflows import queries
from workflows.letters import AccountMail, MailKind
from workflows.models import JobKind, JobState, OutboxJob

JOBS_A_PAGE = 50

#: What it means, for people, that a job of a kind has failed.
MEANINGS: Mapping[str, "str | Promise"] = {
    JobKind.MAIL: gettext_lazy(
        "The mail did not reach its reader. Nothing is lost: the task stands in the reader’s list. "
        "Check the address, tell the reader yourself if it is urgent, and try again."
    ),
    JobKind.PDF: gettext_lazy(
        "The PDF was not made, and the one before stays. Mend what the sentence names in the text, "
        "then try again."
    ),
    JobKind.ACCOUNT: gettext_lazy(
        "The person has no link to set a password yet. Check the address, then try again."
    ),
}


class OutboxFilter(FilterForm):
    """Which jobs are wanted."""

    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            ("", gettext_lazy("Failed or waiting")),
            ("failed", gettext_lazy("Failed")),
            ("waiting", gettext_lazy("Waiting")),
            ("done", gettext_lazy("Sent or made")),
        ],
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        required=False,
        choices=[("", gettext_lazy("All kinds")), *JobKind.choices],
    )
    search = forms.CharField(label=gettext_lazy("City or title"), required=False, max_length=100)

    @property
    def wanted(self) -> queries.JobFilter:
        """What is wanted; what needs somebody if the query string cannot be read."""
        return queries.JobFilter(**self.cleaned_data) if self.is_valid() else queries.JobFilter()


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job in words: what it does, for whom, and what it means if it has failed."""

    job: OutboxJob
    what: str
    to: str
    meaning: str


@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """Show what has failed, what waits and, on demand, what was done."""
    at = timezone.now()
    form = OutboxFilter(request.GET)
    seen = queries.jobs_seen_by(signed_in(request), on=role_day(at))
    wanted = queries.jobs_wanted(seen, form.wanted)
    page = Paginator(wanted, JOBS_A_PAGE).get_page(PageForm(request.GET).number)
    found = {
        "form": form,
        "page": page,
        "lines": _lines(page.object_list),
        "backlog": jobs.backlog(at, seen),
        "at": at,
    }
    return render(request, "workflows/outbox.html", found)


def _lines(found: Iterable[OutboxJob]) -> list[JobLine]:
    several = list(found)
    ids = {job.payload.get("user") for job in several if job.kind != JobKind.PDF}
    people = User.objects.in_bulk([one for one in ids if one is not None])
    return [_line(job, people.get(job.payload.get("user", 0))) for job in several]


def _line(job: OutboxJob, person: User | None) -> JobLine:
    kind = job.payload.get("kind", "")
    labels = {JobKind.MAIL: MailKind, JobKind.ACCOUNT: AccountMail}.get(JobKind(job.kind))
    meaning = str(MEANINGS[job.kind]) if job.state == JobState.FAILED else ""
    if labels is not None and kind in labels.values:
        return JobLine(job, str(labels(kind).label), person.full_name if person else "", meaning)
    return JobLine(job, "", "", meaning)


@require_http_methods(["GET", "HEAD", "POST"])
def retry_all(request: HttpRequest) -> HttpResponse:
    """Ask whether all that has failed is to be tried again; by POST let it."""
    user, at = signed_in(request), timezone.now()
    seen = queries.jobs_seen_by(user, on=role_day(at))
    if request.method != "POST":
        found = {"number": seen.failed().count()}
        return render(request, "workflows/outbox_retry.html", found)
    number = jobs.retry_all(seen, by=user, at=at)
    told = ngettext(
        "%(number)s job will be tried again.", "%(number)s jobs will be tried again.", number
    )
    messages.success(request, told % {"number": number})
    return redirect("outbox")


@require_POST
def retry_job(request: HttpRequest, job_id: int) -> HttpResponse:
    """Let a failed job be tried again."""
    user = signed_in(request)
    job = get_object_or_404(queries.jobs_seen_by(user, on=role_day()), pk=job_id)
    try:
        jobs.retry(job, by=user, at=timezone.now())
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("The job will be tried again."))
    return redirect("outbox")
