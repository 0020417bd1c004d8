"""For whoever cannot sign in: a link by mail, and with it another password."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from profile_workflow.forms.passwords import LinkForm, NewPasswordForm
from profile_workflow.proxies import address_of
from profile_workflow.services import accounts
from profile_workflow.web.refusing import HTTP_UNPROCESSABLE
from workflows import notifications
from workflows.executors import get_executor
from workflows.letters import AccountMail

_TOO_MANY_REQUESTS = 429


@require_http_methods(["GET", "HEAD", "POST"])
def password_reset(request: HttpRequest) -> HttpResponse:
    """Ask for the address; by POST send the link, and tell nobody whether there is an account."""
    form = LinkForm(request.POST or None)
    if request.method != "POST":
        return _page(request, form, None)
    if not form.is_valid():
        return _page(request, form, HTTP_UNPROCESSABLE)
    email, at = form.cleaned_data["email"], timezone.now()
    if not accounts.may_ask_for_link(email, address=address_of(request), at=at):
        form.add_error(None, _("Too many attempts. Wait a quarter of an hour and try again."))
        return _page(request, form, _TOO_MANY_REQUESTS)
    person = accounts.account_of(email)
    if person is not None:
        job = notifications.account_letter(person, AccountMail.PASSWORD, at=at)
        get_executor().enqueue([job])
    messages.success(
        request,
        _("If there is an account with this address, a mail with a link is on its way to it."),
    )
    return redirect(settings.LOGIN_URL)


def _page(request: HttpRequest, form: LinkForm, status: int | None) -> HttpResponse:
    return render(request, "workflows/password_reset.html", {"form": form}, status=status)


class SetPassword(PasswordResetConfirmView):
    """Set the password with the link of a mail; the link is good for one time only."""

    form_class = NewPasswordForm
    template_name = "workflows/password_set.html"
    success_url = reverse_lazy("sign_in")

    def form_valid(self, form: Any) -> HttpResponse:
        """Store it, and say that one can sign in now."""
        messages.success(self.request, _("Your password is set. Sign in with it."))
        response: HttpResponse = super().form_valid(form)
        return response
