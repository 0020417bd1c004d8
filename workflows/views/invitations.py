"""Invitations to review as the project team sees them: inviting, what came of it, deciding."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from profile_workflow.days import role_day
from profile_workflow.errors import DomainError, MadeAlready, NotAllowed, NotNow
from profile_workflow.forms.invitations import AgainForm, AnswerForm, DecisionForm, InvitationForm
from profile_workflow.forms.requests import move_sent
from profile_workflow.models import Profile, ReviewInvitation, User
from profile_workflow.queries import invitations as queries
from profile_workflow.queries.history import last_reason
from profile_workflow.queries.profiles import sections_of
from profile_workflow.services import invitations as service
from profile_workflow.services.log import document_name
from profile_workflow.web.loading import profile_or_404, signed_in
from profile_workflow.web.refusing import HTTP_UNPROCESSABLE, Refusal, refused
from workflows import engine
from workflows.views.moving import make_own_move

#: What the project team decides, in the order of the page.
_DECISIONS = ("set_date", "clear_interest", "bar_interest", "withdraw_invitation")


def _closed(profile: Profile, viewer: User) -> Refusal | None:
    """Return why these pages are closed to somebody."""
    refusal = service.refusal_to_invite(profile, viewer)
    return Refusal.of(refusal) if isinstance(refusal, NotAllowed) else None


def _refused_page(request: HttpRequest, profile: Profile, refusal: Refusal) -> HttpResponse:
    context = {"profile": profile, "refusal": refusal}
    return render(request, "workflows/invitations.html", context, status=refusal.status)


@require_safe
def invitations(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who was invited to review, and what has come of it."""
    profile, viewer, at = profile_or_404(request, slug), signed_in(request), timezone.now()
    closed = _closed(profile, viewer)
    if closed is not None:
        return _refused_page(request, profile, closed)
    context = {
        "profile": profile,
        "lines": queries.invitations_of(profile, on=role_day(at), at=at),
        "may_invite": service.refusal_to_invite(profile, viewer) is None,
        "at": at,
    }
    return render(request, "workflows/invitations.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def invitation_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask who is to be invited to review what; by POST invite him."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    closed = service.refusal_to_invite(profile, viewer)
    if closed is not None:
        return _refused_page(request, profile, Refusal.of(closed))
    again = AgainForm(request.GET)
    former = again.found(profile)
    form = InvitationForm(
        request.POST if request.method == "POST" else None,
        sections=sections_of(profile),
        initial=again.begun(former, language=profile.language),
    )
    refusal = _invite(request, form, profile, former) if form.is_bound else None
    if form.is_bound and refusal is None:
        return redirect("invitations", slug=slug)
    context = {"profile": profile, "form": form, "refusal": refusal}
    status = refusal.status if refusal else None
    return render(request, "workflows/invitation_new.html", context, status=status)


def _invite(
    request: HttpRequest, form: InvitationForm, profile: Profile, former: ReviewInvitation | None
) -> Refusal | None:
    if not form.is_valid():
        return Refusal(HTTP_UNPROCESSABLE)
    given = form.cleaned_data
    whom = engine.Invitee(given["email"], given["full_name"], given["language"])
    wish, by = form.wish(follows=former), signed_in(request)
    try:
        made = engine.invite(profile, whom, wish, by=by, at=timezone.now())
    except MadeAlready as error:
        messages.info(request, str(error))
    except DomainError as error:
        return refused(form, error, beside="email")
    else:
        _tell_invited(request, made)
    return None


def _tell_invited(request: HttpRequest, made: ReviewInvitation) -> None:
    told = _("%(person)s is invited; a mail is on its way.")
    messages.success(request, told % {"person": made.person.full_name})


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, slug: str, invitation_id: int) -> HttpResponse:
    """Show one invitation with its answer; by POST decide on it."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    closed = _closed(profile, viewer)
    if closed is not None:
        return _refused_page(request, profile, closed)
    line = _line_or_404(profile, invitation_id)
    if request.method != "POST":
        return _page(request, line)
    move = move_sent(request.POST)
    if move not in _DECISIONS:
        raise Http404
    form = DecisionForm(request.POST, of=line.invitation, move=move)
    refusal = make_own_move(form, line.invitation, by=viewer)
    if refusal is None:
        messages.success(request, _("The decision is recorded, and the person gets a mail."))
        return redirect("invitation", slug=slug, invitation_id=invitation_id)
    return _page(request, _line_or_404(profile, invitation_id), form, refusal)


def _line_or_404(profile: Profile, pk: int) -> queries.Line:
    at = timezone.now()
    try:
        line = queries.invitation_of(profile, pk, on=role_day(at), at=at)
    except ReviewInvitation.DoesNotExist:
        raise Http404 from None
    line.invitation.profile = profile
    return line


def _page(
    request: HttpRequest,
    line: queries.Line,
    sent: AnswerForm | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    found, viewer = line.invitation, signed_in(request)
    profile = found.profile
    offered = [one.move for one in engine.offers(found, viewer)]
    kinds = {move: partial(DecisionForm, move=move) for move in _DECISIONS if move in offered}
    forms = forms_of(sent, kinds, found)
    context: dict[str, Any] = {
        "profile": profile,
        "line": line,
        "invitation": found,
        "forms": forms,
        "refusal": refusal,
        "decided": last_reason(profile, document_name(found), viewer=viewer),
        "may_invite": service.refusal_to_invite(profile, viewer) is None,
        "at": timezone.now(),
    }
    status = refusal.status if refusal else None
    return render(request, "workflows/invitation.html", context, status=status)


def forms_of(
    sent: AnswerForm | None, offered: dict[str, Any], found: ReviewInvitation
) -> list[AnswerForm]:
    """Return the forms of the moves that are offered.

    The one that was sent keeps what was typed, even where its move is not offered any more.
    """
    forms = [
        sent if sent is not None and sent.name == name else kind(of=found)
        for name, kind in offered.items()
    ]
    return forms if sent is None or sent in forms else [sent, *forms]


@require_POST
def invitation_suggested(request: HttpRequest, slug: str, invitation_id: int) -> HttpResponse:
    """Invite whom somebody has suggested, to the same; a form mends what stands in the way."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    closed = _closed(profile, viewer)
    if closed is not None:
        return _refused_page(request, profile, closed)
    line = _line_or_404(profile, invitation_id)
    try:
        made = engine.invite_suggested(line.invitation, by=viewer, at=timezone.now())
    except MadeAlready as error:
        messages.info(request, str(error))
    except NotNow as error:
        return _page(request, line, refusal=Refusal.of(error))
    except DomainError as error:
        messages.error(request, str(error))
        asked = urlencode({"after": str(line.invitation.pk), "suggested": "on"})
        return redirect(f"{reverse('invitation_new', args=[slug])}?{asked}")
    else:
        _tell_invited(request, made)
    return redirect("invitations", slug=slug)
