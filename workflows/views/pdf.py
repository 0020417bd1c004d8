"""The PDF of a profile: what has been made, asking for a new one, fetching it."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from profile_workflow.models import Profile, User
from profile_workflow.states import AUTHOR_ROLES, Role
from profile_workflow.web.loading import profile_or_404, signed_in
from reports.builds import request_build
from reports.models import Build
from workflows.executors import Job, get_executor
from workflows.models import JobKind
from workflows.views.forms import BuildForm

BUILDS_SHOWN = 20
#: Who may see text that has not been submitted.
_SEES_DRAFTS = {Role.PROJECT_TEAM, *AUTHOR_ROLES}


@require_http_methods(["GET", "HEAD", "POST"])
def pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the builds; by POST ask for one."""
    profile, user = profile_or_404(request, slug), signed_in(request)
    kinds = _kinds(profile, user)
    first = {"kind": kinds[-1], "language": profile.language}
    form = BuildForm(request.POST or None, kinds=kinds, initial=first)
    if request.method == "POST" and form.is_valid():
        _order(profile, user, **form.cleaned_data)
        messages.success(request, _("The PDF is being made. Load this page again in a minute."))
        return redirect("pdf", slug=slug)
    builds = profile.builds.filter(kind__in=kinds).select_related("requested_by")
    found = {
        "profile": profile,
        "form": form,
        "builds": builds.order_by("-created_at", "-pk")[:BUILDS_SHOWN],
        "at": timezone.now(),
    }
    status = 422 if form.is_bound else None
    return render(request, "workflows/pdf.html", found, status=status)


def _kinds(profile: Profile, user: User) -> list[Build.Kind]:
    """Return what a person may ask for: the working text is not for everybody."""
    sees_drafts = bool(profile.roles_of(user).intersection(_SEES_DRAFTS))
    return [kind for kind in Build.Kind if sees_drafts or kind != Build.Kind.PREVIEW]


def _order(profile: Profile, user: User, *, kind: str, language: str) -> None:
    at = timezone.now()
    build = request_build(profile, kind=kind, language=language, by=user, at=at)
    payload = {"build": build.pk, "profile": profile.pk, "kind": kind, "language": language}
    job = Job(JobKind.PDF, f"pdf:build:{build.pk}", payload, profile.pk)
    get_executor().enqueue([job])


@require_safe
def pdf_file(request: HttpRequest, slug: str, build_id: int) -> FileResponse:
    """Send a finished file, to be saved."""
    profile, user = profile_or_404(request, slug), signed_in(request)
    made = profile.builds.filter(state=Build.State.DONE, kind__in=_kinds(profile, user))
    build = made.filter(pk=build_id).first()
    if build is None:
        raise Http404
    name = f"{slugify(profile.slug)}-{build.kind}-{build.language}.pdf"
    return FileResponse(
        build.file.open("rb"), as_attachment=True, filename=name, content_type="application/pdf"
    )
