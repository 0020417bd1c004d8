"""Forms of the pages of the process."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any, cast
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from profile_workflow.forms.renderer import StyledForm
from profile_workflow.states import Role
from reports.labels import LANGUAGES
from reports.models import Build
from workflows.letters import OPTIONAL_KINDS
from workflows.queries import BoardFilter
from workflows.queries.overview import ENDED, STAGES

_ORDERS = (
    ("attention", _("Deadline")),
    ("city", _("City")),
    ("age", _("Longest in its state")),
)


class BoardForm(StyledForm):
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
    order = forms.ChoiceField(label=_("Order"), required=False, choices=_ORDERS)
    late = forms.BooleanField(label=_("Late only"), required=False)

    @property
    def wanted(self) -> BoardFilter:
        """What is wanted; everything if the query string cannot be read."""
        return BoardFilter(**self.cleaned_data) if self.is_valid() else BoardFilter()


class BuildForm(StyledForm):
    """Which PDF is to be made."""

    kind = forms.ChoiceField(label=_("Version"))
    language = forms.ChoiceField(
        label=_("Language of headings and labels"),
        choices=[(code, get_language_info(code)["name_local"].capitalize()) for code in LANGUAGES],
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
        choices=[
            (code, get_language_info(code)["name_local"].capitalize())
            for code, _name in settings.LANGUAGES
        ],
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
    """Which build is to be shown within the page; anything unreadable is none."""

    show = forms.IntegerField(min_value=1, max_value=2**62, required=False)

    @property
    def build(self) -> int | None:
        """Id of the build."""
        return self.cleaned_data.get("show") if self.is_valid() else None
