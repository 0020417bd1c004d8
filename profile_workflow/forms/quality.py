"""Forms of quality assurance: the answer to a check, why an advice does not matter."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profile_workflow.forms.marked import MarkedForm
from profile_workflow.forms.moves import ReasonField
from profile_workflow.queries.quality import Checked
from profile_workflow.services.quality import mark_of
from profile_workflow.states import Verdict

_LONGEST = 2_000


class CheckForm(MarkedForm):
    """The answer to one check; one of several forms on a page.

    What it began with is sent along, so that an answer that somebody else has given meanwhile is
    not taken for a change of this one.
    """

    verdict = forms.ChoiceField(
        choices=Verdict.choices,
        required=False,
        show_hidden_initial=True,
        widget=forms.RadioSelect,
    )
    note = ReasonField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("Needed for “no” and “not applicable”."),
        required=False,
        max_length=_LONGEST,
        show_hidden_initial=True,
        widget=forms.Textarea(attrs={"rows": 1}),
    )

    def __init__(self, *args: Any, checked: Checked, **kwargs: Any) -> None:
        initial = {"base": mark_of(checked)}
        if checked.given is not None:
            initial["note"] = checked.given.note
        if checked.answer is not None:
            initial["verdict"] = checked.answer.verdict
        super().__init__(*args, prefix=checked.question.key, initial=initial, **kwargs)
        self.fields["verdict"].label = str(checked.question)

    @property
    def is_given(self) -> bool:
        """Whether something was answered or changed."""
        return any(name != "base" for name in self.changed_data)

    def clean(self) -> dict[str, Any]:
        """Ask for the answer to a note, and for the note to all but “yes”."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        verdict, note = cleaned.get("verdict"), cleaned.get("note", "")
        if not verdict and "verdict" not in self.errors:
            self.add_error("verdict", _("Choose one of these."))
        elif verdict != Verdict.YES and not note and "note" not in self.errors:
            self.add_error("note", _("Say why: the note is needed for “no” and “not applicable”."))
        return cleaned


class QaForm(forms.Form):
    """Which button of the page was pressed; anything unreadable only saves."""

    act = forms.ChoiceField(
        choices=[("save", "save"), ("decide", "decide"), ("claim", "claim")], required=False
    )
    reason = forms.CharField(required=False, max_length=10_000)

    @property
    def decides(self) -> bool:
        """Whether the decision is to be made."""
        return self._given("act") == "decide"

    @property
    def claims(self) -> bool:
        """Whether the task of deciding is to be taken."""
        return self._given("act") == "claim"

    @property
    def lost_reason(self) -> str:
        """The reason that was typed for a decision that cannot be made any more."""
        return self._given("reason")

    def _given(self, name: str) -> str:
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))


class WaiverForm(MarkedForm):
    """Why an advice does not matter in the text that was looked at."""

    reason = forms.CharField(
        label=gettext_lazy("Why this does not matter here"),
        help_text=gettext_lazy("It holds for this text, and is kept in the history."),
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
