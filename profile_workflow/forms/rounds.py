"""Which round of a profile is shown, and how the answers of an open one are attributed."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy

from profile_workflow.forms.filters import FilterForm
from profile_workflow.forms.moves import MoveField, ReasonField, SayingForm
from profile_workflow.queries.responses import Round
from profile_workflow.states import Attribution


class RoundForm(FilterForm):
    """One of the rounds; the last one if none is asked for."""

    says = gettext_lazy("Rounds that are over stay here; the last one is shown first.")

    round = forms.ChoiceField(label=gettext_lazy("Round"), required=False)

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


class AttributionForm(SayingForm):
    """How the answers of an open round are attributed from now on, and why."""

    FIELD_OF = {"no_reason": "reason"}

    attribution = MoveField(
        moves=Attribution.values,
        label=gettext_lazy("How answers are attributed"),
        help_text=gettext_lazy("Only what is stricter than what was announced can be chosen."),
        widget=forms.RadioSelect,
    )
    reason = ReasonField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("All who are asked read it in a mail."),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, rules: Sequence[Attribution], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.value, one.label) for one in rules]
        cast("forms.ChoiceField", self.fields["attribution"]).choices = choices

    @property
    def chosen(self) -> Attribution:
        """The rule that was chosen."""
        return Attribution(self.cleaned_data["attribution"])
