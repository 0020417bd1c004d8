"""What a person decides about his own account: language, time zone, mails."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from profile_workflow.errors import InvalidInput
from profile_workflow.models import User
from profile_workflow.services import accounts
from profile_workflow.views.accounts import remember_language
from profile_workflow.web.loading import signed_in
from profile_workflow.web.refusing import HTTP_UNPROCESSABLE
from workflows.letters import OPTIONAL_KINDS, is_wanted
from workflows.views.forms import SettingsForm


@require_http_methods(["GET", "HEAD", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    """Show the settings of whoever asks; by POST change them."""
    user = signed_in(request)
    form = SettingsForm(request.POST if request.method == "POST" else None, initial=_present(user))
    if form.is_valid():
        chosen = form.cleaned_data["language"]
        try:
            accounts.change_settings(
                user,
                language=chosen,
                time_zone=form.cleaned_data["time_zone"],
                muted_mails=form.muted_mails,
            )
        except InvalidInput as error:
            form.add_error(None, str(error))
        else:
            with translation.override(chosen):
                messages.success(request, _("Your settings have been saved."))
            response = redirect("me")
            remember_language(response, chosen)
            return response
    status = HTTP_UNPROCESSABLE if form.is_bound else None
    return render(request, "workflows/me.html", {"form": form, "person": user}, status=status)


def _present(user: User) -> dict[str, object]:
    return {
        "language": user.language,
        "time_zone": user.time_zone,
        "mails": [kind for kind in OPTIONAL_KINDS if is_wanted(kind, by=user)],
    }
