"""The submitted text of a section, for reading."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from profile_workflow.models import Section
from profile_workflow.queries import profiles
from profile_workflow.services.drafting import may_write
from profile_workflow.services.lifecycle import is_open
from profile_workflow.web.guidance import beside_revision
from profile_workflow.web.loading import profile_or_404, section_or_404, signed_in
from profile_workflow.web.reading import ReadingText, reading_text, with_permalinks


@require_safe
def section(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Show the text as it was submitted last, and what waits for an answer."""
    profile = profile_or_404(request, slug)
    found = section_or_404(profile, key)
    found.profile = profile
    before, after = profiles.neighbours(profile, found)
    viewer, at = signed_in(request), timezone.now()
    people = profiles.people_of(profile, viewer=viewer, on=at.date())
    pens = profiles.pens_of(found, {one.role: one.names for one in people})
    return render(
        request,
        "profile_workflow/section.html",
        {
            "profile": profile,
            "section": found,
            "may_write": may_write(found, by=viewer),
            "may_review": is_open(found, "accept", viewer),
            "text": _text_of(found),
            "guidance": beside_revision(found, viewer),
            "remarks": profiles.open_remarks(profile, viewer=viewer, section=found),
            "revisions": profiles.revisions_of(found),
            "before": before,
            "after": after,
            "author": pens.author,
            "reviewer": pens.reviewer,
            "at": at,
        },
    )


def _text_of(section: Section) -> ReadingText | None:
    if section.revision is None:
        return None
    return with_permalinks(reading_text(section, section.revision))
