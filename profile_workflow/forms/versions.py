"""The form about a published version."""

from django import forms
from django.utils.translation import gettext_lazy

from profile_workflow.forms.moves import ReasonField
from profile_workflow.forms.renderer import StyledForm


class WithdrawVersionForm(StyledForm):
    """Why a version is withdrawn."""

    reason = ReasonField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy(
            "Everybody who comes to the address of this version or checks its file reads these "
            "words. Name nobody in them."
        ),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
