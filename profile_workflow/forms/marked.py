"""Forms that carry the mark of what was stored when they were opened."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.db import models
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.translation import gettext as _

from profile_workflow.forms.numbers import show_number
from profile_workflow.forms.renderer import StyledForm


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which what a person sends differs from what is stored now."""

    label: str
    yours: str
    theirs: str


class MarkedForm(StyledForm):
    """A form that is stored only if nobody has changed the same thing since it was opened."""

    base = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    @property
    def entered(self) -> dict[str, Any]:
        """What the service is to store."""
        return {name: value for name, value in self.cleaned_data.items() if name != "base"}

    @property
    def mark(self) -> str:
        """The mark that was sent with the form."""
        return str(self.cleaned_data["base"])

    def renew(self, mark: str) -> None:
        """Let the form be sent again by somebody who has seen what is stored now."""
        sent: Any = self.data.copy()  # type: ignore[attr-defined]
        sent[self.add_prefix("base")] = mark
        self.data = sent

    def differences(self, current: Any) -> list[Difference]:
        """Return where this valid form differs from a row, or a mapping, as it is stored now."""
        found = []
        for bound in self.visible_fields():
            name, field = bound.name, bound.field
            theirs = current[name] if isinstance(current, dict) else _stored(current, name)
            mine, other = _shown(field, self.cleaned_data[name]), _shown(field, theirs)
            if mine != other:
                found.append(Difference(str(bound.label), mine, other))
        return found


def _stored(row: models.Model, name: str) -> Any:
    value = getattr(row, name)
    return value.all() if isinstance(value, models.Manager) else value


def _shown(field: forms.Field, value: Any) -> str:
    """Return a value in words."""
    if value in (None, "", []):
        return "–"
    if isinstance(field, forms.MultipleChoiceField):
        named = dict(cast("Any", field.choices))
        return format_html_join("; ", "{}", ((named.get(one, one),) for one in sorted(value)))
    if isinstance(value, list | models.QuerySet):
        return "; ".join(sorted(map(str, value))) or "–"
    if isinstance(field, forms.ChoiceField) and not isinstance(value, models.Model):
        return str(dict(cast("Any", field.choices)).get(value, value))
    return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal):
        return show_number(value)
    return date_format(value) if isinstance(value, date) else str(value)
