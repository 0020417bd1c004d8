"""The profiles in which a person takes part, each with its next step."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from profile_workflow.days import role_day
from profile_workflow.forms.filters import PageForm
from profile_workflow.queries.people import is_project_team
from profile_workflow.queries.profiles import profiles_of
from profile_workflow.web.loading import signed_in
from workflows import queries

PROFILES_A_PAGE = 50


@require_safe
def profiles(request: HttpRequest) -> HttpResponse:
    """Show the list."""
    user, at = signed_in(request), timezone.now()
    page = Paginator(profiles_of(user), PROFILES_A_PAGE).get_page(PageForm(request.GET).number)
    several = list(page.object_list)
    steps = queries.next_steps(several)
    found = {
        "page": page,
        "rows": [(one, steps.get(one.slug)) for one in several],
        "is_team": is_project_team(user, on=role_day()),
        "at": at,
    }
    return render(request, "workflows/profiles.html", found)
