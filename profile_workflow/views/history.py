"""The timeline of a profile: who did what, in which role, when and why."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from profile_workflow.forms.filters import HistoryFilter, PageForm
from profile_workflow.queries import history as queries
from profile_workflow.queries.profiles import sections_of
from profile_workflow.web.loading import profile_or_404, signed_in

EVENTS_A_PAGE = 50


@require_safe
def history(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the timeline, newest first."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    form = HistoryFilter(
        request.GET,
        people=queries.people_in(profile, viewer=viewer),
        sections=sections_of(profile),
    )
    numbers = queries.events_of(profile, form.wanted, viewer=viewer)
    page = Paginator(numbers, EVENTS_A_PAGE).get_page(PageForm(request.GET).number)
    found = {
        "profile": profile,
        "form": form,
        "page": page,
        "lines": queries.lines(profile, list(page.object_list), viewer=viewer),
    }
    return render(request, "profile_workflow/history.html", found)
