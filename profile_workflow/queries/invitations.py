"""Invitations to review: who sees which, what became of each, which wait for an answer."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from profile_workflow.models import Profile, ReviewInvitation, Section, User
from profile_workflow.states import (
    OPEN_INVITATION_STATES,
    RESTING_STATES,
    InvitationState,
    Role,
)

Invitations = QuerySet[ReviewInvitation]


def invitations_seen_by(profile: Profile, viewer: User) -> Invitations:
    """Return the invitations of a profile that a person may know of: others than the team, his."""
    found: Invitations = ReviewInvitation.objects.filter(profile=profile).order_by("pk")
    if Role.PROJECT_TEAM in profile.roles_of(viewer):
        return found
    own: Invitations = found.filter(person=viewer)
    return own


@dataclass(frozen=True, slots=True)
class Line:
    """An invitation as the project team sees it.

    Attributes:
        sections: The sections; empty for the whole profile.
        is_late: Whether it should have been answered by now.
        has_left: Whether the part that it gave has ended.
        followers: The invitations sent after it, to him again or to whom he suggested.
    """

    invitation: ReviewInvitation
    sections: list[Section]
    is_late: bool
    has_left: bool
    followers: list[ReviewInvitation]

    @property
    def waits(self) -> bool:
        """Whether it is not settled."""
        return self.invitation.state in OPEN_INVITATION_STATES

    @property
    def is_suggestion_open(self) -> bool:
        """Whether somebody was suggested whom nobody has invited yet."""
        wanted = self.invitation.suggested_email.lower()
        return bool(wanted) and all(one.person.email != wanted for one in self.followers)

    @property
    def may_be_repeated(self) -> bool:
        """Whether the same person could be invited again."""
        again = any(one.person_id == self.invitation.person_id for one in self.followers)
        settled = not self.waits and self.invitation.state != InvitationState.ACCEPTED
        return not again and (self.has_left or settled)


def invitations_of(profile: Profile, *, on: date, at: datetime) -> list[Line]:
    """Return the invitations of a profile, newest first: three queries for any number."""
    found = ReviewInvitation.objects.filter(profile=profile).order_by("-invited_at", "-pk")
    return _lines(found, on=on, at=at)


def open_invitations_of(profile: Profile) -> list[ReviewInvitation]:
    """Return the invitations of a profile that are not settled, the oldest first: one query."""
    found = profile.invitations.filter(state__in=OPEN_INVITATION_STATES).select_related("person")
    return list(found.order_by("invited_at", "pk"))


def invitation_of(profile: Profile, pk: int, *, on: date, at: datetime) -> Line:
    """Return one invitation of a profile.

    Raises:
        ReviewInvitation.DoesNotExist: If it has none of that number.
    """
    found = _lines(ReviewInvitation.objects.filter(profile=profile, pk=pk), on=on, at=at)
    if not found:
        raise ReviewInvitation.DoesNotExist
    return found[0]


def _lines(found: Invitations, *, on: date, at: datetime) -> list[Line]:
    related = ("person__organisation", "invited_by", "part", "follows__person")
    several = found.select_related(*related).prefetch_related(
        "sections__template_section", "followed_by__person"
    )
    return [_line(one, on, at) for one in several]


def _line(one: ReviewInvitation, on: date, at: datetime) -> Line:
    ended = one.part.ends_on if one.part else None
    return Line(
        one,
        sections=sorted(one.sections.all(), key=lambda section: section.position),
        is_late=one.state == InvitationState.INVITED and one.answer_by <= at,
        has_left=ended is not None and ended < on,
        followers=sorted(one.followed_by.all(), key=lambda follower: follower.pk),
    )


def my_invitation(user: User, pk: int) -> ReviewInvitation:
    """Return an invitation with which a person was invited himself, and nobody else's.

    Raises:
        ReviewInvitation.DoesNotExist: If there is none of that number for this person.
    """
    found = ReviewInvitation.objects.select_related(
        "profile__city", "profile__programme", "invited_by", "person"
    )
    mine: ReviewInvitation = found.prefetch_related("sections__template_section").get(
        pk=pk, person=user
    )
    return mine


def waiting_for(user: User) -> Invitations:
    """Return the invitations that wait for a person to answer, by their deadline."""
    mine = ReviewInvitation.objects.filter(person=user, state=InvitationState.INVITED)
    found: Invitations = mine.exclude(profile__state__in=RESTING_STATES).order_by("answer_by", "pk")
    return found
