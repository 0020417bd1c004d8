"""Making the attribution of an open round stricter; what was promised is never made looser."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

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
from profile_workflow.models import (
    Comment,
    Event,
    PriorityAnswer,
    Profile,
    Reply,
    SectionAnswer,
    SignOff,
    ValidationRound,
)
from profile_workflow.models.people import User
from profile_workflow.queries.validation import ASKED_ROLES
from profile_workflow.services import rounds, sealing
from profile_workflow.services.locking import locked
from profile_workflow.services.log import Actor
from profile_workflow.states import (
    COUNTING_SIGNOFF_STATES,
    Attribution,
    ProfileState,
    Role,
    SignOffState,
    ValidationKind,
)

_UNANSWERED = (SignOffState.ASKED, SignOffState.WAIVED)


def stricter_rules(opened: ValidationRound, profile: Profile) -> list[Attribution]:
    """Return the rules that an open round can still be given: three queries at most."""
    stricter = [one for one in Attribution if Attribution(opened.attribution).is_looser_than(one)]
    would_be_secret = sealing.is_secret(opened.kind, Attribution.CHATHAM_HOUSE)
    if stricter and would_be_secret and why_not_secret(opened, profile):
        stricter.remove(Attribution.CHATHAM_HOUSE)
    return stricter


def why_not_secret(opened: ValidationRound, profile: Profile) -> str | None:
    """Return why an open round can be made secret no more, or None if it can.

    What is on record with its author cannot be parted from him any more; and who answered for the
    same text before was not asked, and would not be counted among the answers without a name.
    """
    if _has_been_answered(opened, profile):
        return _("What has been said in this round is on record with names; it cannot be sealed.")
    if _somebody_was_settled(opened):
        return _(
            "Somebody has answered for this text in a round before and is not asked again; in a "
            "secret round his answer would not count. Ask everybody in a new round instead."
        )
    return None


def _has_been_answered(opened: ValidationRound, profile: Profile) -> bool:
    """Whether anything is on record of those who are asked: an answer, or an act on a comment."""
    if opened.signoffs.exclude(state__in=_UNANSWERED).exists():
        return True
    if opened.signoffs.filter(paper__isnull=False).exists():
        return True
    acts = Event.objects.filter(
        profile=profile,
        at__gte=opened.opened_at,
        document__startswith=f"{Comment.document_type}:",
        role__in=ASKED_ROLES[opened.kind],
    )
    return bool(acts.exists())


def _somebody_was_settled(opened: ValidationRound) -> bool:
    asked = opened.signoffs.filter(person__isnull=False).values("person")
    before = SignOff.objects.filter(
        round__profile=opened.profile_id,
        round__kind=opened.kind,
        round__number__lt=opened.number,
        digest=opened.version.digest,
        state__in=COUNTING_SIGNOFF_STATES,
        person__isnull=False,
    )
    return bool(before.exclude(person__in=asked).exists())


def _comments_in(opened: ValidationRound, profile: Profile) -> "QuerySet[Comment, Comment]":
    found: QuerySet[Comment, Comment] = Comment.objects.filter(
        section__profile=profile,
        created_at__gte=opened.opened_at,
        role__in=ASKED_ROLES[opened.kind],
    )
    return found


def _forget_what_was_carried_over(opened: ValidationRound) -> None:
    """Take from a round that becomes secret what its people had said by name in a round before.

    Sent again in the same words it would lead to the comment that has their name. What they have
    written in this round waits on, but follows up no comment.
    """
    for answers in (SectionAnswer, PriorityAnswer):
        answers.objects.filter(signoff__round=opened, saved_at__lt=opened.opened_at).delete()
    SectionAnswer.objects.filter(signoff__round=opened).update(comment=None)


def refusal_to_change(profile: Profile, by: User) -> DomainError | None:
    """Return why a person may not change how answers are attributed now, or None if he may.

    Only a consultation has a rule that can be chosen: a signature for the city is an act of office.
    """
    if Role.PROJECT_TEAM not in profile.roles_of(by):
        return NotAllowed(_("Only the project team changes how answers are attributed."))
    if profile.state != ProfileState.CONSULTATION:
        return NotNow(_("No consultation is open, so there is nothing to change."))
    return None


def open_round_of(profile: Profile) -> ValidationRound | None:
    """Return the round of a profile that takes answers, if there is one: one query."""
    opened = profile.validation_rounds.filter(closed_at__isnull=True, unsealed_at__isnull=True)
    found: ValidationRound | None = opened.select_related("version").first()
    return found


@transaction.atomic
def make_stricter(
    profile: Profile, attribution: Attribution, *, reason: str, by: User, at: datetime
) -> tuple[ValidationRound, Event]:
    """Attribute the answers of the open round less than was announced.

    It holds for what has been said in the round already, too.

    Args:
        profile: The profile.
        attribution: The rule from now on.
        reason: Why, for all who are asked.
        by: Who changes it.
        at: When.

    Returns:
        The round, and the event that gives the reason.

    Raises:
        NotAllowed: If ``by`` is not of the project team.
        NotNow: If no round is open, or if the profile is on hold.
        NotComplete: If there is no reason.
        MadeAlready: If the round has this rule already, from a click before this one.
        InvalidInput: If the rule is not stricter, or cannot be kept any more.
    """
    profile = locked(profile.pk, at)
    raise_if(refusal_to_change(profile, by))
    opened = open_round_of(profile)
    if opened is None:
        raise NotNow(_("No consultation is open, so there is nothing to change."))
    if not reason.strip():
        raise NotComplete(
            _("This cannot be done yet: something is missing."),
            (Missing("no_reason", _("Give a reason; the receiver will see it.")),),
        )
    if opened.attribution == attribution:
        raise MadeAlready(_("Answers are attributed so already."), made=opened)
    if not Attribution(opened.attribution).is_looser_than(attribution):
        raise InvalidInput(_("What was announced can only be made stricter."))
    opened.attribution = attribution
    opened.is_secret = sealing.is_secret(opened.kind, attribution)
    if opened.is_secret:
        refusal = why_not_secret(opened, profile)
        if refusal is not None:
            raise InvalidInput(refusal)
        _forget_what_was_carried_over(opened)
    opened.save(update_fields=["attribution", "is_secret"])
    said = _comments_in(opened, profile)
    kinds = ASKED_ROLES[ValidationKind(opened.kind)]
    Reply.objects.filter(comment__in=said, role__in=kinds).update(attribution=attribution)
    said.update(attribution=attribution)
    if Attribution(profile.attribution).is_looser_than(attribution):
        rounds.adopt_attribution(profile, attribution)
    actor = Actor(by, Role.PROJECT_TEAM)
    event = rounds.record_promise(opened, profile, actor=actor, at=at, reason=reason.strip())
    return opened, event
