"""The forms with which the text of a section is written."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from profile_workflow.forms.renderer import StyledForm
from profile_workflow.markup import MAX_LENGTH
from profile_workflow.models import User
from profile_workflow.services.drafting import DraftText

_LARGEST_KEY = 2**63 - 1


class TextOfSection(forms.CharField):
    """A text as it was typed: line ends of one kind, nothing trimmed away.

    Whether it may stay empty is not the form's to say, so it is not called optional.
    """

    is_needed = True

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, required=False, **kwargs)

    def to_python(self, value: Any) -> str:
        """Return the text with the line ends under which it is stored."""
        text = super().to_python(value) or ""
        return text.replace("\r\n", "\n").replace("\r", "\n")


class AnswerField(forms.BooleanField):
    """A box to tick that is an answer either way, so it is not called optional."""

    is_needed = True


class WriterForm(StyledForm):
    """Who opened the page: after his session has ended, somebody else may sign in."""

    writer = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def is_of_another(self, person: User) -> bool:
        """Whether the page was opened by somebody else than whoever sends it."""
        writer = self.cleaned_data["writer"] if self.is_valid() else 0
        return writer is not None and writer != person.pk


class DraftForm(WriterForm):
    """The working text of a section, and what it was when writing began.

    ``base_version`` and what begins with ``base_`` like it come back with the text, so that a save
    can be told from one that would overwrite somebody else's, and the two texts can be joined.
    ``aside`` is the working copy in which the text is kept as long as that cannot be.
    """

    text = TextOfSection(
        label=_("Text of the section"),
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "true"}),
    )
    nothing_found = AnswerField(
        label=_("Nothing was found"),
        required=False,
        help_text=_("A valid answer instead of text, if you say where you searched."),
    )
    searched = TextOfSection(
        label=_("Where it was searched"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Archives, offices and data sets, each with the day of the search."),
    )
    base_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    base_text = TextOfSection(widget=forms.HiddenInput)
    base_nothing = forms.BooleanField(required=False, widget=forms.HiddenInput)
    base_searched = TextOfSection(widget=forms.HiddenInput)
    aside = forms.IntegerField(
        required=False, min_value=1, max_value=_LARGEST_KEY, widget=forms.HiddenInput
    )

    @property
    def base(self) -> DraftText | None:
        """What the text was made from; None if the page did not send it, or no page could have."""
        given = self.cleaned_data
        if "base_text" not in self.data or len(given["base_text"]) > MAX_LENGTH:
            return None
        return DraftText(
            text=given["base_text"],
            nothing_found=given["base_nothing"],
            searched=given["base_searched"].strip(),
        )

    @property
    def draft(self) -> DraftText:
        """What is to be saved."""
        given = self.cleaned_data
        return DraftText(
            text=given["text"],
            nothing_found=given["nothing_found"],
            searched=given["searched"].strip(),
        )


_BUTTONS = ("save", "take", "settle", "answers", "preview", "submit", "pick")


class ActionForm(forms.Form):
    """Which of the buttons below a text was pressed; anything unreadable saves."""

    action = forms.ChoiceField(choices=[(name, name) for name in _BUTTONS], required=False)
    pick = forms.CharField(max_length=100, required=False)

    @property
    def wanted(self) -> str:
        """The name of the button."""
        return str(self.cleaned_data["action"]) if self.is_valid() else ""

    @property
    def picked(self) -> str | None:
        """Words that the sources beside the text are filtered by; None if they are not."""
        return str(self.cleaned_data["pick"]) if self.wanted == "pick" else None
