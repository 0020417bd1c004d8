"""Forms that name people: giving a part, inviting, substituting, ending."""

from collections.abc import Collection, Sequence
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from profile_workflow import languages
from profile_workflow.forms.days import DayField
from profile_workflow.forms.renderer import StyledForm
from profile_workflow.models import User
from profile_workflow.queries.staffing import people_called
from profile_workflow.states import Role, StakeholderCategory

#: Id of the list of suggestions that a page with such a field holds.
SUGGESTIONS = "people-known"
#: Longest e-mail address of an account.
LONGEST_ADDRESS = 254


def the_only_one(text: str, found: Sequence[User]) -> User:
    """Return the one account that was found for an address or a name.

    Raises:
        ValidationError: If there is none, or several people have the name.
    """
    if not found:
        raise ValidationError(
            _("Nobody with the address or name “%(text)s” has an account."),
            code="unknown",
            params={"text": text},
        )
    if len(found) > 1:
        raise ValidationError(
            _("Several people are called “%(text)s”; give the e-mail address."),
            code="ambiguous",
            params={"text": text},
        )
    return found[0]


class PersonField(forms.CharField):
    """Somebody with an account, by e-mail address or full name.

    What it refuses tells whether there is an account. It is for the project team alone, which opens
    accounts, and looks among all of them for whom to give a part (``staffing.find_people``).
    """

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"list": SUGGESTIONS, "autocomplete": "off", "dir": "auto"}
        super().__init__(
            widget=forms.TextInput(attrs=attributes), max_length=LONGEST_ADDRESS, **kwargs
        )

    def clean(self, value: Any) -> User | None:
        """Return the person, or None where nobody is named.

        Raises:
            ValidationError: As ``the_only_one``.
        """
        text = super().clean(value)
        return the_only_one(text, people_called([text])[text]) if text else None


class PeopleField(forms.CharField):
    """People with an account, one a line; for whom, see ``PersonField``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 3}), max_length=5000, **kwargs)

    def clean(self, value: Any) -> list[User]:
        """Return the people, each once.

        Raises:
            ValidationError: As ``the_only_one``, for every line that names nobody.
        """
        lines = list(filter(None, (line.strip() for line in super().clean(value).splitlines())))
        found: dict[int, User] = {}
        problems: list[ValidationError] = []
        for line, called in people_called(lines).items():
            try:
                person = the_only_one(line, called)
            except ValidationError as error:
                problems.append(error)
            else:
                found[person.pk] = person
        if problems:
            raise ValidationError(problems)
        return list(found.values())


class SearchForm(StyledForm):
    """Words of a name or an address, and who was chosen of those found."""

    q = forms.CharField(
        label=_("Name or e-mail address"),
        help_text=_("Any words of it; several find fewer people."),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "dir": "auto"}),
    )
    person = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    role = forms.ChoiceField(required=False, choices=Role.choices, widget=forms.HiddenInput)

    @property
    def for_role(self) -> str:
        """The role for which somebody is looked for; empty if any."""
        return str(self.cleaned_data.get("role", "")) if self.is_valid() else ""

    @property
    def words(self) -> str:
        """What is looked for."""
        return str(self.cleaned_data.get("q", "")) if self.is_valid() else ""

    @property
    def chosen(self) -> int | None:
        """Id of the person who was chosen."""
        found: int | None = self.cleaned_data.get("person") if self.is_valid() else None
        return found


def _roles() -> list[tuple[str, "str | Promise"]]:
    named = [(role.value, role.label) for role in Role if role != Role.ADMINISTRATOR]
    return [("", _("Choose a role")), *named]


class PartForm(StyledForm):
    """The role that somebody is given in a profile."""

    role = forms.ChoiceField(
        label=_("Role"),
        help_text=_("It decides what the person sees and does in this profile."),
        error_messages={"required": _("Choose a role.")},
    )
    category = forms.ChoiceField(
        label=_("Category of stakeholder"),
        help_text=_("Only for members of the City Stakeholder Group."),
        required=False,
        choices=[("", _("None")), *StakeholderCategory.choices],
    )
    ask_now = forms.BooleanField(
        label=_("Ask this person in the consultation that is open"),
        help_text=_("The person gets the invitation with the same closing day as the others."),
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        consultation_is_open: bool,
        invited: Collection[Role] = (),
        **kwargs: Any,
    ) -> None:
        """``invited`` are the roles that are not given here, but by an invitation."""
        super().__init__(*args, **kwargs)
        role = cast("forms.ChoiceField", self.fields["role"])
        role.choices = [one for one in _roles() if one[0] not in invited]
        if not consultation_is_open:
            del self.fields["ask_now"]

    def clean_category(self) -> str:
        """Return the category, which stakeholders need and others cannot have.

        Raises:
            ValidationError: If it is missing, or there is one too many.
        """
        category = str(self.cleaned_data["category"])
        is_stakeholder = self.cleaned_data.get("role") == Role.STAKEHOLDER
        if is_stakeholder and not category:
            raise ValidationError(_("Say which group the stakeholder belongs to."))
        if category and not is_stakeholder and "role" in self.cleaned_data:
            raise ValidationError(_("Only a stakeholder has a category."))
        return category


class InviteForm(PartForm):
    """Somebody who has no account yet, and the part that he is given.

    The project team that fills it in may learn that the address has an account: it looks among all
    accounts, and must know to give a part instead.
    """

    full_name = forms.CharField(
        label=_("Full name"),
        help_text=_("As the others are to see it."),
        max_length=150,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("The link to set a password is sent there."),
        max_length=LONGEST_ADDRESS,
    )
    language = forms.ChoiceField(
        label=_("Language"),
        help_text=_("Of the mails and, to begin with, of the pages."),
        choices=languages.choices(dict(settings.LANGUAGES)),
    )
    field_order = ["full_name", "email", "language", "role", "category", "ask_now"]


class ReasonForm(StyledForm):
    """Why something is done to somebody's part."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("It is kept in the history of the profile."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SubstituteForm(StyledForm):
    """Who stands in for somebody, between two days; for the project team, which knows everybody."""

    person = PersonField(
        label=_("Who stands in"),
        help_text=_("E-mail address or full name of somebody who has an account."),
    )
    starts_on = DayField(label=_("First day"), help_text=_("It is included."))
    ends_on = DayField(label=_("Last day"), help_text=_("It is included."))


class OwnSubstituteForm(StyledForm):
    """Who stands in for whoever fills it in: by address, so that it tells nothing of accounts."""

    email = forms.EmailField(
        label=_("E-mail address of who stands in"),
        help_text=_("Whoever has no account yet is invited by the project team."),
        max_length=LONGEST_ADDRESS,
    )
    starts_on = DayField(label=_("First day"), help_text=_("It is included."))
    ends_on = DayField(label=_("Last day"), help_text=_("It is included."))


class HandOverForm(StyledForm):
    """To whom a task is given, and why."""

    person = forms.TypedChoiceField(
        label=_("New owner"),
        help_text=_("Somebody who holds the role of the task."),
        coerce=int,
        error_messages={"required": _("Choose a person.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("The new owner reads it in the mail."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, people: Collection[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Choose a person")), *((str(one.pk), one.full_name) for one in people)]
        cast("forms.TypedChoiceField", self.fields["person"]).choices = choices
