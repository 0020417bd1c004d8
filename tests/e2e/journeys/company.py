"""The people of a profile, each at a browser of his own, and the worker behind the scenes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from profile_workflow.models import Profile, Section, TemplateSection, User
from profile_workflow.services import people
from profile_workflow.services.log import broken_links
from profile_workflow.states import ProfileState, Role
from tests import factories
from tests.browser import let_in
from tests.e2e.journeys import moves
from tests.e2e.journeys.actor import Actor
from tests.e2e.journeys.phrases import SAID
from workflows import deadlines, invariants
from workflows.handlers import HANDLERS
from workflows.models import OutboxJob
from workflows.models.outbox import JobState
from workflows.worker import Worker

LAPTOP = {"width": 1366, "height": 768}
PHONE = {"width": 320, "height": 640}
OpenBrowser = Callable[..., Any]


@dataclass(frozen=True)
class Habits:
    """How the people of a company use the site."""

    language: str = "en"
    scripts: bool = True
    phone: bool = False


@dataclass
class Company:
    """Everybody who makes one profile. Nobody has signed in before he has something to do."""

    made: factories.Made
    qa_user: User
    habits: Habits
    open_browser: OpenBrowser
    _profile: Profile | None = None
    _actors: dict[int, Actor] = field(default_factory=dict)

    @property
    def profile(self) -> Profile:
        """What they make, once it has been nominated."""
        assert self._profile is not None
        return self._profile

    @profile.setter
    def profile(self, profile: Profile) -> None:
        self._profile = profile

    def actor(self, user: User) -> Actor:
        """Return a person at his browser, signed in."""
        if user.pk not in self._actors:
            page = self.open_browser(
                locale=self.habits.language,
                java_script_enabled=self.habits.scripts,
                viewport=PHONE if self.habits.phone else LAPTOP,
                has_touch=self.habits.phone,
            )
            found = Actor(page, user, self.habits.language, touch=self.habits.phone)
            found.sign_in()
            self._actors[user.pk] = found
        return self._actors[user.pk]

    def __getitem__(self, role: Role) -> Actor:
        return self.actor(self.made[role])

    @property
    def team(self) -> Actor:
        return self[Role.PROJECT_TEAM]

    @property
    def qa(self) -> Actor:
        return self.actor(self.qa_user)

    @property
    def expert(self) -> Actor:
        return self[Role.LOCAL_EXPERT]

    @property
    def co_author(self) -> Actor:
        return self[Role.CO_AUTHOR]

    @property
    def reviewer(self) -> Actor:
        return self[Role.INTERNATIONAL_EXPERT]

    @property
    def focal_point(self) -> Actor:
        return self[Role.FOCAL_POINT]

    @property
    def authority(self) -> Actor:
        return self[Role.CITY_AUTHORITY]

    @property
    def stakeholder(self) -> Actor:
        return self[Role.STAKEHOLDER]

    def section(self, key: str) -> Section:
        return factories.section(self.profile, key)

    def says(self, occasion: str, **values: object) -> str:
        """Return what people of this language say on an occasion."""
        return SAID[self.habits.language][occasion].format(**values)

    def work(self) -> int:
        """Let a worker do all that is due; return how many jobs that were."""
        done = Worker(handlers=HANDLERS, sweep=lambda at: deadlines.sweep(at=at), once=True).run()
        assert not OutboxJob.objects.filter(state=JobState.FAILED).exists()
        return done

    # What the database says in the end

    def stands_at(self, state: ProfileState) -> None:
        """Check the state, that the log explains it, and that process and machine agree."""
        profile = factories.fresh(self.profile)
        assert profile.state == state
        assert list(broken_links(profile)) == []
        assert invariants.violations(profile) == []

    def not_walked(self) -> set[str]:
        """Return the moves still to be made; nothing but their browsers makes one of theirs."""
        people = [one.user for one in self._actors.values()]
        return moves.not_walked(Profile.objects.filter(city=self.profile.city), people)

    def faults(self) -> dict[str, list[str]]:
        """Return what the browsers complained about, by person."""
        found = {one.user.full_name: one.faults for one in self._actors.values()}
        return {name: faults for name, faults in found.items() if faults}


def make_company(habits: Habits, open_browser: OpenBrowser) -> Company:
    """Make the people and their accounts, in a programme without a profile."""
    made = factories.make_programme(sections=2)
    factories.give_checks(made)
    qa_user = factories.make_person("quality_assurance")
    people.assign_to_programme(qa_user, Role.PROJECT_TEAM, programme_id=made.programme.pk)
    for section in TemplateSection.objects.filter(template=made.template):
        section.title_ar = f"الفصل {section.number}"
        section.save(update_fields=["title_ar"])
    for user in {qa_user, *(one for group in made.people.values() for one in group)}:
        let_in(user, habits.language)
    return Company(made, qa_user, habits, open_browser)
