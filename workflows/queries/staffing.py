"""How much people have to do, across all profiles."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from profile_workflow.states import ProfileState
from workflows.models import Task


@dataclass(frozen=True, slots=True)
class Load:
    """What somebody has to do.

    Attributes:
        tasks: Open tasks that are his own.
        late: Those of them whose deadline is over.
        profiles: In how many profiles they are.
    """

    tasks: int = 0
    late: int = 0
    profiles: int = 0


def workload(people: Collection[int], at: datetime) -> dict[int, Load]:
    """Return person id → what he has to do, for those who have something to do: one query."""
    counted = (
        Task.objects.open()
        .filter(owner__in=people)
        .exclude(profile__state=ProfileState.ON_HOLD)
        .order_by()
        .values("owner")
        .annotate(
            tasks=Count("pk"),
            late=Count("pk", filter=Q(due_at__lt=at)),
            profiles=Count("profile", distinct=True),
        )
    )
    return {one["owner"]: Load(one["tasks"], one["late"], one["profiles"]) for one in counted}
