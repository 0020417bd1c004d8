"""One figure of a data table: what it says, what it rests on, and the moves that settle it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from profile_workflow.forms.moves import MoveForm
from profile_workflow.models import DataItem, Profile, User
from profile_workflow.queries.evidence import Uses, figure_of
from profile_workflow.queries.history import last_reason, move_label
from profile_workflow.services import lifecycle
from profile_workflow.services.keeping import refusal_to_change, refusal_to_remove
from profile_workflow.services.lifecycle import Offer
from profile_workflow.services.log import document_name
from profile_workflow.web.loading import profile_or_404, signed_in
from profile_workflow.web.reading import figure_in_words
from profile_workflow.web.refusing import Refusal
from workflows import engine
from workflows.views.moving import make_move


@require_http_methods(["GET", "HEAD", "POST"])
def figure(request: HttpRequest, slug: str, figure_id: int) -> HttpResponse:
    """Show a figure; by POST make a move of it."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    found = _figure_or_404(profile, figure_id, viewer)
    offers = engine.offers(found, viewer)
    if request.method != "POST":
        return _page(request, found, offers, _form(found, offers), None)
    form = _form(found, offers, request)
    refusal = make_move(form, found, by=viewer)
    if refusal is None:
        said = move_label("data_item", form.move)
        messages.success(request, _("Done: %(task)s.") % {"task": f"{said} – {found}"})
        return redirect("figure", slug=slug, figure_id=figure_id)
    found = _figure_or_404(profile, figure_id, viewer)
    return _page(request, found, engine.offers(found, viewer), form, refusal)


def _figure_or_404(profile: Profile, pk: int, viewer: User) -> DataItem:
    try:
        return figure_of(profile, pk, viewer=viewer)
    except DataItem.DoesNotExist:
        raise Http404 from None


def _form(found: DataItem, offers: list[Offer], request: HttpRequest | None = None) -> MoveForm:
    moves = lifecycle.transitions_of(found)
    return MoveForm(request.POST if request else None, offers=offers, moves=moves, sections=[])


def _page(
    request: HttpRequest,
    found: DataItem,
    offers: list[Offer],
    form: MoveForm,
    refusal: Refusal | None,
) -> HttpResponse:
    viewer = signed_in(request)
    uses = Uses(found.profile)
    closed = refusal_to_change(found, viewer, uses)
    context = {
        "profile": found.profile,
        "figure": found,
        "table": found.table,
        "value": figure_in_words(found),
        "offers": offers,
        "form": form,
        "refusal": refusal,
        "missing": refusal.missing if refusal else (),
        "may_change": closed is None,
        "closed": str(closed) if closed else "",
        "may_remove": refusal_to_remove(found, viewer, uses) is None,
        "returned": last_reason(found.profile, document_name(found), viewer=viewer),
        "at": timezone.now(),
    }
    status = refusal.status if refusal else None
    return render(request, "workflows/figure.html", context, status=status)
