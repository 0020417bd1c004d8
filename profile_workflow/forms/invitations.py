"""Forms of invitations to review: inviting, answering, deciding on the answer."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profile_workflow import languages
from profile_workflow.forms.days import DayField
from profile_workflow.forms.moves import ReasonField, SayingForm
from profile_workflow.forms.people import LONGEST_ADDRESS
from profile_workflow.forms.renderer import StyledForm
from profile_workflow.models import Profile, ReviewInvitation, Section
from profile_workflow.queries.history import move_label
from profile_workflow.services import accounts
from profile_workflow.services.invitations import MOST_CHARACTERS, Wish
from profile_workflow.services.lifecycle import Details
from profile_workflow.states import Declining


def _words_field(rows: int = 3, **said: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return ReasonField(required=False, max_length=MOST_CHARACTERS, widget=widget, **said)


class InvitationForm(StyledForm):
    """Who is invited, to review what, until when."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy("The invitation is sent there."),
        max_length=LONGEST_ADDRESS,
    )
    full_name = forms.CharField(
        label=gettext_lazy("Full name"),
        help_text=gettext_lazy("Needed only for somebody who has no account yet."),
        required=False,
        max_length=150,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        help_text=gettext_lazy("Of the mails to somebody who has no account yet."),
        choices=languages.choices(dict(settings.LANGUAGES)),
    )
    text = forms.CharField(
        label=gettext_lazy("What do you ask for?"),
        help_text=gettext_lazy(
            "A few sentences. They are read before anything is declared, so leave out what the "
            "profile says."
        ),
        required=False,
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    review_until = DayField(
        label=gettext_lazy("Review wanted until"),
        help_text=gettext_lazy("Left empty, the working days of each round are told."),
        required=False,
    )
    sections = forms.MultipleChoiceField(
        label=gettext_lazy("Sections to review"),
        help_text=gettext_lazy("None ticked means the whole profile."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, sections: Sequence[Section], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sections = {one.key: one for one in sections}
        field = cast("forms.MultipleChoiceField", self.fields["sections"])
        field.choices = [(key, str(one)) for key, one in self._sections.items()]

    def clean(self) -> dict[str, Any]:
        """Ask for the name of somebody who has no account."""
        cleaned: dict[str, Any] = super().clean() or {}
        email = cleaned.get("email")
        if email and not cleaned.get("full_name") and accounts.account_of(email) is None:
            self.add_error("full_name", _("There is no account with this address: give the name."))
        return cleaned

    def wish(self, *, follows: ReviewInvitation | None) -> Wish:
        """Return what the person is invited to; to be called on a valid form."""
        given = self.cleaned_data
        return Wish(
            text=given["text"],
            review_until=given["review_until"],
            sections=[self._sections[key] for key in given["sections"]],
            follows=follows,
        )


class AgainForm(forms.Form):
    """After which invitation another one is sent, to whom; anything unreadable is none."""

    after = forms.IntegerField(required=False, min_value=1)
    suggested = forms.BooleanField(required=False)
    email = forms.EmailField(required=False)

    def found(self, profile: Profile) -> ReviewInvitation | None:
        """Return the invitation, if the address names one of this profile."""
        number = self.cleaned_data.get("after") if self.is_valid() else None
        found = profile.invitations.select_related("person").filter(pk=number or 0)
        return found.first()

    def begun(self, former: ReviewInvitation | None, *, language: str) -> dict[str, Any]:
        """Return what a new invitation begins with."""
        empty = {"language": language, "email": self.cleaned_data.get("email", "")}
        if former is None:
            return empty
        is_other = self.cleaned_data.get("suggested", False)
        person = former.person
        return {
            "email": former.suggested_email if is_other else person.email,
            "full_name": former.suggested_name if is_other else person.full_name,
            "language": language if is_other else person.language,
            "text": former.text,
            "review_until": former.proposed_until or former.review_until,
            "sections": [one.key for one in former.sections.all()],
        }


class AnswerForm(SayingForm):
    """One of several forms on the page of an invitation; it makes one move.

    Attributes:
        makes: The move that it makes.
        label: What its button says.
    """

    FIELD_OF = {
        "no_interest": "interest",
        "no_date": "due_on",
        "no_declining": "declining",
        "no_address": "suggested_email",
        "no_reason": "words",
    }
    #: The move, and the prefix of the form.
    MOVE = ""

    move = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, of: ReviewInvitation, move: str = "", **kwargs: Any) -> None:
        self.name = move or self.MOVE
        super().__init__(*args, prefix=self.name, **kwargs)
        self.initial["move"] = self.name
        self._of = of

    @property
    def makes(self) -> str:
        """The move that it makes."""
        return self.name

    @property
    def label(self) -> str:
        """What its button says."""
        return move_label(ReviewInvitation.document_type, self.name)

    @property
    def details(self) -> Details:
        """What is said with the move; to be called on a valid form."""
        given = self.cleaned_data
        return Details(
            reason=given.get("words", "") if self.name in _REASONED else "",
            answer=given.get("words", ""),
            due_on=given.get("due_on"),
        )


class AcceptForm(AnswerForm):
    """Accepting, with a declaration of interests that nobody has chosen beforehand."""

    MOVE = "accept_invitation"

    declaration = forms.ChoiceField(
        label=gettext_lazy("Have you a conflict of interest?"),
        help_text=gettext_lazy(
            "For example: you wrote a part of it, you work for the city or for one of the "
            "authors, you are related to one of them, or you are paid by somebody with a stake."
        ),
        choices=[
            ("none", gettext_lazy("No, I have none")),
            ("interest", gettext_lazy("Yes, or perhaps: I describe it below")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of these.")},
    )
    interest = _words_field(
        label=gettext_lazy("Which interest?"),
        help_text=gettext_lazy(
            "Only if you said yes. The project team decides on it before you see the text."
        ),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse words about an interest beside the declaration that there is none."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("declaration") == "none" and cleaned.get("interest", "").strip():
            told = _("You describe an interest: choose “yes” above, or leave this empty.")
            self.add_error("interest", told)
        return cleaned

    @property
    def makes(self) -> str:
        """The move that it makes, as it was declared."""
        declared = self.is_valid() and self.cleaned_data["declaration"] == "interest"
        return "declare_interest" if declared else self.name

    @property
    def label(self) -> str:
        """What its button says."""
        return _("Accept the invitation")

    @property
    def details(self) -> Details:
        """What is declared; to be called on a valid form."""
        return Details(answer=self.cleaned_data["interest"])


class ProposeForm(AnswerForm):
    """Another date."""

    MOVE = "propose_date"

    due_on = DayField(
        label=gettext_lazy("Until when could you review?"),
        help_text=gettext_lazy("The project team answers; you then accept or decline."),
    )
    words = _words_field(2, label=gettext_lazy("A word to go with it"), help_text=gettext_lazy(
        "The project team alone reads it."))  # fmt: skip


class DeclineForm(AnswerForm):
    """Why not, and who else could."""

    MOVE = "decline_invitation"

    declining = forms.ChoiceField(
        label=gettext_lazy("Why do you decline?"),
        help_text=gettext_lazy("The project team alone reads it."),
        choices=Declining.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of these.")},
    )
    words = _words_field(
        label=gettext_lazy("In your words"),
        help_text=gettext_lazy("Needed only for another reason."),
    )
    suggested_name = forms.CharField(
        label=gettext_lazy("Who else could review? Full name"),
        help_text=gettext_lazy("If somebody comes to your mind."),
        required=False,
        max_length=150,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    suggested_email = forms.EmailField(
        label=gettext_lazy("E-mail address of this person"),
        help_text=gettext_lazy("The project team decides whether to write there."),
        required=False,
        max_length=LONGEST_ADDRESS,
    )

    @property
    def details(self) -> Details:
        """What is said; to be called on a valid form."""
        given = self.cleaned_data
        return Details(
            answer=given["words"],
            declining=given["declining"],
            suggested=(given["suggested_name"], given["suggested_email"]),
        )


_READ_BY_INVITED = gettext_lazy("Whoever was invited reads it; it is kept in the history.")
#: Move of the project team → label of its words.
_REASONED: Mapping[str, "str | Promise"] = {
    "clear_interest": gettext_lazy("Why it does not stand in the way"),
    "bar_interest": gettext_lazy("Why it stands in the way"),
    "withdraw_invitation": gettext_lazy("Why the invitation is withdrawn"),
}


class DecisionForm(AnswerForm):
    """What the project team decides on an invitation."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.name in _REASONED:
            label = _REASONED[self.name]
            self.add_field("words", _words_field(label=label, help_text=_READ_BY_INVITED))
        if self.name == "set_date":
            proposed: date | None = self._of.proposed_until
            told = _("The person accepts or declines it.")
            day = DayField(label=_("Review wanted until"), help_text=told, initial=proposed)
            self.add_field("due_on", day)


#: The forms of whoever is invited, in the order of the page.
ANSWERS: Sequence[type[AnswerForm]] = (AcceptForm, ProposeForm, DeclineForm)
