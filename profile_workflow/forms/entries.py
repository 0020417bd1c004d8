"""What the forms of the register have in common: one entry, whose key occurs once in a profile."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profile_workflow.forms.marked import MarkedForm
from profile_workflow.models import Profile

#: Of a place in a source.
PAGE_HELP = gettext_lazy("Where in the source it stands, e.g. 12 or 34–36.")

#: Longest text that a link may propose, in characters.
_LONGEST = 200
_PLACED_KEY = re.compile(r"[\w.-]{1,20}")


def placed_key(key: str) -> str:
    """Return a key, if the text can place something by it."""
    if not _PLACED_KEY.fullmatch(key):
        raise ValidationError(_("Use letters, digits, points and hyphens only, e.g. 4-A."))
    return key


class EntryForm(MarkedForm, forms.ModelForm):  # type: ignore[type-arg]
    """The fields of one entry.

    Whether it may be stored is said by the service; the form checks what a person can mend.
    """

    #: Field that may occur only once in a profile.
    once: ClassVar[str] = ""
    #: Fields that a link to the form may fill.
    proposable: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, profile: Profile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.profile = profile

    @classmethod
    def proposed(cls, given: Mapping[str, Any]) -> dict[str, str]:
        """Return what a link proposes for the fields, to be looked at before it is stored."""
        return {name: str(given[name])[:_LONGEST] for name in cls.proposable if name in given}

    @classmethod
    def of_kind(cls) -> type[models.Model]:
        """Return what is entered with it."""
        kind: type[models.Model] = cls._meta.model
        return kind

    def clean(self) -> dict[str, Any]:
        """Refuse what occurs already."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        value = cleaned.get(self.once) if self.once else None
        other = self._others().filter(**{self.once: value}).first() if value else None
        if other is not None and not self._is_sent_again(other):
            self.add_error(self.once, _("“%(value)s” is taken already.") % {"value": value})
        return cleaned

    def _is_sent_again(self, other: models.Model) -> bool:
        """Whether a click before this one has added what is sent; the service says so."""
        return not self.instance.pk and not self.errors and not self.differences(other)

    def _others(self) -> "models.QuerySet[Any]":
        model = type(self.instance)
        found = model._default_manager.filter(profile=self.profile)  # noqa: SLF001 - Django's own API
        others: models.QuerySet[Any] = found.exclude(pk=self.instance.pk)
        return others

    def _post_clean(self) -> None:
        """Leave the instance as it was read; the service fills and checks it under its lock."""


class CodedForm(EntryForm):
    """An entry with a code that is made of its name where none is given."""

    once = "code"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = False
