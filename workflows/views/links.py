"""The personal links of a consultation: who has used his, sending one again, revoking it."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from profile_workflow.errors import DomainError, MadeAlready
from profile_workflow.forms.by_link import AgainForm
from profile_workflow.models import Profile, SignOff
from profile_workflow.models.people import User
from profile_workflow.queries.links import link_to_keep, links_of_consultation
from profile_workflow.services import links
from profile_workflow.web.loading import profile_or_404, signed_in
from workflows import engine

#: What is done with the link of somebody: by whom, and when.
_Act = Callable[..., Any]


@require_safe
def links_of_round(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who has a link, and who has answered through it."""
    profile, viewer = _kept(request, slug)
    context = {
        "profile": profile,
        "found": links_of_consultation(profile, viewer=viewer),
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
    told = _("Another link is on its way by mail. The one before does not work any more.")
    act = partial(engine.send_link_again, seen=AgainForm(request.POST).newest)
    return _done(request, slug, signoff_id, act, told)


@require_POST
def revoke(request: HttpRequest, slug: str, signoff_id: int) -> HttpResponse:
    """End the link of somebody."""
    told = _("The link does not work any more. What was answered through it stays.")
    return _done(request, slug, signoff_id, links.revoke, told)


def _done(request: HttpRequest, slug: str, signoff_id: int, act: _Act, told: str) -> HttpResponse:
    profile, viewer = _kept(request, slug)
    at: datetime = timezone.now()
    try:
        # A second click finds what the first one did.
        with suppress(MadeAlready):
            act(link_to_keep(profile, signoff_id, viewer=viewer), by=viewer, at=at)
    except SignOff.DoesNotExist:
        raise Http404 from None
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, told)
    return redirect("links", slug=slug)
