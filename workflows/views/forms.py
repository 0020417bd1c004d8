"""Forms of the pages of the process."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from profile_workflow.forms.renderer import StyledForm
from profile_workflow.states import Role
from reports.labels import LANGUAGES
from reports.models import Build
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


class ShowForm(forms.Form):
    """Which build is to be shown within the page; anything unreadable is none."""

    show = forms.IntegerField(min_value=1, max_value=2**62, required=False)

    @property
    def build(self) -> int | None:
        """Id of the build."""
        return self.cleaned_data.get("show") if self.is_valid() else None
