"""Signing in and out, the password, and the language of the pages."""

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from profile_workflow.forms.accounts import LanguageForm, PasswordForm, SignInForm, SignOutForm
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
            remember_language(response, form.get_user().language)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show the form again; 429 when the answer was given without looking."""
        response = super().form_invalid(form)
        if form.is_closed:
            response.status_code = _TOO_MANY_REQUESTS
        return response


class SignOut(LogoutView):
    """Sign out, and let the browser forget what it kept; for computers that people share.

    What somebody wrote and could not save is kept in the browser alone: only the page knows whether
    there is any, and asks.
    """

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Sign out."""
        may_forget = SignOutForm(request.POST).may_forget
        response: HttpResponse = super().post(request, *args, **kwargs)
        if may_forget:
            response["Clear-Site-Data"] = '"storage"'
        return response


class Password(PasswordChangeView):
    """Choose another password; other browsers in which the person is signed in are signed out."""

    form_class = PasswordForm
    template_name = "profile_workflow/password.html"
    success_url = reverse_lazy("me")

    def form_valid(self, form: Any) -> HttpResponse:
        """Store it and say so."""
        messages.success(self.request, _("Your password has been changed."))
        response: HttpResponse = super().form_valid(form)
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
    remember_language(response, chosen)
    return response


def _safe(request: HttpRequest, address: str) -> str:
    """Return an address on this site, or the start page instead of any other."""
    if url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return address
    return settings.LOGIN_REDIRECT_URL


def remember_language(response: HttpResponse, chosen: str) -> None:
    """Let the browser ask for a language from now on, whatever it was set to."""
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
