"""How forms are drawn: error summary first, label, help, error and field in this order."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

#: What Django calls the choice of nothing.
_DASHES = BLANK_CHOICE_DASH[0][1]


class Renderer(TemplatesSetting):
    """Draws every form with our templates; named by ``FORM_RENDERER``."""

    form_template_name = "profile_workflow/forms/form.html"
    field_template_name = "profile_workflow/forms/field.html"


class StyledForm(forms.Form):
    """A form whose fields carry the classes of the style sheet."""

    def summary(self) -> SafeString:
        """Return what is wrong, linked to the fields, for a page that groups the fields itself."""
        return self.render("profile_workflow/forms/summary.html")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            _style(field.widget)
            _name_nothing(field)

    def add_field(self, name: str, field: forms.Field) -> None:
        """Add a field that only this one form has."""
        _style(field.widget)
        self.fields[name] = field


def _style(widget: forms.Widget) -> None:
    if isinstance(widget, forms.CheckboxInput | forms.CheckboxSelectMultiple | forms.RadioSelect):
        name = "form-check-input"
    else:
        name = "form-select" if isinstance(widget, forms.Select) else "form-control"
    widget.attrs["class"] = f"{widget.attrs.get('class', '')} {name}".strip()
    if isinstance(widget, forms.Textarea):
        widget.attrs.setdefault("dir", "auto")


def _name_nothing(field: forms.Field) -> None:
    # A row of dashes says nothing, and is read out dash by dash.
    nothing = _("Choose one") if field.required else _("not given")
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label == _DASHES:
            field.empty_label = nothing
    elif isinstance(field, forms.ChoiceField):
        choices = list(cast("Iterable[tuple[Any, Any]]", field.choices))
        if any(label == _DASHES for _value, label in choices):
            field.choices = [
                (value, nothing if label == _DASHES else label) for value, label in choices
            ]
