"""The kinds of node that the flow is made of, where viewflow's own lack something or cost too much.

All decide where to go by reading the state that a document has now; none holds data of its own.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Self

from viewflow.this_object import this
from viewflow.workflow import nodes
from viewflow.workflow.activation import Activation
from viewflow.workflow.base import Edge, Node
from viewflow.workflow.nodes.split import Split
from viewflow.workflow.status import STATUS
from viewflow.workflow.token import Token

from profile_workflow import calendars
from profile_workflow.days import role_day
from profile_workflow.models import Assignment, Profile
from profile_workflow.models.people import User
from profile_workflow.states import Role
from workflows.models.process import HUMAN, Task

Document = Any


def new_task(node: Node, activation: Activation, token: Token | str, seed: Document = None) -> Task:
    """Return an unsaved task of a node in the process of an activation."""
    process = activation.process
    task = Task(
        process=process,
        profile=process.profile,
        flow_task=node,
        flow_task_type=node.task_type,
        token=token,
        created=process.moment,
    )
    task.seed = seed
    return task


class RoutingMixin:
    """A node that has several ways on and takes the one named for the profile's state."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._routes: dict[str, Any] = {}
        self._next: Any = None

    def When(self, state: str, node: Any) -> Self:  # noqa: N802 - viewflow's way of naming edges
        """Go to ``node`` when the profile is in ``state`` after the task."""
        self._routes[str(state)] = node
        return self

    def Next(self, node: Any) -> Self:  # noqa: N802
        """Go to ``node`` whatever the state, taking the document of the branch along."""
        self._next = node
        return self

    def _resolve(self, instance: Any) -> None:
        super()._resolve(instance)  # type: ignore[misc]
        self._routes = {state: this.resolve(instance, node) for state, node in self._routes.items()}
        self._next = this.resolve(instance, self._next)

    def _outgoing(self) -> Iterator[Edge]:
        for state, node in self._routes.items():
            yield Edge(src=self, dst=node, edge_class="cond_true", label=state)
        if self._next is not None:
            yield Edge(src=self, dst=self._next, edge_class="next")

    def route(self, activation: Activation) -> Node:
        """Return the node that follows.

        Raises:
            LookupError: If no way is named for the state.
        """
        state = activation.process.profile.state
        node = self._routes.get(state, self._next)
        if node is None:
            raise LookupError(f"{self.name}: no way on from the state {state!r}")  # type: ignore[attr-defined]
        return node


class RoutingActivation(Activation):
    """Creates the one task that follows."""

    @Activation.status.transition(source=STATUS.DONE)
    def create_next(self) -> Iterator[Activation]:
        """Create the task of the node that the state leads to."""
        yield self.flow_task.route(self)._create(self, self.task.token, seed=self.task.seed)


class InstantActivation(Activation):
    """Something that is over in the move that began it: saved once, as done."""

    @classmethod
    def create(
        cls,
        flow_task: Node,
        prev_activation: Activation,
        token: Token | str,
        data: Any = None,
        seed: Document = None,
    ) -> "InstantActivation":
        """Save the task as done; in memory it still has to be gone through."""
        task = new_task(flow_task, prev_activation, token, seed)
        task.status = STATUS.DONE
        task.finished = task.created
        task.save()
        task.process.link(task, after=prev_activation.task)
        task.status = STATUS.NEW
        return cls(task)

    @Activation.status.transition(source=STATUS.NEW, target=STATUS.DONE)
    def complete(self) -> None:
        """Nothing to save: the row says so already."""


class HumanTaskActivation(RoutingActivation):
    """What a person has to do: waits, is claimed, handed over, completed or cancelled."""

    @classmethod
    def create(
        cls,
        flow_task: "HumanTask",
        prev_activation: Activation,
        token: Token | str,
        data: Any = None,
        seed: Document = None,
    ) -> "HumanTaskActivation":
        """Save the task and note it for the mail that tells its owner."""
        task = flow_task.prepare(prev_activation, token, [seed])[0]
        task.save()
        task.process.link(task, after=prev_activation.task)
        task.process.opened.append(task)
        return cls(task)

    @Activation.status.super()
    def activate(self) -> None:
        """Wait for the person."""

    @Activation.status.transition(source=[STATUS.NEW, STATUS.ASSIGNED], target=STATUS.STARTED)
    def start(self) -> None:
        """Let the person act. A task that waits is never complete by itself: viewflow would try."""

    @Activation.status.transition(source=STATUS.STARTED, target=STATUS.DONE)
    def complete(self) -> None:
        """Finish the task; ``done_by`` and ``move`` have been set by the engine."""
        self.task.finished = self.process.moment
        self.task.save(update_fields=["status", "finished", "done_by", "move"])

    def finish(self) -> None:
        """Complete the task and go on to whatever follows."""
        self.start()
        self.complete()
        self.activate_next()

    @Activation.status.transition(source=[STATUS.NEW, STATUS.ASSIGNED], target=STATUS.ASSIGNED)
    def hand_to(self, user: User, at: datetime) -> None:
        """Make the task somebody's own."""
        self.task.owner = user
        self.task.assigned = at
        self.task.save(update_fields=["status", "owner", "assigned"])

    @Activation.status.transition(source=STATUS.ASSIGNED, target=STATUS.NEW)
    def release(self) -> None:
        """Give the task back to everybody in its role."""
        self.task.owner = None
        self.task.assigned = None
        self.task.save(update_fields=["status", "owner", "assigned"])

    @Activation.status.transition(source=[STATUS.NEW, STATUS.ASSIGNED], target=STATUS.CANCELED)
    def cancel(self) -> None:
        """Withdraw the task; with it goes its deadline, which is part of the row."""
        self.task.finished = self.process.moment
        self.task.save(update_fields=["status", "finished"])


class HumanTask(RoutingMixin, Node):
    """A task for one person, or for whoever of a role takes it.

    Args:
        role: Who does it.
        moves: Names of the moves that finish it.
        days: Working days of the city until it is due.
        owner: Id of whose it is at once, given the activation and the document; None leaves it to
            the sole holder of the role, or else to the role's queue.
        until: The moment until which a person has agreed to do it, given the activation and the
            document; None, and what is over already, leaves the working days.
        closes_with_round: The due moment is the closing of the validation round.
        not_for: Id of whoever of the role must leave it to another one, given the profile.
        shared: Whether everybody of the role may do it, even if it is somebody's own, given the
            profile.
    """

    activation_class = HumanTaskActivation
    task_type = HUMAN
    shape = nodes.View.shape
    bpmn_element = "userTask"

    def __init__(
        self,
        role: Role,
        moves: Sequence[str],
        *,
        days: int,
        owner: Callable[[Activation, Document], int | None] | Any = None,
        until: Callable[[Activation, Document], datetime | None] | Any = None,
        closes_with_round: bool = False,
        not_for: Callable[[Profile], int | None] | Any = None,
        shared: Callable[[Profile], bool] | Any = None,
    ) -> None:
        super().__init__()
        self.role = role
        self.moves = tuple(moves)
        self.days = days
        self.closes_with_round = closes_with_round
        self._owner = owner
        self._until = until
        self._not_for = not_for
        self._shared = shared

    def _resolve(self, instance: Any) -> None:
        super()._resolve(instance)
        self._owner = this.resolve(instance, self._owner)
        self._until = this.resolve(instance, self._until)
        self._not_for = this.resolve(instance, self._not_for)
        self._shared = this.resolve(instance, self._shared)

    def is_shared(self, profile: Profile) -> bool:
        """Whether everybody of the role may do it now, even if it is somebody's own."""
        return bool(self._shared is not None and self._shared(profile))

    def prepare(
        self, activation: Activation, token: Token | str, seeds: Sequence[Document], after: int = -1
    ) -> list[Task]:
        """Return the unsaved tasks for documents, with role, owner and due moment.

        Costs at most one query for any number of documents. ``after`` is the number of branches
        that exist already; -1 for a task that opens no branch and keeps its token.
        """
        not_for = self._not_for(activation.process.profile) if self._not_for else None
        owners = self._owners(activation, seeds, not_for)
        # The same for all who have agreed no day: if they are answers, they belong to one round.
        due_at = self.due(activation, seeds[0])
        tasks = []
        for number, (seed, owner) in enumerate(zip(seeds, owners, strict=True), after + 1):
            own_token = token if after < 0 else Token(f"{token}/{activation.task.pk}_{number}")
            task = new_task(self, activation, own_token, seed)
            task.role = self.role
            task.due_at = self._agreed(activation, seed) or due_at
            task.not_for_id = not_for
            if owner is not None:
                task.owner_id = owner
                task.assigned = activation.process.moment
                task.status = STATUS.ASSIGNED
            tasks.append(task)
        return tasks

    def _owners(
        self, activation: Activation, seeds: Sequence[Document], not_for: int | None
    ) -> list[int | None]:
        """Return whose each task is: as the flow says, else the sole holder's of the role.

        Whoever was invited to some sections only is none of its holders here, nor is whoever must
        leave it to another one.
        """
        owners = [self._owner(activation, seed) if self._owner else None for seed in seeds]
        if None not in owners:
            return owners
        process = activation.process
        held = Assignment.objects.active(role_day(process.moment)).for_profile(process.profile)
        whole = held.filter(role=self.role).for_all_sections()
        holders = set(whole.values_list("user_id", flat=True)) - {not_for}
        sole = holders.pop() if len(holders) == 1 else None
        return [owner or sole for owner in owners]

    def _agreed(self, activation: Activation, seed: Document) -> datetime | None:
        agreed: datetime | None = self._until(activation, seed) if self._until else None
        return agreed if agreed is not None and agreed > activation.process.moment else None

    def due(self, activation: Activation, seed: Document) -> datetime:
        """Return when the task is due: end of a working day in the city."""
        if self.closes_with_round:
            closes_at: datetime = seed.round.closes_at
            return closes_at
        process = activation.process
        days = process.profile.stage_days.get(self.name, self.days)
        return calendars.deadline(process.moment, days, process.profile.city)


class ForEachActivation(InstantActivation):
    """Opens one branch for each document."""

    @Activation.status.super()
    def activate(self) -> None:
        """Ask the flow for the documents; it may open a round on the way."""
        self.items = list(self.flow_task._items(self))

    @Activation.status.super()
    def create_next(self) -> Iterator[Activation]:
        """Create a task for each document, or go on at once when there is none."""
        if self.items:
            yield from self.open_branches(self.items)
        else:
            yield self.flow_task.if_none._create(self, self.task.token)

    def open_branches(self, items: Sequence[Document], *, after: int = 0) -> list[Activation]:
        """Create the branches' tasks: at most two queries for any number of documents.

        ``after`` counts the branches that exist already, so that tokens stay unique.
        """
        node: HumanTask = self.flow_task.each
        tasks = Task.objects.bulk_create(node.prepare(self, self.task.token, items, after))
        for task in tasks:
            self.process.link(task, after=self.task)
        self.process.opened.extend(tasks)
        return [node.activation_class(task) for task in tasks]


class ForEach(Node):
    """A split with one branch for each document that a function of the flow returns."""

    activation_class = ForEachActivation
    task_type = "PARALLEL_GATEWAY"
    shape = Split.shape
    bpmn_element = "parallelGateway"

    def __init__(self, items: Callable[[Activation], Iterable[Document]] | Any) -> None:
        super().__init__()
        self._items = items
        self.each: Any = None
        self.if_none: Any = None

    def Next(self, node: Any) -> Self:  # noqa: N802
        """Open this task for each document."""
        self.each = node
        return self

    def IfNone(self, node: Any) -> Self:  # noqa: N802
        """Go here when there is no document."""
        self.if_none = node
        return self

    def _resolve(self, instance: Any) -> None:
        super()._resolve(instance)
        self._items = this.resolve(instance, self._items)
        self.each = this.resolve(instance, self.each)
        self.if_none = this.resolve(instance, self.if_none)

    def _outgoing(self) -> Iterator[Edge]:
        yield Edge(src=self, dst=self.each, edge_class="next", label="each")
        if self.if_none is not None:
            yield Edge(src=self, dst=self.if_none, edge_class="default", label="none")


class GatherActivation(RoutingActivation):
    """Waits until no task of its branches is open."""

    type = "join"
    has_branches = True
    is_last = False

    @classmethod
    def create(
        cls,
        flow_task: "Gather",
        prev_activation: Activation,
        token: Token | str,
        data: Any = None,
        seed: Document = None,
    ) -> "GatherActivation":
        """Find the waiting task of this node, or save one; note the branch that arrived.

        One query, for the open tasks of the process: those of the branches and the waiting one.
        """
        if isinstance(prev_activation, ForEachActivation):
            return cls._without_branches(flow_task, prev_activation, token)
        process = prev_activation.process
        still_open = list(
            Task.objects.filter(process=process, finished__isnull=True).values_list(
                "pk", "flow_task", "token"
            )
        )
        # Of a task that waits already only the id has to be read: the rest is known.
        task = new_task(flow_task, prev_activation, Token(str(token)).get_base_split_token())
        task.status = STATUS.STARTED
        task.pk = next((pk for pk, node, _token in still_open if node == flow_task), None)
        if task.pk is None:
            task.started = process.moment
            task.save()
        process.link(task, after=prev_activation.task)
        activation = cls(task)
        branches = f"{str(token).rsplit('_', 1)[0]}_"
        activation.is_last = not any(
            str(one).startswith(branches) for _pk, _node, one in still_open
        )
        return activation

    @classmethod
    def _without_branches(
        cls, flow_task: "Gather", prev_activation: Activation, token: Token | str
    ) -> "GatherActivation":
        """Save the task as done: there is nothing to wait for, as no branch was opened."""
        task = new_task(flow_task, prev_activation, token)
        task.status = STATUS.DONE
        task.started = task.finished = task.created
        task.save()
        task.process.link(task, after=prev_activation.task)
        task.status = STATUS.STARTED
        activation = cls(task)
        activation.has_branches, activation.is_last = False, True
        return activation

    @Activation.status.transition(source=STATUS.NEW, target=STATUS.STARTED)
    def activate(self) -> None:
        """Nothing to do: the task is saved as started."""

    def all_branches_are_in(self) -> bool:
        """Whether no task of a sibling branch is open any more, as found on the arrival."""
        return self.is_last

    @Activation.status.transition(
        source=STATUS.STARTED, target=STATUS.DONE, conditions=[all_branches_are_in]
    )
    def complete(self) -> None:
        """Let the process go on as one."""
        if self.has_branches:
            self.task.finished = self.process.moment
            self.task.save(update_fields=["status", "finished"])
        if self.flow_task.then is not None:
            self.flow_task.then(self)

    @Activation.status.transition(source=[STATUS.NEW, STATUS.STARTED], target=STATUS.CANCELED)
    def cancel(self) -> None:
        """Withdraw the waiting task."""
        self.task.finished = self.process.moment
        self.task.save(update_fields=["status", "finished"])


class Gather(RoutingMixin, Node):
    """The join of the branches of a ForEach.

    ``then`` is what the software does by itself before the process goes on; what it raises
    undoes the whole move.
    """

    activation_class = GatherActivation
    task_type = "JOIN"
    shape = Split.shape
    bpmn_element = "parallelGateway"

    def __init__(self, then: Callable[[Activation], None] | Any = None) -> None:
        super().__init__()
        self.then = then

    def _resolve(self, instance: Any) -> None:
        super()._resolve(instance)
        self.then = this.resolve(instance, self.then)
