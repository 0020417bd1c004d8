"""Forms of requests for input: asking, answering, and everything else that is said to one."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profile_workflow.attachments import ACCEPTED, MOST_BYTES, Attachment, read_attachment
from profile_workflow.errors import InvalidInput
from profile_workflow.forms.filters import FilterForm
from profile_workflow.forms.moves import ReasonField, SayingForm
from profile_workflow.forms.renderer import StyledForm
from profile_workflow.models import DataTable, InputRequest, Profile, Section, User
from profile_workflow.queries.history import move_label
from profile_workflow.queries.profiles import sections_of
from profile_workflow.queries.requests import Wanted, people_to_ask, places_of
from profile_workflow.services.lifecycle import Details
from profile_workflow.services.requests import MOST_CHARACTERS, Wish, first_day, last_moment


def _day_field(**said: Any) -> forms.DateField:
    # A picker of the browser takes and gives ISO days, whatever the language.
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(widget=widget, **said)


def _words_field(rows: int, **kwargs: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return ReasonField(required=False, max_length=MOST_CHARACTERS, widget=widget, **kwargs)


def _checked_day(day: date, profile: Profile) -> date:
    try:
        last_moment(profile, day, at=timezone.now())
    except InvalidInput as error:
        raise forms.ValidationError(str(error), code="no_day") from None
    return day


class PersonField(forms.TypedChoiceField):
    """Somebody of the city, by the id that stands in the list."""

    is_needed = True

    def __init__(self, people: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        choices = [("", _("Choose one")), *((str(pk), words) for pk, words in people)]
        super().__init__(choices=choices, coerce=int, empty_value=None, **kwargs)


class RequestForm(StyledForm):
    """What is asked for, of whom, until when, and where it belongs."""

    subject = forms.CharField(
        label=gettext_lazy("Please give us …"),
        help_text=gettext_lazy(
            "In one line, with year and territory. It is printed in the methodology as a data "
            "request; names of people do not belong here."
        ),
        max_length=200,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    text = forms.CharField(
        label=gettext_lazy("Details"),
        help_text=gettext_lazy("In what form, broken down by what, what for. It is not printed."),
        required=False,
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    due_on = _day_field(
        label=gettext_lazy("Answer until"),
        help_text=gettext_lazy("A working day of the city. A reminder is sent three days before."),
    )
    field_order = ["person", "subject", "text", "place", "due_on"]

    def __init__(
        self, *args: Any, profile: Profile, viewer: User, language: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._profile = profile
        people = people_to_ask(profile, viewer=viewer)
        self.add_field(
            "person",
            PersonField(
                people,
                label=_("Whom do you ask?"),
                help_text=_("Their institution is printed, not their name."),
            ),
        )
        places = [
            (heading, [(one.code, one.label) for one in several])
            for heading, several in places_of(profile, language)
        ]
        place = forms.ChoiceField(
            label=_("What is it for?"),
            help_text=_("Whoever is asked sees it; the answer can be found from there."),
            required=False,
            choices=[("", _("the whole profile")), *places],
        )
        self.add_field("place", place)
        self.order_fields(self.field_order)

    def clean_due_on(self) -> date:
        """Refuse a day on which no answer can be asked for."""
        return _checked_day(self.cleaned_data["due_on"], self._profile)

    def wish(self) -> Wish:
        """Return what is asked for; to be called on a valid form."""
        given = self.cleaned_data
        person = User.objects.get(pk=given["person"])
        kind, _colon, rest = given["place"].partition(":")
        section, question, table = self._place(kind, rest)
        return Wish(
            person=person,
            subject=given["subject"],
            text=given["text"],
            due_on=given["due_on"],
            section=section,
            question=question,
            table=table,
        )

    def _place(self, kind: str, rest: str) -> tuple[Section | None, str, DataTable | None]:
        if kind == "table":
            table = self._profile.data_tables.select_related("section").get(pk=int(rest))
            return table.section, "", table
        if not kind:
            return None, "", None
        key, _colon, question = rest.partition(":")
        return self._profile.sections.get(key=key), question, None


class StartForm(forms.Form):
    """For which section something is asked; anything unreadable is none."""

    section = forms.SlugField(required=False)

    @property
    def place(self) -> str:
        """The place that is chosen to begin with, as the form of a request names it."""
        key = str(self.cleaned_data["section"]) if self.is_valid() else ""
        return f"section:{key}" if key else ""


class RequestFilter(FilterForm):
    """Which requests of a profile are wanted; what cannot be read leaves nothing out."""

    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            ("", gettext_lazy("All states")),
            ("open", gettext_lazy("Waiting for an answer")),
            ("late", gettext_lazy("Late")),
            ("back", gettext_lazy("To be looked at by whoever asked")),
            ("settled", gettext_lazy("Settled or withdrawn")),
        ],
    )
    section = forms.ChoiceField(label=gettext_lazy("Section"), required=False)

    def __init__(self, *args: Any, profile: Profile, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sections = [(one.key, str(one)) for one in sections_of(profile)]
        field = cast("forms.ChoiceField", self.fields["section"])
        field.choices = [("", _("All sections")), *sections]

    @property
    def wanted(self) -> Wanted:
        """What is wanted, as far as the address can be read."""
        self.is_valid()
        return Wanted(self.cleaned_data.get("state", ""), self.cleaned_data.get("section", ""))


_READ_BY_ASKED = gettext_lazy("Whoever is asked will read it.")
_READ_BY_ASKER = gettext_lazy("Whoever has asked will read it.")

#: Move → label of its words, and what is said beneath it.
_WORDS: dict[str, tuple["str | Promise", "str | Promise"]] = {
    "give_answer": (
        gettext_lazy("Your answer"),
        gettext_lazy("Numbers with their year and territory, a link, a few sentences."),
    ),
    "say_unavailable": (
        gettext_lazy("It is not available, because …"),
        gettext_lazy(
            "For example: nobody counts it, it is kept elsewhere, it may not be passed on. "
            "The authors print the reason without your name."
        ),
    ),
    "ask_back": (gettext_lazy("Your question"), _READ_BY_ASKER),
    "hand_on": (gettext_lazy("A word to go with it"), _READ_BY_ASKED),
    "reply_to_question": (gettext_lazy("Your reply"), _READ_BY_ASKED),
    "record_absence": (
        gettext_lazy("Why it is not available, as it is printed"),
        gettext_lazy("In the language of the profile, without names of people."),
    ),
    "ask_again": (gettext_lazy("What is still missing"), _READ_BY_ASKED),
    "withdraw_request": (
        gettext_lazy("Why it is not needed any more"),
        _READ_BY_ASKED,
    ),
}
#: Moves that give another day.
_WITH_A_DAY = ("reply_to_question", "ask_again")


class RequestMoveForm(SayingForm):
    """One move of a request, with what it needs; one of several forms on a page.

    Attributes:
        makes: The move that it makes.
        label: What its button says.
    """

    FIELD_OF = {"no_reason": "words", "no_answer": "words", "no_person": "person"}

    move = forms.CharField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        move: str,
        of: InputRequest,
        viewer: User,
        words: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, prefix=move, **kwargs)
        self.makes, self.label = move, move_label(of.document_type, move)
        self._profile = of.profile
        self.initial["move"] = move
        if move == "hand_on":
            people = people_to_ask(of.profile, viewer=viewer, but=of.asked_of_id)
            self.add_field(
                "person",
                PersonField(
                    people,
                    required=False,
                    label=_("Hand it to"),
                    help_text=_("Somebody of the city who can answer better."),
                ),
            )
        if move in _WORDS:
            said, beneath = _WORDS[move]
            rows = 5 if move == "give_answer" else 3
            field = _words_field(rows, label=said, help_text=beneath, initial=words)
            self.add_field("words", field)
        if move == "hand_on":
            cast("Any", self.fields["words"]).is_needed = False
        if move == "give_answer":
            self.add_field("file", _file_field())
        if move in _WITH_A_DAY:
            day = _day_field(label=_("Answer until"), help_text=_("A working day of the city."))
            self.add_field("due_on", day)
            self.initial["due_on"] = first_day(of.profile, timezone.now())

    def clean_due_on(self) -> date:
        """Refuse a day on which no answer can be asked for."""
        return _checked_day(self.cleaned_data["due_on"], self._profile)

    def clean_file(self) -> Attachment | None:
        """Return the file as it may be kept, or None if none was sent."""
        file: UploadedFile[bytes] | None = self.cleaned_data["file"]
        if not file:
            return None
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(
                _("This file is larger than 10 MB. Send a smaller one, or a link."),
                code="too_large",
            )
        try:
            return read_attachment(file.name or "", file.read())
        except InvalidInput as error:
            raise forms.ValidationError(str(error), code="not_taken") from None

    @property
    def details(self) -> Details:
        """What the mover says; to be called on a valid form."""
        given = self.cleaned_data
        words = given.get("words", "")
        is_answer = self.makes == "give_answer"
        person = given.get("person")
        return Details(
            reason="" if is_answer else words,
            answer=words if is_answer else "",
            attachment=given.get("file"),
            person=User.objects.get(pk=person) if person else None,
            due_on=given.get("due_on"),
        )


def _file_field() -> forms.FileField:
    return forms.FileField(
        label=_("File"),
        required=False,
        help_text=_(
            "PDF, Word, Excel, PowerPoint, OpenDocument, CSV, text or a photograph; at most 10 MB."
        ),
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
    )


def move_sent(data: Iterable[str]) -> str:
    """Return which of the forms of a page was sent, by its move; empty if none was."""
    return next((key.removesuffix("-move") for key in data if key.endswith("-move")), "")
