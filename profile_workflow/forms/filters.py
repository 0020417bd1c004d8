"""Filters of lists: what the query string may hold."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from profile_workflow.forms.renderer import StyledForm
from profile_workflow.models import Section, User
from profile_workflow.queries.history import Kind, Wanted


class PageForm(forms.Form):
    """The number of a page of a list; anything unreadable is the first one."""

    page = forms.IntegerField(min_value=1, required=False)

    @property
    def number(self) -> int:
        """The page that is asked for."""
        number: int | None = self.cleaned_data.get("page") if self.is_valid() else None
        return number or 1


class HistoryFilter(StyledForm):
    """Which events of a history are wanted."""

    person = forms.TypedChoiceField(label=_("Person"), required=False, coerce=int, empty_value=None)
    kind = forms.ChoiceField(
        label=_("About"), required=False, choices=[("", _("Everything")), *Kind.choices]
    )
    section = forms.ChoiceField(label=_("Section"), required=False)

    def __init__(
        self, *args: Any, people: Iterable[User], sections: Iterable[Section], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        everybody = [("", _("Everybody")), *((str(one.pk), one.full_name) for one in people)]
        every_section = [("", _("All sections")), *((one.key, str(one)) for one in sections)]
        self.fields["person"].choices = everybody  # type: ignore[attr-defined]
        self.fields["section"].choices = every_section  # type: ignore[attr-defined]

    @property
    def wanted(self) -> Wanted:
        """What is wanted; everything if the query string cannot be read."""
        return Wanted(**self.cleaned_data) if self.is_valid() else Wanted()


class SourceFilter(StyledForm):
    """Which sources of a register are wanted, and in which order."""

    search = forms.CharField(label=_("Author, title or key"), required=False, max_length=100)
    order = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[("authors", _("Author")), ("year", _("Year, newest first")), ("key", _("Key"))],
    )
    uncited = forms.BooleanField(label=_("Not cited only"), required=False)

    @property
    def wanted(self) -> dict[str, Any]:
        """What is wanted; everything if the query string cannot be read."""
        return dict(self.cleaned_data) if self.is_valid() else {}
