"""The PDF of a profile: what has been made, asking for a new one, looking at it, fetching it."""

from csp.decorators import csp_replace, csp_update
from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from profile_workflow.models import Profile, User
from profile_workflow.web.loading import profile_or_404, signed_in
from profile_workflow.web.refusing import HTTP_UNPROCESSABLE
from reports.builds import request_build
from reports.builds.documents import DOCUMENT_KINDS
from reports.errors import BuildFailed
from reports.models import Build
from workflows.executors import Job, get_executor
from workflows.models import JobKind
from workflows.queries import builds as queries
from workflows.views.forms import BuildForm, ShowForm

#: The decorators take views with arguments, but its types do not say so.
_SELF = ["'self'"]
#: What is chosen beforehand: the first of them that is offered.
_FIRST = (Build.Kind.PUBLICATION, Build.Kind.CONSULTATION)


@require_http_methods(["GET", "HEAD", "POST"])
@csp_update({"object-src": _SELF, "frame-src": _SELF})  # type: ignore[arg-type]
def pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the builds and how far they are; by POST ask for one."""
    profile, user = profile_or_404(request, slug), signed_in(request)
    kinds = queries.kinds_for(profile, user)
    offered = queries.kinds_to_ask_for(profile, user)
    wanted = next(one for one in _FIRST if one in offered)
    first = {"kind": wanted, "language": profile.language}
    form = BuildForm(request.POST or None, kinds=offered, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            _order(profile, user, **form.cleaned_data)
        except BuildFailed as problem:
            form.add_error("kind", str(problem))
        else:
            messages.success(request, _being_made(form.cleaned_data["kind"]))
            return redirect("pdf", slug=slug)
    lines = queries.builds_of(profile, kinds, viewer=user)
    show = ShowForm(request.GET).build
    found = {
        "profile": profile,
        "form": form,
        "lines": lines,
        "is_moving": any(line.is_moving for line in lines),
        "shown": _pdfs(profile, user).filter(pk=show).first() if show else None,
        "at": timezone.now(),
    }
    status = HTTP_UNPROCESSABLE if form.is_bound else None
    return render(request, "workflows/pdf.html", found, status=status)


def _being_made(kind: str) -> str:
    if kind in DOCUMENT_KINDS:
        return _("The file is being made. This page says how far it is.")
    return _("The PDF is being made. This page says how far it is.")


def _order(profile: Profile, user: User, *, kind: str, language: str, numbered: bool) -> None:
    at = timezone.now()
    build = request_build(profile, kind=kind, language=language, by=user, at=at, numbered=numbered)
    payload = {"build": build.pk, "profile": profile.pk, "kind": kind, "language": language}
    job = Job(JobKind.PDF, queries.job_key(build.pk), payload, profile.pk)
    get_executor().enqueue([job])


@require_safe
def pdf_file(request: HttpRequest, slug: str, build_id: int) -> FileResponse:
    """Send a finished file, to be saved."""
    return _sent(request, slug, build_id, as_attachment=True)


@require_safe
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": _SELF})  # type: ignore[arg-type]
def pdf_shown(request: HttpRequest, slug: str, build_id: int) -> FileResponse:
    """Send a finished file, to be shown within the page of the builds."""
    return _sent(request, slug, build_id, as_attachment=False)


def _finished(profile: Profile, user: User) -> "QuerySet[Build]":
    kinds = queries.kinds_for(profile, user)
    return profile.builds.filter(state=Build.State.DONE, kind__in=kinds)


def _pdfs(profile: Profile, user: User) -> "QuerySet[Build]":
    """Return what a browser shows within a page; anything else is only given out to be saved."""
    return _finished(profile, user).exclude(kind__in=DOCUMENT_KINDS)


def _sent(request: HttpRequest, slug: str, build_id: int, *, as_attachment: bool) -> FileResponse:
    profile = profile_or_404(request, slug)
    build = _finished(profile, signed_in(request)).filter(pk=build_id).first()
    if build is None or not (as_attachment or build.is_pdf):
        raise Http404
    lines = "-lines" if build.numbered else ""
    name = f"{slugify(profile.slug)}-{build.kind}{lines}-{build.language}.{build.ending}"
    return FileResponse(
        build.file.open("rb"),
        as_attachment=as_attachment,
        filename=name,
        content_type=build.content_type,
    )
