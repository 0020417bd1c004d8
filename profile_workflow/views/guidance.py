"""The guidance of one section: its guiding questions, and what its text should be looked at."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from profile_workflow.errors import DomainError
from profile_workflow.forms.drafting import WriterForm
from profile_workflow.forms.guidance import (
    FindingForm,
    FindingKind,
    FindingKindForm,
    QuestionsForm,
    rows_of,
)
from profile_workflow.models import Profile, Section, User
from profile_workflow.queries.guidance import Coverage, coverage_in, sees_guidance
from profile_workflow.services import guidance
from profile_workflow.services.drafting import check_may_write, may_write
from profile_workflow.web import guidance as shown
from profile_workflow.web.loading import profile_or_404, section_or_404, signed_in
from profile_workflow.web.refusing import HTTP_CONFLICT, HTTP_UNPROCESSABLE, Refusal, other_writer


@require_safe
def findings(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the open findings in the texts of all sections, or those of one kind."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    _check_sees(profile, viewer)
    kind = FindingKindForm(request.GET).wanted
    found = shown.found_in_profile(profile, viewer, kind)
    context = {
        "profile": profile,
        "groups": [one for one in found if one.findings],
        "number": sum(len(one.findings) for one in found),
        "kinds": FindingKind.choices,
        "kind": kind,
    }
    return render(request, "profile_workflow/findings.html", context)


def _check_sees(profile: Profile, viewer: User) -> None:
    if not sees_guidance(profile, viewer):
        raise PermissionDenied(
            _("This page is for those who write or judge the text: authors, reviewer and team.")
        )


@require_http_methods(["GET", "HEAD", "POST"])
def section_guidance(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Show questions and findings of a section; by POST allow a finding or take that back."""
    section, viewer = _section(request, slug, key), signed_in(request)
    _check_sees(section.profile, viewer)
    if request.method != "POST":
        return _page(request, section)
    form = FindingForm(request.POST, auto_id="id_typed_%s")
    if not form.is_valid():
        return _page(request, section, form)
    try:
        said = _decide(section, form.cleaned_data, by=viewer)
    except DomainError as error:
        return _page(request, section, form, Refusal.of(error))
    messages.success(request, said)
    return redirect(f"{reverse('section_guidance', args=[slug, key])}#findings")


def _section(request: HttpRequest, slug: str, key: str) -> Section:
    profile = profile_or_404(request, slug)
    section = section_or_404(profile, key)
    section.profile = profile
    return section


def _decide(section: Section, given: dict[str, Any], *, by: User) -> str:
    at = timezone.now()
    if given["action"] == "take_back":
        guidance.take_back_allowance(section, given["digest"], by=by, at=at)
        return _("Taken back. It has to be looked at again.")
    guidance.allow_finding(section, given["digest"], reason=given["reason"], by=by, at=at)
    return _("Allowed, until the words around it change.")


def _page(
    request: HttpRequest,
    section: Section,
    form: FindingForm | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    viewer = signed_in(request)
    may_judge = guidance.refusal_to_judge(section, viewer) is None
    found = shown.for_deciding(section, viewer)
    context = {
        "profile": section.profile,
        "section": section,
        "guidance": found,
        "rows": rows_of(found.text, form, may_judge=may_judge),
        "may_write": may_write(section, by=viewer),
        "typed": form,
        "refusal": refusal,
    }
    status = refusal.status if refusal else (HTTP_UNPROCESSABLE if form else None)
    return render(request, "profile_workflow/section_guidance.html", context, status=status)


@require_POST
def section_answers(request: HttpRequest, slug: str, key: str) -> JsonResponse:
    """Save the marks of guiding questions while the text is being written: all that can be."""
    section, viewer = _section(request, slug, key), signed_in(request)
    if WriterForm(request.POST).is_of_another(viewer):
        told = {"message": other_writer(viewer), "other": True}
        return JsonResponse(told, status=HTTP_CONFLICT)
    form = QuestionsForm(request.POST, groups=shown.asked(section))
    try:
        check_may_write(section, by=viewer)
        is_saved = form.save(section, by=viewer, at=timezone.now())
    except DomainError as error:
        return JsonResponse({"message": str(error)}, status=error.status)
    coverage, message = coverage_in(shown.asked(section)), _("Marks saved.")
    if not is_saved:
        message = " ".join(str(one) for found in form.errors.values() for one in found)
    told = {
        "message": message,
        "coverage": _words(coverage),
        "done": coverage.done,
        # Without it the page takes nothing for saved.
        "seen": form.seen_now,
        "problems": form.problems,
    }
    return JsonResponse(told, status=None if is_saved else HTTP_UNPROCESSABLE)


def _words(coverage: Coverage) -> str:
    words = ngettext(
        "%(done)s of %(all)s question answered",
        "%(done)s of %(all)s questions answered",
        coverage.all,
    )
    return words % {"done": coverage.done, "all": coverage.all}
