"""Two submitted texts of a section, compared."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from profile_workflow.forms.compare import CompareForm
from profile_workflow.queries.revisions import all_revisions, last_seen
from profile_workflow.web.loading import profile_or_404, section_or_404, signed_in
from profile_workflow.web.reading import compared_html
from profile_workflow.web.redline import redline


@require_safe
def compare(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Show what changed, by default since whoever asks judged the section last."""
    profile = profile_or_404(request, slug)
    section = section_or_404(profile, key)
    section.profile = profile
    revisions = all_revisions(section)
    context = {"profile": profile, "section": section, "revisions": revisions}
    if revisions:
        seen = last_seen(section, signed_in(request))
        form = CompareForm(request.GET, revisions=revisions, seen=seen)
        old, new = form.pair
        same = old.sha256 == new.sha256
        context |= {
            "form": form,
            "old": old,
            "new": new,
            "seen": seen,
            "view": form.shown_as.value,
            "found": None
            if same
            else redline(compared_html(section, old), compared_html(section, new)),
        }
    return render(request, "profile_workflow/compare.html", context)
