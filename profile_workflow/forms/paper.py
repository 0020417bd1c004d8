"""Forms for answers on paper: finding a form by its number, its language, entering what it says."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profile_workflow import languages
from profile_workflow.forms.days import DayField
from profile_workflow.forms.moves import ReasonField
from profile_workflow.forms.renderer import StyledForm
from profile_workflow.models import Challenge, Section
from profile_workflow.queries.paper import id_in
from profile_workflow.services.paper import Paper
from profile_workflow.services.section_answers import MOST_CHARACTERS
from profile_workflow.states import PriorityLabel, SectionView


class NumberForm(StyledForm):
    """The number that stands on a form."""

    number = forms.CharField(
        label=gettext_lazy("Number on the form"),
        help_text=gettext_lazy("It stands at the top of each sheet, e.g. 482-137."),
        max_length=40,
    )

    def clean_number(self) -> str:
        """Refuse what no form has."""
        number: str = self.cleaned_data["number"]
        if id_in(number) is None:
            raise forms.ValidationError(_("No form has this number. Compare it digit by digit."))
        return number


class PaperLanguageForm(forms.Form):
    """In which language a form is printed; anything unreadable is that of its reader."""

    language = forms.ChoiceField(required=False, choices=lambda: settings.LANGUAGES)

    @property
    def chosen(self) -> str:
        """The code of the language; empty if none was chosen."""
        return str(self.cleaned_data["language"]) if self.is_valid() else ""


def language_links() -> list[tuple[str, str]]:
    """Return the languages in which a form can be printed, with what they call themselves."""
    return languages.choices(dict(settings.LANGUAGES))


class PaperForm(StyledForm):
    """What is ticked and written on a form."""

    number = forms.CharField(
        label=gettext_lazy("Number on the form"),
        help_text=gettext_lazy("Compare it with the sheet that lies before you."),
        max_length=40,
    )
    written_on = DayField(
        label=gettext_lazy("Date on the form"),
        help_text=gettext_lazy("The day that its writer has put on it."),
    )

    def __init__(
        self,
        *args: Any,
        sections: Sequence[Section],
        challenges: Sequence[Challenge],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._sections, self._challenges = sections, challenges
        for one in sections:
            self._add_section(one)
        for challenge in challenges:
            field = forms.ChoiceField(
                label=format_html("<bdi>{}</bdi>", challenge.title),
                help_text=_("As it is ticked on the form."),
                choices=[*PriorityLabel.choices, ("", _("No opinion"))],
                required=False,
                widget=forms.RadioSelect,
            )
            self.add_field(f"challenge_{challenge.pk}", field)

    def _add_section(self, one: Section) -> None:
        view = forms.ChoiceField(
            label=format_html("<bdi>{}</bdi>", one),
            help_text=_("As it is ticked on the form."),
            choices=[*SectionView.choices, ("", _("Nothing is ticked"))],
            required=False,
            widget=forms.RadioSelect,
        )
        text = ReasonField(
            label=_("What is written beside it"),
            help_text=_("Word for word, without names of people."),
            required=False,
            max_length=MOST_CHARACTERS,
            widget=forms.Textarea(attrs={"rows": 3}),
        )
        self.add_field(f"view_{one.pk}", view)
        self.add_field(f"text_{one.pk}", text)

    def clean(self) -> dict[str, Any]:
        """Ask for words where the choice needs some, and for anything at all."""
        cleaned: dict[str, Any] = super().clean() or {}
        for one in self._sections:
            view, text = cleaned.get(f"view_{one.pk}"), str(cleaned.get(f"text_{one.pk}") or "")
            if view in (SectionView.COMMENTS, SectionView.OBJECTS) and not text.strip():
                self.add_error(f"text_{one.pk}", _("Write the comment, or why they object."))
            if text.strip() and not view:
                self.add_error(f"view_{one.pk}", _("Choose what these words are."))
        if not self.errors and not any(cleaned.get(f"view_{one.pk}") for one in self._sections):
            raise forms.ValidationError(_("The form says nothing of what was asked about."))
        return cleaned

    @property
    def paper(self) -> Paper:
        """What the service is to store."""
        given = self.cleaned_data
        return Paper(
            written_on=given["written_on"],
            said={
                one.key: (SectionView(given[f"view_{one.pk}"]), given[f"text_{one.pk}"])
                for one in self._sections
                if given[f"view_{one.pk}"]
            },
            ranked={
                one.pk: PriorityLabel(given[f"challenge_{one.pk}"])
                for one in self._challenges
                if given[f"challenge_{one.pk}"]
            },
            number=given["number"],
        )
