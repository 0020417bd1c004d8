"""Forms of the priorities and of the erratum."""

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profile_workflow.forms.marked import MarkedForm
from profile_workflow.models import Priority, Profile
from profile_workflow.states import PriorityLabel

_MOST_LINES = 30
_LONGEST_LINE = 300
_LINKS = ("challenges", "sections")


class LinesField(forms.CharField):
    """Several short texts, one a line."""

    widget = forms.Textarea

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
        super().__init__(required=False, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Return one line for each text."""
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        """Return the lines that are not empty.

        Raises:
            ValidationError: If there are too many, or one is too long.
        """
        text = super().clean(value) or ""
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if len(lines) > _MOST_LINES or any(len(line) > _LONGEST_LINE for line in lines):
            raise ValidationError(
                _("At most %(most)s lines of %(longest)s characters."),
                params={"most": _MOST_LINES, "longest": _LONGEST_LINE},
            )
        return lines


class PriorityForm(MarkedForm):
    """One priority with its way forward, and the mark of the list that it was opened from."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        help_text=gettext_lazy("In a line, as the city says it."),
        max_length=200,
    )
    label = forms.ChoiceField(
        label=gettext_lazy("Label"),
        help_text=gettext_lazy("How firmly the city means it."),
        choices=PriorityLabel.choices,
    )
    rationale = forms.CharField(
        label=gettext_lazy("Rationale"),
        max_length=10_000,
        help_text=gettext_lazy("Why this, and why now."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    challenges: "forms.ModelMultipleChoiceField[Any]" = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Challenges that it answers"),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("At least one is needed before the priorities can be agreed."),
    )
    sections: "forms.ModelMultipleChoiceField[Any]" = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Sections that show why"),
        help_text=gettext_lazy("Where the profile shows the need."),
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    responsible = forms.CharField(
        label=gettext_lazy("Responsible body"),
        help_text=gettext_lazy("The office that answers for it."),
        max_length=200,
    )
    partners = LinesField(label=gettext_lazy("Partners"), help_text=gettext_lazy("One a line."))
    sdg_targets = LinesField(
        label=gettext_lazy("SDG targets that it serves"),
        help_text=gettext_lazy("One a line, e.g. 10.7 or 11.a."),
    )
    recommendation_areas = LinesField(
        label=gettext_lazy("Recommendation areas"), help_text=gettext_lazy("One a line.")
    )
    time_frame = forms.CharField(
        label=gettext_lazy("Time frame"),
        help_text=gettext_lazy("E.g. 2027–2029."),
        max_length=100,
        required=False,
    )
    budget = forms.CharField(
        label=gettext_lazy("Budget"),
        help_text=gettext_lazy("With its currency, and whether it is there."),
        max_length=100,
        required=False,
    )
    first_step = forms.CharField(
        label=gettext_lazy("First step"),
        help_text=gettext_lazy("What is done first, by whom, until when."),
        max_length=2_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    activities = LinesField(
        label=gettext_lazy("Activities"),
        help_text=gettext_lazy("One a line, with quantities where there are any."),
    )
    outcomes = LinesField(
        label=gettext_lazy("Expected outcomes"), help_text=gettext_lazy("One a line.")
    )

    def __init__(self, *args: Any, profile: Profile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sections = profile.sections.select_related("template_section").order_by("position")
        challenges = profile.challenges.order_by("code")
        cast("Any", self.fields["challenges"]).queryset = challenges
        self.has_challenges = challenges.exists()
        cast("Any", self.fields["sections"]).queryset = sections

    def clean_sdg_targets(self) -> list[str]:
        """Return the targets, if they are written as the United Nations number them."""
        targets: list[str] = self.cleaned_data["sdg_targets"]
        for target in targets:
            goal, point, rest = target.partition(".")
            known = goal.isdecimal() and 1 <= int(goal) <= 17 and point
            if not known or not (rest.isdecimal() or (len(rest) == 1 and rest.isalpha())):
                raise ValidationError(
                    _("“%(target)s” is not an SDG target. Write it like 10.7 or 11.a."),
                    params={"target": target},
                )
        return targets

    @property
    def entered(self) -> dict[str, Any]:
        """What the service is to store."""
        given = super().entered
        return {**given, **{name: list(given[name]) for name in _LINKS}}

    @staticmethod
    def initial_of(priority: Priority) -> dict[str, Any]:
        """Return what stands in the form of a stored priority."""
        names = [name for name in PriorityForm.base_fields if name not in ("base", *_LINKS)]
        fields = {name: getattr(priority, name) for name in names}
        return {**fields, **{name: list(getattr(priority, name).all()) for name in _LINKS}}


class ListForm(MarkedForm):
    """The mark of the list of priorities that an act is about."""


class ShiftForm(ListForm):
    """Moving a priority up or down."""

    to = forms.ChoiceField(choices=[("up", "up"), ("down", "down")])


class ErratumForm(MarkedForm):
    """What a correction prints about itself."""

    text = forms.CharField(
        label=gettext_lazy("Erratum"),
        max_length=10_000,
        help_text=gettext_lazy(
            "What was wrong and what is right now, with the page. It is printed with the profile."
        ),
        widget=forms.Textarea(attrs={"rows": 8}),
    )
