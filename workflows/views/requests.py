"""Requests for input: what was asked of the city, asking, one request with all that was said."""

from collections.abc import Mapping, Sequence
from typing import Any

from csp.decorators import csp_replace
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from profile_workflow.attachments import MEDIA_TYPES
from profile_workflow.errors import DomainError, MadeAlready, NotAllowed, NotNow
from profile_workflow.forms.filters import PageForm
from profile_workflow.forms.requests import (
    RequestFilter,
    RequestForm,
    RequestMoveForm,
    StartForm,
    move_sent,
)
from profile_workflow.models import InputRequest, Profile, RequestEntry, User
from profile_workflow.queries import requests as queries
from profile_workflow.services import requests as service
from profile_workflow.services.drafting import may_write
from profile_workflow.services.keeping import refusal_to_register
from profile_workflow.services.lifecycle import Offer, transitions_of
from profile_workflow.states import FINAL_STATES, ProfileState
from profile_workflow.web.loading import profile_or_404, signed_in
from profile_workflow.web.refusing import HTTP_UNPROCESSABLE, Refusal, refused
from workflows import engine
from workflows.views.moving import make_own_move

REQUESTS_A_PAGE = 50
#: The moves whose form stands open; the others are unfolded first.
_FIRST = ("give_answer", "reply_to_question", "accept_answer", "record_absence")
#: What is told after a move.
_TOLD: Mapping[str, "str | Promise"] = {
    "give_answer": gettext_lazy("Thank you. Your answer has been sent."),
    "say_unavailable": gettext_lazy("Thank you. The authors know now that it is not available."),
    "ask_back": gettext_lazy("Your question has been sent."),
    "hand_on": gettext_lazy("The request has been handed on."),
    "reply_to_question": gettext_lazy("Your reply has been sent."),
    "accept_answer": gettext_lazy("The answer is accepted."),
    "record_absence": gettext_lazy("It is recorded that this is not available, and why."),
    "ask_again": gettext_lazy("The request has been sent again."),
    "withdraw_request": gettext_lazy("The request is withdrawn."),
}
#: What a browser may do with a file that somebody sent: nothing but keep it.
_NOTHING = {
    "sandbox": True,
    "form-action": ["'none'"],
    **dict.fromkeys(["script-src", "style-src", "img-src", "font-src", "connect-src"]),
}


@require_safe
def requests(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what was asked of the city, as far as whoever looks may see it."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    at = timezone.now()
    form = RequestFilter(request.GET, profile=profile)
    found = queries.requests_wanted(profile, form.wanted, viewer=viewer, at=at)
    page = Paginator(found, REQUESTS_A_PAGE).get_page(PageForm(request.GET).number)
    context = {
        "profile": profile,
        "form": form,
        "page": page,
        "lines": queries.lines(page.object_list, profile, viewer=viewer),
        "is_filtered": any((form.wanted.state, form.wanted.section)),
        "sees_all": queries.sees_all_requests(profile, viewer),
        "may_ask": service.refusal_to_ask(profile, viewer) is None,
        "at": at,
    }
    return render(request, "workflows/requests.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def request_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask somebody of the city for input."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    closed = service.refusal_to_ask(profile, viewer)
    if closed is not None and (request.method != "POST" or closed.status == NotAllowed.status):
        context = {"profile": profile, "refusal": Refusal.of(closed)}
        return render(request, "workflows/request_new.html", context, status=closed.status)
    form = RequestForm(
        request.POST if request.method == "POST" else None,
        profile=profile,
        viewer=viewer,
        language=translation.get_language(),
        initial={
            "due_on": service.first_day(profile, timezone.now()),
            "place": StartForm(request.GET).place,
        },
    )
    refusal = _ask(form, profile, by=viewer) if form.is_bound else None
    if form.is_bound and refusal is None:
        messages.success(request, _("The request has been sent."))
        return redirect("requests", slug=slug)
    context = {
        "profile": profile,
        "form": form,
        "refusal": refusal,
        "nobody": not queries.people_to_ask(profile, viewer=viewer),
    }
    status = refusal.status if refusal else None
    return render(request, "workflows/request_new.html", context, status=status)


def _ask(form: RequestForm, profile: Profile, *, by: User) -> Refusal | None:
    """Send the request of a form; return why not, if it was refused."""
    if not form.is_valid():
        return Refusal(HTTP_UNPROCESSABLE)
    try:
        engine.ask(profile, form.wish(), by=by, at=timezone.now())
    except MadeAlready:
        return None
    except DomainError as error:
        return refused(form, error)
    return None


@require_http_methods(["GET", "HEAD", "POST"])
def input_request(request: HttpRequest, slug: str, request_id: int) -> HttpResponse:
    """Show a request with all that was said to it; by POST make one of its moves."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    move = move_sent(request.POST)
    gone = queries.handed_on(profile, request_id, viewer=viewer) if move else None
    if gone is not None:
        return _handed_on(request, gone, move)
    found = _request_or_404(profile, request_id, viewer)
    if request.method != "POST":
        return _page(request, found)
    if move not in transitions_of(found):
        raise Http404
    form = _form(found, move, viewer, request)
    refusal = make_own_move(form, found, by=viewer)
    if refusal is None:
        messages.success(request, str(_TOLD[move]))
        return _onwards(profile, found, viewer)
    if "file" in form.fields and request.FILES and not form.errors.get("file"):
        form.add_error("file", _("Choose the file again: it was not kept."))
    return _page(request, _request_or_404(profile, request_id, viewer), form, refusal)


def _handed_on(request: HttpRequest, found: InputRequest, move: str) -> HttpResponse:
    """Give back what was typed for a request that was handed to somebody else meanwhile."""
    refusal = Refusal(
        NotNow.status, _("This request has been handed on to somebody else in the meantime.")
    )
    form = _form(found, move, signed_in(request), request)
    words = form["words"].value() if "words" in form.fields else ""
    context = {"profile": found.profile, "refusal": refusal, "words": words}
    return render(request, "workflows/request_handed_on.html", context, status=refusal.status)


def _onwards(profile: Profile, found: InputRequest, viewer: User) -> HttpResponse:
    """Go back to the request, or to one's tasks when it has been handed to somebody else."""
    seen = queries.requests_seen_by(profile, viewer).filter(pk=found.pk)
    if seen.exists():
        return redirect("request", slug=profile.slug, request_id=found.pk)
    return redirect("tasks")


def _request_or_404(profile: Profile, pk: int, viewer: User) -> InputRequest:
    try:
        return queries.request_of(profile, pk, viewer=viewer)
    except InputRequest.DoesNotExist:
        raise Http404 from None


def _form(
    found: InputRequest, move: str, viewer: User, request: HttpRequest | None = None
) -> RequestMoveForm:
    return RequestMoveForm(
        request.POST if request else None,
        request.FILES if request else None,
        move=move,
        of=found,
        viewer=viewer,
        words=_last_words(found) if move == "record_absence" else "",
    )


def _last_words(found: InputRequest) -> str:
    """Return why something is not available, as it was said last."""
    last = found.entries.filter(move="say_unavailable").order_by("-pk").first()
    return last.text if last else ""


def _page(
    request: HttpRequest,
    found: InputRequest,
    sent: RequestMoveForm | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    profile, viewer = found.profile, signed_in(request)
    offers = engine.offers(found, viewer)
    (line,) = queries.lines([found], profile, viewer=viewer)
    first, others = _forms(found, offers, viewer, sent)
    section = found.section
    context: dict[str, Any] = {
        "profile": profile,
        "line": line,
        "input_request": found,
        "question": queries.question_of(found, translation.get_language()),
        "said": queries.conversation(found, viewer=viewer),
        "first": first,
        "others": others,
        "refusal": refusal,
        "is_stopped": profile.state in (ProfileState.ON_HOLD, *FINAL_STATES),
        "sees_all": queries.sees_all_requests(profile, viewer),
        "writes": section is not None and _may_write(found, viewer),
        "registers": refusal_to_register(profile, viewer) is None,
        "at": timezone.now(),
    }
    status = refusal.status if refusal else None
    return render(request, "workflows/request.html", context, status=status)


def _may_write(found: InputRequest, viewer: User) -> bool:
    assert found.section is not None
    found.section.profile = found.profile
    return may_write(found.section, by=viewer)


def _forms(
    found: InputRequest, offers: Sequence[Offer], viewer: User, sent: RequestMoveForm | None
) -> tuple[list[RequestMoveForm], list[RequestMoveForm]]:
    """Return the forms of the moves that are offered: those that stand open, and the others.

    The one that was sent keeps what was typed, even where its move is not offered any more.
    """
    forms = [
        sent if sent is not None and sent.makes == offer.move else _form(found, offer.move, viewer)
        for offer in offers
    ]
    if sent is not None and sent not in forms:
        forms.insert(0, sent)
    first = [one for one in forms if one.makes in _FIRST]
    return first, [one for one in forms if one not in first]


@require_safe
@csp_replace(_NOTHING)  # type: ignore[arg-type]
def request_file(request: HttpRequest, slug: str, request_id: int, entry_id: int) -> FileResponse:
    """Send a file that came with an answer, to be saved and never to be shown."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    try:
        entry = queries.entry_with_file(profile, request_id, entry_id, viewer=viewer)
    except RequestEntry.DoesNotExist:
        raise Http404 from None
    return FileResponse(
        entry.file.open("rb"),
        as_attachment=True,
        filename=entry.file_name,
        content_type=MEDIA_TYPES[entry.file_kind],
    )
