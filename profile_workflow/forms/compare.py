"""What is to be compared with what, and how it is shown."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profile_workflow.forms.renderer import StyledForm
from profile_workflow.models import Revision


class View(TextChoices):
    """How two texts are shown."""

    REDLINE = "redline", gettext_lazy("One text, changes marked")
    SIDE = "side", gettext_lazy("Side by side")
    CHANGES = "changes", gettext_lazy("Only what changed")


class CompareForm(StyledForm):
    """Two revisions of one section, and how they are shown.

    What is not given, or cannot be read, is what is proposed: from the revision that was last seen
    to the newest; for who has judged none, what the newest one changed.
    """

    old = forms.ChoiceField(required=False)
    new = forms.ChoiceField(required=False)
    view = forms.ChoiceField(label=gettext_lazy("Show"), choices=View.choices, required=False)

    def __init__(
        self, given: Mapping[str, Any], *, revisions: Sequence[Revision], seen: Revision | None
    ) -> None:
        first = seen or revisions[max(0, len(revisions) - 2)]
        self._proposed = {"from": first.number, "to": revisions[-1].number, "view": View.REDLINE}
        self._revisions = {str(one.number): one for one in revisions}
        super().__init__({**self._proposed, **{name: given[name] for name in given}})
        # The words of the address are `from` and `to`, which Python keeps for itself.
        for word, name, label in (("from", "old", _("From")), ("to", "new", _("To"))):
            field = cast("forms.ChoiceField", self.fields.pop(name))
            field.label = label
            field.choices = [
                (number, _("Revision %(number)s") % {"number": number})
                for number in self._revisions
            ]
            self.fields[word] = field
        self.order_fields(["from", "to", "view"])

    def _wanted(self, name: str) -> str:
        given = "" if self.has_error(name) else self.cleaned_data.get(name)
        return str(given or self._proposed[name])

    @property
    def pair(self) -> tuple[Revision, Revision]:
        """The two revisions, the one before first."""
        return self._revisions[self._wanted("from")], self._revisions[self._wanted("to")]

    @property
    def shown_as(self) -> View:
        """How they are shown."""
        return View(self._wanted("view"))
