"""The personal links of a round: who has used his, sending one again, revoking it."""

from contextlib import suppress

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from profile_workflow.errors import DomainError, MadeAlready
from profile_workflow.forms.by_link import AgainForm, RevokeForm
from profile_workflow.models import Profile, SignOff
from profile_workflow.models.people import User
from profile_workflow.queries.links import link_to_keep
from profile_workflow.queries.links import links_of_round as found_links
from profile_workflow.queries.rounds import answers_as_seen
from profile_workflow.services import links
from profile_workflow.web.loading import profile_or_404, signed_in
from profile_workflow.web.refusing import HTTP_UNPROCESSABLE, Refusal, refused
from workflows import engine


@require_safe
def links_of_round(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who has a link, and who has answered through it."""
    profile, viewer = _kept(request, slug)
    context = {
        "profile": profile,
        "found": found_links(profile, viewer=viewer),
        "at": timezone.now(),
    }
    return render(request, "workflows/links.html", context)


def _kept(request: HttpRequest, slug: str) -> tuple[Profile, User]:
    """Return a profile to whoever looks after its links.

    Raises:
        PermissionDenied: If somebody else asks.
    """
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    if not links.may_keep(profile, viewer):
        raise PermissionDenied(_("Only the project team or the focal point looks after the links."))
    return profile, viewer


@require_POST
def send_again(request: HttpRequest, slug: str, signoff_id: int) -> HttpResponse:
    """Send somebody another link; the one before ends."""
    profile, viewer = _kept(request, slug)
    signoff = _signoff_or_404(profile, signoff_id, viewer)
    seen = AgainForm(request.POST).newest
    try:
        # A second click finds what the first one did.
        with suppress(MadeAlready):
            engine.send_link_again(signoff, seen=seen, by=viewer, at=timezone.now())
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        told = _("Another link is on its way by mail. The one before does not work any more.")
        messages.success(request, told)
    return redirect("links", slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, slug: str, signoff_id: int) -> HttpResponse:
    """Ask why the link of somebody is ended; by POST end it."""
    profile, viewer = _kept(request, slug)
    signoff = _signoff_or_404(profile, signoff_id, viewer)
    form = RevokeForm(request.POST or None)
    if request.method != "POST":
        return _revoke_page(request, profile, signoff, form, None)
    if not form.is_valid():
        return _revoke_page(request, profile, signoff, form, Refusal(HTTP_UNPROCESSABLE))
    try:
        engine.revoke_link(
            signoff, reason=form.cleaned_data["reason"], by=viewer, at=timezone.now()
        )
    except DomainError as error:
        return _revoke_page(request, profile, signoff, form, refused(form, error))
    messages.success(
        request, _("The link does not work any more. What was answered through it stays.")
    )
    return redirect("links", slug=slug)


def _revoke_page(
    request: HttpRequest,
    profile: Profile,
    signoff: SignOff,
    form: RevokeForm,
    refusal: Refusal | None,
) -> HttpResponse:
    (answer,) = answers_as_seen([signoff], profile, viewer=signed_in(request))
    context = {"profile": profile, "by": answer.by, "form": form, "refusal": refusal}
    status = refusal.status if refusal else None
    return render(request, "workflows/link_revoke.html", context, status=status)


def _signoff_or_404(profile: Profile, signoff_id: int, viewer: User) -> SignOff:
    try:
        return link_to_keep(profile, signoff_id, viewer=viewer)
    except SignOff.DoesNotExist:
        raise Http404 from None
