"""The form that starts a profile: city and edition, people, lengths of the steps, validation."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, cast

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profile_workflow import languages
from profile_workflow.forms.days import DayField
from profile_workflow.forms.people import PeopleField, PersonField
from profile_workflow.forms.renderer import StyledForm
from profile_workflow.models import City, Profile, Template, User
from profile_workflow.services.people import Part
from profile_workflow.services.profiles import Nomination
from profile_workflow.states import Attribution, Role
from reports.labels import LANGUAGES, labels
from workflows.timetable import STEPS, Step, timetable, usual_days

_FIRST_EDITION, _LAST_EDITION = 2000, 2100
_LONGEST_STEP = 260
_PERSON_HELP = gettext_lazy("E-mail address or full name of somebody who has an account.")
#: Fields for one person each, and for several, by role.
_ONE_OF = {
    "local_expert": Role.LOCAL_EXPERT,
    "international_expert": Role.INTERNATIONAL_EXPERT,
    "focal_point": Role.FOCAL_POINT,
    "city_authority": Role.CITY_AUTHORITY,
}
_MANY_OF = {"co_authors": Role.CO_AUTHOR, "translators": Role.TRANSLATOR}


class StartForm(StyledForm):
    """What must be known to start a profile. People may be named later, on its own page."""

    city = forms.ChoiceField(
        label=gettext_lazy("City"), help_text=gettext_lazy("One of the cities of your programme.")
    )
    edition = forms.IntegerField(
        label=gettext_lazy("Edition"),
        help_text=gettext_lazy("The year that the profile carries."),
        min_value=_FIRST_EDITION,
        max_value=_LAST_EDITION,
    )
    template = forms.ChoiceField(
        label=gettext_lazy("Version of the template"),
        help_text=gettext_lazy("Its chapters, guiding questions and checks hold for the profile."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the text"),
        help_text=gettext_lazy("In which the profile is written and printed."),
        choices=languages.choices(LANGUAGES),
    )
    title = forms.CharField(
        label=gettext_lazy("Title"),
        help_text=gettext_lazy("Left empty, it is “City Migration Profile” and the city."),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"dir": "auto"}),
    )
    local_expert = PersonField(
        label=Role.LOCAL_EXPERT.label, help_text=_PERSON_HELP, required=False
    )
    co_authors = PeopleField(
        label=gettext_lazy("Co-authors"),
        help_text=gettext_lazy("One a line: e-mail address or full name."),
        required=False,
    )
    international_expert = PersonField(
        label=Role.INTERNATIONAL_EXPERT.label, help_text=_PERSON_HELP, required=False
    )
    focal_point = PersonField(label=Role.FOCAL_POINT.label, help_text=_PERSON_HELP, required=False)
    city_authority = PersonField(
        label=Role.CITY_AUTHORITY.label, help_text=_PERSON_HELP, required=False
    )
    translators = PeopleField(
        label=gettext_lazy("Translators"),
        help_text=gettext_lazy("One a line: e-mail address or full name."),
        required=False,
    )
    due_on = DayField(
        label=gettext_lazy("Publication planned for"),
        help_text=gettext_lazy("Left empty, it is the day on which the last step ends."),
        required=False,
    )
    quorum = forms.IntegerField(
        label=gettext_lazy("Quorum in percent"),
        help_text=gettext_lazy("Least share of those asked whose answer must be there."),
        min_value=0,
        max_value=100,
        initial=50,
    )
    tacit_rule = forms.BooleanField(
        label=gettext_lazy("Silence counts as agreement in the consultation"),
        help_text=gettext_lazy("The invitation says so, and a reminder before the last day."),
        required=False,
        initial=True,
    )
    asks_priorities = forms.BooleanField(
        label=gettext_lazy("The consultation asks for priorities too"),
        help_text=gettext_lazy(
            "Those who answer by personal link say of each challenge how firmly it should be met."
        ),
        required=False,
    )
    attribution = forms.ChoiceField(
        label=gettext_lazy("Attribution of answers"),
        help_text=gettext_lazy("What others than the project team see of who has answered."),
        choices=Attribution.choices,
        initial=Attribution.CATEGORY,
    )

    def __init__(
        self,
        *args: Any,
        cities: Collection[City],
        templates: Sequence[Template],
        taken: Collection[tuple[int, int]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._cities = {str(one.pk): one for one in cities}
        self._templates = {str(one.pk): one for one in templates}
        self._taken = taken
        self.started_already: tuple[City, int] | None = None
        self._choices("city", [("", _("Choose a city")), *_named(self._cities)])
        self._choices("template", _named(self._templates))
        for name, days in usual_days().items():
            self.fields[_days_field(name)] = _length_of(name, days)

    def _choices(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = choices

    # What the template shows together

    def what(self) -> list[BoundField]:
        """Return the fields that say which profile it is."""
        return self._bound("city", "edition", "template", "language", "title")

    def people(self) -> list[BoundField]:
        """Return the fields that name people."""
        return self._bound("local_expert", "co_authors", "international_expert", "focal_point",
                           "city_authority", "translators")  # fmt: skip

    def dates(self) -> list[BoundField]:
        """Return the lengths of the steps."""
        return self._bound(*(_days_field(name) for name in STEPS))

    def validation(self) -> list[BoundField]:
        """Return the rules of validation."""
        return self._bound("quorum", "tacit_rule", "asks_priorities", "attribution")

    def _bound(self, *names: str) -> list[BoundField]:
        return [self[name] for name in names]

    # What was asked for

    def clean(self) -> dict[str, Any]:
        """Refuse an edition that there is already, beside its field."""
        cleaned: dict[str, Any] = super().clean() or {}
        city = self._cities.get(cleaned.get("city", ""))
        edition = cleaned.get("edition")
        if city and edition and (city.pk, edition) in self._taken:
            self.started_already = (city, edition)
            sentence = _("There is already an edition %(edition)s for %(city)s.")
            self.add_error("edition", sentence % {"edition": edition, "city": city})
        return cleaned

    @property
    def city_chosen(self) -> City:
        """The city."""
        return self._cities[self.cleaned_data["city"]]

    @property
    def title_in_full(self) -> str:
        """The title, or the one that is suggested, in the language of the text."""
        if self.cleaned_data["title"]:
            return str(self.cleaned_data["title"])
        language = self.cleaned_data["language"]
        words = labels(language)
        return f"{words.kind}{words.colon}{self.city_chosen.name_in(language)}"

    @property
    def stage_days(self) -> dict[str, int]:
        """The lengths that are not as usual."""
        given = {name: self.cleaned_data[_days_field(name)] for name in STEPS}
        return {name: days for name, days in given.items() if days != usual_days()[name]}

    def steps(self, today: date) -> list[Step]:
        """Return the timetable from a day on."""
        return timetable(today, self.city_chosen, self.stage_days)

    def named(self) -> Iterator[tuple[Role, User]]:
        """Yield everybody who was named, by role."""
        for name, role in _ONE_OF.items():
            if self.cleaned_data[name] is not None:
                yield role, self.cleaned_data[name]
        for name, role in _MANY_OF.items():
            for person in self.cleaned_data[name]:
                yield role, person

    def nomination(self, today: date, previous: Profile | None) -> Nomination:
        """Return what starts the profile; stakeholders of the edition before are kept."""
        given = self.cleaned_data
        group = _stakeholders_of(previous) if previous else []
        return Nomination(
            city=self.city_chosen,
            edition=given["edition"],
            template=self._templates[given["template"]],
            language=given["language"],
            title=self.title_in_full,
            people=[*(Part(person, role) for role, person in self.named()), *group],
            due_on=given["due_on"] or self.steps(today)[-1].ends_on,
            stage_days=self.stage_days,
            quorum=given["quorum"],
            tacit_rule=given["tacit_rule"],
            asks_priorities=given["asks_priorities"],
            attribution=Attribution(given["attribution"]),
        )

    def field_about(self, sentence: str) -> str:
        """Return the field that names the person of a refusal, or else that of the edition."""
        for name in _ONE_OF:
            person = self.cleaned_data.get(name)
            if person is not None and person.full_name in sentence:
                return name
        return "edition"


def _named(found: Mapping[str, City | Template]) -> list[tuple[str, str]]:
    return [(key, str(one)) for key, one in found.items()]


def _days_field(name: str) -> str:
    return f"days_{name}"


def _length_of(name: str, days: int) -> forms.IntegerField:
    field = forms.IntegerField(
        label=str(STEPS[name]),
        help_text=_("Working days of the city."),
        min_value=1,
        max_value=_LONGEST_STEP,
        initial=days,
    )
    field.widget.attrs["class"] = "form-control"
    return field


def _stakeholders_of(previous: Profile) -> list[Part]:
    held = previous.assignments.filter(
        role=Role.STAKEHOLDER, ends_on=None, user__is_active=True
    ).select_related("user")
    return [Part(one.user, Role.STAKEHOLDER, one.category) for one in held.order_by("pk")]
