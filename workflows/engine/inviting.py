"""Inviting somebody to review: his account, the invitation, its record, and the mails."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from profile_workflow.errors import NotNow, raise_if
from profile_workflow.models import Profile, ReviewInvitation
from profile_workflow.models.people import User
from profile_workflow.services import accounts, invitations, profiles
from profile_workflow.services.locking import locked
from profile_workflow.services.people import Part
from profile_workflow.states import Role
from workflows import effects, notifications
from workflows.executors import get_executor
from workflows.letters import AccountMail


@dataclass(frozen=True, slots=True)
class Invitee:
    """Who is invited; name and language matter only where there is no account yet."""

    email: str
    full_name: str = ""
    language: str = "en"

    @classmethod
    def of(cls, person: User) -> "Invitee":
        """Return somebody who has an account."""
        return cls(person.email, person.full_name, person.language)


def invited_first(nomination: profiles.Nomination) -> tuple[list[User], Sequence[Part]]:
    """Return who of a nomination is to be invited, and who gets his part at once."""
    if not nomination.city.programme.invites_reviewers:
        return [], nomination.people
    role = Role.INTERNATIONAL_EXPERT
    invited = [part.user for part in nomination.people if part.role == role]
    return invited, [part for part in nomination.people if part.role != role]


@transaction.atomic
def invite(
    profile: Profile, whom: Invitee, wish: invitations.Wish, *, by: User, at: datetime
) -> ReviewInvitation:
    """Invite somebody to review; who has no account gets one, with the mail to set a password.

    Raises:
        NotAllowed, NotNow, InvalidInput, MadeAlready: As ``invitations.invite``.
        InvalidInput: Also if his account is closed.
    """
    profile = locked(profile.pk, at)
    raise_if(invitations.refusal_to_invite(profile, by))
    person = accounts.account_of(whom.email) or _opened(profile, whom, by=by, at=at)
    made, event = invitations.invite(profile, person, wish, by=by, at=at)
    effects.invitation_was_sent(event, made)
    return made


def _opened(profile: Profile, whom: Invitee, *, by: User, at: datetime) -> User:
    person = accounts.open_account(
        profile, email=whom.email, full_name=whom.full_name, language=whom.language, by=by
    )
    job = notifications.account_letter(person, AccountMail.INVITATION, at=at, profile_id=profile.pk)
    get_executor().enqueue([job])
    return person


@transaction.atomic
def invite_suggested(declined: ReviewInvitation, *, by: User, at: datetime) -> ReviewInvitation:
    """Invite whom somebody has suggested, to the same as he was; a second press does nothing.

    Raises:
        NotNow: If nobody was suggested.
        NotAllowed, NotNow, InvalidInput, MadeAlready: As ``invite``.
    """
    profile = locked(declined.profile_id, at)
    raise_if(invitations.refusal_to_invite(profile, by))
    fresh = profile.invitations.get(pk=declined.pk)
    if not fresh.suggested_email:
        raise NotNow(_("Nobody else was suggested."))
    done = fresh.followed_by.filter(person__email=fresh.suggested_email.lower()).first()
    if done is not None:
        return done
    wish = invitations.Wish(
        text=fresh.text,
        review_until=fresh.review_until,
        sections=list(fresh.sections.all()),
        follows=fresh,
    )
    name = fresh.suggested_name or fresh.suggested_email.partition("@")[0]
    whom = Invitee(fresh.suggested_email, name, profile.language)
    return invite(profile, whom, wish, by=by, at=at)
