"""Giving people their part in a profile, and taking it back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import cast

from django.db import transaction
from django.utils.translation import gettext as _

from profile_workflow.days import role_day
from profile_workflow.errors import (
    DomainError,
    InvalidInput,
    MadeAlready,
    Missing,
    NotAllowed,
    NotComplete,
    NotNow,
    raise_if,
)
from profile_workflow.models import Assignment, Profile
from profile_workflow.models.people import User
from profile_workflow.services import accounts
from profile_workflow.services.locking import locked
from profile_workflow.services.log import Actor, Entry, record
from profile_workflow.states import AUTHOR_ROLES, PROGRAMME_ROLES, Role

#: Roles that judge a text and so cannot be held by one of its authors.
JUDGING_ROLES = (
    Role.INTERNATIONAL_EXPERT,
    Role.PROJECT_TEAM,
    Role.FOCAL_POINT,
    Role.CITY_AUTHORITY,
    Role.STAKEHOLDER,
)


@dataclass(frozen=True, slots=True)
class Part:
    """One person in one role; ``category`` for members of the City Stakeholder Group only."""

    user: User
    role: Role
    category: str = ""


@transaction.atomic
def assign(profile: Profile, parts: Iterable[Part], *, by: User, at: datetime) -> list[Assignment]:
    """Give people their parts in a profile; who already has his part keeps it.

    Raises:
        NotAllowed: If ``by`` is not of the project team.
        InvalidInput: If somebody would judge his own text, or has to be invited first.
    """
    profile = locked(profile.pk, at)
    if not may_manage(profile, by):
        raise NotAllowed(_("Only the project team assigns people."))
    parts = list(parts)
    check_invited_first(profile, parts)
    return assign_parts(profile, parts, actor=Actor(by, Role.PROJECT_TEAM), at=at)


def assign_parts(
    profile: Profile, parts: Iterable[Part], *, actor: Actor, at: datetime
) -> list[Assignment]:
    """Give people their parts; the caller has checked the right and holds the lock.

    Raises:
        InvalidInput: If somebody would judge his own text.
    """
    held = {(one.user_id, one.role) for one in profile.assignments.filter(ends_on__isnull=True)}
    wanted = [part for part in parts if (part.user.pk, part.role) not in held]
    _check_duties_apart(held | {(part.user.pk, part.role) for part in wanted}, wanted)
    made = Assignment.objects.bulk_create(
        Assignment(
            programme_id=profile.programme_id,
            profile=profile,
            user=part.user,
            role=part.role,
            category=part.category,
        )
        for part in wanted
    )
    entries = [Entry(f"assignment:{one.pk}", "assign", "", one.role) for one in made]
    if entries:
        record(profile, entries, actor=actor, at=at)
    return made


def _check_duties_apart(held: set[tuple[int, str]], wanted: Iterable[Part]) -> None:
    for part in wanted:
        roles = {role for user_id, role in held if user_id == part.user.pk}
        if roles.intersection(AUTHOR_ROLES) and roles.intersection(JUDGING_ROLES):
            raise InvalidInput(
                _("%(person)s writes this profile and cannot judge it too.")
                % {"person": part.user.full_name}
            )


def invited_roles(profile: Profile) -> Sequence[Role]:
    """Return the roles that are given by an invitation alone, which asks for a declaration first.

    Source: the setting of the programme.
    """
    return (Role.INTERNATIONAL_EXPERT,) if profile.programme.invites_reviewers else ()


def check_invited_first(profile: Profile, parts: Iterable[Part]) -> None:
    """Refuse to give a part to somebody who has to be invited first.

    Raises:
        InvalidInput: If there is such a part.
    """
    experts = [part for part in parts if part.role == Role.INTERNATIONAL_EXPERT]
    if experts and invited_roles(profile):
        raise InvalidInput(
            _(
                "International experts of this programme declare their interests before they see "
                "any text: invite this person to review."
            )
        )


@transaction.atomic
def substitute(
    assignment: Assignment, *, by_user: User, starts_on: date, ends_on: date, by: User, at: datetime
) -> Assignment:
    """Let ``by_user`` stand in for somebody between two days, both included.

    Who stands in on these very days already goes on doing so.

    Raises:
        NotAllowed, NotNow: As ``refusal_to_substitute``.
        InvalidInput: Also if the days are the wrong way round, if it is the person himself, or if
            duties would meet in one person.
    """
    days = (starts_on, ends_on)
    fresh, profile = _lendable(assignment, days, by=by, at=at)
    _check_not_himself(by_user.pk == fresh.user_id)
    return _substitute(fresh, profile, by_user, days, by=by, at=at)


@transaction.atomic
def ask_for_substitute(
    assignment: Assignment, *, email: str, starts_on: date, ends_on: date, by: User, at: datetime
) -> Assignment | None:
    """Let the holder of a part name by an e-mail address who stands in for him.

    Whoever only has a part must not find out by it which addresses have an account. So nothing is
    raised that depends on the account: the caller tells him the same whatever comes of it, and the
    log gets one event.

    Returns:
        The substitution, also one that was there; ``None`` if there is no account, or duties would
        meet in one person.

    Raises:
        NotAllowed, NotNow: As ``refusal_to_substitute``.
        InvalidInput: If the days are the wrong way round, or the address is his own.
        MadeAlready: If he asked for the very same a short while ago.
    """
    days = (starts_on, ends_on)
    fresh, profile = _lendable(assignment, days, by=by, at=at)
    _check_not_himself(email.strip().lower() == by.email.lower())
    if not accounts.is_first_wish(by, f"{fresh.pk}|{email}|{starts_on}|{ends_on}", at=at):
        raise MadeAlready(_("This was asked for already."))
    person, found = accounts.account_of(email), None
    try:
        if person is not None:
            return _substitute(fresh, profile, person, days, by=by, at=at)
    except MadeAlready as error:
        found = cast("Assignment", error.made)
    except InvalidInput:
        pass
    wish = Entry(f"assignment:{fresh.pk}", "ask_for_substitute", "", fresh.role)
    record(profile, [wish], actor=Actor(by, Role(fresh.role)), at=at)
    return found


def _lendable(
    assignment: Assignment, days: tuple[date, date], *, by: User, at: datetime
) -> tuple[Assignment, Profile]:
    """Return a part that may be lent on these days, as it is now, and its profile, locked."""
    if assignment.profile_id is None:
        raise InvalidInput(
            _("A role for the whole programme has no substitute; name a second person.")
        )
    profile = locked(assignment.profile_id, at)
    # Read after the lock is held: the part may have ended since the page was opened.
    fresh = Assignment.objects.get(pk=assignment.pk)
    raise_if(refusal_to_substitute(fresh, profile, by))
    if days[1] < days[0]:
        raise InvalidInput(_("The last day is before the first."))
    return fresh, profile


def _check_not_himself(is_himself: bool) -> None:
    if is_himself:
        raise InvalidInput(_("Nobody stands in for himself; name somebody else."))


def _substitute(
    assignment: Assignment,
    profile: Profile,
    by_user: User,
    days: tuple[date, date],
    *,
    by: User,
    at: datetime,
) -> Assignment:
    role = Role(assignment.role)
    check_invited_first(profile, [Part(by_user, role)])
    held = set(profile.assignments.filter(user=by_user).values_list("user_id", "role"))
    _check_duties_apart(held | {(by_user.pk, role)}, [Part(by_user, role)])
    same = assignment.substitutes.filter(user=by_user, starts_on=days[0], ends_on=days[1]).first()
    if same is not None:
        raise MadeAlready(_("This person stands in on these days already."), made=same)
    made = Assignment.objects.create(
        programme_id=profile.programme_id,
        profile=profile,
        user=by_user,
        role=role,
        category=assignment.category,
        stands_in_for=assignment,
        starts_on=days[0],
        ends_on=days[1],
    )
    entry = Entry(f"assignment:{made.pk}", "substitute", "", role)
    # The part that he lends is on record, or that he did it for the team: a stakeholder who is away
    # is protected by the one, and would not be by another role of his.
    acting = role if assignment.user_id == by.pk else Role.PROJECT_TEAM
    record(profile, [entry], actor=Actor(by, acting), at=at)
    return made


def may_manage(profile: Profile, user: User) -> bool:
    """Whether a person gives parts in a profile and takes them back."""
    return Role.PROJECT_TEAM in profile.roles_of(user)


def refusal_to_substitute(assignment: Assignment, profile: Profile, by: User) -> DomainError | None:
    """Return why a person may not name who stands in for the holder of a part, or None if he may.

    The project team may and the holder himself, as long as the part is his: nobody lends what he
    was lent, or what was taken back.
    """
    if assignment.user_id != by.pk and not may_manage(profile, by):
        return NotAllowed(_("Only the project team or the person himself names a substitute."))
    if assignment.stands_in_for_id is not None:
        return InvalidInput(
            _("A substitute has no substitute himself; name another one for the person replaced.")
        )
    if assignment.ends_on is not None and assignment.ends_on < profile.day:
        return NotNow(_("This part has ended already."))
    return None


def end_part(
    assignment: Assignment, profile: Profile, *, by: User, at: datetime, reason: str
) -> list[Assignment]:
    """Let a part in a profile, or a substitution, end with the day before; nothing is deleted.

    The caller holds the lock on the profile. Substitutes for the part end with it: all that ended
    is returned. The holder of a part gives it back to nobody, he ends what he has lent of it: the
    part stays, its substitutes go. That is on record whether he had lent anything; he must not read
    from the log whether somebody would have stood in for him later.

    Raises:
        NotAllowed: As ``refusal_to_end``.
        NotComplete: If there is no reason.
        NotNow: If the part has ended already.
    """
    refusal = refusal_to_end(assignment, profile, by)
    if refusal is not None:
        raise refusal
    if not reason.strip():
        raise NotComplete(
            _("This cannot be done yet: something is missing."),
            (Missing("no_reason", _("Give a reason; the receiver will see it.")),),
        )
    today = role_day(at)
    running = profile.assignments.exclude(ends_on__lt=today)
    fresh = running.select_related("user").filter(pk=assignment.pk).first()
    if fresh is None:
        raise NotNow(_("This part has ended already."))
    last_day = today - timedelta(days=1)
    lent = list(running.select_related("user").filter(stands_in_for=fresh))
    is_team = may_manage(profile, by)
    several = [fresh, *lent] if is_team else lent
    told = several if is_team else [one for one in lent if one.has_begun(on=today)]
    Assignment.objects.filter(pk__in=[one.pk for one in several]).update(ends_on=last_day)
    entries = [
        Entry(f"assignment:{one.pk}", "end_part", one.role, "", reason=reason) for one in told
    ]
    if not is_team:
        ended = Entry(f"assignment:{fresh.pk}", "end_substitution", "", "", reason=reason)
        entries.insert(0, ended)
    acting = Role.PROJECT_TEAM if is_team else Role(fresh.role)
    record(profile, entries, actor=Actor(by, acting), at=at)
    return several


def refusal_to_end(assignment: Assignment, profile: Profile, by: User) -> NotAllowed | None:
    """Return why a person may end neither a part nor what is lent of it, or None if he may."""
    lends = assignment.user_id == by.pk and assignment.stands_in_for_id is None
    if lends or may_manage(profile, by):
        return None
    return NotAllowed(_("Only the project team of the programme gives parts and takes them back."))


def assign_to_programme(user: User, role: Role, *, programme_id: int) -> Assignment:
    """Give somebody a role for all profiles of a programme.

    Raises:
        InvalidInput: If the role exists for single profiles only.
    """
    if role not in PROGRAMME_ROLES:
        raise InvalidInput(_("This role is given for single profiles only."))
    made, _created = Assignment.objects.get_or_create(
        programme_id=programme_id, profile=None, user=user, role=role, ends_on=None
    )
    return made
