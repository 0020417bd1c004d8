"""The demonstration in place of the small world of the tests, for pictures that people look at."""

from typing import Any

from django.urls import resolve
from django.utils import timezone

from profile_workflow.models import DataItem, DataTable, Profile, Source, User
from profile_workflow.services.lifecycle import Details
from profile_workflow.states import ProfileState, Role
from tests import factories
from tests.pages import STRANGER, Page, World
from workflows import engine
from workflows.demo import short
from workflows.demo.programme import Demonstration
from workflows.models import Task

TEAM = "andreas-holm"
#: The profile under review, once its pause is over.
UNDER_REVIEW = "beirut-2026"
#: Later editions in English, since those of the demonstration are in French: state → the story.
FURTHER = {
    ProfileState.DRAFTING: short.ShortProfile("turin", short.drafting, 12, 2027),
    ProfileState.PROJECT_QA: short.ShortProfile("lisbon", short.project_qa, 13, 2027),
    ProfileState.CONSULTATION: short.ShortProfile("turin", short.consultation, 14, 2028),
    ProfileState.PRIORITY_SETTING: short.ShortProfile("beirut", short.priority_setting, 18, 2027),
}


class Demonstrated(World):
    """Answers what the table of pages asks of a world."""

    def __init__(self, told: Demonstration) -> None:
        self.profile = _profile(UNDER_REVIEW)
        self.waiting = "6"
        self.team = told.people[TEAM]

    @property
    def made(self) -> "Demonstrated":
        return self

    def __getitem__(self, role: Role) -> User:
        return self._holder(self.profile, role)

    def _holder(self, profile: Profile, role: str) -> User:
        if role == Role.PROJECT_TEAM:
            return self.team
        return profile.assignments.filter(role=role).order_by("pk")[0].user

    @property
    def figure(self) -> DataItem:
        return DataItem.objects.filter(table__profile=self.drafted).order_by("position")[0]

    def profile_in(self, state: ProfileState) -> Profile:
        given = FURTHER[state]
        return _profile(f"{given.city}-{given.edition}")

    def reader_of(self, page: Page, address: str) -> User | None:
        """Return who sees the page: whoever has the part in the very profile that it is about."""
        who = page.who[0]
        if who == STRANGER:
            return None
        match = resolve(address.partition("?")[0])
        return self._holder(_about(match.kwargs) or self.profile, who)


def _about(arguments: dict[str, Any]) -> Profile | None:
    if "slug" in arguments:
        return _profile(arguments["slug"])
    if "task_id" in arguments:
        return Task.objects.get(pk=arguments["task_id"]).profile
    return None


def _profile(slug: str) -> Profile:
    return Profile.objects.get(slug=slug)


def _give_figure(profile: Profile) -> None:
    source = Source.objects.create(
        profile=profile, key="istat-2025", kind="statistics", authors="Istat", year="2025",
        title="Foreign resident population by sex and municipality",
    )  # fmt: skip
    table = DataTable.objects.create(
        profile=profile, section=factories.section(profile, "2"), key="2-A", title="Who lives here"
    )
    counted = ((2024, 67_900, 60_600), (2019, 63_400, 58_100), (2014, 59_800, 54_900))
    for position, (year, women, men) in enumerate(counted):
        DataItem.objects.create(
            table=table, position=position, label="Foreign citizens", value=women + men,
            women=women, men=men, unit="persons", year=year, source=source,
            territory=profile.territories.get(is_city=True),
            definition=profile.definitions.first(),
        )  # fmt: skip


def demonstrate() -> Demonstrated:
    """Fill the database with the demonstration, and with what it lacks in English."""
    told = Demonstration(now=timezone.now(), say=lambda _line: None)
    told.fill()
    for given in FURTHER.values():
        told._once(given)
    engine.perform(
        _profile(UNDER_REVIEW),
        "resume",
        by=told.people[TEAM],
        at=told.now,
        details=Details(reason="The elections are over."),
    )
    world = Demonstrated(told)
    first = factories.section(world.drafted, "1")
    expert = world.drafted.assignments.get(role=Role.LOCAL_EXPERT).user
    _give_figure(world.drafted)
    engine.take_back(first, by=expert, at=told.now, reason="One source is to be added.")
    return world
