"""The form of the written answer to an objection."""

from django import forms
from django.utils.translation import gettext_lazy as _

from profile_workflow.forms.marked import MarkedForm
from profile_workflow.services.objections import MOST_CHARACTERS


class ObjectionForm(MarkedForm):
    """What is answered to somebody who has objected."""

    text = forms.CharField(
        label=_("Written answer"),
        help_text=_(
            "What becomes of the objection, and why. Whoever objected reads it, and it is printed "
            "beside the objection; so write no names."
        ),
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
