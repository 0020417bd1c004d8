"""Choosing how a table is drawn: only kinds that fit its figures can be chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from profile_workflow.charts.kinds import Chart, Unfit, draw
from profile_workflow.forms.marked import MarkedForm
from profile_workflow.models import DataTable
from profile_workflow.queries.evidence import charted
from profile_workflow.states import ChartKind


@dataclass(frozen=True, slots=True)
class Offer:
    """A kind of chart with the picture that it gives, or why it does not fit."""

    kind: ChartKind
    chart: Chart | None
    reason: str = ""


def offers(table: DataTable, language: str) -> list[Offer]:
    """Return every kind of chart with what it makes of the figures of a table."""
    return [_offer(kind, table, language) for kind in ChartKind]


def _offer(kind: ChartKind, table: DataTable, language: str) -> Offer:
    try:
        chart = draw(kind, charted(table), name=f"as-{kind}", title=table.title, language=language)
    except Unfit as unfit:
        return Offer(kind, None, str(unfit))
    return Offer(kind, chart)


class ChartForm(MarkedForm):
    """The kind of chart."""

    chart = forms.ChoiceField(
        label=gettext_lazy("Kind of chart"),
        help_text=gettext_lazy("Only kinds that fit the figures of the table can be chosen."),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the charts.")},
    )

    def __init__(self, *args: Any, offered: Sequence[Offer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offered = [one for one in offered if one.chart is not None]
        self.fields["chart"].choices = [  # type: ignore[attr-defined]
            (one.kind.value, one.kind.label) for one in self._offered
        ]

    @property
    def kind(self) -> ChartKind:
        """The kind that was chosen."""
        return ChartKind(self.cleaned_data["chart"])

    def shown(self) -> list[tuple[Any, Offer]]:
        """Return each kind that fits with its button."""
        return list(zip(self["chart"].subwidgets, self._offered, strict=True))
