"""Forms with which the authority of a city signs through a personal link: the answer, the code."""

import unicodedata
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profile_workflow.forms.marked import MarkedForm
from profile_workflow.forms.moves import ReasonField
from profile_workflow.forms.renderer import StyledForm
from profile_workflow.models import Section, SigningAnswer, SignOff
from profile_workflow.services.section_answers import MOST_CHARACTERS
from profile_workflow.services.signing import DIGITS, Signing, mark_of
from profile_workflow.states import Signature


class SigningForm(MarkedForm):
    """What an authority answers, and who signs."""

    move = forms.ChoiceField(
        label=gettext_lazy("Your answer for the city"),
        help_text=gettext_lazy(
            "A reservation is printed in the profile. An objection sends the sections that you "
            "name back to their authors, and gets a written answer."
        ),
        choices=Signature.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of these.")},
    )
    sections = forms.MultipleChoiceField(
        label=gettext_lazy("Sections to which you object"),
        help_text=gettext_lazy("Only for an objection: tick at least one."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    text = ReasonField(
        label=gettext_lazy("Your reservation, or the reason of your objection"),
        help_text=gettext_lazy(
            "Needed for both, and left out if you simply approve. Write no names of people, and "
            "nothing that must not be known."
        ),
        required=False,
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    signatory = forms.CharField(
        label=gettext_lazy("Your name"),
        help_text=gettext_lazy("As it stands under the signature."),
        max_length=150,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "name"}),
    )
    function = forms.CharField(
        label=gettext_lazy("Your function"),
        help_text=gettext_lazy("For example: deputy mayor for social affairs."),
        max_length=150,
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "organization-title"}),
    )

    def __init__(self, *args: Any, sections: Iterable[Section], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.key, format_html("<bdi>{}</bdi>", one)) for one in sections]
        self.fields["sections"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for words and for sections where the choice needs them."""
        cleaned: dict[str, Any] = super().clean() or {}
        needs_words = cleaned.get("move") in (Signature.RESERVE, Signature.OBJECT)
        if needs_words and not str(cleaned.get("text", "")).strip() and "text" not in self.errors:
            self.add_error("text", _("Write your reservation, or why you object."))
        objects = cleaned.get("move") == Signature.OBJECT
        if objects and not cleaned.get("sections") and "sections" not in self.errors:
            self.add_error("sections", _("Name the sections to which you object."))
        return cleaned

    @property
    def given(self) -> Signing:
        """What was given."""
        cleaned = self.cleaned_data
        return Signing(
            move=Signature(cleaned["move"]),
            statement=cleaned["text"],
            sections=cleaned["sections"],
            signatory=cleaned["signatory"],
            function=cleaned["function"],
        )


def initial_of(answer: SigningAnswer | None, signoff: SignOff) -> dict[str, Any]:
    """Return what the form begins with: what was saved, or the name of whoever is asked."""
    if answer is None:
        return {"signatory": signoff.person.full_name if signoff.person else ""}
    return {
        "move": answer.move,
        "sections": answer.sections,
        "text": answer.statement,
        "signatory": answer.signatory,
        "function": answer.function,
        "base": mark_of(answer),
    }


class CodeForm(StyledForm):
    """The code that came by mail."""

    code = forms.CharField(
        label=gettext_lazy("Code from the mail"),
        help_text=gettext_lazy("Eight digits; spaces do not matter."),
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "dir": "ltr",
                "inputmode": "numeric",
                "autocomplete": "one-time-code",
                "spellcheck": "false",
            }
        ),
        error_messages={"required": gettext_lazy("Type the code that came by mail.")},
    )

    def clean_code(self) -> str:
        """Return the digits alone, whatever numerals they were typed in."""
        typed = str(self.cleaned_data["code"])
        signs = (one for one in typed if not one.isspace() and one not in "-\u200e\u200f")
        digits = [unicodedata.decimal(one, None) for one in signs]
        if len(digits) != DIGITS or None in digits:
            raise forms.ValidationError(
                _("A code has %(number)s digits, and nothing else.") % {"number": DIGITS}
            )
        return "".join(str(one) for one in digits)
