"""Filters of lists: what the query string may hold."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from profile_workflow.forms.days import DayField
from profile_workflow.forms.renderer import StyledForm
from profile_workflow.models import SearchKind, Section, User
from profile_workflow.queries.history import Subject, Wanted
from profile_workflow.states import SourceKind


class PageForm(forms.Form):
    """The number of a page of a list; anything unreadable is the first one."""

    page = forms.IntegerField(min_value=1, required=False)

    @property
    def number(self) -> int:
        """The page that is asked for."""
        number: int | None = self.cleaned_data.get("page") if self.is_valid() else None
        return number or 1


class WordsField(forms.CharField):
    """Words to search for: anything that may be typed, as much of it as anybody reads."""

    LONGEST = 500

    def to_python(self, value: Any) -> str:
        """Return what can be searched for; never an error."""
        typed = super().to_python(str(value or "").replace("\x00", " ")) or ""
        return typed[: self.LONGEST]


class SectionsForm(forms.Form):
    """Which sections the overview shows; anything unreadable is all of them."""

    sections = forms.ChoiceField(required=False, choices=[("open", "")])

    @property
    def unfinished_only(self) -> bool:
        """Whether those are left out that are finished."""
        return self.is_valid() and bool(self.cleaned_data["sections"])


class FilterForm(StyledForm):
    """A filter: one sentence says what all of its fields do, which their labels name.

    ``act`` is the word of its button; ``has_all`` tells whether it can show all at once.
    """

    says: "ClassVar[str | Promise]" = _(
        "Only what matches all of these is shown. The address of the page keeps the choice."
    )
    act: "ClassVar[str | Promise]" = _("Filter")
    has_all = True


class SearchForm(StyledForm):
    """What is searched for; an unknown kind is every kind."""

    q = WordsField(
        label=_("Words to search for"),
        required=False,
        help_text=_("All words must be there. Capitals, accents and harakat do not matter."),
        widget=forms.SearchInput(attrs={"dir": "auto"}),
    )
    kind = forms.ChoiceField(required=False, choices=SearchKind.choices, widget=forms.HiddenInput)

    @property
    def query(self) -> str:
        """The words."""
        self.is_valid()
        return str(self.cleaned_data.get("q", ""))

    @property
    def kind_wanted(self) -> str:
        """The kind that is asked for, or an empty string."""
        self.is_valid()
        return str(self.cleaned_data.get("kind", ""))


class HistoryFilter(FilterForm):
    """Which events of a history are wanted; all of it stands in the address.

    What cannot be read leaves nothing out, and says so beside its field.
    """

    person = forms.TypedChoiceField(label=_("Person"), required=False, coerce=int, empty_value=None)
    kind = forms.ChoiceField(
        label=_("About"), required=False, choices=[("", _("Everything")), *Subject.choices]
    )
    section = forms.ChoiceField(label=_("Section"), required=False)
    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("Until"), required=False)
    number = forms.IntegerField(
        required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput
    )
    output = forms.ChoiceField(
        required=False, choices=[("", ""), ("csv", "CSV")], widget=forms.HiddenInput
    )

    def __init__(
        self, *args: Any, people: Iterable[User], sections: Iterable[Section], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        everybody = [("", _("Everybody")), *((str(one.pk), one.full_name) for one in people)]
        every_section = [("", _("All sections")), *((one.key, str(one)) for one in sections)]
        self.fields["person"].choices = everybody  # type: ignore[attr-defined]
        self.fields["section"].choices = every_section  # type: ignore[attr-defined]

    @property
    def wanted(self) -> Wanted:
        """What is wanted, as far as the address can be read."""
        self.is_valid()
        asked = {key: value for key, value in self.cleaned_data.items() if value}
        asked.pop("output", None)
        return Wanted(**asked)

    @property
    def wants_csv(self) -> bool:
        """Whether the events are asked for as a file."""
        self.is_valid()
        return self.cleaned_data.get("output") == "csv"


class SourceFilter(FilterForm):
    """Which sources of a register are wanted, and in which order."""

    search = forms.CharField(label=_("Author, title or key"), required=False, max_length=100)
    order = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[("authors", _("Author")), ("year", _("Year, newest first")), ("key", _("Key"))],
    )
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All kinds")), *SourceKind.choices]
    )
    uncited = forms.BooleanField(label=_("Not cited only"), required=False)

    @property
    def wanted(self) -> dict[str, Any]:
        """What is wanted; everything if the query string cannot be read."""
        return dict(self.cleaned_data) if self.is_valid() else {}
