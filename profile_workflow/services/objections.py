"""Answering an objection in writing, for whoever made it and for the record."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from profile_workflow.errors import (
    DomainError,
    NotAllowed,
    NotNow,
    StaleEntry,
    raise_if,
)
from profile_workflow.models import Profile, Section, SignOff
from profile_workflow.models.people import User
from profile_workflow.queries.validation import may_read
from profile_workflow.services.contents import fingerprint_of_text
from profile_workflow.services.locking import locked
from profile_workflow.services.log import Actor, Entry, document_name, record
from profile_workflow.services.written import written
from profile_workflow.states import ProfileState, Role, SignOffState

#: How long an answer to an objection may be.
MOST_CHARACTERS = 10_000

#: Who answers, in the order in which the role is on record.
_ANSWERERS = (Role.PROJECT_TEAM, Role.LOCAL_EXPERT, Role.FOCAL_POINT)
#: From the first consultation to the last signature, whatever the way between them.
_OPEN_STATES = (
    ProfileState.EXPERT_REVIEW,
    ProfileState.REVISION_EXPERT,
    ProfileState.PROJECT_QA,
    ProfileState.REVISION_QA,
    ProfileState.CONSULTATION,
    ProfileState.REVISION_VALIDATION,
    ProfileState.SIGNOFF,
)


def refusal_to_answer_objection(signoff: SignOff, profile: Profile, by: User) -> DomainError | None:
    """Return why a person may not answer an objection now, or None if he may."""
    return _not_you(signoff, profile, by) or _not_now(signoff, profile)


def refusal_to_answer(
    profile: Profile, by: User, *, also_in: Iterable[str] = ()
) -> DomainError | None:
    """Return why a person may not answer the room now, where nobody knows who has objected.

    Args:
        profile: The profile.
        by: Who would answer.
        also_in: States in which it is answered besides those of any objection.
    """
    if not profile.roles_of(by).intersection(_ANSWERERS):
        return NotAllowed(
            _("The project team, the local expert and the focal point answer objections they see.")
        )
    return _not_in(profile, (*_OPEN_STATES, *also_in))


def _not_in(profile: Profile, states: Iterable[str]) -> DomainError | None:
    if profile.state in states:
        return None
    return NotNow(
        _("Objections are not answered in the state “%(state)s”.")
        % {"state": profile.get_state_display()}
    )


def answering_role(profile: Profile, by: User) -> Role:
    """Return the role in which somebody who may answers an objection."""
    return next(one for one in _ANSWERERS if one in profile.roles_of(by))


def _not_you(signoff: SignOff, profile: Profile, by: User) -> DomainError | None:
    held = profile.roles_of(by).intersection(_ANSWERERS)
    if not held or not may_read(signoff, profile, viewer=by):
        return NotAllowed(
            _("The project team, the local expert and the focal point answer objections they see.")
        )
    if signoff.person_id == by.pk:
        return NotAllowed(_("Somebody else answers your objection."))
    return None


def _not_now(signoff: SignOff, profile: Profile) -> DomainError | None:
    if signoff.state != SignOffState.OBJECTED:
        return NotNow(_("This is no objection any more."))
    is_past = profile.state == ProfileState.SIGNOFF and signoff.round.closed_at is not None
    if signoff.response and is_past:
        return NotNow(_("The answer stays as it is: sign-off has been asked for with it."))
    return _not_in(profile, _OPEN_STATES)


def stands_already(signoff: SignOff, reason: str, sections: Iterable[Section]) -> bool:
    """Whether somebody objects already in these words to these sections: at most one query."""
    if signoff.state != SignOffState.OBJECTED or reason.strip() != signoff.statement:
        return False
    named = {one.pk for one in sections}
    return named == set(signoff.sections.values_list("pk", flat=True))


@transaction.atomic
def answer_objection(
    signoff: SignOff, text: str, *, by: User, at: datetime, base: str | None = None
) -> None:
    """Answer an objection in writing; the answer before is replaced.

    Args:
        signoff: The objection.
        text: The answer, which whoever objected reads and the validation record prints.
        by: Who answers.
        at: The moment.
        base: ``fingerprint_of_text`` of the answer that was looked at; None for whatever it is.

    Raises:
        NotAllowed, NotNow: As ``refusal_to_answer_objection``.
        StaleEntry: If somebody has answered since ``base``.
        InvalidInput: If nothing is said, or too much.
    """
    profile = locked(signoff.round.profile_id, at)
    fresh = SignOff.objects.select_related("round").get(pk=signoff.pk)
    raise_if(refusal_to_answer_objection(fresh, profile, by))
    if base is not None and base != fingerprint_of_text(fresh.response):
        raise StaleEntry(
            _("Somebody has changed this in the meantime. Nothing was overwritten."),
            current=fresh.response,
        )
    said = written(text, most=MOST_CHARACTERS)
    SignOff.objects.filter(pk=fresh.pk).update(response=said, responded_by=by, responded_at=at)
    role = answering_role(profile, by)
    entry = Entry(
        document_name(fresh), "answer_objection", fresh.state, fresh.state, fresh.digest, said
    )
    record(profile, [entry], actor=Actor(by, role), at=at)
