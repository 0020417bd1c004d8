"""What a person reads whose request is refused: why, who helps, and the words that he had typed."""

import re
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseForbidden,
    QueryDict,
)
from django.http.request import RawPostDataException
from django.shortcuts import render
from django.template.loader import render_to_string

from config import access
from profile_workflow.days import role_day
from profile_workflow.models.people import User
from profile_workflow.queries.people import project_team_of
from profile_workflow.states import Role

_ROLE_OF = {
    access.Rule.PROJECT_TEAM: Role.PROJECT_TEAM,
    access.Rule.ADMINISTRATOR: Role.ADMINISTRATOR,
}

#: What a form sends that nobody typed, or that nobody should see again.
_NOT_SHOWN = re.compile(
    r"csrfmiddlewaretoken|.*password\d?|base_.*|writer|move|action|act|step|shown|next|.*-(seen|version)"
)


def typed_in(request: HttpRequest) -> list[str]:
    """Return the words that came with a form, for whoever would otherwise lose them."""
    return _words_in(request.POST)


def _words_in(sent: QueryDict) -> list[str]:
    return [
        str(text)
        for name, texts in sent.lists()
        for text in texts
        if not _NOT_SHOWN.fullmatch(name) and str(text).strip()
    ]


def open_too_long(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Refuse a form whose token is missing or old, and give back what was typed."""
    found = {"typed": typed_in(request)}
    return HttpResponseForbidden(render_to_string("403_csrf.html", found))


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that a request cannot be read; of a form that is too large, give back what was typed."""
    if not isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return HttpResponseBadRequest(render_to_string("400.html"))
    found = {"typed": _typed_in_part(request)}
    return HttpResponse(
        render_to_string("413.html", found), status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    )


def _typed_in_part(request: HttpRequest) -> list[str]:
    """Return the words of as many fields as are taken; none of a form too large to be read."""
    try:
        sent = request.body
    except (RequestDataTooBig, RawPostDataException):
        return []
    if request.content_type != "application/x-www-form-urlencoded":
        return []
    most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    return _words_in(QueryDict(b"&".join(sent.split(b"&", most)[:most])))


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say why not, which role is needed, and who of one's programmes can give it."""
    user, grantors = request.user, list[User]()
    if isinstance(user, User):
        grantors = project_team_of(user, on=role_day())
    found = {"sentence": str(exception), "role": _role_needed(request), "grantors": grantors}
    return render(request, "403.html", found, status=403)


def _role_needed(request: HttpRequest) -> str:
    """Return the role that the table of access asks for, empty if it asks for none."""
    match = request.resolver_match
    rule = access.RULES.get(access.line_of(match.view_name)) if match else None
    role = _ROLE_OF.get(rule) if rule else None
    return str(role.label) if role else ""
