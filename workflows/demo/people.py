"""The invented people of the demonstration and who does what for a city."""

from dataclasses import dataclass
from functools import cache, cached_property

from django.contrib.auth.hashers import make_password

from profile_workflow.models import City, Organisation, Programme, Template
from profile_workflow.models.people import User
from profile_workflow.services.people import Part, assign_to_programme
from profile_workflow.states import Role
from workflows.demo.library import data

#: The same for all accounts, printed by the command; the demonstration holds nothing secret.
PASSWORD = "mediterranean-demo"  # noqa: S105 - an open demonstration
DOMAIN = "demo.example"

#: Cities whose profiles are reviewed by each international expert, in turn.
_REVIEWERS = ("ingrid-solberg", "tomas-arrieta", "yasmine-elkadi", "benoit-carlier")


@cache
def _password_hash() -> str:
    """Return one hash for all accounts: computing it for each would take a minute."""
    return make_password(PASSWORD)


def address(key: str) -> str:
    """Return the e-mail address of an invented person."""
    return f"{key}@{DOMAIN}"


def create_people(programme: Programme) -> dict[str, User]:
    """Create the organisations and accounts that are not there yet; return person key → account."""
    cities = {one.slug: one for one in programme.cities.all()}
    organisations = {
        one["key"]: _organisation(one, cities) for one in data("people.json")["organisations"]
    }
    people = {}
    for one in data("people.json")["people"]:
        city = cities.get(one["city"])
        people[one["key"]] = _account(one, organisations[one["organisation"]], city)
    for one in data("people.json")["people"]:
        if one["role"] in (Role.PROJECT_TEAM, Role.OBSERVER, Role.ADMINISTRATOR):
            role = Role(one["role"])
            assign_to_programme(people[one["key"]], role, programme_id=programme.pk)
    return people


def _organisation(given: dict[str, str], cities: dict[str, City]) -> Organisation:
    fields = {"name": given["name"], "kind": given["kind"], "city": cities.get(given["city"])}
    made, _created = Organisation.objects.get_or_create(key=given["key"], defaults=fields)
    return made


def _account(given: dict[str, str], organisation: Organisation, city: City | None) -> User:
    found = User.objects.filter(email=address(given["key"])).first()
    if found is not None:
        return found
    return User.objects.create(
        email=address(given["key"]),
        full_name=given["name"],
        password=_password_hash(),
        language=given["language"],
        organisation=organisation,
        time_zone=city.time_zone if city else "Europe/Vienna",
        is_staff=given["role"] == Role.ADMINISTRATOR,
        is_superuser=given["role"] == Role.ADMINISTRATOR,
    )


@dataclass(frozen=True)
class Cast:
    """Who plays which part in the profile of one city."""

    city: City
    template: Template
    people: dict[str, User]

    def _named(self, role: Role) -> list[User]:
        listed = data("people.json")["people"]
        return [
            self.people[one["key"]]
            for one in listed
            if one["role"] == role and one["city"] in ("", self.city.slug)
        ]

    @cached_property
    def team(self) -> User:
        """The member of the project team who follows the city."""
        team = self._named(Role.PROJECT_TEAM)
        return team[self.city.pk % 2]

    @cached_property
    def colleague(self) -> User:
        """Another member of the project team."""
        return next(one for one in self._named(Role.PROJECT_TEAM) if one != self.team)

    @cached_property
    def expert(self) -> User:
        """The local expert."""
        return self._named(Role.LOCAL_EXPERT)[0]

    @cached_property
    def co_authors(self) -> list[User]:
        """The co-authors, none in most cities."""
        return self._named(Role.CO_AUTHOR)

    @cached_property
    def reviewer(self) -> User:
        """The international expert."""
        return self.people[_REVIEWERS[self.city.pk % len(_REVIEWERS)]]

    @cached_property
    def other_reviewers(self) -> list[User]:
        """The international experts who review other cities."""
        return [self.people[key] for key in _REVIEWERS if self.people[key] != self.reviewer]

    @cached_property
    def focal_point(self) -> User:
        """The city focal point."""
        return self._named(Role.FOCAL_POINT)[0]

    @cached_property
    def authority(self) -> User:
        """Who signs for the city."""
        return self._named(Role.CITY_AUTHORITY)[0]

    @cached_property
    def stakeholders(self) -> list[Part]:
        """The City Stakeholder Group; a city without one of its own borrows two of Sfax."""
        listed = [one for one in data("people.json")["people"] if one["role"] == Role.STAKEHOLDER]
        own = [one for one in listed if one["city"] == self.city.slug] or listed[2:8:2]
        return [Part(self.people[one["key"]], Role.STAKEHOLDER, one["category"]) for one in own]

    @property
    def parts(self) -> list[Part]:
        """Everybody with his part, as the nomination lists them."""
        return [
            Part(self.expert, Role.LOCAL_EXPERT),
            *(Part(one, Role.CO_AUTHOR) for one in self.co_authors),
            Part(self.reviewer, Role.INTERNATIONAL_EXPERT),
            Part(self.focal_point, Role.FOCAL_POINT),
            Part(self.authority, Role.CITY_AUTHORITY),
            *self.stakeholders,
            *(Part(one, Role.TRANSLATOR) for one in self._named(Role.TRANSLATOR)),
        ]
