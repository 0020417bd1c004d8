"""Help: what waits for each role and how to do it, and the words of the field."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from profile_workflow.days import role_day
from profile_workflow.models import User
from profile_workflow.queries.people import roles_held
from profile_workflow.web import guides as content


@require_safe
def guides(request: HttpRequest) -> HttpResponse:
    """Show the roles, those of whoever asks first, and the words of the field."""
    user = request.user
    mine = roles_held(user, on=role_day()) if isinstance(user, User) else set()
    every = content.guides()
    found = {
        "mine": [guide for guide in every if guide.role in mine],
        "others": [guide for guide in every if guide.role not in mine],
        "glossary": content.glossary(),
    }
    return render(request, "profile_workflow/guides.html", found)


@require_safe
def guide(request: HttpRequest, role: str) -> HttpResponse:
    """Show what somebody in a role has to know.

    Raises:
        Http404: If there is no such role.
    """
    found = next((one for one in content.guides() if one.role == role), None)
    if found is None:
        raise Http404
    context = {"guide": found, "glossary": content.glossary()}
    return render(request, "profile_workflow/guide.html", context)
