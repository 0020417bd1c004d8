"""Fields for a day: as the picker of a browser takes and gives it, within years that can be."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator


class DayField(forms.DateField):
    """A day that is a moment in every time zone too, which the first and the last ones are not."""

    FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)
    default_validators = [MinValueValidator(FIRST), MaxValueValidator(LAST)]

    def __init__(self, **kwargs: Any) -> None:
        limits = {"min": self.FIRST.isoformat(), "max": self.LAST.isoformat()}
        # The picker takes and gives ISO days, whatever the language.
        picker = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", **limits})
        super().__init__(widget=picker, **kwargs)
