"""Which profiles somebody could start: cities, templates, editions that there are already."""

from dataclasses import dataclass
from datetime import date

from profile_workflow.models import Assignment, City, Event, Profile, Template, User
from profile_workflow.states import Attribution, ProfileState, Role


@dataclass(frozen=True, slots=True)
class Possible:
    """What somebody could start.

    Attributes:
        cities: Those of his programmes.
        templates: Every version, newest first.
        taken: City and edition of every profile that there is.
        due_for_update: City id → the profile whose update is due and not begun, which a new
            edition follows.
    """

    cities: list[City]
    templates: list[Template]
    taken: set[tuple[int, int]]
    due_for_update: dict[int, Profile]


def possible_nominations(user: User, *, on: date) -> Possible:
    """Return what a member of the project team of a programme could start: three queries."""
    held = Assignment.objects.active(on).filter(
        user=user, role=Role.PROJECT_TEAM, profile__isnull=True
    )
    cities = list(
        City.objects.filter(programme__in=held.values("programme"))
        .select_related("programme")
        .order_by("name", "pk")
    )
    profiles = list(Profile.objects.filter(city__in=cities).order_by("edition"))
    followed = {one.previous_edition_id for one in profiles}
    return Possible(
        cities=cities,
        templates=list(Template.objects.order_by("-version", "code", "pk")),
        taken={(one.city_id, one.edition) for one in profiles},
        due_for_update={
            one.city_id: one
            for one in profiles
            if one.state == ProfileState.UPDATE_DUE and one.pk not in followed
        },
    )


def may_be_followed(profile: Profile, user: User, *, on: date) -> bool:
    """Whether somebody could start the edition after a profile: what its overview asks."""
    if profile.state != ProfileState.UPDATE_DUE:
        return False
    return possible_nominations(user, on=on).due_for_update.get(profile.city_id) == profile


def suggested_city(possible: Possible, wanted: int | None) -> int | None:
    """Return the city to begin with: the one asked for, or the only one."""
    known = [one.pk for one in possible.cities]
    if wanted in known:
        return wanted
    return known[0] if len(known) == 1 else None


def suggested_attribution(possible: Possible, city_id: int | None) -> str:
    """Return how answers are attributed in the programme of a city, or of the first one."""
    chosen = [one for one in possible.cities if one.pk == city_id] or possible.cities
    return chosen[0].programme.attribution if chosen else Attribution.CATEGORY


def started_by(user: User, *, city: City, edition: int) -> Profile | None:
    """Return the profile of a city and edition, if it was this person who started it."""
    found = Profile.objects.filter(city=city, edition=edition).first()
    nominated = Event.objects.filter(profile=found, move="nominate", actor=user.pseudonym)
    return found if found is not None and nominated.exists() else None
