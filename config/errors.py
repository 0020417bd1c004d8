"""What a person reads who may not open a page: which role it needs, and who gives it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from config import access
from profile_workflow.models.people import User
from profile_workflow.queries.people import project_team_of
from profile_workflow.states import Role

_ROLE_OF = {
    access.Rule.PROJECT_TEAM: Role.PROJECT_TEAM,
    access.Rule.ADMINISTRATOR: Role.ADMINISTRATOR,
}


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say why not, which role is needed, and who of one's programmes can give it."""
    user, grantors = request.user, list[User]()
    if isinstance(user, User):
        grantors = project_team_of(user, on=timezone.localdate())
    found = {"sentence": str(exception), "role": _role_needed(request), "grantors": grantors}
    return render(request, "403.html", found, status=403)


def _role_needed(request: HttpRequest) -> str:
    """Return the role that the table of access asks for, empty if it asks for none."""
    match = request.resolver_match
    rule = access.RULES.get(access.line_of(match.view_name)) if match else None
    role = _ROLE_OF.get(rule) if rule else None
    return str(role.label) if role else ""
