"""What the pages are about, and what a page is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.urls import resolve, reverse
from django.utils import timezone

from profile_workflow.models import (
    City,
    DataItem,
    Profile,
    User,
)
from profile_workflow.states import ProfileState, Role
from tests import factories
from tests.browser import BUDGET
from workflows.flows import CityProfileFlow
from workflows.models import Task

STRANGER = "stranger"
TEAM, EXPERT, REVIEWER = Role.PROJECT_TEAM, Role.LOCAL_EXPERT, Role.INTERNATIONAL_EXPERT
FOCAL_POINT = Role.FOCAL_POINT
#: Most questions to the database that a page may cost, unless its line says otherwise.
QUERIES = 30

S = ProfileState
#: Kind of task → the state of a profile in which there is one, and what is done there before.
STEPS: dict[str, tuple[ProfileState, Callable[[Profile], None] | None]] = {
    "plan": (S.PLANNED, None),
    "incept": (S.INCEPTION, None),
    "draft": (S.DRAFTING, None),
    "submit": (S.DRAFTING, factories.submit_sections),
    "review": (S.EXPERT_REVIEW, None),
    "close_round": (S.EXPERT_REVIEW, factories.accept_sections),
    "qa": (S.PROJECT_QA, None),
    "consult": (S.CONSULTATION, None),
    "conclude": (S.CONSULTATION, factories.approve_all),
    "sign": (S.SIGNOFF, None),
    "prioritise": (S.PRIORITY_SETTING, None),
    "adopt": (S.PRIORITIES_ADOPTED, None),
    "produce": (S.PRODUCTION, None),
    "correct": (S.CORRECTION, factories.submit_sections),
}


@dataclass
class World:
    """What the pages are about: a profile under review, with one of each thing in it."""

    made: factories.Made
    profile: Profile
    #: Key of a section of it that waits for its review.
    waiting: str = "2"
    #: Key of a section of the fullest profile that was returned.
    revised: str = "1"
    _others: dict[tuple[str, str], Profile] = field(default_factory=dict)

    @property
    def full(self) -> Profile:
        """The profile with the most in it."""
        return self.profile

    @property
    def drafted(self) -> Profile:
        """Another profile, whose sections are being written."""
        return self.profile_in(ProfileState.DRAFTING)

    @property
    def guided(self) -> Profile:
        """The same, with findings in its first section, one of them allowed."""
        factories.give_guidance(factories.section(self.drafted, "1"))
        return self.drafted

    @property
    def figure(self) -> DataItem:
        """A figure of the profile that is being written."""
        section = factories.section(self.drafted, "2")
        found = DataItem.objects.filter(table__section=section).order_by("pk").first()
        return found or factories.give_figure(section)

    def person(self, who: str) -> User | None:
        return None if who == STRANGER else self.made[Role(who)]

    def task(self, **wanted: Any) -> int:
        """Return the id of the first open task of the profile that is as wanted."""
        return Task.objects.open().filter(profile=self.profile, **wanted).order_by("pk")[0].pk

    def step(self, kind: str) -> int:
        """Return the id of an open task of a kind, as ``STEPS`` names them."""
        state, before = STEPS[kind]
        profile = self.profile_in(state, kind if before else "")
        found = Task.objects.open().filter(
            profile=profile, flow_task=getattr(CityProfileFlow, kind)
        )
        if before and not found.exists():
            before(profile)
        return found.order_by("pk")[0].pk

    def profile_in(self, state: ProfileState, purpose: str = "") -> Profile:
        """Return another profile of the programme, brought to a state; one for each purpose."""
        if (state, purpose) not in self._others:
            made = factories.make_profile(self.made)
            self._others[state, purpose] = factories.bring_to(made, state)
        return self._others[state, purpose]

    @property
    def corrected(self) -> Profile:
        """A profile with a chart, which was published with its web edition, and corrected."""
        if ("corrected", "web") not in self._others:
            profile = factories.make_profile(self.made, title="City Migration Profile: Sfax")
            profile = factories.bring_to(profile, ProfileState.DRAFTING)
            first = factories.section(profile, "1")
            item = factories.give_figure(first)
            DataItem.objects.filter(pk=item.pk).update(state="reconciled")
            table = item.table.key
            factories.write(first, f"### Figures\n\n[[figure:{table}]]\n\nSo it is.^[Counted.]")
            factories.move(first, "submit", factories.holder(profile, EXPERT))
            profile = factories.publish_for_real(profile)
            named = [factories.section(profile, "2")]
            why = "A wrong figure."
            factories.move(profile, "open_correction", self.made.team, reason=why, sections=named)
            self._others["corrected", "web"] = factories.publish_for_real(profile)
        return self._others["corrected", "web"]

    def reader_of(self, page: "Page", address: str) -> User | None:
        """Return who sees a page: whose task it is, or who has the part for which it is made."""
        return owner_of_the_task(page, address) or self.person(page.who[0])


@dataclass(frozen=True)
class Page:
    """A page, as those see it who use it.

    Attributes:
        name: Name of its address.
        purpose: What it is for; printed in the gallery.
        who: Roles for which it is made, or ``STRANGER``; the first one is shown in the gallery. All
            others who may open it are looked at too.
        arguments: What its address holds.
        variant: Tells apart two pages with one address.
        query: What stands behind the question mark.
        most_bytes: Most that it may weigh, with all that it loads, compressed.
        most_queries: Most that it may ask the database.
        sent: What is sent to it, for the page that answers a form.
        status: What it answers with to the first one.
        is_pictured: Whether it is in the gallery.
        for_all: Whether it is asked for as everybody; a further state only where roles differ.
        direction: Its direction, if it is in another language than its reader's.
    """

    name: str
    purpose: str
    who: Sequence[str]
    arguments: Callable[[World], Sequence[Any]] = lambda _world: []
    variant: str = ""
    query: str = ""
    most_bytes: int = BUDGET
    most_queries: int = QUERIES
    sent: Mapping[str, str] | None = None
    status: int = HTTPStatus.OK
    is_pictured: bool = True
    for_all: bool = True
    direction: str = ""

    @property
    def key(self) -> str:
        return f"{self.name}-{self.variant}" if self.variant else self.name

    def address(self, world: World) -> str:
        address = reverse(self.name, args=self.arguments(world))
        return f"{address}?{self.query}" if self.query else address


def owner_of_the_task(page: "Page", address: str) -> User | None:
    """Return the person whose task a page shows, if it shows one of a person."""
    if page.name != "task":
        return None
    return Task.objects.get(pk=resolve(address).kwargs["task_id"]).owner


def make_world(*, sections: int = 4) -> World:
    """A profile under review with a remark, a late task and Arabic names in it."""
    made = factories.make_programme(sections=sections)
    factories.give_checks(made)
    factories.give_criteria(made, mandatory=False)
    City.objects.filter(pk=made.cities[0].pk).update(name="Sfax", name_ar="صفاقس")
    User.objects.filter(pk=made[EXPERT].pk).update(full_name="رانيا عودة")
    profile = factories.make_profile(made, title="City Migration Profile: Sfax")
    profile = factories.bring_to(profile, ProfileState.EXPERT_REVIEW)
    reviewer, first = made[REVIEWER], factories.section(profile, "1")
    factories.comment_on(first, reviewer, quote="Text of chapter")
    judged = {"evidence": (2, "Years are missing.")}
    factories.move(first, "request_minor_changes", reviewer, assessment=judged,
                   reason="The figures are missing.")  # fmt: skip
    Task.objects.open().filter(section__key="2").update(due_at=timezone.now() - timedelta(days=12))
    factories.give_figure(factories.section(profile, "2"))
    return World(made, profile)


def slug(world: World) -> Sequence[Any]:
    return [world.profile.slug]


def full(world: World) -> Sequence[Any]:
    return [world.full.slug]
