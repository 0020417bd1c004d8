"""What is to be compared with what, and how it is shown."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profile_workflow.forms.filters import FilterForm


class View(TextChoices):
    """How two texts are shown."""

    REDLINE = "redline", gettext_lazy("One text, changes marked")
    SIDE = "side", gettext_lazy("Side by side")
    CHANGES = "changes", gettext_lazy("Only what changed")


class CompareForm(FilterForm):
    """Two texts of one section, and how they are shown.

    What is not given, or cannot be read, is what is proposed.
    """

    says = gettext_lazy("Any two texts of the section can be compared, the one before first.")
    act = gettext_lazy("Compare")
    has_all = False

    old = forms.ChoiceField(required=False)
    new = forms.ChoiceField(required=False)
    view = forms.ChoiceField(label=gettext_lazy("Show"), choices=View.choices, required=False)

    def __init__(
        self,
        given: Mapping[str, Any],
        *,
        texts: Sequence[tuple[str, str]],
        proposed: tuple[str, str],
    ) -> None:
        first, last = proposed
        self._proposed = {"from": first, "to": last, "view": View.REDLINE}
        super().__init__({**self._proposed, **{name: given[name] for name in given}})
        # The words of the address are `from` and `to`, which Python keeps for itself.
        for word, name, label in (("from", "old", _("From")), ("to", "new", _("To"))):
            field = cast("forms.ChoiceField", self.fields.pop(name))
            field.label = label
            field.choices = texts
            self.fields[word] = field
        self.order_fields(["from", "to", "view"])

    def _wanted(self, name: str) -> str:
        given = "" if self.has_error(name) else self.cleaned_data.get(name)
        return str(given or self._proposed[name])

    @property
    def pair(self) -> tuple[str, str]:
        """The names of the two texts, the one before first."""
        return self._wanted("from"), self._wanted("to")

    @property
    def shown_as(self) -> View:
        """How they are shown."""
        return View(self._wanted("view"))
