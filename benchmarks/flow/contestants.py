"""The product and the two baselines, each able to walk the same script."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from django.db import transaction
from django.utils import timezone
from viewflow.workflow.models import Task

from benchmarks.baseline import documents
from benchmarks.baseline.documents import People
from benchmarks.baseline.flows import StockFlow
from benchmarks.baseline.models import PlainAnswer, PlainProfile
from benchmarks.flow.script import SECTIONS, Kind, Step
from profile_workflow.models import Profile, User
from profile_workflow.states import Role
from tests import factories
from workflows import engine

Work = Callable[[], object]


class Contestant(Protocol):
    """Starts a process, then makes the moves of the script one after the other.

    What is returned is the work to be timed; all that a page would have fetched before is done
    by then.
    """

    name: str

    def start(self) -> Work:
        """Return the work of starting a new process."""

    def move(self, step: Step) -> Work:
        """Return the work of one move in the process started last."""

    def events(self) -> Counter[str]:
        """Return move → number of events recorded in the process started last."""

    def state(self) -> str:
        """Return the state of the profile of the process started last."""


class Product:
    """The product as it is: engine, guards, chained log, outbox."""

    name = "Profile Workflow"

    def __init__(self, made: factories.Made) -> None:
        self.made = made
        self.profile: Profile

    def start(self) -> Work:
        """Return the nomination."""
        nomination = factories.nomination(self.made)
        return lambda: self._nominate(nomination)

    def _nominate(self, nomination: Any) -> None:
        self.profile = engine.nominate(nomination, by=self.made.team, at=timezone.now())

    def move(self, step: Step) -> Work:
        """Return the move, all that it asks for being there."""
        self._prepare(step)
        document = self._document(step)
        by = document.person if step.role is None else self.made[step.role]
        return partial(engine.perform, document, step.move, by=by, at=timezone.now())

    def _prepare(self, step: Step) -> None:
        """Write what people write besides moving a profile."""
        if step.move == "submit":
            section = factories.section(self.profile, str(step.number))
            factories.write(section, f"{documents.TEXT} Chapter {step.number}.")
        elif step.move in _PREPARED:
            _PREPARED[step.move](factories.fresh(self.profile))

    def _document(self, step: Step) -> Any:
        if step.kind == Kind.PROFILE:
            return factories.fresh(self.profile)
        if step.kind == Kind.SECTION:
            return factories.section(self.profile, str(step.number))
        return factories.asked(self.profile)[0]

    def events(self) -> Counter[str]:
        """Count the events of the profile's chain."""
        return Counter(self.profile.events.values_list("move", flat=True))

    def state(self) -> str:
        """Ask the profile."""
        return str(factories.fresh(self.profile).state)


_PREPARED: dict[str, Callable[[Profile], object]] = {
    "begin_drafting": factories.give_territory,
    "agree_priorities": factories.give_priority,
    "publish": factories.prepare_publication,
}


class Bare:
    """django-fsm in a transaction: lock, move, one event row. No tasks, nobody's turn."""

    name = "django-fsm"

    def __init__(self, made: factories.Made) -> None:
        self.people = People(made.people)
        self.profile_id = 0

    def start(self) -> Work:
        """Return the creation of the documents."""
        return self._start

    @transaction.atomic
    def _start(self) -> None:
        self._create()

    def _create(self) -> PlainProfile:
        profile = documents.create(self.people, sections=SECTIONS, at=timezone.now())
        self.profile_id = profile.pk
        return profile

    def move(self, step: Step) -> Work:
        """Return the move."""
        return partial(self._move, step, self._person(step))

    def _person(self, step: Step) -> User:
        if step.role is not None:
            return self.people[step.role]
        answers = PlainAnswer.objects.filter(profile=self.profile_id, kind=step.kind)
        return answers.select_related("person").get(number=step.number).person

    @transaction.atomic
    def _move(self, step: Step, by: User) -> None:
        profile = documents.locked(self.profile_id)
        at = timezone.now()
        documents.move(documents.fetch(profile, step), step.move, by=by, at=at)
        follow = documents.FOLLOWS.get((step.kind, step.move))
        if follow is not None:
            follow(profile, at)

    def events(self) -> Counter[str]:
        """Count the event rows."""
        profile = PlainProfile.objects.get(pk=self.profile_id)
        return Counter(profile.events.values_list("move", flat=True))

    def state(self) -> str:
        """Ask the profile."""
        return str(PlainProfile.objects.get(pk=self.profile_id).state)


class Stock(Bare):
    """The same documents and moves, driven by the same graph on stock viewflow nodes."""

    name = "stock viewflow"

    def __init__(self, made: factories.Made) -> None:
        super().__init__(made)
        self.process_id = 0

    @transaction.atomic
    def _start(self) -> None:
        self.process_id = StockFlow.start.run(profile=self._create()).pk

    def _move(self, step: Step, by: User) -> None:
        node = getattr(StockFlow, f"{step.node}_{step.number}" if step.number else step.node)
        with StockFlow.lock(self.process_id):
            profile = documents.locked(self.profile_id)
            open_tasks = Task.objects.filter(process=self.process_id, finished__isnull=True)
            task = open_tasks.select_related("process", "owner").get(flow_task=node)
            task.process.seed = profile
            activation = node.activation_class(task)
            if not activation.start.has_perm(by):
                raise PermissionError(step)
            activation.start(None)
            documents.move(documents.fetch(profile, step), step.move, by=by, at=timezone.now())
            activation.execute()


def contestants() -> tuple[Product, Stock, Bare]:
    """Make the three, with the same people."""
    made = factories.make_programme(sections=SECTIONS)
    assert len(made.people[Role.STAKEHOLDER]) == 2
    return Product(made), Stock(made), Bare(made)
