"""The files of a profile: the family of outputs, asking for one, looking at it, fetching it."""

from http import HTTPStatus

from csp.decorators import csp_replace, csp_update
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from profile_workflow.models import Profile, User
from profile_workflow.web.loading import profile_or_404, signed_in
from profile_workflow.web.refusing import HTTP_UNPROCESSABLE
from reports.errors import BuildFailed, NotAllCanBeMade
from reports.models import Build
from workflows.queries import builds as queries
from workflows.queries.outputs import outputs_of
from workflows.views.forms import BuildForm, ShowForm
from workflows.views.ordering import SHOWS_PDF, is_still_so, order_each, sent

_SELF = ["'self'"]
#: What is chosen beforehand: the first of them that is offered.
_FIRST = (Build.Kind.PUBLICATION, Build.Kind.CONSULTATION)


@require_http_methods(["GET", "HEAD", "POST"])
@csp_update(SHOWS_PDF)  # type: ignore[arg-type]
def pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the outputs and how far they are; by POST ask for one."""
    profile, user = profile_or_404(request, slug), signed_in(request)
    offered = queries.kinds_to_ask_for(profile, user)
    asked, at = ShowForm(request.GET), timezone.now()
    first = next(one for one in (asked.kind, *_FIRST) if one in offered)
    initial = {"kind": first, "language": [profile.language]}
    form = BuildForm(request.POST or None, kinds=offered, initial=initial)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        tongues = list(dict.fromkeys(wanted.pop("language")))
        try:
            order_each(profile, by=user, at=at, languages=tongues, **wanted)
        except BuildFailed as problem:
            form.add_error("kind", str(problem))
        except NotAllCanBeMade as problem:
            form.add_error("language", problem.lines)
        else:
            messages.success(request, _said(len(tongues)))
            return redirect(f"{request.path}#{wanted['kind']}")
    outputs = outputs_of(profile, viewer=user)
    made = [one.line for output in outputs for one in (*output.newest, *output.earlier)]
    found = {
        "profile": profile,
        "form": form,
        "outputs": outputs,
        "last": max(made, key=lambda one: (one.build.created_at, one.build.pk), default=None),
        "is_moving": any(one.is_moving for one in made),
        "shown": _shown(profile, user, asked.build),
        "at": at,
    }
    status = HTTP_UNPROCESSABLE if form.is_bound else None
    return render(request, "workflows/pdf.html", found, status=status)


def _said(number: int) -> str:
    if number == 1:
        return _("The file is being made. This page says how far it is.")
    return _("The files are being made. This page says how far they are.")


def _shown(profile: Profile, user: User, build_id: int | None) -> Build | None:
    """Return what a browser shows within a page; anything else is only given out to be saved."""
    build = _finished(profile, user, build_id) if build_id else None
    if build is None or not build.is_pdf:
        return None
    return build if build.kind != Build.Kind.ANNEX or is_still_so(build) else None


def _finished(profile: Profile, user: User, build_id: int) -> Build | None:
    done = queries.readable(profile, user).filter(state=Build.State.DONE, pk=build_id)
    return done.select_related("profile", "section", "requested_by").first()


@require_safe
def pdf_file(request: HttpRequest, slug: str, build_id: int) -> HttpResponseBase:
    """Send a finished file, to be saved; an annex only if it is still what its reader may know."""
    build = _found(request, slug, build_id)
    if build.kind == Build.Kind.ANNEX and not is_still_so(build):
        messages.warning(
            request,
            _(
                "This annex is not given any more: since it was made, comments have changed, or "
                "what you may know of them. Make it anew."
            ),
        )
        return redirect("pdf", slug=slug)
    return sent(build, as_attachment=True)


@require_safe
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": _SELF})  # type: ignore[arg-type]
def pdf_shown(request: HttpRequest, slug: str, build_id: int) -> HttpResponseBase:
    """Send a finished file, to be shown within a page."""
    build = _found(request, slug, build_id)
    if not build.is_pdf:
        raise Http404
    if build.kind == Build.Kind.ANNEX and not is_still_so(build):
        return HttpResponse(status=HTTPStatus.CONFLICT, content_type="text/plain")
    return sent(build, as_attachment=False)


def _found(request: HttpRequest, slug: str, build_id: int) -> Build:
    profile = profile_or_404(request, slug)
    build = _finished(profile, signed_in(request), build_id)
    if build is None:
        raise Http404
    return build
