"""What profiles wait for, as it may be told to everybody who takes part in them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q

from profile_workflow.models import Profile
from profile_workflow.states import ProfileState, Role
from workflows import turns
from workflows.models import Task


@dataclass(frozen=True, slots=True)
class Place:
    """A profile, as the lines of a list name it.

    Attributes:
        slug: Its short name.
        city: Name of its city, in the language in force.
        zone: Time zone of the city.
        programme: Number of its programme.
        is_paused: Whether it is on hold.
    """

    slug: str
    city: str
    edition: int
    zone: str
    programme: int
    is_paused: bool


def places_of(profiles: Collection[int]) -> dict[int, Place]:
    """Return id of each profile → how the lines of a list name it: one query."""
    found = Profile.objects.filter(pk__in=profiles).select_related("city").only(*_OF_A_PLACE)
    return {one.pk: _place(one) for one in found}


_OF_A_PLACE = (
    *("slug", "edition", "state", "programme"),
    *(f"city__{name}" for name in ("name", "name_fr", "name_ar", "time_zone")),
)


def _place(profile: Profile) -> Place:
    return Place(
        slug=profile.slug,
        city=str(profile.city),
        edition=profile.edition,
        zone=profile.city.time_zone,
        programme=profile.programme_id,
        is_paused=profile.state == ProfileState.ON_HOLD,
    )


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


def waits_of(tasks: Iterable[Mapping[str, Any]], places: Mapping[int, Place]) -> list[Waits]:
    """Return what some tasks ask of whom, earliest deadline first.

    Answers of people are told without names, as on the page of the profile.

    Args:
        tasks: Single tasks, or such as look the same counted together: ``profile``,
            ``flow_task``, ``role``, ``owner__full_name``, ``is_answer``, ``is_rework``,
            ``number``, ``since`` and ``first``, the earliest deadline.
        places: Id of each profile → how it is named.
    """
    found: dict[tuple[str, ...], Waits] = {}
    for one in tasks:
        row = _waits(one, places[one["profile"]])
        key = (row.slug, row.label, row.role, row.who)
        found[key] = _together(found[key], row) if key in found else row
    return sorted(found.values(), key=lambda row: (row.due_at is None, row.due_at, row.slug))


def next_steps(profiles: Sequence[Profile]) -> dict[str, Waits]:
    """Return short name of each profile → what it waits for first, if for anything: one query."""
    counted = (
        Task.objects.open()
        .filter(profile__in=profiles)
        .order_by()
        .annotate(is_answer=Q(signoff__isnull=False), is_rework=turns.IS_REWORK)
        .values("profile", "flow_task", "role", "is_answer", "is_rework", "owner__full_name")
        .annotate(number=Count("pk"), since=Min("created"), first=Min("due_at"))
    )
    found: dict[str, Waits] = {}
    for row in waits_of(counted, {one.pk: _place(one) for one in profiles}):
        found.setdefault(row.slug, row)
    return found


def _waits(one: Mapping[str, Any], place: Place) -> Waits:
    return Waits(
        slug=place.slug,
        place=f"{place.city} {place.edition}",
        zone=place.zone,
        label=turns.wording(one["flow_task"].name, is_rework=one["is_rework"]),
        who="" if one["is_answer"] else one["owner__full_name"] or "",
        role=str(Role(one["role"]).label) if one["role"] else "",
        number=one["number"],
        since=one["since"],
        due_at=one["first"],
        is_paused=place.is_paused,
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
