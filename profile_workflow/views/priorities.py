"""The priorities of the city: their list, writing them down, their order."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from profile_workflow.errors import DomainError, InvalidInput, MadeAlready, StaleEntry
from profile_workflow.forms.marked import Difference
from profile_workflow.forms.priorities import ListForm, PriorityForm, ShiftForm
from profile_workflow.models import Challenge, Priority, Profile
from profile_workflow.queries.evidence import priorities_of
from profile_workflow.requirements import MOST_PRIORITIES, missing_for
from profile_workflow.services import priority_answers
from profile_workflow.services.keeping import refusal_to_register
from profile_workflow.services.priorities import (
    as_given,
    fingerprint_of,
    refusal_to_set,
    set_priorities,
)
from profile_workflow.states import PriorityLabel
from profile_workflow.web.loading import profile_or_404, signed_in
from profile_workflow.web.refusing import HTTP_NOT_FOUND, HTTP_UNPROCESSABLE, Refusal

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
        "may_add_challenge": refusal_to_register(profile, signed_in(request), kind=Challenge)
        is None,
        "closed": Refusal.of(closed) if closed else None,
        "refusal": refusal,
        "missing": missing_for("profile.agree_priorities", profile) if closed is None else (),
        "counted": sum(one.label != PriorityLabel.NOT_NOW for one in found),
        "most": MOST_PRIORITIES,
        "told": priority_answers.told(profile) if closed is None else [],
    }
    status = refusal.status if refusal else None
    return render(request, "profile_workflow/priorities.html", context, status=status)


# Writing one down


@require_http_methods(["GET", "HEAD", "POST"])
def priority_add(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for the fields of a priority; by POST put it at the end of the list."""
    profile = profile_or_404(request, slug)
    mark = fingerprint_of(priorities_of(profile))
    form = PriorityForm(request.POST or None, profile=profile, initial={"base": mark})
    page = _Page(profile, form, gettext_lazy("Add a priority"))
    return _written(request, page, lambda given: [*given, form.entered])


@require_http_methods(["GET", "HEAD", "POST"])
def priority(request: HttpRequest, slug: str, priority_id: int) -> HttpResponse:
    """Show the fields of a priority; by POST change them."""
    profile = profile_or_404(request, slug)
    present = priorities_of(profile)
    found = next((one for one in present if one.pk == priority_id), None)
    if found is None:
        return _gone(request, profile)
    initial = {**PriorityForm.initial_of(found), "base": fingerprint_of(present)}
    form = PriorityForm(request.POST or None, profile=profile, initial=initial)
    page = _Page(profile, form, gettext_lazy("Change the priority"), priority_id)

    def change(given: Given) -> Given:
        return [{**one, **form.entered} if one["id"] == priority_id else one for one in given]

    return _written(request, page, change)


def _gone(request: HttpRequest, profile: Profile) -> HttpResponse:
    """Keep what was written for a priority that is not there any more: it can be added anew.

    Raises:
        Http404: If nothing was written.
    """
    if request.method != "POST":
        raise Http404
    form = PriorityForm(request.POST, profile=profile)
    page = _Page(profile, form, gettext_lazy("Add a priority"))
    page.action = reverse("priority_add", args=[profile.slug])
    said = _("This is not there any more. What you wrote can be added as new.")
    page.refusal = Refusal(HTTP_NOT_FOUND, said)
    form.renew(fingerprint_of(priorities_of(profile)))
    return page.render(request)


@dataclass(slots=True)
class _Page:
    """What is shown: the form, and why it was refused, if it was."""

    profile: Profile
    form: PriorityForm | None
    title: "str | Promise"
    priority_id: int | None = None
    action: str = ""
    refusal: Refusal | None = None
    conflict: list[Difference] = field(default_factory=list)

    def render(self, request: HttpRequest) -> HttpResponse:
        """Return the page with the status of what happened."""
        status = self.refusal.status if self.refusal else None
        if status is None and self.form is not None and self.form.is_bound:
            status = HTTP_UNPROCESSABLE
        shown = ("profile", "form", "title", "action", "refusal", "conflict")
        context = {name: getattr(self, name) for name in shown}
        return render(request, "profile_workflow/priority.html", context, status=status)


def _written(request: HttpRequest, page: _Page, change: Callable[[Given], Given]) -> HttpResponse:
    """Store the list as the form changes it, or show why not."""
    form = page.form
    assert form is not None
    closed = refusal_to_set(page.profile, signed_in(request))
    if closed is not None:
        page.refusal = Refusal.of(closed)
        page.form = form if form.is_bound else None
    elif form.is_bound and form.is_valid():
        try:
            _store(request, page.profile, form.mark, change)
        except MadeAlready as error:
            messages.info(request, str(error))
            return redirect("priorities", slug=page.profile.slug)
        except InvalidInput as error:
            form.add_error(None, str(error))
        except StaleEntry as error:
            _show_both(page, form, error)
        except DomainError as error:
            page.refusal = Refusal.of(error)
        else:
            messages.success(request, _("The priorities have been saved."))
            return redirect("priorities", slug=page.profile.slug)
    return page.render(request)


def _show_both(page: _Page, form: PriorityForm, error: StaleEntry) -> None:
    """Show what was written beside what is stored now, and let it be stored knowingly."""
    present = priorities_of(page.profile)
    form.renew(fingerprint_of(present))
    stored = next((one for one in present if one.pk == page.priority_id), None)
    page.refusal = Refusal.of(error)
    page.conflict = form.differences(stored) if stored else []


def _store(
    request: HttpRequest, profile: Profile, base: str, change: Callable[[Given], Given]
) -> None:
    """Store the list as a change leaves it, if it is still the one of ``base``."""
    given = [as_given(one) for one in priorities_of(profile)]
    by, at = signed_in(request), timezone.now()
    set_priorities(profile, change(given), by=by, at=at, base=base)


# Order and removal


def _priority_or_404(profile: Profile, priority_id: int) -> Priority:
    try:
        return profile.priorities.get(pk=priority_id)
    except Priority.DoesNotExist:
        raise Http404 from None


@require_POST
def priority_shift(request: HttpRequest, slug: str, priority_id: int) -> HttpResponse:
    """Move a priority one place up or down."""
    profile = profile_or_404(request, slug)
    found = _priority_or_404(profile, priority_id)
    form = ShiftForm(request.POST)
    if not form.is_valid():
        return _list(request, profile, Refusal(HTTP_UNPROCESSABLE, _("Choose up or down.")))
    place = found.rank - 1
    other = place - 1 if form.cleaned_data["to"] == "up" else place + 1

    def shift(given: Given) -> Given:
        if 0 <= other < len(given):
            given[place], given[other] = given[other], given[place]
        return given

    try:
        _store(request, profile, form.mark, shift)
    except DomainError as error:
        return _list(request, profile, Refusal.of(error))
    messages.success(request, _("The order has been saved."))
    return redirect("priorities", slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
def priority_remove(request: HttpRequest, slug: str, priority_id: int) -> HttpResponse:
    """Ask once whether a priority is to be removed; by POST remove it."""
    profile = profile_or_404(request, slug)
    found = _priority_or_404(profile, priority_id)
    closed = refusal_to_set(profile, signed_in(request))
    refusal = Refusal.of(closed) if closed else None
    mark = fingerprint_of(priorities_of(profile))
    form = ListForm(request.POST or None, initial={"base": mark})
    if refusal is None and form.is_bound and form.is_valid():
        try:
            _store(request, profile, form.mark, lambda given: _without(given, priority_id))
        except DomainError as error:
            return _list(request, profile, Refusal.of(error))
        messages.success(request, _("“%(entry)s” has been removed.") % {"entry": found})
        return redirect("priorities", slug=slug)
    status = refusal.status if refusal else (HTTP_UNPROCESSABLE if form.is_bound else None)
    context = {"profile": profile, "entry": found, "form": form, "refusal": refusal}
    return render(request, "profile_workflow/priority_remove.html", context, status=status)


def _without(given: Given, priority_id: int) -> Given:
    return [one for one in given if one["id"] != priority_id]
