"""Forms of the pages behind a personal link: the answer to a section, and the language."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profile_workflow import languages
from profile_workflow.forms.marked import MarkedForm
from profile_workflow.forms.moves import ReasonField
from profile_workflow.forms.renderer import StyledForm
from profile_workflow.models import Challenge, PriorityAnswer
from profile_workflow.services.priority_answers import mark_of
from profile_workflow.services.section_answers import MOST_CHARACTERS
from profile_workflow.states import PriorityLabel, SectionView


class SectionAnswerForm(MarkedForm):
    """What somebody thinks of a section, and why."""

    view = forms.ChoiceField(
        label=gettext_lazy("What do you think of this section?"),
        help_text=gettext_lazy("You can change it until the consultation closes."),
        choices=SectionView.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of these.")},
    )
    text = ReasonField(
        label=gettext_lazy("Your comment, or the reason of your objection"),
        help_text=gettext_lazy(
            "Needed for a comment and for an objection. The authors of the text answer each. Write "
            "no names of people, and nothing that must not be known."
        ),
        required=False,
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for words where the choice needs some."""
        cleaned: dict[str, Any] = super().clean() or {}
        needs_words = cleaned.get("view") in (SectionView.COMMENTS, SectionView.OBJECTS)
        if needs_words and not str(cleaned.get("text", "")).strip() and "text" not in self.errors:
            self.add_error("text", _("Write your comment, or why you object."))
        return cleaned

    @property
    def chosen(self) -> SectionView:
        """What was chosen."""
        return SectionView(self.cleaned_data["view"])

    @property
    def typed(self) -> str:
        """The words as they were sent, for whoever would otherwise lose them."""
        return str(self["text"].value() or "")


class SendForm(MarkedForm):
    """Which answers were looked at before they are sent."""

    @property
    def seen(self) -> str:
        """The mark of those answers; empty if it cannot be read."""
        return self.mark if self.is_valid() else ""


class PrioritiesForm(MarkedForm):
    """How firmly each challenge should be met."""

    def __init__(self, *args: Any, challenges: Sequence[Challenge], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in challenges:
            field = forms.ChoiceField(
                label=format_html("<bdi>{}</bdi>", one.title),
                help_text=format_html("<bdi>{}</bdi>", one.text or one.field or one.code),
                choices=[*PriorityLabel.choices, ("", _("No opinion"))],
                required=False,
                widget=forms.RadioSelect,
            )
            self.add_field(_field_of(one.pk), field)
        self._keys = [one.pk for one in challenges]

    @property
    def labels(self) -> dict[int, PriorityLabel | None]:
        """Challenge id → what was chosen."""
        chosen = {key: self.cleaned_data[_field_of(key)] for key in self._keys}
        return {key: PriorityLabel(label) if label else None for key, label in chosen.items()}


def priorities_initial(answers: Mapping[int, PriorityAnswer]) -> dict[str, str]:
    """Return what the form begins with."""
    labels = {_field_of(key): one.label for key, one in answers.items()}
    return labels | {"base": mark_of(answers)}


def _field_of(challenge_id: int) -> str:
    return f"challenge_{challenge_id}"


class LinkLanguageForm(StyledForm):
    """The language of the pages behind a link."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        help_text=gettext_lazy(
            "The language of these pages; the text stays in the language of its authors."
        ),
        choices=languages.choices(dict(settings.LANGUAGES)),
    )


class RevokeForm(StyledForm):
    """Why the link of somebody is ended."""

    reason = ReasonField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy(
            "The person reads it in a mail, and it is kept in the history of the profile."
        ),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AgainForm(forms.Form):
    """Which link somebody had when the button to send another one was shown."""

    seen = forms.IntegerField(required=False, min_value=1, max_value=2**62)

    @property
    def newest(self) -> int | None:
        """Id of that link; None if there was none, or if it cannot be read."""
        return self.cleaned_data["seen"] if self.is_valid() else None
