"""What stands beside a text and changes with each save, as a part of the page for writing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from profile_workflow.errors import DomainError
from profile_workflow.queries.drafting import draft_of
from profile_workflow.services.drafting import check_may_write
from profile_workflow.web import guidance
from profile_workflow.web.loading import profile_or_404, section_or_404, signed_in
from workflows import engine


@require_safe
def section_beside(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Show what is missing before the section can be submitted, and the findings in its text."""
    profile, user = profile_or_404(request, slug), signed_in(request)
    section = section_or_404(profile, key)
    section.profile = profile
    try:
        check_may_write(section, by=user)
    except DomainError as error:
        return HttpResponse(str(error), status=error.status, content_type="text/plain")
    offer = next((one for one in engine.offers(section, user) if one.move == "submit"), None)
    context = {
        "profile": profile,
        "section": section,
        "offer": offer,
        "expected": offer.missing if offer else (),
        "guidance": guidance.beside_draft(section, draft_of(section).text, ()),
    }
    return render(request, "workflows/_beside.html", context)
