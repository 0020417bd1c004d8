"""Forms of the pages of the process."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any, cast
from urllib.parse import urlencode
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from profile_workflow import languages
from profile_workflow.forms.filters import FilterForm
from profile_workflow.forms.renderer import StyledForm
from profile_workflow.states import ProfileState, Role
from reports.labels import LANGUAGES
from reports.models import Build
from workflows.letters import OPTIONAL_KINDS
from workflows.queries import BoardFilter
from workflows.queries.overview import ENDED, STAGES, Choices

_ORDERS = (
    ("attention", _("Deadline")),
    ("city", _("City")),
    ("edition", _("Edition")),
    ("state", _("State")),
    ("age", _("Longest in its state")),
)
#: How the board can be looked at; the first one is what it shows by itself.
VIEWS = (("matrix", _("Matrix")), ("kanban", _("Columns")), ("list", _("List")))


class OrderField(forms.ChoiceField):
    """An order; a minus before it turns it round, which the headings of a list do."""

    def valid_value(self, value: str) -> bool:
        """Whether there is such an order."""
        return super().valid_value(value.removeprefix("-"))


class BoardForm(FilterForm):
    """What the board shows."""

    search = forms.CharField(label=_("City or title"), required=False, max_length=100)
    stage = forms.ChoiceField(
        label=_("Stage"),
        required=False,
        choices=[
            ("", _("All stages")),
            *((stage.code, stage.label) for stage in STAGES),
            (ENDED, _("Cancelled or superseded")),
        ],
    )
    role = forms.ChoiceField(
        label=_("Waits for"), required=False, choices=[("", _("Anybody")), *Role.choices]
    )
    order = OrderField(label=_("Order"), required=False, choices=_ORDERS)
    late = forms.BooleanField(label=_("Late only"), required=False)
    city = forms.TypedChoiceField(label=_("City"), required=False, coerce=int, empty_value=None)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All states")), *ProfileState.choices]
    )
    person = forms.TypedChoiceField(
        label=_("Waits for (person)"), required=False, coerce=int, empty_value=None
    )
    edition = forms.TypedChoiceField(
        label=_("Edition"), required=False, coerce=int, empty_value=None
    )
    language = forms.ChoiceField(label=_("Language of the text"), required=False)
    view = forms.ChoiceField(required=False, choices=VIEWS, widget=forms.HiddenInput)

    #: Filters that stand apart, behind a word to open them.
    RARE = ("city", "state", "person", "edition", "language")

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offer("city", _("All cities"), choices.cities)
        self._offer("person", _("Anybody"), choices.people)
        self._offer("edition", _("All editions"), {one: str(one) for one in choices.editions})
        names = {one: languages.own_name(one) for one in choices.languages}
        self._offer("language", _("All languages"), names)

    def _offer(self, name: str, everything: object, found: Mapping[Any, str]) -> None:
        choices = [("", everything), *((str(key), label) for key, label in found.items())]
        cast("forms.ChoiceField", self.fields[name]).choices = choices

    def frequent(self) -> list[forms.BoundField]:
        """Return the filters that are always seen."""
        return [one for one in self.visible_fields() if one.name not in self.RARE]

    def rare(self) -> list[forms.BoundField]:
        """Return the filters that stand apart."""
        return [self[name] for name in self.RARE]

    @property
    def has_rare(self) -> bool:
        """Whether one of those is in use."""
        return self.is_valid() and any(self.cleaned_data[name] for name in self.RARE)

    @property
    def wanted(self) -> BoardFilter:
        """What is wanted; everything if the query string cannot be read."""
        if not self.is_valid():
            return BoardFilter()
        return BoardFilter(
            **{name: value for name, value in self.cleaned_data.items() if name != "view"}
        )

    @property
    def shape(self) -> str:
        """How it is looked at."""
        chosen = self.cleaned_data["view"] if self.is_valid() else ""
        return chosen or VIEWS[0][0]

    @property
    def query(self) -> str:
        """The query string that asks for the same again."""
        if not self.is_valid():
            return ""
        given = {name: value for name, value in self.cleaned_data.items() if value}
        return urlencode({name: "on" if value is True else value for name, value in given.items()})


class ViewForm(StyledForm):
    """The name of a view of the board, and the query string that it stands for."""

    name = forms.CharField(
        label=_("Name of the view"),
        help_text=_("Only you see it. It must be another one than those of your other views."),
        max_length=60,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    query = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput)


class BuildForm(StyledForm):
    """Which file is to be made, in which languages."""

    kind = forms.ChoiceField(
        label=_("Output"),
        help_text=_(
            "What each is for stands beside. The preview holds the working text, the others what "
            "was submitted."
        ),
    )
    language = forms.MultipleChoiceField(
        label=_("Languages of headings and labels"),
        help_text=_(
            "A file is made for each. The text itself stays in the language in which it was "
            "written."
        ),
        choices=languages.choices(LANGUAGES),
        widget=forms.CheckboxSelectMultiple,
    )
    numbered = forms.BooleanField(
        label=_("Number the lines"),
        help_text=_(
            "Every fifth line of a page, for comments on paper; in the preview and the "
            "consultation version only."
        ),
        required=False,
    )

    def __init__(self, *args: Any, kinds: Iterable[Build.Kind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(kind.value, kind.label) for kind in kinds]
        cast("forms.ChoiceField", self.fields["kind"]).choices = choices


def _zones() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the time zones that are named after a place, by continent."""
    places = sorted(name for name in available_timezones() if name.split("/")[0] in _CONTINENTS)
    grouped = groupby(places, key=lambda name: name.split("/")[0])
    return [
        (continent, [(name, name.split("/", 1)[1].replace("_", " ")) for name in names])
        for continent, names in grouped
    ]


_CONTINENTS = (
    "Africa",
    "America",
    "Antarctica",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)


class SettingsForm(StyledForm):
    """What a person decides about his own account."""

    language = forms.ChoiceField(
        label=_("Language"),
        help_text=_("Of the pages, and of the mails to you."),
        choices=languages.choices(dict(settings.LANGUAGES)),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("Times are shown in it. Deadlines are always days of the city."),
        choices=[("UTC", "UTC"), *_zones()],
    )
    mails = forms.MultipleChoiceField(
        label=_("Mails that only inform you"),
        help_text=_(
            "Untick what you do not want. Mails that ask you to do something – your turn, a text "
            "that came back, a consultation, an objection, an overdue task – are always sent."
        ),
        required=False,
        choices=[(kind.value, kind.label) for kind in OPTIONAL_KINDS],
        widget=forms.CheckboxSelectMultiple,
    )

    @property
    def muted_mails(self) -> list[str]:
        """The kinds that were left unticked."""
        return [kind for kind in OPTIONAL_KINDS if kind not in self.cleaned_data["mails"]]


class ShowForm(forms.Form):
    """What the page of outputs is opened for; anything unreadable is nothing."""

    show = forms.IntegerField(min_value=1, max_value=2**62, required=False)
    make = forms.ChoiceField(choices=Build.Kind.choices, required=False)

    @property
    def build(self) -> int | None:
        """Id of the build that is to be shown within the page."""
        return self._read("show") or None

    @property
    def kind(self) -> str:
        """The kind that is to be chosen beforehand."""
        return self._read("make") or ""

    def _read(self, name: str) -> Any:
        self.is_valid()
        return self.cleaned_data.get(name)
