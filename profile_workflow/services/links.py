"""Personal links: issuing one for each person who is consulted, finding it again, ending it."""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from datetime import datetime
from enum import Enum

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from profile_workflow import rules
from profile_workflow.errors import Missing, NotAllowed, NotComplete, NotNow
from profile_workflow.models import AnsweringLink, Event, Profile, SignOff, ValidationRound
from profile_workflow.models.people import User
from profile_workflow.models.profile import AssignmentQuerySet
from profile_workflow.queries.validation import parts_to_ask
from profile_workflow.services.locking import locked
from profile_workflow.services.log import Actor, Entry, document_name, record
from profile_workflow.states import (
    ANSWERABLE_SIGNOFF_STATES,
    LinkEnd,
    LinkPurpose,
    ProfileState,
    Role,
    SignOffState,
    ValidationKind,
)

#: Who sees to it that everybody can answer: sends links again, and revokes them.
KEEPERS = (Role.PROJECT_TEAM, Role.FOCAL_POINT)

_SALT_BYTES = 32
#: What is fetched with a link, so that a page about it costs no more questions.
_WITH = ("signoff__person", "signoff__round__version", "signoff__round__profile__city")


class Standing(Enum):
    """Whether a link opens anything, and if not why."""

    OPEN = "open"
    REPLACED = "replaced"
    REVOKED = "revoked"
    WAIVED = "waived"
    NOT_ASKED = "not_asked"
    HELD = "held"
    CLOSED = "closed"


# Tokens


def token_of(link: AnsweringLink) -> str | None:
    """Return the token of a link: 256 bits in 43 characters that an address can hold.

    None if it was derived with a key that the settings have no more. The link works all the same
    for whoever has it, but cannot be sent another time.
    """
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    tokens = (_derived(link.salt, key) for key in keys)
    return next((one for one in tokens if digest_of(one) == link.digest), None)


def _derived(salt: str, key: str | bytes) -> str:
    purpose = "profile_workflow.answering_link"
    mac = salted_hmac(purpose, salt, secret=key, algorithm="sha256").digest()
    return urlsafe_b64encode(mac).decode().rstrip("=")


def digest_of(token: str) -> str:
    """Return the SHA-256 (hex) by which a link is found."""
    return hashlib.sha256(token.encode()).hexdigest()


def _new(signoff: SignOff, *, at: datetime, language: str = "") -> AnsweringLink:
    salt = secrets.token_hex(_SALT_BYTES)
    return AnsweringLink(
        signoff=signoff,
        purpose=LinkPurpose(signoff.round.kind),
        salt=salt,
        digest=digest_of(_derived(salt, settings.SECRET_KEY)),
        language=language,
        issued_at=at,
    )


# Issuing


def issue(signoffs: Iterable[SignOff], *, at: datetime) -> list[AnsweringLink]:
    """Make a link for each of some sign-offs that have none: one query."""
    made: list[AnsweringLink] = AnsweringLink.objects.bulk_create(
        _new(one, at=at) for one in signoffs
    )
    return made


@transaction.atomic
def issue_again(signoff: SignOff, *, by: User, at: datetime) -> AnsweringLink:
    """Make another link for somebody who is consulted; the one before ends.

    Raises:
        NotAllowed: If ``by`` is neither of the project team nor the focal point.
        NotNow: If the person cannot answer any more.
    """
    profile, fresh = _kept_by(signoff, by, at)
    made = _replace(fresh, at=at)
    state = standing(made, at=at)
    if state is not Standing.OPEN:
        raise NotNow(_("This person cannot answer now, so no link is sent."))
    _record(fresh, profile, "issue_link", by=by, at=at)
    return made


@transaction.atomic
def revoke(signoff: SignOff, *, reason: str, by: User, at: datetime) -> Event:
    """End the link of somebody who is consulted; what he has answered stays.

    His silence is not taken as agreement any more: ``silence_is_agreement``.

    Args:
        signoff: What he is asked for.
        reason: Why, for him and for the history.
        by: Who ends it.
        at: When.

    Returns:
        The event, which gives the reason.

    Raises:
        NotAllowed: If ``by`` is neither of the project team nor the focal point.
        NotNow: If there is no link that could end.
        NotComplete: If there is no reason.
    """
    profile, fresh = _kept_by(signoff, by, at)
    if not reason.strip():
        raise NotComplete(
            _("This cannot be done yet: something is missing."),
            (Missing("no_reason", _("Give a reason; the receiver will see it.")),),
        )
    if not _end(fresh, LinkEnd.REVOKED, at=at):
        raise NotNow(_("This person has no link that works."))
    return _record(fresh, profile, "revoke_link", by=by, at=at, reason=reason.strip())


def _kept_by(signoff: SignOff, by: User, at: datetime) -> tuple[Profile, SignOff]:
    profile = locked(signoff.round.profile_id, at)
    if not may_keep(profile, by):
        raise NotAllowed(_("Only the project team or the focal point looks after the links."))
    fresh = SignOff.objects.select_related("round__version", "person").get(pk=signoff.pk)
    fresh.round.profile = profile
    if fresh.person is None:
        raise NotNow(_("The answers have been parted from their names; no more are taken."))
    return profile, fresh


def may_keep(profile: Profile, user: User) -> bool:
    """Whether a person looks after the links of a profile."""
    return not profile.roles_of(user).isdisjoint(KEEPERS)


def keeping_role(profile: Profile, by: User) -> Role:
    """Return the role in which somebody who may looks after the links of a profile."""
    return next(one for one in KEEPERS if one in profile.roles_of(by))


def _record(
    signoff: SignOff, profile: Profile, act: str, *, by: User, at: datetime, reason: str = ""
) -> Event:
    role = keeping_role(profile, by)
    state = signoff.state
    entry = Entry(document_name(signoff), act, state, state, signoff.digest, reason)
    return record(profile, [entry], actor=Actor(by, role), at=at)[0]


def _replace(signoff: SignOff, *, at: datetime) -> AnsweringLink:
    before = signoff.links.order_by("-pk").first()
    _end(signoff, LinkEnd.REPLACED, at=at)
    made = _new(signoff, at=at, language=before.language if before else "")
    made.save()
    return made


def _end(signoff: SignOff, why: LinkEnd, *, at: datetime) -> bool:
    live = signoff.links.filter(ended_at__isnull=True)
    return bool(live.update(ended_at=at, end=why))


# Sending


def token_after_closing(person: User, profile: Profile) -> str | None:
    """Return the token of the last link with which somebody was consulted, for a mail to him.

    None if he has none, if it was revoked, or if the last consultation has parted links from
    people: an earlier one would lead him to what was said before.
    """
    rounds = profile.validation_rounds.filter(kind=ValidationKind.CONSULTATION)
    if rounds.order_by("-pk").values_list("is_secret", flat=True).first():
        return None
    found = AnsweringLink.objects.filter(
        signoff__round__in=rounds, signoff__person=person, purpose=LinkPurpose.CONSULTATION
    )
    link: AnsweringLink | None = found.order_by("-pk").first()
    return token_of(link) if link is not None and link.ended_at is None else None


def may_still_read(link: AnsweringLink) -> bool:
    """Whether somebody reads by his link what became of a consultation that is over.

    Not after his part has ended. Nobody can tell of a link that was parted from its owner, behind
    which no name is shown.
    """
    person, opened = link.signoff.person, link.signoff.round
    if person is None:
        return True
    parts: AssignmentQuerySet = parts_to_ask(opened.profile, opened.kind).filter(user=person)
    return parts.exists()


@transaction.atomic
def to_send(round_id: int, person: User, *, at: datetime) -> tuple[AnsweringLink, str] | None:
    """Return the link of somebody in a round with its token, for a mail to him.

    None if he has none, or if it opens nothing. A link whose key is gone is replaced.
    """
    found = AnsweringLink.objects.select_related(*_WITH).filter(
        signoff__round=round_id, signoff__person=person, ended_at__isnull=True
    )
    link: AnsweringLink | None = found.first()
    if link is None or standing(link, at=at) is not Standing.OPEN:
        return None
    token = token_of(link)
    if token is None:
        link = _replace(link.signoff, at=at)
        token = token_of(link)
    assert token is not None
    return link, token


def note_sent(link_id: int, *, at: datetime) -> None:
    """Remember that a mail with the link has been taken by the mail server."""
    AnsweringLink.objects.filter(pk=link_id).update(sent_at=at)


# Using


def find(token: str) -> AnsweringLink | None:
    """Return the link that a token belongs to, whatever became of it: one query."""
    found = AnsweringLink.objects.select_related(*_WITH).filter(digest=digest_of(token))
    link: AnsweringLink | None = found.first()
    return link


def standing(link: AnsweringLink, *, at: datetime) -> Standing:
    """Return whether a link opens anything at a moment.

    It serves who is still asked himself: the part for which he was asked has not ended, and
    nothing that he has done since forbids him to answer.
    """
    if link.ended_at is not None:
        return Standing.REPLACED if link.end == LinkEnd.REPLACED else Standing.REVOKED
    signoff, opened = link.signoff, link.signoff.round
    profile: Profile = opened.profile
    if opened.closed_at is None and profile.state == ProfileState.ON_HOLD:
        return Standing.HELD
    if not _takes_answers(link, at):
        return Standing.REPLACED if _is_asked_again(link) else Standing.CLOSED
    if signoff.state not in ANSWERABLE_SIGNOFF_STATES:
        return Standing.WAIVED if signoff.state == SignOffState.WAIVED else Standing.CLOSED
    return Standing.OPEN if is_asked(signoff, profile) else Standing.NOT_ASKED


def is_asked(signoff: SignOff, profile: Profile) -> bool:
    """Whether somebody still has the part for which he was asked, and may answer."""
    person = signoff.person
    if person is None:
        return False
    part = parts_to_ask(profile, signoff.round.kind).filter(user=person, role=signoff.role)
    return part.exists() and rules.refusal("sign_off.approve", person, signoff) is None


def _takes_answers(link: AnsweringLink, at: datetime) -> bool:
    opened = link.signoff.round
    is_its_round = opened.kind == link.purpose == opened.profile.state
    return is_its_round and is_taking_answers(opened, at=at)


def is_taking_answers(opened: ValidationRound, *, at: datetime) -> bool:
    """Whether answers to a round are taken at a moment: it is open, and its last day not over."""
    return bool(opened.takes_answers and at < opened.closes_at)


def _is_asked_again(link: AnsweringLink) -> bool:
    """Whether the person has another link since, of a round that was opened after this one."""
    signoff = link.signoff
    if signoff.person_id is None:
        return False
    later: bool = AnsweringLink.objects.filter(
        signoff__round__profile=signoff.round.profile_id,
        signoff__round__closed_at__isnull=True,
        signoff__person=signoff.person_id,
        signoff__gt=signoff.pk,
        ended_at__isnull=True,
    ).exists()
    return later


def check_open(link: AnsweringLink, *, at: datetime) -> None:
    """Refuse what a link that opens nothing is used for.

    Raises:
        NotNow: If it does not take answers.
    """
    if standing(link, at=at) is not Standing.OPEN:
        raise NotNow(_("This link takes no answers any more."))


def works(link_id: int, *, at: datetime) -> bool:
    """Whether a link opens anything at a moment, as it is stored now."""
    link: AnsweringLink = AnsweringLink.objects.select_related(*_WITH).get(pk=link_id)
    return standing(link, at=at) is Standing.OPEN


def locked_with_profile(link: AnsweringLink, *, at: datetime) -> AnsweringLink:
    """Return a link as it is stored now, under the lock of its profile.

    Raises:
        NotNow: As ``check_open``.
    """
    profile = locked(link.signoff.round.profile_id, at)
    fresh: AnsweringLink = AnsweringLink.objects.select_related(*_WITH).get(pk=link.pk)
    fresh.signoff.round.profile = profile
    check_open(fresh, at=at)
    return fresh


def note_use(link: AnsweringLink, *, at: datetime) -> None:
    """Remember when something was first sent through a link; reading it is no use of it."""
    AnsweringLink.objects.filter(pk=link.pk, used_at__isnull=True).update(used_at=at)


def choose_language(link: AnsweringLink, language: str) -> None:
    """Remember the language of the pages of a link; the account of the person stays as it is."""
    AnsweringLink.objects.filter(pk=link.pk).update(language=language)
