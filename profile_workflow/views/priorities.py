"""The priorities of the city: their list, writing them down, their order."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from profile_workflow.errors import DomainError, InvalidInput, StaleEntry
from profile_workflow.forms.priorities import ListForm, PriorityForm, ShiftForm
from profile_workflow.models import Priority, Profile
from profile_workflow.queries.evidence import priorities_of
from profile_workflow.requirements import MOST_PRIORITIES, missing_for
from profile_workflow.services.priorities import (
    as_given,
    fingerprint_of,
    refusal_to_set,
    set_priorities,
)
from profile_workflow.states import PriorityLabel
from profile_workflow.web.loading import profile_or_404, signed_in
from profile_workflow.web.refusing import Refusal, refused

_UNPROCESSABLE = 422

#: The list as ``set_priorities`` takes it.
Given = list[dict[str, Any]]


@require_safe
def priorities(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the priorities in their order, and what they lack before they can be agreed."""
    profile = profile_or_404(request, slug)
    return _list(request, profile)


def _list(request: HttpRequest, profile: Profile, refusal: Refusal | None = None) -> HttpResponse:
    closed = refusal_to_set(profile, signed_in(request))
    found = priorities_of(profile)
    context = {
        "profile": profile,
        "rows": found,
        "base": fingerprint_of(found),
        "may_set": closed is None,
        "closed": refused(closed) if closed else None,
        "refusal": refusal,
        "missing": missing_for("profile.agree_priorities", profile) if closed is None else (),
        "counted": sum(one.label != PriorityLabel.NOT_NOW for one in found),
        "most": MOST_PRIORITIES,
    }
    status = refusal.status if refusal else None
    return render(request, "profile_workflow/priorities.html", context, status=status)


# Writing one down


@require_http_methods(["GET", "HEAD", "POST"])
def priority_add(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for the fields of a priority; by POST put it at the end of the list."""
    profile = profile_or_404(request, slug)
    present = priorities_of(profile)
    form = PriorityForm(
        request.POST or None, profile=profile, initial={"base": fingerprint_of(present)}
    )
    title = gettext_lazy("Add a priority")
    return _written(request, profile, form, title, lambda given, new: [*given, new])


@require_http_methods(["GET", "HEAD", "POST"])
def priority(request: HttpRequest, slug: str, rank: int) -> HttpResponse:
    """Show the fields of a priority; by POST change them."""
    profile = profile_or_404(request, slug)
    present = priorities_of(profile)
    found = next((one for one in present if one.rank == rank), None)
    if found is None and request.method != "POST":
        raise Http404
    initial = {**PriorityForm.initial_of(found), "base": fingerprint_of(present)} if found else {}
    form = PriorityForm(request.POST or None, profile=profile, initial=initial)
    title = gettext_lazy("Change the priority")

    def change(given: Given, new: dict[str, Any]) -> Given:
        return [*given[: rank - 1], new, *given[rank:]]

    return _written(request, profile, form, title, change, found=found)


def _written(
    request: HttpRequest,
    profile: Profile,
    form: PriorityForm,
    title: "str | Promise",
    change: Callable[[Given, dict[str, Any]], Given],
    *,
    found: Priority | None = None,
) -> HttpResponse:
    """Store the list with what the form says, or show why not."""
    closed = refusal_to_set(profile, signed_in(request))
    refusal = refused(closed) if closed else None
    conflict: list[Any] = []
    if refusal is None and form.is_bound and form.is_valid():
        try:
            _store(request, profile, form.mark, lambda given: change(given, form.entered))
        except InvalidInput as error:
            form.add_error(None, str(error))
        except StaleEntry as error:
            refusal, present = refused(error), priorities_of(profile)
            form.renew(fingerprint_of(present))
            stored = next((one for one in present if found and one.rank == found.rank), None)
            conflict = form.differences(stored) if stored else []
        except DomainError as error:
            refusal = refused(error)
        else:
            messages.success(request, _("The priorities have been stored."))
            return redirect("priorities", slug=profile.slug)
    status = refusal.status if refusal else (_UNPROCESSABLE if form.is_bound else None)
    context = {
        "profile": profile,
        "title": title,
        "form": form if form.is_bound or closed is None else None,
        "refusal": refusal,
        "conflict": conflict,
    }
    return render(request, "profile_workflow/priority.html", context, status=status)


def _store(
    request: HttpRequest, profile: Profile, base: str, change: Callable[[Given], Given]
) -> None:
    """Store the list as a change leaves it, if it is still the one of ``base``."""
    given = [as_given(one) for one in priorities_of(profile)]
    by, at = signed_in(request), timezone.now()
    set_priorities(profile, change(given), by=by, at=at, base=base)


# Order and removal


@require_POST
def priority_shift(request: HttpRequest, slug: str, rank: int) -> HttpResponse:
    """Move a priority one place up or down."""
    profile = profile_or_404(request, slug)
    form = ShiftForm(request.POST)
    if not form.is_valid():
        return _list(request, profile, Refusal(_UNPROCESSABLE, _("Choose up or down.")))
    step = -1 if form.cleaned_data["to"] == "up" else 1

    def shift(given: Given) -> Given:
        other = rank - 1 + step
        if rank <= len(given) and 0 <= other < len(given):
            given[rank - 1], given[other] = given[other], given[rank - 1]
        return given

    try:
        _store(request, profile, form.mark, shift)
    except DomainError as error:
        return _list(request, profile, refused(error))
    messages.success(request, _("The order has been stored."))
    return redirect("priorities", slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
def priority_remove(request: HttpRequest, slug: str, rank: int) -> HttpResponse:
    """Ask once whether a priority is to be removed; by POST remove it."""
    profile = profile_or_404(request, slug)
    present = priorities_of(profile)
    found = next((one for one in present if one.rank == rank), None)
    if found is None:
        raise Http404
    closed = refusal_to_set(profile, signed_in(request))
    refusal = refused(closed) if closed else None
    form = ListForm(request.POST or None, initial={"base": fingerprint_of(present)})
    if refusal is None and form.is_bound and form.is_valid():
        try:
            _store(request, profile, form.mark, lambda given: given[: rank - 1] + given[rank:])
        except DomainError as error:
            return _list(request, profile, refused(error))
        messages.success(request, _("“%(entry)s” has been removed.") % {"entry": found})
        return redirect("priorities", slug=slug)
    status = refusal.status if refusal else (_UNPROCESSABLE if form.is_bound else None)
    context = {"profile": profile, "entry": found, "form": form, "refusal": refusal}
    return render(request, "profile_workflow/priority_remove.html", context, status=status)
