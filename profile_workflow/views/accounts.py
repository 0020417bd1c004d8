"""Signing in and out, and the language of the pages."""

from typing import Any, cast

from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.templatetags.static import static
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from profile_workflow.forms.accounts import LanguageForm, SignInForm
from profile_workflow.models import User
from profile_workflow.services import accounts

_TOO_MANY_REQUESTS = 429


class SignIn(LoginView):
    """Sign in, then go on to the page that was asked for."""

    authentication_form = SignInForm
    template_name = "profile_workflow/sign_in.html"
    redirect_authenticated_user = True

    def form_valid(self, form: Any) -> HttpResponseRedirect:
        """Sign in; from here on pages speak the language of the person, unless one was chosen."""
        response = cast("HttpResponseRedirect", super().form_valid(form))
        if settings.LANGUAGE_COOKIE_NAME not in self.request.COOKIES:
            _remember(response, form.get_user().language)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show the form again; 429 when the answer was given without looking."""
        response = super().form_invalid(form)
        if form.is_closed:
            response.status_code = _TOO_MANY_REQUESTS
        return response


class SignOut(LogoutView):
    """Sign out, and let the browser forget what it kept; for computers that people share."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Sign out."""
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        response["Clear-Site-Data"] = '"storage"'
        return response


@require_safe
def favicon(_request: HttpRequest) -> HttpResponse:
    """Send browsers that ask by themselves to the picture of the site."""
    return redirect(static("profile_workflow/favicon.svg"))


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Change the language of the pages, and of the mails to whoever is signed in."""
    form = LanguageForm(request.POST)
    if not form.is_valid():
        return redirect("home")
    chosen = form.cleaned_data["language"]
    if isinstance(request.user, User):
        accounts.choose_language(request.user, chosen)
    response = redirect(_safe(request, form.cleaned_data["next"]))
    _remember(response, chosen)
    return response


def _safe(request: HttpRequest, address: str) -> str:
    """Return an address on this site, or the start page instead of any other."""
    if url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return address
    return settings.LOGIN_REDIRECT_URL


def _remember(response: HttpResponse, chosen: str) -> None:
    if not translation.check_for_language(chosen):
        return
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=365 * 24 * 60 * 60,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
