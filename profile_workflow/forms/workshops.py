"""Forms of the record of a workshop: the facts, what the room said, and the answer to it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profile_workflow.forms.days import DayField
from profile_workflow.forms.marked import MarkedForm
from profile_workflow.forms.moves import ReasonField
from profile_workflow.forms.renderer import StyledForm
from profile_workflow.models import Section, Workshop
from profile_workflow.queries.workshops import CATEGORIES, SEXES, counts_of, mark_of
from profile_workflow.services.workshops import MOST_CHARACTERS, MOST_PEOPLE, Facts
from profile_workflow.states import (
    Attribution,
    WorkshopMode,
    WorkshopQuorum,
    WorkshopSaying,
)

VALIDATION, PRIORITIES = "validation", "priorities"
PURPOSES: Mapping[str, "str | Promise"] = {
    VALIDATION: gettext_lazy("Validation of the text"),
    PRIORITIES: gettext_lazy("Setting of priorities"),
}


@dataclass(frozen=True, slots=True)
class Offered:
    """What can be chosen in the form of a record.

    Attributes:
        today: The day in the city, after which no workshop can have been held.
        purposes: Keys of ``PURPOSES``.
        sections: Sections that the room can have confirmed.
        documents: SHA-256 → title of what can have been used.
    """

    today: date
    purposes: Sequence[str]
    sections: Sequence[Section]
    documents: Mapping[str, str]


class WorkshopForm(MarkedForm):
    """What is known of a workshop; what is not known yet stays empty until the stage closes."""

    held_on = DayField(
        label=gettext_lazy("Day of the workshop"),
        help_text=gettext_lazy("As it was in the city."),
    )
    venue = forms.CharField(
        label=gettext_lazy("Place"),
        help_text=gettext_lazy("House and city, or where one met online. No names of people."),
        max_length=200,
        required=False,
    )
    mode = forms.ChoiceField(
        label=gettext_lazy("How people met"),
        help_text=gettext_lazy("It is printed in the validation record."),
        choices=WorkshopMode.choices,
        widget=forms.RadioSelect,
    )
    purposes = forms.MultipleChoiceField(
        label=gettext_lazy("What the workshop was for"),
        help_text=gettext_lazy("One workshop can serve both."),
        widget=forms.CheckboxSelectMultiple,
    )
    participants = forms.IntegerField(
        label=gettext_lazy("Participants in all"),
        help_text=gettext_lazy(
            "The numbers by category and sex below add up to it. Nobody is named."
        ),
        min_value=0,
        max_value=MOST_PEOPLE,
        required=False,
    )
    quorum = forms.ChoiceField(
        label=gettext_lazy("Quorum of the room"),
        help_text=gettext_lazy("Whether enough people were there, by the rule that the room had."),
        choices=[*WorkshopQuorum.choices, ("", gettext_lazy("Not known yet"))],
        widget=forms.RadioSelect,
        required=False,
    )
    attribution = forms.ChoiceField(
        label=gettext_lazy("Attribution of what was said"),
        help_text=gettext_lazy(
            "The rule that was announced in the room. The record names nobody in any case."
        ),
        choices=Attribution.choices,
        widget=forms.RadioSelect,
    )
    confirmed = forms.MultipleChoiceField(
        label=gettext_lazy("Sections that the room confirmed"),
        help_text=gettext_lazy("Kept with the hash of the text that the room had before it."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    documents = forms.MultipleChoiceField(
        label=gettext_lazy("Documents used"),
        help_text=gettext_lazy("Frozen versions and PDFs of this profile, kept with their hashes."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    agreed = ReasonField(
        label=gettext_lazy("Agreed remarks"),
        help_text=gettext_lazy(
            "What the room agreed on as a whole. It is printed; so write no names of people."
        ),
        max_length=MOST_CHARACTERS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args: Any, offered: Offered, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offered = offered
        self._choose("purposes", [(one, PURPOSES[one]) for one in offered.purposes])
        self._choose("confirmed", [(one.key, str(one)) for one in offered.sections])
        self._choose("documents", list(offered.documents.items()))
        for category, of_whom in CATEGORIES.items():
            for sex, label in SEXES.items():
                field = forms.IntegerField(
                    label=f"{of_whom}, {label}",
                    help_text=_("Leave it empty where there was nobody."),
                    min_value=0,
                    max_value=MOST_PEOPLE,
                    required=False,
                )
                field.widget.attrs["inputmode"] = "numeric"
                self.add_field(_name_of(category, sex), field)

    def _choose(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def before_numbers(self) -> list[forms.BoundField]:
        """The fields that stand above the numbers."""
        return [self[name] for name in ("held_on", "venue", "mode", "purposes", "participants")]

    @property
    def after_numbers(self) -> list[forms.BoundField]:
        """The fields that stand below them."""
        names = ("quorum", "attribution", "confirmed", "documents", "agreed")
        return [self[name] for name in names if name in self.base_fields]

    @property
    def numbers(self) -> Iterator[tuple[str, list[tuple[str, forms.BoundField]]]]:
        """Yield each category with the field of each sex, in words."""
        for category, of_whom in CATEGORIES.items():
            fields = [(str(label), self[_name_of(category, sex)]) for sex, label in SEXES.items()]
            yield str(of_whom), fields

    def clean(self) -> dict[str, Any]:
        """Check what can be said beside a field; the service checks it all again."""
        cleaned: dict[str, Any] = super().clean() or {}
        held_on = cleaned.get("held_on")
        if held_on is not None and held_on > self._offered.today:
            self.add_error("held_on", _("A workshop is written down when it has been held."))
        found = sum(self._counts(cleaned).values())
        total = cleaned.get("participants") or 0
        if found and found != total and "participants" not in self.errors:
            words = _("The numbers add up to %(found)s, but %(total)s took part in all.")
            self.add_error("participants", words % {"found": found, "total": total})
        return cleaned

    @staticmethod
    def _counts(cleaned: Mapping[str, Any]) -> dict[tuple[str, str], int]:
        return {
            (category, sex): cleaned.get(_name_of(category, sex)) or 0
            for category in CATEGORIES
            for sex in SEXES
        }

    @property
    def facts(self) -> Facts:
        """What the service is to store."""
        given = self.cleaned_data
        return Facts(
            held_on=given["held_on"],
            mode=WorkshopMode(given["mode"]),
            attribution=Attribution(given["attribution"]),
            venue=given["venue"],
            for_validation=VALIDATION in given["purposes"],
            for_priorities=PRIORITIES in given["purposes"],
            participants=given["participants"] or 0,
            counts=self._counts(given),
            quorum=given["quorum"],
            confirmed=given["confirmed"],
            documents=[
                {"title": title, "sha256": sha256}
                for sha256, title in self._offered.documents.items()
                if sha256 in given["documents"]
            ],
            agreed=given["agreed"],
        )


def _name_of(category: str, sex: str) -> str:
    return f"count_{category or 'none'}_{sex}"


def as_entered(workshop: Workshop) -> dict[str, Any]:
    """Return a record as its form shows it, with its mark."""
    purposes = {VALIDATION: workshop.for_validation, PRIORITIES: workshop.for_priorities}
    return {
        "held_on": workshop.held_on,
        "venue": workshop.venue,
        "mode": workshop.mode,
        "purposes": [one for one, is_served in purposes.items() if is_served],
        "participants": workshop.participants or None,
        "quorum": workshop.quorum,
        "attribution": workshop.attribution,
        "confirmed": list(workshop.confirmed),
        "documents": [one["sha256"] for one in workshop.documents],
        "agreed": workshop.agreed,
        "base": mark_of(workshop),
        **_empty_numbers(),
        **{_name_of(*key): number for key, number in counts_of(workshop).items()},
    }


def _empty_numbers() -> dict[str, None]:
    return {_name_of(category, sex): None for category in CATEGORIES for sex in SEXES}


class RemarkForm(StyledForm):
    """An objection or a remark of the room."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What was said"),
        help_text=gettext_lazy(
            "An objection needs a written answer before the stage is closed; a remark may get one."
        ),
        choices=WorkshopSaying.choices,
        widget=forms.RadioSelect,
    )
    section = forms.ModelChoiceField(
        label=gettext_lazy("Section"),
        help_text=gettext_lazy("Leave it empty if the whole text is meant."),
        queryset=Section.objects.none(),
        to_field_name="key",
        required=False,
    )
    text = ReasonField(
        label=gettext_lazy("In words"),
        help_text=gettext_lazy(
            "Without the name or the organisation of whoever said it. It is printed in the "
            "validation record."
        ),
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    from_paper = forms.BooleanField(
        label=gettext_lazy("It stands on a form that was handed in without a name"),
        help_text=gettext_lazy(
            "Under the Chatham House Rule forms have neither name nor number: what they say is "
            "written down here, and counts for no person."
        ),
        required=False,
    )

    def __init__(self, *args: Any, sections: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["section"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = sections


class RoomAnswerForm(MarkedForm):
    """What is answered to the room."""

    text = ReasonField(
        label=gettext_lazy("Written answer"),
        help_text=gettext_lazy(
            "What becomes of it, and why. It is printed beside what the room said; so write no "
            "names."
        ),
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
