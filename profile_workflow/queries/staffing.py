"""Who does what for a profile, since when and until when, and who could be given a part."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import reduce
from operator import and_

from django.db.models import Q
from django.db.models.functions import Lower

from profile_workflow.models import Assignment, Event, Profile, User
from profile_workflow.states import Role

#: Most people that a search or a list of suggestions shows.
MOST_FOUND = 20
MOST_SUGGESTED = 300


@dataclass(frozen=True, slots=True)
class PartLine:
    """A part that somebody holds or held.

    Attributes:
        since: When it was given; None for a part that was not given on this profile.
        substitutes: Who stands in for him, now or later.
    """

    part: Assignment
    since: datetime | None
    substitutes: list[Assignment] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RoleLines:
    """The parts of one role."""

    role: Role
    lines: list[PartLine]


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody of a profile: by role those who hold a part, and those whose part has ended."""

    roles: list[RoleLines]
    ended: list[PartLine]

    @property
    def people(self) -> set[int]:
        """Ids of those who hold a part."""
        return {line.part.user_id for one in self.roles for line in one.lines}


def staff_of(profile: Profile, *, on: date) -> Staff:
    """Return everybody with a part in a profile, in the order of the roles: two queries.

    A substitute stands beside whom he stands in for; where that part has ended, on a line of his
    own, so that the substitution can be ended too.
    """
    held = Assignment.objects.for_profile(profile).select_related("user__organisation")
    parts = list(held.order_by("user__full_name", "pk"))
    since = _given_at(profile)
    running = [one for one in parts if one.ends_on is None or one.ends_on >= on]
    own = {one.pk for one in running if one.stands_in_for_id is None}
    lines = {
        one.pk: PartLine(one, since.get(f"assignment:{one.pk}"))
        for one in running
        if one.stands_in_for_id not in own
    }
    for one in running:
        if one.stands_in_for_id in own:
            lines[one.stands_in_for_id].substitutes.append(one)
    ended = [
        PartLine(one, since.get(f"assignment:{one.pk}")) for one in parts if one not in running
    ]
    return Staff(_by_role(list(lines.values())), ended)


def _given_at(profile: Profile) -> dict[str, datetime]:
    given = Event.objects.filter(profile=profile, move__in=("assign", "substitute"))
    return dict(given.values_list("document", "at"))


def _by_role(lines: Sequence[PartLine]) -> list[RoleLines]:
    found = [RoleLines(role, [one for one in lines if one.part.role == role]) for role in Role]
    return [one for one in found if one.lines]


def own_parts(profile: Profile, user: User, *, on: date) -> list[Assignment]:
    """Return the parts in a profile for which a person could name a substitute."""
    held = Assignment.objects.active(on).filter(profile=profile, user=user, stands_in_for=None)
    return list(held.order_by("pk"))


def substitutes_now(profile: Profile, user: User, *, on: date) -> list[Assignment]:
    """Return who stands in for a person on a day; nobody sees before the first day who will."""
    lent = Assignment.objects.active(on).filter(profile=profile, stands_in_for__user=user)
    return list(lent.select_related("user").order_by("pk"))


def substitutions_to_come(profile: Profile, *, on: date) -> set[int]:
    """Return the ids of the substitutions that have not begun, or were ended before they had.

    Whose they are is known to the project team alone: see ``people.ask_for_substitute``.
    """
    lent = Assignment.objects.filter(profile=profile, stands_in_for__isnull=False)
    return {one.pk for one in lent if not one.has_begun(on=on)}


def find_people(words: str) -> tuple[list[User], bool]:
    """Return open accounts whose name or address holds every one of some words, by name.

    At most ``MOST_FOUND`` of them, and whether there are more.

    For the project team alone: an expert or a stakeholder of one city is asked for the next one by
    teams that share no programme yet, so nobody could be found among their own people only.
    """
    terms = [Q(full_name__icontains=word) | Q(email__icontains=word) for word in words.split()]
    if not terms:
        return [], False
    matching = User.objects.filter(reduce(and_, terms), is_active=True)
    in_order = matching.select_related("organisation").order_by("full_name", "pk")
    found = list(in_order[: MOST_FOUND + 1])
    return found[:MOST_FOUND], len(found) > MOST_FOUND


def people_called(texts: Collection[str]) -> dict[str, list[User]]:
    """Return address or name → the open accounts with exactly this one: one query."""
    folded = {text.strip().lower() for text in texts}
    # Beside the name in small letters as it is: some databases know those of ASCII alone.
    exact = Q(email__in=folded) | Q(small_name__in=folded) | Q(full_name__in=texts)
    people = User.objects.alias(small_name=Lower("full_name")).filter(exact, is_active=True)
    found: dict[str, list[User]] = {}
    for person in people.order_by("pk"):
        for name in {person.email, person.full_name.lower()}:
            found.setdefault(name, []).append(person)
    return {text: found.get(text.strip().lower(), []) for text in texts}


def people_known_to(programmes: Sequence[int]) -> list[User]:
    """Return the people who have or had a part in some programmes, by name, to suggest them."""
    held = Assignment.objects.filter(programme__in=programmes).values("user")
    found = User.objects.filter(pk__in=held, is_active=True)
    return list(found.order_by("full_name", "pk")[:MOST_SUGGESTED])
