"""Withdrawing one version of what was published, while others stand."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from profile_workflow.errors import DomainError, NotAllowed
from profile_workflow.forms.versions import WithdrawVersionForm
from profile_workflow.models import Profile
from profile_workflow.web.loading import profile_or_404, signed_in
from profile_workflow.web.refusing import HTTP_UNPROCESSABLE, Refusal, refused
from reports.publications import refusal_to_withdraw, versions_that_quote
from workflows import engine


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    """Ask why a version is withdrawn; by POST withdraw it."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    closed = refusal_to_withdraw(profile, version, viewer)
    if isinstance(closed, NotAllowed):
        raise PermissionDenied(str(closed))
    if not profile.publications.filter(version=version).exists():
        raise Http404
    if request.method != "POST":
        if closed:
            return _page(request, profile, version, None, Refusal.of(closed))
        return _page(request, profile, version, WithdrawVersionForm(), None)
    form = WithdrawVersionForm(request.POST)
    if not form.is_valid():
        return _page(request, profile, version, form, Refusal(HTTP_UNPROCESSABLE))
    reason = form.cleaned_data["reason"]
    try:
        engine.withdraw_version(profile, version, reason=reason, by=viewer, at=timezone.now())
    except DomainError as error:
        return _page(request, profile, version, form, refused(form, error))
    said = _("Version %(number)s has been withdrawn.") % {"number": version}
    messages.success(request, said)
    return redirect(profile)


def _page(
    request: HttpRequest,
    profile: Profile,
    version: str,
    form: WithdrawVersionForm | None,
    refusal: Refusal | None,
) -> HttpResponse:
    context = {
        "profile": profile,
        "version": version,
        "quoting": versions_that_quote(profile, version) if form else [],
        "form": form,
        "refusal": refusal,
    }
    status = refusal.status if refusal else None
    return render(request, "workflows/version_withdraw.html", context, status=status)
