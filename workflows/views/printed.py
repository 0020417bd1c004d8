"""A chapter as it will be printed, of the text last saved: asked for and looked at meanwhile."""

from csp.decorators import csp_update
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from profile_workflow.queries.drafting import sees_working_text
from profile_workflow.web.loading import profile_or_404, section_or_404, signed_in
from reports.errors import BuildFailed
from reports.models import Build
from workflows.queries.outputs import chapter_preview
from workflows.views.ordering import SHOWS_PDF, order


@require_http_methods(["GET", "HEAD", "POST"])
@csp_update(SHOWS_PDF)  # type: ignore[arg-type]
def section_printed(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Show the chapter and how far its pages are; by POST ask for those of the current text."""
    profile, user = profile_or_404(request, slug), signed_in(request)
    section = section_or_404(profile, key)
    if not sees_working_text(profile, user):
        raise PermissionDenied
    section.profile = profile
    if request.method == "POST":
        try:
            order(
                profile, by=user, at=timezone.now(),
                kind=Build.Kind.CHAPTER, language=profile.language, section=section,
            )  # fmt: skip
        except BuildFailed as problem:
            messages.error(request, str(problem))
        return redirect("section_printed", slug=slug, key=key)
    found = {
        "profile": profile,
        "section": section,
        "preview": chapter_preview(profile, key, viewer=user),
    }
    return render(request, "workflows/printed.html", found)
