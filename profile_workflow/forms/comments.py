"""Forms of comments: making one, answering one, and finding some."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profile_workflow.forms.moves import MoveField
from profile_workflow.forms.renderer import StyledForm
from profile_workflow.models import Section
from profile_workflow.queries.responses import Round, Wanted
from profile_workflow.services.comments import MOST_CHARACTERS
from profile_workflow.services.lifecycle import Details, Offer
from profile_workflow.states import CommentKind

_SHOWN = r"\A\d{1,12}(,\d{1,12}){0,199}\Z"


class NewCommentForm(StyledForm):
    """A comment on a section; nothing typed is no comment."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Kind of comment"),
        choices=CommentKind.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    text = forms.CharField(
        label=gettext_lazy("Your comment"),
        required=False,
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "The author will answer it. Everybody with a part in the profile can read it."
        ),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the kind of what was typed."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("text") and not cleaned.get("kind"):
            self.add_error("kind", _("Choose one of these."))
        return cleaned

    @property
    def is_given(self) -> bool:
        """Whether a comment was typed."""
        return self.is_bound and bool((self["text"].value() or "").strip())


class AnswerForm(StyledForm):
    """What becomes of one comment: an answer of its author, or closing it, or opening it again."""

    move = forms.ChoiceField(label=gettext_lazy("What becomes of it"), required=False)
    words = forms.CharField(
        label=gettext_lazy("Answer or reason"),
        required=False,
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self, *args: Any, offers: Sequence[Offer], moves: Iterable[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        old = self.fields["move"]
        field = MoveField(moves=frozenset(moves), label=old.label, required=False)
        field.choices = [("", _("Leave it as it is")), *((one.move, one.label) for one in offers)]
        field.widget.attrs["class"] = "form-select"
        self.fields["move"] = field
        self.order_fields(["move", "words"])
        needed = [one.label for one in offers if one.needs_reason]
        if needed:
            self.fields["words"].help_text = _("Needed for: %(moves)s.") % {
                "moves": "; ".join(needed)
            }

    def clean(self) -> dict[str, Any]:
        """Ask what words without a choice are meant to do."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("words", "").strip() and not cleaned.get("move"):
            self.add_error("move", _("Say what becomes of the comment."))
        return cleaned

    @property
    def chosen(self) -> str:
        """The move that was chosen; empty if none was."""
        return str(self.cleaned_data.get("move", ""))

    @property
    def details(self) -> Details:
        """What is said with it."""
        words = self.cleaned_data.get("words", "")
        return Details(reason=words, answer=words)


class ShownForm(forms.Form):
    """Which comments stood on the page that was sent."""

    shown = forms.RegexField(_SHOWN, required=False)

    @property
    def ids(self) -> list[int]:
        """Their numbers, in the order of the page."""
        given = self.cleaned_data.get("shown", "") if self.is_valid() else ""
        return [int(one) for one in given.split(",") if one]


class ResponseFilter(StyledForm):
    """Which comments of a response table are wanted, and in which order."""

    round = forms.ChoiceField(label=gettext_lazy("Round"), required=False)
    section = forms.ChoiceField(label=gettext_lazy("Section"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            ("", gettext_lazy("All states")),
            ("open", gettext_lazy("Waits for an answer")),
            ("answered", gettext_lazy("Answered, not closed")),
            ("closed", gettext_lazy("Closed")),
        ],
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        required=False,
        choices=[("", gettext_lazy("All kinds")), *CommentKind.choices],
    )
    order = forms.ChoiceField(
        label=gettext_lazy("Order"),
        required=False,
        choices=[
            ("section", gettext_lazy("Section")),
            ("newest", gettext_lazy("Newest first")),
            ("oldest", gettext_lazy("Oldest first")),
            ("state", gettext_lazy("State")),
            ("kind", gettext_lazy("Kind")),
        ],
    )
    mine = forms.BooleanField(label=gettext_lazy("Only those I made"), required=False)

    def __init__(
        self, *args: Any, rounds: Iterable[Round], sections: Iterable[Section], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        every_round = [("", _("All rounds")), *((one.name, one.label) for one in rounds)]
        every_section = [("", _("All sections")), *((one.key, str(one)) for one in sections)]
        cast("forms.ChoiceField", self.fields["round"]).choices = every_round
        cast("forms.ChoiceField", self.fields["section"]).choices = every_section

    @property
    def wanted(self) -> Wanted:
        """What is wanted; everything if the query string cannot be read."""
        return Wanted(**self.cleaned_data) if self.is_valid() else Wanted()
