"""The round that runs, or one before it: who judges, who was asked, and where that stands."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from profile_workflow.forms.rounds import RoundForm
from profile_workflow.models import Profile, ReviewRound, User, ValidationRound
from profile_workflow.queries.promises import rule_of
from profile_workflow.queries.responses import rounds_of
from profile_workflow.queries.rounds import objections_of, standing, what_came_of
from profile_workflow.services import links
from profile_workflow.services.objections import refusal_to_answer_objection
from profile_workflow.states import ValidationKind
from profile_workflow.web.loading import profile_or_404, signed_in
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
        return {"review": review_standing(about, profile)}
    return {
        "validation": standing(about, profile, viewer=viewer),
        "to_waive": tasks_to_waive(about, profile, viewer=viewer),
        "attribution": rule_of(about),
        "keeps_links": _has_links(about) and links.may_keep(profile, viewer),
        "outcome": what_came_of(about, profile, viewer=viewer),
    }


def _has_links(about: ValidationRound) -> bool:
    return about.kind == ValidationKind.CONSULTATION and about.takes_answers
