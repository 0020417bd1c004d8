"""The overview of a profile: where it stands, whose turn it is, what it consists of."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from profile_workflow import requirements
from profile_workflow.days import role_day
from profile_workflow.errors import DomainError, NotAllowed
from profile_workflow.forms.filters import SectionsForm
from profile_workflow.forms.moves import MoveForm
from profile_workflow.models import Profile, Section, User
from profile_workflow.queries import nominating, profiles, requests
from profile_workflow.queries.drafting import sees_working_text
from profile_workflow.queries.history import last_reason, move_label
from profile_workflow.services import lifecycle
from profile_workflow.services.lifecycle import Offer
from profile_workflow.services.log import Actor
from profile_workflow.web.loading import profile_or_404, section_or_404, signed_in
from profile_workflow.web.refusing import Refusal
from reports.publications import versions_to_withdraw
from workflows import engine, queries
from workflows.flows import human_tasks
from workflows.queries.tasks import Waiting
from workflows.views.acts import effects_of, final_context
from workflows.views.moving import criteria_asked, make_move

#: Moves that send the whole text on; offered at all times, they lead to what is missing.
_SENDING = frozenset(human_tasks()["submit"].moves)
#: The moves that end a profile; offered after all others.
_ENDS = frozenset({"cancel", "withdraw"})


@require_safe
def profile(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the overview."""
    found, viewer = profile_or_404(request, slug), signed_in(request)
    waiting = queries.waiting_of(found, viewer=viewer)
    people = profiles.people_of(found, viewer=viewer, on=role_day())
    sections = queries.standings_of(found, viewer=viewer, people=people, waiting=waiting)
    offers = engine.offers(found, viewer)
    to_take_back = engine.to_take_back(found, [one.section for one in sections], viewer)
    at, unfinished_only = timezone.now(), SectionsForm(request.GET).unfinished_only
    context = {
        "profile": found,
        "asked": requests.outstanding(found, viewer=viewer, at=at),
        "turns": queries.grouped(waiting),
        "next_due_at": min((one.due_at for one in waiting if one.due_at), default=None),
        "sending": [one for one in offers if one.move in _SENDING],
        "offers": _beside_the_tasks(offers, waiting),
        "to_withdraw": versions_to_withdraw(found, viewer),
        "may_be_followed": nominating.may_be_followed(found, viewer, on=role_day()),
        "sections": sections,
        "shown": [one for one in sections if not (unfinished_only and one.is_finished)],
        "unfinished_only": unfinished_only,
        "finished": sum(one.is_finished for one in sections),
        "to_take_back": to_take_back,
        "writes": any(one.may_write for one in sections),
        "people": people,
        "length": queries.profile_length(found, viewer=viewer),
        "round": profiles.open_round(found),
        "remarks": profiles.open_remarks(found, viewer=viewer),
        "returned": last_reason(found, "profile", viewer=viewer),
        "at": at,
    }
    return render(request, "workflows/profile.html", context)


def _beside_the_tasks(offers: list[Offer], waiting: list[Waiting]) -> list[Offer]:
    """Return the moves of the profile that belong to no task; the one that ends it comes last."""
    of_tasks = {
        move
        for one in waiting
        if one.task is not None and one.task.seed is None
        for move in one.task.flow_task.moves
    }
    found = [one for one in offers if one.move not in of_tasks | _SENDING]
    return sorted(found, key=lambda one: one.move in _ENDS)


@require_http_methods(["GET", "HEAD", "POST"])
def profile_move(request: HttpRequest, slug: str, move: str) -> HttpResponse:
    """Ask for what a move of the profile needs; by POST make it."""
    found = profile_or_404(request, slug)
    return _move(request, found, found, move)


@require_http_methods(["GET", "HEAD", "POST"])
def section_move(request: HttpRequest, slug: str, key: str, move: str) -> HttpResponse:
    """Ask for what a move of a section needs; by POST make it."""
    found = profile_or_404(request, slug)
    section = section_or_404(found, key)
    section.profile = found
    return _move(request, found, section, move)


def _move(
    request: HttpRequest, found: Profile, document: Profile | Section, move: str
) -> HttpResponse:
    viewer = signed_in(request)
    if move not in lifecycle.transitions_of(document):
        raise Http404
    offers = [one for one in engine.offers(document, viewer) if one.move == move]
    if request.method != "POST":
        closed = None if offers else _why_closed(document, move, viewer)
        return _page(request, document, move, offers, _form(document, move, offers), closed)
    form = _form(document, move, offers, request)
    refusal = make_move(form, document, by=viewer)
    if refusal is None:
        label = move_label(document.document_type, move)
        messages.success(request, _("Done: %(task)s.") % {"task": label})
        return redirect(found)
    return _page(request, document, move, offers, form, refusal)


def _why_closed(document: Profile | Section, move: str, viewer: User) -> Refusal:
    """Return why a move is not offered to a person."""
    try:
        lifecycle.check(document, move, actor=Actor(viewer))
    except DomainError as error:
        return Refusal.of(error)
    return Refusal(NotAllowed.status, _("This waits for somebody else."))


def _form(
    document: Profile | Section,
    move: str,
    offers: list[Offer],
    request: HttpRequest | None = None,
) -> MoveForm:
    found: Profile = document.profile
    form = MoveForm(
        request.POST if request else None,
        offers=offers,
        moves=[move],
        sections=profiles.sections_of(found),
        attribution=found.attribution,
        criteria=criteria_asked(document, offers),
    )
    if move in _ENDS and found.published_at is not None:
        form.fields["reason"].help_text = _(
            "The profile has been published: everybody who comes to its address or checks its file "
            "reads these words. Name nobody in them."
        )
    return form


def _page(
    request: HttpRequest,
    document: Profile | Section,
    move: str,
    offers: list[Offer],
    form: MoveForm,
    refusal: Refusal | None,
) -> HttpResponse:
    missing = refusal.missing if refusal else [m for one in offers for m in one.missing]
    if move in _SENDING and sees_working_text(document.profile, signed_in(request)):
        missing = requirements.with_drafts(document.profile, missing)
    context = {
        "profile": document.profile,
        "document": document,
        "label": move_label(document.document_type, move),
        "offers": offers,
        "form": form,
        "refusal": refusal,
        "missing": missing,
        "does": effects_of(document, offers),
        **(final_context(document.profile, offers) if isinstance(document, Profile) else {}),
    }
    status = refusal.status if refusal else None
    return render(request, "workflows/move.html", context, status=status)
