"""The round that runs, or one before it: who judges, who was asked, and where that stands."""

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from profile_workflow.errors import DomainError, MadeAlready, NotAllowed, NotNow
from profile_workflow.forms.rounds import AttributionForm, RoundForm
from profile_workflow.models import Profile, ReviewRound, User, ValidationRound
from profile_workflow.queries.promises import rule_of
from profile_workflow.queries.responses import rounds_of
from profile_workflow.queries.rounds import changed_since, objections_of, standing, what_came_of
from profile_workflow.services import attributing, links
from profile_workflow.services.objections import refusal_to_answer_objection
from profile_workflow.states import ValidationKind
from profile_workflow.web.loading import profile_or_404, signed_in
from profile_workflow.web.refusing import HTTP_UNPROCESSABLE, Refusal, refused
from workflows import engine
from workflows.queries.rounds import review_standing, tasks_to_waive


@require_safe
def round_overview(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a round of expert review or of validation, by default the last one opened."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    rounds = rounds_of(profile)
    form = RoundForm(request.GET, rounds=rounds)
    chosen = form.chosen
    objections = objections_of(profile, viewer=viewer)
    context = {
        "profile": profile,
        "open_objections": [one for one in objections if not one.signoff.response],
        "answerable": {
            one.signoff.pk
            for one in objections
            if refusal_to_answer_objection(one.signoff, profile, viewer) is None
        },
        "form": form,
        "rounds": rounds,
        "chosen": chosen,
        "at": timezone.now(),
    }
    if chosen is not None:
        context |= _shown(chosen.about, profile, viewer)
    return render(request, "workflows/round.html", context)


def _shown(about: ReviewRound | ValidationRound, profile: Profile, viewer: User) -> dict[str, Any]:
    if isinstance(about, ReviewRound):
        return {"review": review_standing(about, profile, viewer=viewer)}
    return {
        "validation": standing(about, profile, viewer=viewer),
        "changed": changed_since(about.version, profile),
        "to_waive": tasks_to_waive(about, profile, viewer=viewer),
        "attribution": rule_of(about),
        "may_be_stricter": about.takes_answers
        and attributing.refusal_to_change(profile, viewer) is None,
        "keeps_links": _has_links(about) and links.may_keep(profile, viewer),
        "outcome": what_came_of(about, profile, viewer=viewer),
    }


def _has_links(about: ValidationRound) -> bool:
    return about.kind == ValidationKind.CONSULTATION and about.takes_answers


@require_http_methods(["GET", "HEAD", "POST"])
def attribution(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask how the answers of the open round are attributed from now on; by POST change it."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    closed = attributing.refusal_to_change(profile, viewer)
    if isinstance(closed, NotAllowed):
        raise PermissionDenied(str(closed))
    opened = attributing.open_round_of(profile)
    rules = attributing.stricter_rules(opened, profile) if opened else []
    sent = request.POST if request.method == "POST" else None
    form = AttributionForm(sent, rules=rules)
    refusal = None
    if request.method == "POST":
        refusal = _made_stricter(profile, form, viewer)
        if refusal is None:
            messages.success(request, _("Everybody who is asked is told by mail."))
            return redirect("round", slug=slug)
    elif closed or opened is None:
        refusal = Refusal.of(closed or NotNow(_("No consultation is open.")))
    context = {
        "profile": profile,
        "round": opened,
        "rule": rule_of(opened) if opened else "",
        "form": form if rules or form.is_bound else None,
        "refusal": refusal,
    }
    status = refusal.status if refusal and form.is_bound else None
    return render(request, "workflows/attribution.html", context, status=status)


def _made_stricter(profile: Profile, form: AttributionForm, by: User) -> Refusal | None:
    if not form.is_valid():
        return Refusal(HTTP_UNPROCESSABLE)
    reason = form.cleaned_data["reason"]
    try:
        # A second click finds what the first one did.
        with suppress(MadeAlready):
            engine.make_attribution_stricter(
                profile, form.chosen, reason=reason, by=by, at=timezone.now()
            )
    except DomainError as error:
        return refused(form, error, beside="attribution")
    return None
