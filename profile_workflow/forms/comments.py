"""Forms of comments: making one, answering one, and finding some."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profile_workflow.forms.filters import FilterForm
from profile_workflow.forms.moves import MoveField
from profile_workflow.forms.renderer import StyledForm
from profile_workflow.models import Comment, Section
from profile_workflow.queries.responses import Round, Wanted
from profile_workflow.services.comments import MOST_CHARACTERS
from profile_workflow.services.lifecycle import Details, Offer
from profile_workflow.states import CommentKind

_FIELD_OF = re.compile(r"c([0-9]{1,12})-(?:move|words)")


#: What stands beside the kinds of comments: a note that only its writer sees.
NOTE = "note"
_NOTE_LABEL = gettext_lazy("Note to myself, which nobody else sees")
#: What a reply is called among the moves of a comment, none of which it is.
REPLY = "reply"


class KindField(forms.ChoiceField):
    """A choice among the kinds that are offered; the service says why another one is refused."""

    def valid_value(self, value: str) -> bool:
        """Whether there is such a kind."""
        return value in CommentKind.values or value == NOTE


class QuoteField(forms.CharField):
    """Words of the text, as a browser or a person gives them."""

    def __init__(self, *, most: int = 20_000, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=most, **kwargs)


class NewCommentForm(StyledForm):
    """A comment on a section or on some words of it, or a note to oneself.

    Nothing typed is no comment, even if words are quoted.
    """

    kind = KindField(
        label=gettext_lazy("Kind of comment"),
        help_text=gettext_lazy("All but praise waits for an answer. Only you see a note."),
        widget=forms.RadioSelect,
        required=False,
    )
    quote = QuoteField(
        label=gettext_lazy("Words of the text that it is about"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Empty for a comment on the whole section."),
    )
    block = QuoteField(most=20, widget=forms.HiddenInput)
    before = QuoteField(most=200, widget=forms.HiddenInput)
    text = forms.CharField(
        label=gettext_lazy("Your comment"),
        required=False,
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "The author will answer it. Everybody with a part in the profile can read it."
        ),
    )
    replacement = forms.CharField(
        label=gettext_lazy("Write instead of the quoted words"),
        required=False,
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("The author can take it over with one click."),
    )
    leave_out = forms.BooleanField(
        label=gettext_lazy("Leave the quoted words out"),
        help_text=gettext_lazy("Nothing is to stand in their place."),
        required=False,
    )

    def __init__(
        self, *args: Any, may_comment: bool, is_among_authors: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offered = [(NOTE, _NOTE_LABEL)]
        if is_among_authors:
            self.fields["kind"].help_text = _("Nothing waits for the answer. Only you see a note.")
            self.fields["text"].help_text = _(
                "The authors and the project team can read it, nobody else."
            )
        if may_comment:
            offered = [*CommentKind.choices, *offered]
        else:
            self.initial.setdefault("kind", NOTE)
            self.fields["text"].label = _("Your note")
            self.fields["text"].help_text = _("Only you can read it.")
        cast("forms.ChoiceField", self.fields["kind"]).choices = offered

    def clean(self) -> dict[str, Any]:
        """Ask for the kind of what was typed, and for what a suggestion is about."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.is_given and not cleaned.get("kind"):
            self.add_error("kind", _("Choose one of these."))
        if self.proposes and cleaned.get("kind") == NOTE:
            self.add_error("kind", _("A note to yourself suggests nothing to the author."))
        if self.proposes and not cleaned.get("quote"):
            self.add_error("quote", _("Quote the words that yours are to replace."))
        return cleaned

    @property
    def proposes(self) -> bool:
        """Whether other words are suggested."""
        return bool(self._typed("replacement") or self["leave_out"].value())

    @property
    def is_given(self) -> bool:
        """Whether a comment was typed."""
        return self.is_bound and bool(self._typed("text") or self.proposes)

    @property
    def replacement_or_none(self) -> str | None:
        """The suggested words, empty to leave the quoted ones out; None if none are suggested."""
        return str(self.cleaned_data["replacement"]) if self.proposes else None

    def _typed(self, name: str) -> str:
        return str(self[name].value() or "").strip()


class AnswerForm(StyledForm):
    """What becomes of one comment: a reply, an answer, closing it, or opening it again."""

    move = forms.ChoiceField(
        label=gettext_lazy("What becomes of it"),
        help_text=gettext_lazy("A reply leaves it as it is."),
        required=False,
    )
    words = forms.CharField(
        label=gettext_lazy("Answer, reason or reply"),
        help_text=gettext_lazy("Everybody who reads the comment reads it."),
        required=False,
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self,
        *args: Any,
        offers: Sequence[Offer],
        moves: Iterable[str],
        may_reply: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        old = self.fields["move"]
        field = MoveField(
            moves={*moves, REPLY}, label=old.label, help_text=old.help_text, required=False
        )
        field.choices = [("", _("Leave it as it is")), *((one.move, one.label) for one in offers)]
        if may_reply:
            field.choices = [*field.choices, (REPLY, _("Only reply"))]
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


def prefix_of(comment: Comment) -> str:
    """Return what the names of the fields begin with that answer a comment."""
    return f"c{comment.pk}"


def answered(names: Iterable[str]) -> list[int]:
    """Return the numbers of the comments that fields were sent for, in the order of the page."""
    found = (_FIELD_OF.fullmatch(name) for name in names)
    return list(dict.fromkeys(int(one[1]) for one in found if one))


class ResponseFilter(FilterForm):
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
