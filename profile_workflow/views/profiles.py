"""The profiles in which a person takes part."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from profile_workflow.queries.profiles import profiles_of
from profile_workflow.web.loading import signed_in


@require_safe
def profiles(request: HttpRequest) -> HttpResponse:
    """Show the list."""
    found = {"profiles": profiles_of(signed_in(request)), "at": timezone.now()}
    return render(request, "profile_workflow/profiles.html", found)
