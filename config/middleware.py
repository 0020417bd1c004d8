"""What every request passes through: maintenance, the table of access, the time zone, no copies."""

import logging
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from config import access
from config.errors import typed_in
from profile_workflow.models.people import User

logger = logging.getLogger(__name__)

_READING = ("GET", "HEAD")
_DATA = "application/json"
_FORMATS = ("text/html", _DATA)
#: Asked by machines that must not take maintenance for a failure.
_ALWAYS_ANSWERED = ("/healthz", "/readyz")
_RETRY_AFTER_SECONDS = 600


class MaintenanceMiddleware:
    """Answers every page with “back soon” while ``MAINTENANCE`` is set; asks no database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request, or say when to come back."""
        if not settings.MAINTENANCE or request.path in _ALWAYS_ANSWERED:
            return self.get_response(request)
        response = HttpResponse(render_to_string("503.html"), status=503)
        response["Retry-After"] = str(_RETRY_AFTER_SECONDS)
        response["Cache-Control"] = "no-store"
        return response


class WrongMethodMiddleware:
    """Gives a page to whoever opens an address that only takes what a button sends."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request; a bare 405 gets words and a way on."""
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            response.content = render(request, "405.html").content
        return response


class AccessMiddleware:
    """Enforces ``config.access`` before a view is called, and keeps pages out of caches.

    To a stranger every closed address answers alike: sign in. Whoever is signed in sees times in
    his own zone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request, and say that nobody may keep the answer."""
        try:
            response = self.get_response(request)
        finally:
            timezone.deactivate()
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
            patch_vary_headers(response, ["Cookie"])
        return response

    def process_view(
        self,
        request: HttpRequest,
        _view: Callable[..., HttpResponseBase],
        _args: Sequence[Any],
        arguments: Mapping[str, Any],
    ) -> HttpResponseBase | None:
        """Refuse, ask to sign in, or let pass.

        Raises:
            NoRule: If the address has no rule, while developing.
            PermissionDenied, Http404: As ``access.check``.
        """
        match = request.resolver_match
        name = match.view_name if match else ""
        try:
            rule = access.rule_for(name)
        except access.NoRule:
            if settings.DEBUG:
                raise
            logger.exception("An address without a rule was refused")
            raise PermissionDenied from None
        user = request.user
        if isinstance(user, User):
            timezone.activate(ZoneInfo(user.time_zone))
        if rule in access.OPEN_TO_STRANGERS:
            return None
        if not isinstance(user, User):
            return _to_sign_in(request)
        access.check(name, user, arguments)
        return None


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send a stranger to the sign-in page, and back here afterwards if there is a page here.

    A script is told in its own language, so that what it holds stays where it is. Whoever sent a
    form gets back what he typed: nothing is stored for a stranger, and nothing is lost.
    """
    if request.get_preferred_type(_FORMATS) == _DATA:
        told = {"message": _("You are signed out. Sign in again.")}
        return JsonResponse(told, status=HTTPStatus.UNAUTHORIZED)
    if request.method in _READING:
        return redirect_to_login(request.get_full_path())
    if typed := typed_in(request):
        return render(request, "401.html", {"typed": typed}, status=HTTPStatus.UNAUTHORIZED)
    return redirect(settings.LOGIN_URL)
