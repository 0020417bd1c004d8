"""Forms for whoever cannot sign in: asking for a link, setting a password with it."""

from typing import Any

from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.utils.translation import gettext_lazy as _

from profile_workflow.forms.renderer import StyledForm


class LinkForm(StyledForm):
    """The address to which a link is sent."""

    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("The one with which you sign in. The mail arrives within a few minutes."),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )

    def clean_email(self) -> str:
        """Return the address as accounts are stored under it: in small letters."""
        return str(self.cleaned_data["email"]).strip().lower()


class NewPasswordForm(StyledForm, SetPasswordForm):  # type: ignore[type-arg]
    """Twice the new password, as Django checks it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The error summary takes the focus; a page that opens leaves it where it is.
        self.fields["new_password1"].widget.attrs.pop("autofocus", None)
