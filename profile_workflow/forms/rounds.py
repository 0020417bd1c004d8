"""Which round of a profile is shown."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from profile_workflow.forms.filters import FilterForm
from profile_workflow.queries.responses import Round


class RoundForm(FilterForm):
    """One of the rounds; the last one if none is asked for."""

    says = _("Rounds that are over stay here; the last one is shown first.")

    round = forms.ChoiceField(label=_("Round"), required=False)

    def __init__(self, *args: Any, rounds: Sequence[Round], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rounds = {one.name: one for one in rounds}
        choices = [(one.name, one.label) for one in reversed(rounds)]
        cast("forms.ChoiceField", self.fields["round"]).choices = choices

    @property
    def chosen(self) -> Round | None:
        """The round to show; None if there is none at all."""
        name = self.cleaned_data.get("round") if self.is_valid() else ""
        return self._rounds.get(name or next(reversed(self._rounds), ""))
