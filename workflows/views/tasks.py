"""A person's tasks, and the page of one task with the moves that finish it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from profile_workflow.days import role_day
from profile_workflow.errors import DomainError
from profile_workflow.forms.moves import MoveForm
from profile_workflow.forms.review import SavingForm
from profile_workflow.models import User
from profile_workflow.queries.history import Line, last_reason
from profile_workflow.queries.profiles import open_remarks
from profile_workflow.services.drafting import may_write
from profile_workflow.services.lifecycle import Offer
from profile_workflow.services.log import document_name
from profile_workflow.web.loading import signed_in
from profile_workflow.web.refusing import Refusal
from workflows import engine, queries, turns
from workflows.models import Task
from workflows.views.acts import asked_context, effects_of, final_context
from workflows.views.moving import (
    JUDGING,
    done_message,
    keep_draft,
    make_move,
    task_form,
    task_offers,
)

#: Steps of the flow that end with text being published.
_FINAL = ("produce", "correct")


@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """Show what waits for whoever asks."""
    at = timezone.now()
    found = {"inbox": queries.inbox(signed_in(request), at), "at": at}
    return render(request, "workflows/tasks.html", found)


@require_http_methods(["GET", "HEAD", "POST"])
def task(request: HttpRequest, task_id: int) -> HttpResponse:
    """Show one task; by POST make a move that finishes it."""
    user = signed_in(request)
    found = task_or_404(user, task_id)
    offers = task_offers(found, user)
    if request.method != "POST":
        return _page(request, found, offers, task_form(found, offers, by=user), None)
    form = task_form(found, offers, request.POST)
    if offers and found.flow_task.name in JUDGING and SavingForm(request.POST).only_saves:
        return _saved(request, found, offers, form, user)
    refusal = make_move(form, found.document, by=user)
    if refusal is None:
        messages.success(request, done_message(found, form.chosen_label))
        return redirect("tasks")
    found = task_or_404(user, task_id)
    return _page(request, found, task_offers(found, user), form, refusal)


def _saved(
    request: HttpRequest, found: Task, offers: list[Offer], form: MoveForm, user: User
) -> HttpResponse:
    """Keep what was typed of a judgement, and show the page again."""
    refusal = keep_draft(form, found.document, by=user)
    if refusal is None:
        messages.success(request, _("Saved for you alone; nothing has been sent."))
        return redirect("task", task_id=found.pk)
    typed = {name: form[name].value() for name in form.fields}
    form = task_form(found, offers, by=user)
    form.initial = {**typed, "draft_version": form.initial["draft_version"]}
    return _page(request, found, offers, form, refusal)


def task_or_404(user: User, task_id: int) -> Task:
    """Return a task that a person may look at.

    Raises:
        Http404: If there is none of that number for this person.
    """
    visible = queries.visible_tasks(user, on=role_day())
    return get_object_or_404(visible, pk=task_id)


def _page(
    request: HttpRequest,
    found: Task,
    offers: list[Offer],
    form: MoveForm,
    refusal: Refusal | None,
) -> HttpResponse:
    viewer = signed_in(request)
    section = found.section
    context = {
        "task": found,
        "profile": found.profile,
        "label": turns.label(found),
        "offers": offers,
        "form": form,
        "refusal": refusal,
        **_what_is_missing(offers, refusal),
        "returned": _returned(found, viewer),
        "section": section,
        "may_write": section is not None and may_write(section, by=viewer),
        "remarks": open_remarks(found.profile, viewer=viewer, section=section) if section else [],
        "may_take_back": section is not None and engine.may_take_back(section, viewer),
        "does": effects_of(found.document, offers),
        "may_claim": queries.may_claim(found, found.profile, viewer),
        "may_hand_over": found.is_open and engine.why_not_handed_over(found, by=viewer) is None,
        "at": timezone.now(),
        "judges": bool(offers) and found.flow_task.name in JUDGING,
        **_besides(found, offers, viewer),
    }
    status = refusal.status if refusal else None
    return render(request, "workflows/task.html", context, status=status)


def _returned(found: Task, viewer: User) -> Line | None:
    """Return the last reason given, unless the whole has gone on since and other work is asked."""
    reason = last_reason(found.profile, document_name(found.document), viewer=viewer)
    if reason is None or found.seed is not None or reason.event.at >= found.created:
        return reason
    return None


def _besides(found: Task, offers: list[Offer], viewer: User) -> dict[str, Any]:
    """Return what the page of some kinds of tasks shows beyond the form."""
    if found.signoff_id is not None:
        only_waives = [one.move for one in offers] == ["waive"]
        return {"only_waives": only_waives, **asked_context(found, viewer)}
    if found.is_open and found.flow_task.name in _FINAL:
        return final_context(found.profile, offers)
    return {}


def _what_is_missing(offers: list[Offer], refusal: Refusal | None) -> dict[str, Any]:
    """Return what is missing: of a move that was refused, or of each before it is tried."""
    if refusal:
        return {"missing": refusal.missing}
    if len(offers) == 1:
        return {"missing": offers[0].missing}
    return {"blocked": [one for one in offers if one.missing]}


@require_POST
def claim_task(request: HttpRequest, task_id: int) -> HttpResponse:
    """Take a task from the queue of a role."""
    return _hand(request, task_id, engine.claim, _("The task is yours now."))


@require_POST
def release_task(request: HttpRequest, task_id: int) -> HttpResponse:
    """Give a task back to the queue of its role."""
    return _hand(request, task_id, engine.release, _("The task waits for the whole role again."))


def _hand(
    request: HttpRequest, task_id: int, action: Callable[..., None], told: str
) -> HttpResponse:
    user = signed_in(request)
    found = task_or_404(user, task_id)
    try:
        action(found, by=user, at=timezone.now())
    except DomainError as error:
        offers = task_offers(found, user)
        refusal = Refusal.of(error)
        return _page(request, found, offers, task_form(found, offers), refusal)
    messages.success(request, told)
    return redirect("task", task_id=task_id)
