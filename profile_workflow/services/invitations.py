"""Inviting international experts to review; what an answer keeps, and the part that it gives.

Answering, clearing an interest and withdrawing are moves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from profile_workflow import calendars
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
from profile_workflow.models import Event, Profile, ReviewInvitation, Section, User
from profile_workflow.services import people
from profile_workflow.services.log import Actor, Entry, document_name, record
from profile_workflow.services.written import written
from profile_workflow.states import (
    OPEN_INVITATION_STATES,
    WORKING_STATES,
    Declining,
    InvitationState,
    ProfileState,
    Role,
)

#: Working days of the city that somebody has to answer an invitation.
DAYS_TO_ANSWER = 10
MOST_CHARACTERS = 10_000
#: How far ahead a review can be asked for.
_LATEST = timedelta(days=2 * 366)
#: States of a profile in which there is, or will be, something to review.
INVITING_STATES: tuple[ProfileState, ...] = tuple(
    one for one in WORKING_STATES if one != ProfileState.CORRECTION
)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody is invited to.

    Attributes:
        text: What is asked for, in words.
        review_until: Until which day the review is wanted; None leaves it to the rounds.
        sections: The sections to be reviewed; none for the whole profile.
        follows: The invitation after which this one is sent.
    """

    text: str = ""
    review_until: date | None = None
    sections: Sequence[Section] = ()
    follows: ReviewInvitation | None = None


def refusal_to_invite(profile: Profile, by: User) -> DomainError | None:
    """Return why a person may not invite anybody to review now, or None if he may."""
    if not people.may_manage(profile, by):
        return NotAllowed(_("Only the project team invites international experts."))
    if profile.state not in INVITING_STATES:
        return NotNow(
            _("Nobody can be invited to review in the state “%(state)s”.")
            % {"state": profile.get_state_display()}
        )
    return None


def invite(
    profile: Profile, person: User, wish: Wish, *, by: User, at: datetime
) -> tuple[ReviewInvitation, Event]:
    """Invite somebody to review. The caller holds the lock on the profile.

    Raises:
        NotAllowed: If ``by`` is not of the project team.
        NotNow: If there is nothing to review any more.
        InvalidInput: If the person wrote the profile, reviews it already, or is ``by`` himself; if
            the day is over, or the words are too long.
        MadeAlready: If the person is invited already and has not settled it.
    """
    raise_if(refusal_to_invite(profile, by))
    _check_person(profile, person, by)
    same = profile.invitations.filter(person=person, state__in=OPEN_INVITATION_STATES).first()
    if same is not None:
        told = _("%(person)s has an open invitation already.") % {"person": person.full_name}
        raise MadeAlready(told, made=same)
    if wish.review_until is not None:
        check_day(profile, wish.review_until, at=at)
    made = ReviewInvitation(
        profile=profile,
        person=person,
        invited_by=by,
        invited_at=at,
        text=written(wish.text, most=MOST_CHARACTERS, may_be_empty=True),
        review_until=wish.review_until,
        answer_by=calendars.deadline(at, DAYS_TO_ANSWER, profile.city),
        follows=wish.follows,
    )
    made.save()
    made.sections.set(wish.sections)
    entry = Entry(document_name(made), "invite", "", InvitationState.INVITED)
    actor = Actor(by, Role.PROJECT_TEAM)
    return made, record(profile, [entry], actor=actor, at=at)[0]


def _check_person(profile: Profile, person: User, by: User) -> None:
    if person.pk == by.pk:
        raise InvalidInput(_("You cannot invite yourself; a colleague can."))
    if profile.has_written(person):
        raise InvalidInput(
            _("%(person)s writes, or wrote, this profile and cannot review it.")
            % {"person": person.full_name}
        )
    if Role.INTERNATIONAL_EXPERT in profile.roles_of(person):
        raise InvalidInput(
            _("%(person)s reviews this profile already.") % {"person": person.full_name}
        )


def check_day(profile: Profile, day: date, *, at: datetime) -> None:
    """Check until when a review is wanted.

    Raises:
        InvalidInput: If the day is over in the city, or too far away.
    """
    moment = calendars.end_of_day(day, profile.city)
    if moment <= at:
        raise InvalidInput(_("This day is over already in the city."))
    if moment > at + _LATEST:
        raise InvalidInput(_("Choose a day within two years."))


def _lacks(code: str, sentence: str) -> NotComplete:
    told = _("This cannot be done yet: something is missing.")
    return NotComplete(told, (Missing(code, sentence),))


# What an answer keeps; each returns the names of the fields that changed


def declare(invitation: ReviewInvitation, interest: str, *, at: datetime) -> set[str]:
    """Keep what somebody has declared; no words say that there is no interest."""
    invitation.interest = interest
    invitation.declared_at = invitation.answered_at = at
    return {"interest", "declared_at", "answered_at"}


def declare_interest(invitation: ReviewInvitation, words: str, *, at: datetime) -> set[str]:
    """Keep the interest that somebody has declared.

    Raises:
        NotComplete: If he does not say which.
    """
    interest = written(words, most=MOST_CHARACTERS, may_be_empty=True)
    if not interest:
        raise _lacks("no_interest", _("Describe the interest; the project team decides on it."))
    return declare(invitation, interest, at=at)


def propose(
    invitation: ReviewInvitation, day: date | None, words: str, *, at: datetime
) -> set[str]:
    """Keep the date until which somebody could review instead.

    Raises:
        NotComplete: If there is none.
        InvalidInput: As ``check_day``.
    """
    if day is None:
        raise _lacks("no_date", _("Say until when you could review."))
    check_day(invitation.profile, day, at=at)
    invitation.proposed_until, invitation.reason = (
        day,
        written(words, most=MOST_CHARACTERS, may_be_empty=True),
    )
    invitation.answered_at = at
    return {"proposed_until", "reason", "answered_at"}


def decline(
    invitation: ReviewInvitation,
    why: str,
    words: str,
    *,
    suggested: tuple[str, str],
    at: datetime,
) -> set[str]:
    """Keep why somebody declines, and whom he suggests instead.

    Raises:
        NotComplete: If he gives no reason at all, or a name without an address.
    """
    reason = written(words, most=MOST_CHARACTERS, may_be_empty=True)
    why = why or (Declining.OTHER if reason else "")
    if not why or (why == Declining.OTHER and not reason):
        raise _lacks("no_declining", _("Say why you decline; the project team alone reads it."))
    name, email = (one.strip() for one in suggested)
    if name and not email:
        raise _lacks("no_address", _("Give the address of whoever you suggest."))
    invitation.declining, invitation.reason = Declining(why), reason
    invitation.suggested_name, invitation.suggested_email = name, email
    invitation.answered_at = at
    return {"declining", "reason", "suggested_name", "suggested_email", "answered_at"}


def set_date(invitation: ReviewInvitation, day: date | None, *, at: datetime) -> set[str]:
    """Set until when the review is wanted, and ask anew.

    Raises:
        NotComplete: If no day is given.
        InvalidInput: As ``check_day``.
    """
    if day is None:
        raise _lacks("no_date", _("Say until when the review is wanted."))
    check_day(invitation.profile, day, at=at)
    invitation.review_until = day
    invitation.answer_by = calendars.deadline(at, DAYS_TO_ANSWER, invitation.profile.city)
    invitation.answered_at = invitation.reminded_at = invitation.escalated_at = None
    return {"review_until", "answer_by", "answered_at", "reminded_at", "escalated_at"}


def give_part(invitation: ReviewInvitation, *, actor: Actor, at: datetime) -> None:
    """Make whoever has accepted an international expert of the profile, and of his sections.

    A section that somebody reviews already stays his.

    Raises:
        InvalidInput: If the person would judge his own text.
    """
    profile, person = invitation.profile, invitation.person
    part = people.Part(person, Role.INTERNATIONAL_EXPERT)
    given = people.assign_parts(profile, [part], actor=actor, at=at)
    invitation.part = given[0] if given else None
    invitation.save(update_fields=["part"])
    profile.forget_parts()
    named = list(invitation.sections.values_list("pk", flat=True))
    profile.sections.filter(pk__in=named, reviewer=None).update(reviewer=person)
