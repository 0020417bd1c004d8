"""Forms of the account: signing in, another password, choosing a language."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from profile_workflow.forms.renderer import StyledForm
from profile_workflow.proxies import address_of
from profile_workflow.services import accounts


class SignInForm(StyledForm, AuthenticationForm):
    """Address and password, with a limit on the number of attempts.

    Whether there is an account with the address cannot be learned from any answer.
    """

    error_messages = {
        "invalid_login": _("E-mail address and password do not belong together."),
        "inactive": _("E-mail address and password do not belong together."),
        "too_many": _("Too many attempts. Wait a quarter of an hour and try again."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The mark of a wrong pair stands at the top; a page that opens does not steal the focus.
        self.fields["username"].widget.attrs.pop("autofocus", None)

    @property
    def is_closed(self) -> bool:
        """Whether this answer was given without looking at the password."""
        return self.has_error("__all__", "too_many")

    def clean_username(self) -> str:
        """Return the address as accounts are stored under it: in small letters."""
        return str(self.cleaned_data["username"]).strip().lower()

    def clean(self) -> dict[str, Any]:
        """Check the pair, unless there were too many attempts already.

        Raises:
            ValidationError: If the pair is wrong, or may not be tried now.
        """
        email = self.cleaned_data.get("username", "")
        address = address_of(self.request) if self.request else ""
        at = timezone.now()
        if not accounts.may_try(email, address=address, at=at):
            raise ValidationError(self.error_messages["too_many"], code="too_many")
        try:
            cleaned: dict[str, Any] = super().clean()
        except ValidationError:
            accounts.note_failure(email, address=address, at=at)
            raise
        accounts.forget_failures(email, address=address)
        return cleaned


class PasswordForm(StyledForm, PasswordChangeForm):
    """The old password and twice the new one, as Django checks them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].widget.attrs.pop("autofocus", None)


class LanguageForm(forms.Form):
    """The language of the pages, and the page to come back to."""

    language = forms.ChoiceField(choices=settings.LANGUAGES)
    next = forms.CharField(required=False, max_length=2000)


class SignOutForm(forms.Form):
    """What signing out does besides.

    ``forget`` says that the browser keeps no text that the server does not have.
    """

    forget = forms.BooleanField(required=False)

    @property
    def may_forget(self) -> bool:
        """Whether the browser can be told to forget what it keeps."""
        return self.is_valid() and bool(self.cleaned_data["forget"])
