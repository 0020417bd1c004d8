"""The form of a figure: its numbers, and what they rest on."""

from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profile_workflow.forms.entries import PAGE_HELP, EntryForm
from profile_workflow.forms.numbers import NumberField
from profile_workflow.models import DataItem


class FigureFields(EntryForm):
    """What a figure says, without what it rests on."""

    value = NumberField(
        label=gettext_lazy("Value"),
        help_text=gettext_lazy("One number; a range goes into the next two fields."),
        required=False,
    )
    value_low = NumberField(
        label=gettext_lazy("Lowest value"),
        help_text=gettext_lazy("Where only a range is known, or sources differ."),
        required=False,
    )
    value_high = NumberField(
        label=gettext_lazy("Highest value"),
        help_text=gettext_lazy("The other end of the range."),
        required=False,
    )
    women = NumberField(
        label=gettext_lazy("Women"),
        help_text=gettext_lazy("Of the value, as the source counts them."),
        required=False,
    )
    men = NumberField(
        label=gettext_lazy("Men"),
        help_text=gettext_lazy("Of the value, as the source counts them."),
        required=False,
    )
    numerator = NumberField(
        label=gettext_lazy("Numerator"),
        help_text=gettext_lazy("Of a share: what was divided."),
        required=False,
    )
    denominator = NumberField(
        label=gettext_lazy("Denominator"),
        help_text=gettext_lazy("Of a share: what it was divided by."),
        required=False,
    )
    year = forms.IntegerField(
        label=gettext_lazy("Year"),
        help_text=gettext_lazy("The year that the figure is for, with four digits."),
        required=False,
        localize=False,
    )

    class Meta:
        model = DataItem
        fields: tuple[str, ...] = (
            "label",
            "value",
            "unit",
            "value_low",
            "value_high",
            "text",
            "year",
            "period",
            "page",
            "women",
            "men",
            "numerator",
            "denominator",
            "indicator",
            "method",
            "quality",
            "remark",
        )
        labels: ClassVar[dict[str, Any]] = {"label": gettext_lazy("What is counted")}
        help_texts: ClassVar[dict[str, Any]] = {
            "page": PAGE_HELP,
            "method": gettext_lazy("How the source came to it."),
            "quality": gettext_lazy("Who stands behind it; the text can rest on it accordingly."),
            "remark": gettext_lazy("E.g. which of two counts was taken, or who was asked in vain."),
            "label": gettext_lazy("In words, as the row of the table is to say it."),
            "unit": gettext_lazy("E.g. persons, %, households."),
            "text": gettext_lazy("Where no number says it, e.g. “yes, since 2019”."),
            "period": gettext_lazy("Where the year is not enough, e.g. 1 January 2024."),
            "indicator": gettext_lazy("Code of the indicator catalogue, e.g. P01."),
        }
        widgets = {"remark": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].widget.attrs.update({"min": 1800, "max": 2200})

    def clean_year(self) -> int | None:
        """Return the year, if it is one."""
        year: int | None = self.cleaned_data["year"]
        if year is not None and not 1800 <= year <= 2200:
            raise ValidationError(_("Give a year with four digits, e.g. 2024."))
        return year

    def clean(self) -> dict[str, Any]:
        """Check that a range has two ends, in order, and that a figure says one thing."""
        cleaned = super().clean()
        low, high = cleaned.get("value_low"), cleaned.get("value_high")
        if (low is None) != (high is None) and not self.errors:
            self.add_error("value_high", _("A range has a lowest and a highest value."))
        if low is not None and high is not None and high < low:
            self.add_error("value_high", _("The highest value is below the lowest."))
        if cleaned.get("value") is not None and low is not None:
            self.add_error("value", _("Give a value or a range, not both."))
        return cleaned


class FigureForm(FigureFields):
    """A figure with all that makes it one: source, year, territory, definition."""

    field_order = ("label", "value", "unit", "year", "territory", "definition", "source", "page")

    class Meta(FigureFields.Meta):
        fields = (*FigureFields.Meta.fields, "territory", "definition", "source")
        labels: ClassVar[dict[str, Any]] = {
            **FigureFields.Meta.labels,
            "territory": gettext_lazy("Territory"),
            "definition": gettext_lazy("Definition"),
            "source": gettext_lazy("Source"),
        }
        help_texts: ClassVar[dict[str, Any]] = {
            **FigureFields.Meta.help_texts,
            "territory": gettext_lazy("The boundary in which it was counted."),
            "definition": gettext_lazy("Whom it counts."),
            "source": gettext_lazy("Where the figure is found."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, rows in (
            ("territory", self.profile.territories.order_by("name")),
            ("definition", self.profile.definitions.order_by("term")),
            ("source", self.profile.sources.order_by("authors", "year")),
        ):
            cast("Any", self.fields[name]).queryset = rows
