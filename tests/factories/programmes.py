"""A programme with its people, and profiles that are nominated in it."""

from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from django.utils import timezone

from profile_workflow.models import City, Profile, Programme, Template, TemplateSection, User
from profile_workflow.services import people, profiles
from profile_workflow.services.people import Part
from profile_workflow.states import Role, StakeholderCategory
from tests.measuring import measured_once, once
from tests.moulds import mould
from workflows import engine

#: What tells apart what factories make.
numbers = count(1)


@dataclass
class Made:
    """A programme with what every profile of it needs.

    ``people`` holds one person for each role, two of them where the process asks a group.
    ``outsider`` has an account and nothing else, ``superuser`` all of Django's rights and no role.
    """

    programme: Programme
    template: Template
    cities: list[City]
    people: dict[Role, list[User]]
    outsider: User
    superuser: User
    _editions: int = 2025

    def next_edition(self) -> int:
        """Return the year of an edition that no other profile of these people has."""
        self._editions += 1
        return self._editions

    def __getitem__(self, role: Role) -> User:
        return self.people[role][0]

    @property
    def team(self) -> User:
        return self[Role.PROJECT_TEAM]

    def parts(self) -> list[Part]:
        """Return everybody's part in one profile; the project team has the whole programme."""
        categories = list(StakeholderCategory)
        return [
            Part(user, role, categories[number] if role == Role.STAKEHOLDER else "")
            for role, users in self.people.items()
            if role != Role.PROJECT_TEAM
            for number, user in enumerate(users)
        ]


def make_person(name: str = "person", **fields: Any) -> User:
    number = next(numbers)
    return User.objects.create_user(
        f"{name}-{number}@example.org", f"{name.replace('_', ' ').title()} {number}", **fields
    )


@mould
@once
def make_programme(*, sections: int = 3, cities: int = 1) -> Made:
    """Make a programme with a template of so many mandatory chapters."""
    number = next(numbers)
    programme = Programme.objects.create(
        code=f"programme-{number}", name=f"Programme {number}", invites_reviewers=False
    )
    pairs = (Role.STAKEHOLDER,)
    made = Made(
        programme=programme,
        template=_make_template(number, sections),
        cities=[_make_city(programme, f"city-{number}-{one}") for one in range(cities)],
        people={
            role: [make_person(role.value) for _ in range(2 if role in pairs else 1)]
            for role in Role
        },
        outsider=make_person("outsider"),
        superuser=make_person("superuser", is_superuser=True, is_staff=True),
    )
    people.assign_to_programme(made.team, Role.PROJECT_TEAM, programme_id=programme.pk)
    return made


def _make_template(number: int, sections: int) -> Template:
    template = Template.objects.create(
        code=f"template-{number}", version=1, title="Template", body_pages=35, summary_pages=4
    )
    TemplateSection.objects.bulk_create(
        TemplateSection(
            template=template,
            key=str(position),
            number=str(position),
            kind=TemplateSection.Kind.CHAPTER,
            position=position,
            page_budget=2,
            title=f"Chapter {position}",
        )
        for position in range(1, sections + 1)
    )
    return template


def _make_city(programme: Programme, slug: str) -> City:
    return City.objects.create(
        programme=programme,
        slug=slug,
        name=slug.title(),
        country="TN",
        time_zone="Africa/Tunis",
        working_week=[0, 1, 2, 3, 4],
        languages=["en"],
    )


def nomination(made: Made, **wishes: Any) -> profiles.Nomination:
    """Return what starts one more profile of a programme, with all its people."""
    if "edition" not in wishes:
        wishes["edition"] = made.next_edition()
    given = {
        "city": made.cities[0],
        "template": made.template,
        "language": "en",
        "title": "Migration Profile",
        "people": made.parts(),
    }
    return profiles.Nomination(**{**given, **wishes})


def make_profile(made: Made | None = None, *, at: datetime | None = None, **wishes: Any) -> Profile:
    """Nominate a profile; ``wishes`` replace fields of its ``Nomination``."""
    made = made or make_programme()
    # The year is part of what is cast again; the counter of the programme is not.
    if "edition" not in wishes:
        wishes["edition"] = made.next_edition()
    return _nominate(made, at=at, **wishes)


@mould
def _nominate(made: Made, *, at: datetime | None, **wishes: Any) -> Profile:
    wanted = nomination(made, **wishes)
    with measured_once("nominate", *wishes):
        return engine.nominate(wanted, by=made.team, at=at or timezone.now())
