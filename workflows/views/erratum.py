"""What a correction prints about itself: the words of the project team, and what has changed."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from profile_workflow.errors import DomainError, StaleEntry
from profile_workflow.forms.filters import PageForm
from profile_workflow.forms.priorities import ErratumForm
from profile_workflow.models import Profile, User
from profile_workflow.queries.history import last_reason
from profile_workflow.services.contents import fingerprint_of_text
from profile_workflow.services.erratum import refusal_to_write_erratum, write_erratum
from profile_workflow.web.loading import profile_or_404, signed_in
from profile_workflow.web.refusing import HTTP_UNPROCESSABLE, Refusal
from reports.builds.changes import changes_since_published
from reports.context import material_of
from workflows.queries.changes import told


@require_http_methods(["GET", "HEAD", "POST"])
def erratum(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the erratum; by POST write it."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    first = {"text": profile.erratum, "base": fingerprint_of_text(profile.erratum)}
    form = ErratumForm(request.POST or None, initial=first)
    closed = refusal_to_write_erratum(profile, viewer)
    refusal = Refusal.of(closed) if closed and form.is_bound else None
    conflict = []
    if closed is None and form.is_bound and form.is_valid():
        text, base = form.cleaned_data["text"], form.mark
        try:
            write_erratum(profile, text, by=viewer, at=timezone.now(), base=base)
        except StaleEntry as error:
            refusal = Refusal.of(error)
            conflict = form.differences({"text": error.current})
            form.renew(fingerprint_of_text(str(error.current)))
        except DomainError as error:
            refusal = Refusal.of(error)
        else:
            messages.success(request, _("The erratum has been saved."))
            return redirect("erratum", slug=slug)
    status = refusal.status if refusal else (HTTP_UNPROCESSABLE if form.is_bound else None)
    context = {
        "profile": profile,
        "form": form if form.is_bound or closed is None else None,
        "closed": Refusal.of(closed) if closed else None,
        "refusal": refusal,
        "conflict": conflict,
    }
    if closed is None:
        context |= _to_go_by(profile, viewer, page=PageForm(request.GET).number)
    return render(request, "workflows/erratum.html", context, status=status)


def _to_go_by(profile: Profile, viewer: User, *, page: int) -> dict[str, Any]:
    """Return what helps to write it: why the correction was opened, and what it has changed."""
    changes = changes_since_published(profile, material_of(profile))
    return {
        "returned": last_reason(profile, "profile", viewer=viewer),
        "changes": changes,
        "told": told(changes, page=page) if changes else None,
    }
