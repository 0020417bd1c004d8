"""What profiles wait for, as it may be told to everybody who takes part in them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q

from profile_workflow.models import City, Profile
from profile_workflow.states import ProfileState, Role
from workflows import turns
from workflows.models import Task
from workflows.models.process import TaskQuerySet


@dataclass(frozen=True, slots=True)
class Waits:
    """What a profile of a person waits for from others: tasks of one kind, of one person or role.

    Attributes:
        slug: The profile.
        place: City and edition.
        zone: Time zone of the city.
        who: Name of the person; empty where nobody has taken it or names are not shown.
        role: The role for which it waits.
        number: How many tasks these are.
        since: Since when the oldest of them has been open.
        is_paused: Whether the profile is on hold.
    """

    slug: str
    place: str
    zone: str
    label: str
    who: str
    role: str
    number: int
    since: datetime
    due_at: datetime | None
    is_paused: bool


def waits_of(
    tasks: TaskQuerySet, *, without_queues: Collection[tuple[int, str]] = ()
) -> list[Waits]:
    """Return what some tasks ask of whom, earliest deadline first: one query.

    Counted by the database. Answers of people are told without names, as on the page of the
    profile.

    Args:
        tasks: The tasks.
        without_queues: Profile and role for which tasks that nobody has taken are left out.
    """
    counted = (
        tasks.order_by()
        .annotate(is_answer=Q(signoff__isnull=False), is_rework=turns.IS_REWORK)
        .values("flow_task", "role", "is_answer", "is_rework", "owner__full_name", *_PLACE)
        .annotate(number=Count("pk"), since=Min("created"), first=Min("due_at"))
    )
    found: dict[tuple[str, ...], Waits] = {}
    for one in counted:
        is_queued = one["owner__full_name"] is None
        if is_queued and (one["profile"], one["role"]) in without_queues:
            continue
        row = _waits(one)
        key = (row.slug, row.label, row.role, row.who)
        found[key] = _together(found[key], row) if key in found else row
    return sorted(found.values(), key=lambda row: (row.due_at is None, row.due_at, row.slug))


def next_steps(profiles: Sequence[Profile]) -> dict[str, Waits]:
    """Return short name of each profile → what it waits for first, if for anything: one query."""
    found: dict[str, Waits] = {}
    for row in waits_of(Task.objects.open().filter(profile__in=profiles)):
        found.setdefault(row.slug, row)
    return found


#: What says where something waits.
_PLACE = (
    "profile",
    "profile__slug",
    "profile__edition",
    "profile__state",
    *(f"profile__city__{name}" for name in ("name", "name_fr", "name_ar", "time_zone")),
)


def _waits(one: Mapping[str, Any]) -> Waits:
    names = {name: one[f"profile__city__{name}"] for name in ("name", "name_fr", "name_ar")}
    return Waits(
        slug=one["profile__slug"],
        place=f"{City(**names)} {one['profile__edition']}",
        zone=one["profile__city__time_zone"],
        label=turns.wording(one["flow_task"].name, is_rework=one["is_rework"]),
        who="" if one["is_answer"] else one["owner__full_name"] or "",
        role=str(Role(one["role"]).label) if one["role"] else "",
        number=one["number"],
        since=one["since"],
        due_at=one["first"],
        is_paused=one["profile__state"] == ProfileState.ON_HOLD,
    )


def _together(first: Waits, second: Waits) -> Waits:
    """Return two rows that look the same, because names are not shown, as one."""
    dues = [one.due_at for one in (first, second) if one.due_at is not None]
    return replace(
        first,
        number=first.number + second.number,
        since=min(first.since, second.since),
        due_at=min(dues, default=None),
    )
