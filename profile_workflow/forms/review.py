"""What the page for reviewing a section is asked to show and to do."""

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ReviewView(TextChoices):
    """How the section under review is shown."""

    TEXT = "text", _("The text")
    WORKING = "working", _("The working text")
    REDLINE = "redline", _("What changed since I last judged it")


class ReviewForm(forms.Form):
    """Which view is wanted, and by POST which button was pressed.

    ``block`` is the paragraph that somebody wants to comment on, ``apply`` the suggestion that he
    takes over, ``drop`` the note to himself that he deletes.
    """

    view = forms.ChoiceField(choices=ReviewView.choices, required=False)
    act = forms.ChoiceField(choices=[("save", "save"), ("decide", "decide")], required=False)
    reason = forms.CharField(required=False, max_length=10_000)
    block = forms.CharField(required=False, max_length=20)
    apply = forms.IntegerField(required=False, min_value=1, max_value=2**53)
    drop = forms.IntegerField(required=False, min_value=1, max_value=2**53)

    @property
    def shown_as(self) -> ReviewView | None:
        """The view that is asked for; None if none is, or it cannot be read."""
        given = self._given("view")
        return ReviewView(given) if given else None

    @property
    def decides(self) -> bool:
        """Whether the decision is to be made, not only what was typed to be saved."""
        return self._given("act") == "decide"

    @property
    def lost_reason(self) -> str:
        """The reason that was typed for a decision that cannot be made any more."""
        return self._given("reason")

    @property
    def wanted_block(self) -> str:
        """Id of the paragraph that is to be commented on; empty if none is named."""
        return self._given("block")

    @property
    def applied(self) -> int | None:
        """Number of the comment whose suggestion is to be applied, if one is."""
        return self._number("apply")

    @property
    def dropped(self) -> int | None:
        """Number of the note that is to be deleted, if one is."""
        return self._number("drop")

    def _number(self, name: str) -> int | None:
        self.is_valid()
        found: int | None = self.cleaned_data.get(name)
        return found

    def _given(self, name: str) -> str:
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))


class SavingForm(forms.Form):
    """Whether the button was pressed that saves what was typed of a judgement."""

    act = forms.ChoiceField(choices=[("save", "save")], required=False)

    @property
    def only_saves(self) -> bool:
        """Whether nothing is to be decided yet."""
        return self.is_valid() and self.cleaned_data["act"] == "save"
