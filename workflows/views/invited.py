"""The page of whoever is invited to review: what he is asked for, and his answer.

He has no part in the profile yet. So this page shows the city, the task and its dates; nothing of
the text, of comments, or of others who review.
"""

from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from profile_workflow import rules
from profile_workflow.errors import NotNow
from profile_workflow.forms.invitations import ANSWERS, AnswerForm
from profile_workflow.forms.requests import move_sent
from profile_workflow.models import ReviewInvitation
from profile_workflow.queries.invitations import my_invitation
from profile_workflow.states import FINAL_STATES, InvitationState, ProfileState
from profile_workflow.web.loading import signed_in
from profile_workflow.web.refusing import Refusal
from workflows import engine
from workflows.flows import human_tasks
from workflows.views.invitations import forms_of
from workflows.views.moving import make_own_move

#: What is told after an answer.
_TOLD: Mapping[str, "str | Promise"] = {
    "accept_invitation": gettext_lazy("Thank you. You review this profile now."),
    "declare_interest": gettext_lazy(
        "Thank you. The project team decides on the interest, and you get a mail."
    ),
    "propose_date": gettext_lazy("Your proposal has been sent. You get a mail with the answer."),
    "decline_invitation": gettext_lazy("Thank you for your answer. You need not do anything more."),
}


@require_http_methods(["GET", "HEAD", "POST"])
def invited(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """Show the invitation to whoever was invited; by POST take his answer."""
    found = _mine_or_404(request, invitation_id)
    if request.method != "POST":
        return _page(request, found)
    name = move_sent(request.POST)
    kind = next((one for one in ANSWERS if name == one.MOVE), None)
    if kind is None:
        raise Http404
    form = kind(request.POST, of=found)
    refusal = make_own_move(form, found, by=signed_in(request))
    fresh = _mine_or_404(request, invitation_id)
    if refusal is None or _is_made(refusal, fresh, form):
        messages.success(request, str(_TOLD[form.makes]))
        if fresh.state == InvitationState.ACCEPTED:
            return redirect("profile", slug=fresh.profile.slug)
        return redirect("my_invitation", invitation_id=invitation_id)
    return _page(request, fresh, form, refusal)


def _is_made(refusal: Refusal, fresh: ReviewInvitation, form: AnswerForm) -> bool:
    """Whether the very same answer was sent a moment before, by a click too many."""
    if refusal.status != NotNow.status:
        return False
    said = form.details
    kept = {
        InvitationState.ACCEPTED: ("accept_invitation", fresh.interest == ""),
        InvitationState.INTEREST_DECLARED: ("declare_interest", fresh.interest == said.answer),
        InvitationState.DATE_PROPOSED: ("propose_date", fresh.proposed_until == said.due_on),
        InvitationState.DECLINED: (
            "decline_invitation",
            (fresh.declining, fresh.reason, fresh.suggested_name, fresh.suggested_email)
            == (said.declining, said.answer, *said.suggested),
        ),
    }
    move, is_same = kept.get(InvitationState(fresh.state), ("", False))
    return is_same and move == form.makes


def _mine_or_404(request: HttpRequest, pk: int) -> ReviewInvitation:
    try:
        return my_invitation(signed_in(request), pk)
    except ReviewInvitation.DoesNotExist:
        raise Http404 from None


def _page(
    request: HttpRequest,
    found: ReviewInvitation,
    sent: AnswerForm | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    viewer, profile = signed_in(request), found.profile
    offered = [one.move for one in engine.offers(found, viewer)]
    kinds = {one.MOVE: one for one in ANSWERS if one.MOVE in offered}
    barred = rules.refusal("invitation.accept_invitation", viewer, found)
    context = {
        "invitation": found,
        "place": f"{profile.city} {profile.edition}",
        "sections": sorted(found.sections.all(), key=lambda one: one.position),
        "days": profile.stage_days.get("review") or human_tasks()["review"].days,
        "forms": forms_of(sent, kinds, found),
        "refusal": refusal,
        "waits": found.state == InvitationState.INVITED,
        "is_stopped": profile.state in (ProfileState.ON_HOLD, *FINAL_STATES),
        "barred": str(barred or ""),
        "takes_part": bool(profile.roles_of(viewer)),
        "at": timezone.now(),
    }
    status = refusal.status if refusal else None
    return render(request, "workflows/invited.html", context, status=status)
