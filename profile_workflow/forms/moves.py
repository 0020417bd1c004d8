"""The form with which a person makes a move: which one, why, and which sections it names."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, ClassVar, cast

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from profile_workflow.errors import Missing
from profile_workflow.forms.renderer import StyledForm
from profile_workflow.languages import listed
from profile_workflow.models import Section, TemplateCriterion
from profile_workflow.services.judging import MOST_CHARACTERS
from profile_workflow.services.lifecycle import Details, Offer
from profile_workflow.services.preparations import OPENS_CONSULTATION
from profile_workflow.states import Attribution


class MoveField(forms.ChoiceField):
    """A choice among what is offered, e.g. moves, that lets others of its kind pass.

    The engine refuses those, and says why better than a form could.
    """

    def __init__(self, *, moves: Collection[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.moves = moves

    def valid_value(self, value: str) -> bool:
        """Whether the document knows the move."""
        return value in self.moves


class MoveChoice(forms.RadioSelect):
    """Moves to choose from; those that name sections are marked for the style sheet."""

    def __init__(self, *, naming: Collection[str]) -> None:
        super().__init__(attrs={"class": "form-check-input"})
        self.naming = naming

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Mark an option whose move names sections."""
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        if value in self.naming:
            option["attrs"]["data-names-sections"] = True
        return option


class ReasonField(forms.CharField):
    """Words that some of the offered moves need; whether they are there is the engine's to say."""

    is_needed = True

    def to_python(self, value: Any) -> str:
        """Return the words with line ends of one kind, whatever a browser sends."""
        return (super().to_python(value) or "").replace("\r\n", "\n")


class RuleField(forms.ChoiceField):
    """How answers are attributed; whoever sends nothing keeps what is suggested."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether something else was chosen."""
        return bool(data) and super().has_changed(initial, data)


#: What stands for it that somebody cannot judge a criterion.
CANNOT_JUDGE = "0"


def rating_name(criterion: TemplateCriterion) -> str:
    """Return the name of the field in which a criterion is rated."""
    return f"rating_{criterion.key}"


def words_name(criterion: TemplateCriterion) -> str:
    """Return the name of the field with the words on a criterion."""
    return f"words_{criterion.key}"


class SayingForm(StyledForm):
    """What is said with a move; what the move lacks stands beside the field that asks for it."""

    #: Requirement → field that answers it.
    FIELD_OF: ClassVar[Mapping[str, str]] = {}

    def take_missing(self, missing: Iterable[Missing]) -> list[Missing]:
        """Show what this form asks for beside its field; return the rest."""
        rest = []
        for one in missing:
            name = self.FIELD_OF.get(one.code, "")
            if name in self.fields:
                self.add_error(name, str(one.message))
            else:
                rest.append(one)
        return rest


class MoveForm(SayingForm):
    """One of the moves that are offered, with what it needs besides."""

    FIELD_OF = {"no_reason": "reason", "no_section_named": "sections"}

    reason = ReasonField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Whoever receives it will read it."),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    sections = forms.MultipleChoiceField(
        label=gettext_lazy("Sections concerned"),
        help_text=gettext_lazy("Tick at least one."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    attribution = RuleField(
        label=gettext_lazy("How answers are attributed"),
        help_text=gettext_lazy(
            "Whoever is asked reads it before he answers. While the round is open it can be made "
            "stricter, never looser."
        ),
        required=False,
        choices=Attribution.choices,
    )
    field_order = ["move", "sections", "attribution", "reason"]

    def __init__(
        self,
        *args: Any,
        offers: Sequence[Offer],
        moves: Collection[str],
        sections: Iterable[Section],
        attribution: str = "",
        criteria: Sequence[TemplateCriterion] = (),
        drafts: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        self._sections = {section.key: section for section in sections}
        self._ask_for_attribution(offers, attribution)
        self.fields["move"] = _move_field(offers, moves)
        self._ask_for_reason(offers)
        self._ask_for_sections(offers)
        self._ask_by_criteria(drafts=drafts)
        self.order_fields([*self._criterion_fields(), *self.field_order])

    def _ask_by_criteria(self, *, drafts: bool) -> None:
        """Ask what the template asks of whoever judges; nothing is chosen beforehand."""
        language = get_language() or "en"
        for one in self.criteria:
            labels = one.labels_in(language)
            ratings = [(str(place), label) for place, label in enumerate(labels, 1)]
            field = forms.ChoiceField(
                label=str(one),
                help_text=one.guidance_in(language),
                required=False,
                choices=[*ratings, (CANNOT_JUDGE, _("I cannot judge this"))],
                widget=forms.RadioSelect,
            )
            self.add_field(rating_name(one), field)
            if one.asks_words:
                words = ReasonField(
                    label=_("Words on “%(criterion)s”") % {"criterion": one},
                    help_text=_("What you base this on, and what should become better."),
                    required=False,
                    max_length=MOST_CHARACTERS,
                    widget=forms.Textarea(attrs={"rows": 2}),
                )
                words.is_needed = False
                self.add_field(words_name(one), words)
        if drafts:
            self.fields["draft_version"] = forms.IntegerField(
                required=False, min_value=0, max_value=2**31, widget=forms.HiddenInput
            )

    def _criterion_fields(self) -> list[str]:
        return [name for one in self.criteria for name in (rating_name(one), words_name(one))]

    def take_missing(self, missing: Iterable[Missing]) -> list[Missing]:
        """Show what this form asks for beside its field; return the rest."""
        rest = []
        for one in super().take_missing(missing):
            if one.code == "criterion_open" and f"rating_{one.fragment}" in self.fields:
                self.add_error(f"rating_{one.fragment}", str(one.message))
            else:
                rest.append(one)
        return rest

    @property
    def drafted(self) -> set[str]:
        """The names of the fields whose words and ratings are kept as a draft."""
        return {"reason", *self._criterion_fields()}

    @property
    def assessment(self) -> dict[str, tuple[int | None, str]]:
        """Key of each criterion → the rating and the words that were given."""
        found = {}
        for one in self.criteria:
            rating = self.cleaned_data.get(rating_name(one), "")
            words = self.cleaned_data.get(words_name(one), "")
            found[one.key] = (int(rating) if rating else None, words)
        return found

    def _ask_for_reason(self, offers: Sequence[Offer]) -> None:
        needed = [offer.label for offer in offers if offer.needs_reason]
        if offers and not needed:
            del self.fields["reason"]
            return
        if len(offers) > 1:
            self.fields["reason"].help_text = _(
                "Needed for: %(moves)s. Whoever receives it will read it."
            ) % {"moves": listed(needed)}

    def _ask_for_sections(self, offers: Sequence[Offer]) -> None:
        needed = [offer.label for offer in offers if offer.needs_sections]
        if not needed:
            del self.fields["sections"]
            return
        field = cast("forms.MultipleChoiceField", self.fields["sections"])
        field.choices = [(key, str(section)) for key, section in self._sections.items()]
        if len(offers) > 1:
            field.help_text = _("Needed for: %(moves)s.") % {"moves": listed(needed)}

    def _ask_for_attribution(self, offers: Sequence[Offer], rule: str) -> None:
        """Let the rule of a consultation be chosen; one that goes on keeps what it promised."""
        opening = [offer for offer in offers if offer.move in OPENS_CONSULTATION]
        if not opening or not rule:
            del self.fields["attribution"]
            return
        goes_on = any(offer.move == "extend_consultation" for offer in opening)
        field = cast("RuleField", self.fields["attribution"])
        field.choices = [
            one
            for one in Attribution.choices
            if not (goes_on and Attribution(one[0]).is_looser_than(rule))
        ]
        field.initial = rule
        if len(offers) > 1:
            labels = listed(offer.label for offer in opening)
            field.help_text = " ".join(
                (_("Holds for: %(moves)s.") % {"moves": labels}, str(field.help_text))
            )

    @property
    def move(self) -> str:
        """The move that was chosen."""
        return str(self.cleaned_data["move"])

    @property
    def chosen_label(self) -> str:
        """The move that was chosen among several, in words; empty if there was no choice."""
        choices = dict(cast("Any", self.fields["move"]).choices)
        return str(choices.get(self.move, ""))

    @property
    def details(self) -> Details:
        """What the mover says with it."""
        keys = self.cleaned_data.get("sections", ())
        return Details(
            reason=self.cleaned_data.get("reason", ""),
            sections=[self._sections[key] for key in keys],
            attribution=self.cleaned_data.get("attribution", ""),
            assessment=self.assessment,
        )


def _move_field(offers: Sequence[Offer], moves: Collection[str]) -> MoveField:
    if len(offers) == 1:
        return MoveField(moves=moves, initial=offers[0].move, widget=forms.HiddenInput)
    return MoveField(
        moves=moves,
        label=_("Your decision"),
        help_text=_("Choose one of these."),
        choices=[(offer.move, offer.label) for offer in offers],
        widget=MoveChoice(naming={offer.move for offer in offers if offer.needs_sections}),
        error_messages={"required": _("Choose one of these.")},
    )
