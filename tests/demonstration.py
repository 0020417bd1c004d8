"""The demonstration in place of the small world of the tests, for pictures that people look at."""

from typing import Any

from django.db.models import F
from django.urls import resolve
from django.utils import timezone

from profile_workflow.models import AnsweringLink, DataItem, DataTable, Profile, Source, User
from profile_workflow.services.lifecycle import Details
from profile_workflow.states import ProfileState, Role
from tests import factories
from tests.pages import STRANGER, Page, World, owner_of_the_task
from workflows import engine
from workflows.demo import short
from workflows.demo.programme import FULL_PROFILE, Demonstration
from workflows.models import JobState, OutboxJob, Task

TEAM = "andreas-holm"
#: The profile under review, once its pause is over.
UNDER_REVIEW = "beirut-2026"
#: Editions in English, where those of the demonstration are in French: state → the story.
FURTHER = {
    ProfileState.PLANNED: short.ShortProfile("lisbon", short.planned, 1, 2029),
    ProfileState.INCEPTION: short.ShortProfile("turin", short.inception, 9, 2030),
    ProfileState.DRAFTING: short.ShortProfile("turin", short.drafting, 12, 2027),
    ProfileState.EXPERT_REVIEW: short.ShortProfile("turin", short.expert_review, 13, 2032),
    ProfileState.PROJECT_QA: short.ShortProfile("lisbon", short.project_qa, 13, 2027),
    ProfileState.CONSULTATION: short.ShortProfile("turin", short.consultation, 14, 2028),
    ProfileState.SIGNOFF: short.ShortProfile("lisbon", short.signoff, 16, 2028),
    ProfileState.PRIORITY_SETTING: short.ShortProfile("beirut", short.priority_setting, 18, 2027),
    ProfileState.PRIORITIES_ADOPTED: short.ShortProfile(
        "turin", short.priorities_adopted, 21, 2029
    ),
    ProfileState.PRODUCTION: short.ShortProfile("beirut", short.production, 20, 2028),
    ProfileState.PUBLISHED: short.ShortProfile(
        "beirut", short.production, 60, 2024, published=True
    ),
    ProfileState.CORRECTION: short.ShortProfile(
        "lisbon", short.production, 42, 2024, published=True, epilogue=short.correction
    ),
    ProfileState.ON_HOLD: short.ShortProfile("lisbon", short.on_hold, 15, 2030),
    ProfileState.CANCELLED: short.ShortProfile("turin", short.cancelled, 110, 2024),
}  # fmt: skip


class Demonstrated(World):
    """Answers what the table of pages asks of a world."""

    def __init__(self, told: Demonstration) -> None:
        self.profile = _profile(UNDER_REVIEW)
        self.waiting = "6"
        self.revised = "8"
        self._told = told
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
    def full(self) -> Profile:
        return _profile(FULL_PROFILE)

    @property
    def corrected(self) -> Profile:
        return _profile(FULL_PROFILE)

    @property
    def figure(self) -> DataItem:
        return DataItem.objects.filter(table__profile=self.drafted).order_by("position")[0]

    def profile_in(self, state: ProfileState, purpose: str = "") -> Profile:
        given = FURTHER[state]
        # Told when it is asked for, so that the board, which is shown before, stays as it is told.
        self._told._once(given)
        _let_the_worker_work(self._told)
        return _profile(f"{given.city}-{given.edition}")

    def reader_of(self, page: Page, address: str) -> User | None:
        """Return who sees the page: whoever has the part in the very profile that it is about."""
        who = page.who[0]
        if who == STRANGER:
            return None
        match = resolve(address.partition("?")[0])
        about = _about(match.kwargs) or self.profile
        return owner_of_the_task(page, address) or self._holder(about, who)


def _about(arguments: dict[str, Any]) -> Profile | None:
    if "slug" in arguments:
        return Profile.objects.filter(slug=arguments["slug"]).first()
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


def _let_the_worker_work(told: Demonstration) -> None:
    """Take all mails as sent, those with personal links too."""
    OutboxJob.objects.unfinished().update(state=JobState.DONE, finished_at=told.now)
    AnsweringLink.objects.filter(sent_at=None).update(sent_at=F("issued_at"))


def demonstrate() -> Demonstrated:
    """Fill the database with the demonstration, and with what it lacks in English."""
    told = Demonstration(now=timezone.now(), say=lambda _line: None)
    told.fill()
    engine.perform(
        _profile(UNDER_REVIEW),
        "resume",
        by=told.people[TEAM],
        at=told.now,
        details=Details(reason="The elections are over."),
    )
    _let_the_worker_work(told)
    world = Demonstrated(told)
    first = factories.section(world.drafted, "1")
    expert = world.drafted.assignments.get(role=Role.LOCAL_EXPERT).user
    _give_figure(world.drafted)
    engine.take_back(first, by=expert, at=told.now, reason="One source is to be added.")
    return world
