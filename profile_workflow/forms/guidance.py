"""The forms of the guidance beside a text: marking its questions, allowing a finding."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profile_workflow.errors import InvalidInput
from profile_workflow.forms.renderer import StyledForm
from profile_workflow.models import QuestionAnswer, Section, User
from profile_workflow.queries.guidance import Group, Judged, JudgedText, Question
from profile_workflow.services.guidance import (
    MOST_CHARACTERS,
    Mark,
    Marked,
    mark_of,
    mark_questions,
)
from profile_workflow.states import Outcome

#: The fields stand beside the text, outside the form that they are sent with.
_OUTSIDE = {"form": "section-form"}
_DIGEST = r"\A[0-9a-f]{64}\Z"
#: Milliseconds since 1970, as browsers count.
_MOMENT = re.compile(r"[0-9]{1,14}")


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question with its fields."""

    question: Question
    outcome: forms.BoundField
    note: forms.BoundField
    seen: forms.BoundField


@dataclass(frozen=True, slots=True)
class AskedGroup:
    """Questions under one heading of the template, with their fields."""

    group: Group
    questions: list[AskedQuestion]


class QuestionsForm(StyledForm):
    """The guiding questions of a section, each with what became of it.

    Only what differs from what the page showed is a mark, so that two authors who mark different
    questions do not undo one another; if they mark the same, the second is shown both.

    Args:
        groups: The questions.
    """

    def __init__(self, *args: Any, groups: Sequence[Group], **kwargs: Any) -> None:
        self.groups = groups
        self._questions = {one.key: one for group in groups for one in group.questions}
        self._has_seen: dict[str, str] = {}
        super().__init__(*args, prefix="q", **kwargs)
        for key, question in self._questions.items():
            self._add_fields(key, question)

    def _add_fields(self, key: str, question: Question) -> None:
        mark = mark_of(question.answer)
        self.fields[f"{key}-outcome"] = forms.ChoiceField(
            label=question.text,
            required=False,
            choices=[("", gettext_lazy("not marked yet")), *Outcome.choices],
            initial=mark.outcome or "",
            widget=forms.Select(
                attrs={
                    **_OUTSIDE,
                    "class": "form-select form-select-sm",
                    "data-saved": mark.outcome or "",
                }
            ),
        )
        self.fields[f"{key}-note"] = forms.CharField(
            label=gettext_lazy("Why, or where you searched"),
            required=False,
            max_length=MOST_CHARACTERS,
            initial=mark.note,
            widget=forms.TextInput(
                attrs={
                    **_OUTSIDE,
                    "class": "form-control form-control-sm",
                    "dir": "auto",
                    # By the blank the style sheet knows that nothing is written.
                    "placeholder": " ",
                    "data-saved": mark.note,
                }
            ),
        )
        self.fields[f"{key}-seen"] = forms.CharField(
            required=False, initial=mark.digest, widget=forms.HiddenInput(attrs=_OUTSIDE)
        )

    def clean(self) -> dict[str, Any]:
        """Ask for the reason of what was left open."""
        cleaned: dict[str, Any] = super().clean() or {}
        for key in self._questions:
            outcome = cleaned.get(f"{key}-outcome")
            is_open = outcome in (Outcome.NOT_APPLICABLE, Outcome.NOTHING_FOUND)
            if is_open and not cleaned.get(f"{key}-note"):
                self.add_error(
                    f"{key}-note", _("Say why it does not apply, or where you searched.")
                )
        return cleaned

    @property
    def marks(self) -> dict[str, Mark]:
        """What was changed on the page and is complete: key of the question → what is said."""
        return {key: one for key, one in self._given().items() if one.digest != self._seen(key)}

    def _seen(self, key: str) -> str:
        """Return the digest of what the page showed of a question."""
        return str(self.cleaned_data[f"{key}-seen"]).partition("@")[0]

    def _typed_at(self, key: str) -> datetime | None:
        """Return when a mark was made that has waited on a device since; else None."""
        moment = str(self.cleaned_data[f"{key}-seen"]).partition("@")[2]
        if not _MOMENT.fullmatch(moment):
            return None
        return datetime.fromtimestamp(int(moment) / 1000, UTC)

    def _given(self) -> dict[str, Mark]:
        """Return what the page sent and is complete, changed or not."""
        found = {}
        for key in self._questions:
            names = [f"{key}-{name}" for name in ("outcome", "note", "seen")]
            if f"{self.prefix}-{names[0]}" not in self.data or self.errors.keys() & set(names):
                continue
            outcome, note = (self.cleaned_data[name] for name in names[:2])
            found[key] = Mark(Outcome(outcome) if outcome else None, note)
        return found

    def save(self, section: Section, *, by: User, at: datetime) -> bool:
        """Save the marks that were changed; return False if the form says what is wrong with some.

        Those that are complete are saved in any case.

        Raises:
            NotAllowed, NotNow: As for the text itself.
        """
        self.is_valid()
        given, marks = self._given(), self.marks
        try:
            marked = self._mark(section, marks, by=by, at=at) if marks else Marked()
        except InvalidInput as error:
            self.add_error(None, str(error))
            return False
        self._has_seen = {key: mark.digest for key, mark in given.items()}
        for key, answer in marked.met.items():
            self._meet(key, answer, by)
        return not self.errors

    def _mark(
        self, section: Section, marks: Mapping[str, Mark], *, by: User, at: datetime
    ) -> Marked:
        seen = {key: self._seen(key) for key in marks}
        typed_at = {key: moment for key in marks if (moment := self._typed_at(key))}
        return mark_questions(section, marks, by=by, at=at, seen=seen, typed_at=typed_at)

    def _meet(self, key: str, answer: QuestionAnswer, reader: User) -> None:
        """Show what was said in the meantime; whoever saves again has seen it."""
        said = (answer.get_outcome_display() if answer.is_marked else "", answer.note)
        words = _(
            "In the meantime %(person)s said: “%(said)s”. Yours is still here and not saved. Join "
            "the two, or save once more to put yours in its place."
        )
        if answer.by_id == reader.pk:
            words = _(
                "This was kept on this device; since then you said: “%(said)s”. Join the two, or "
                "save once more to put what stands here in its place."
            )
        shown = {"person": answer.by, "said": " – ".join(one for one in said if one)}
        self.add_error(f"{key}-note", words % shown)
        self._has_seen[key] = mark_of(answer).digest
        shown_again = {self[f"{key}-seen"].html_name: self._has_seen[key]}
        self.data = {**dict(self.data.items()), **shown_again}

    @property
    def seen_now(self) -> dict[str, str] | None:
        """What the page has seen of the questions that it sent, once they are saved.

        A question that is not among them is not saved; None if nothing could be.
        """
        if self.non_field_errors():
            return None
        return {self[f"{key}-seen"].html_name: seen for key, seen in self._has_seen.items()}

    @property
    def problems(self) -> dict[str, str]:
        """Name of a field on the page → what is wrong with it."""
        fields = [name for name in self.errors if name in self.fields]
        return {self[name].html_name: " ".join(map(str, self.errors[name])) for name in fields}

    @property
    def asked(self) -> list[AskedGroup]:
        """The questions with their fields, under their headings."""
        return [
            AskedGroup(group, [self._asked(one) for one in group.questions])
            for group in self.groups
        ]

    def _asked(self, question: Question) -> AskedQuestion:
        names = (f"{question.key}-{name}" for name in ("outcome", "note", "seen"))
        return AskedQuestion(question, *(self[name] for name in names))


class WantedFindingForm(forms.Form):
    """Which finding the author wants to allow, when he leaves the text for that."""

    allow = forms.RegexField(_DIGEST, required=False)

    @property
    def wanted(self) -> str:
        """The digest of the finding; empty if none is wanted."""
        return str(self.cleaned_data["allow"]) if self.is_valid() else ""


class FindingKind(TextChoices):
    """Findings of one sort, by what the codes of their rules begin with."""

    FIGURES = "number", gettext_lazy("Figures")
    WORDINGS = "wording", gettext_lazy("Wordings")
    ACRONYMS = "acronym", gettext_lazy("Acronyms")
    TABLES = "table", gettext_lazy("Tables")
    HEADINGS = "heading", gettext_lazy("Headings")


class FindingKindForm(forms.Form):
    """Which findings are to be listed."""

    only = forms.ChoiceField(choices=FindingKind.choices, required=False)

    @property
    def wanted(self) -> str:
        """With what the codes of the rules begin; empty for all."""
        return str(self.cleaned_data["only"]) if self.is_valid() else ""


@dataclass(frozen=True, slots=True)
class WantedPlace:
    """A place in a text that somebody was led to."""

    start: int
    end: int
    words: str


class WantedPlaceForm(forms.Form):
    """Where in the text the writer wants to look, when he comes from a list of what is missing."""

    at = forms.RegexField(r"\A\d{1,6}-\d{1,6}\Z", required=False)

    def place_in(self, text: str) -> WantedPlace | None:
        """Return the place, or None if there is none, or the text has changed so far."""
        if not self.is_valid() or not self.cleaned_data["at"]:
            return None
        start, end = map(int, self.cleaned_data["at"].split("-"))
        words = text[start:end]
        return WantedPlace(start, end, words) if words.strip() else None


class FindingForm(StyledForm):
    """A decision on a finding: allow it, because …, or take that back."""

    digest = forms.RegexField(_DIGEST, widget=forms.HiddenInput)
    action = forms.ChoiceField(
        choices=[("allow", "allow"), ("take_back", "take_back")], widget=forms.HiddenInput
    )
    reason = forms.CharField(
        label=gettext_lazy("It may stand, because …"),
        required=False,
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy(
            "Reviewers and the project team read it. It holds until the words around it change."
        ),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the reason of an allowance."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("action") == "allow" and not cleaned.get("reason"):
            self.add_error("reason", _("Say why it may stand; reviewers read it."))
        return cleaned


@dataclass(frozen=True, slots=True)
class Row:
    """A finding with the form of what may be decided on it."""

    judged: Judged
    form: FindingForm | None


def rows_of(text: JudgedText, typed: FindingForm | None, *, may_judge: bool) -> list[Row]:
    """Return the findings as rows, the form that was typed in its own.

    Args:
        text: The findings.
        typed: The form as it was sent, to be shown again.
        may_judge: Whether the reader may decide on them.
    """
    wanted = typed.data.get("digest") if typed is not None else None
    rows = []
    for one in text.findings:
        digest = one.finding.digest
        form = None
        if may_judge:
            again = typed if digest == wanted else None
            action = "allow" if one.is_open else "take_back"
            first = {"digest": digest, "action": action}
            form = again or FindingForm(initial=first, auto_id=f"id_{digest[:12]}_%s")
        rows.append(Row(one, form))
    return rows
