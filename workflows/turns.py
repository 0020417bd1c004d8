"""What a task asks of a person, in words: the verb, the section, the day it is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from profile_workflow.models import Section, User

#: Status of a task that still waits for somebody.
OPEN_STATUSES = (STATUS.NEW, STATUS.ASSIGNED, STATUS.STARTED)


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing that a person is asked to do.

    Attributes:
        label: What to do, beginning with the verb, in the language in force.
        subject: What to do it to; empty for the whole profile.
        due_at: Until when, if there is a deadline.
    """

    label: str
    subject: str
    due_at: datetime | None


def open_turns(person: User, task_ids: Sequence[int]) -> list[Turn]:
    """Return those of the tasks that are still open and that ``person`` may do, oldest first."""
    if not task_ids:
        return []
    tasks = Task.objects.filter(
        Q(owner=person) | Q(owner__isnull=True), pk__in=list(task_ids), status__in=OPEN_STATUSES
    )
    return [_turn(task) for task in tasks.prefetch_related("seed").order_by("pk")]


def _turn(task: Task) -> Turn:
    seed = task.seed
    return Turn(
        label=str(task.title or ""),
        subject=str(seed) if isinstance(seed, Section) else "",
        due_at=getattr(task, "due_at", None),
    )
