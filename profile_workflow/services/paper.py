"""Entering what somebody who is consulted has written on a form.

Source of its rules: docs/adr/0016-answers-on-paper.md. What he says himself, by account or link,
is never overwritten.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from profile_workflow import rules
from profile_workflow.errors import (
    DomainError,
    InvalidInput,
    MadeAlready,
    NotAllowed,
    NotNow,
)
from profile_workflow.models import (
    Challenge,
    PaperAnswer,
    PriorityAnswer,
    Profile,
    Section,
    SectionAnswer,
    SignOff,
)
from profile_workflow.models.people import User
from profile_workflow.queries.paper import number_of, paper_of
from profile_workflow.queries.profiles import sections_asked_about
from profile_workflow.queries.rounds import credit_of
from profile_workflow.services import links, priority_answers
from profile_workflow.services.section_answers import MOST_CHARACTERS
from profile_workflow.services.written import written
from profile_workflow.states import (
    PriorityLabel,
    ProfileState,
    SectionView,
    SignOffState,
    ValidationKind,
)


@dataclass(frozen=True, slots=True)
class Paper:
    """What a form says.

    Attributes:
        written_on: The day that its writer has put on it.
        said: Section key → what is ticked, and the words beside it.
        ranked: Challenge id → how firmly it should be met.
        number: The number printed on it; empty for that of the present round.
    """

    written_on: date
    said: Mapping[str, tuple[SectionView, str]]
    ranked: Mapping[int, PriorityLabel] = field(default_factory=dict)
    number: str = ""


def refusal_to_enter(
    signoff: SignOff, profile: Profile, by: User, *, at: datetime
) -> DomainError | None:
    """Return why a person may not enter the form of somebody now, or None if he may."""
    return _not_you(signoff, profile, by) or _not_now(signoff, profile, at)


def _not_you(signoff: SignOff, profile: Profile, by: User) -> DomainError | None:
    if not links.may_keep(profile, by):
        return NotAllowed(_("The project team or the focal point enters answers from paper."))
    if profile.has_written(by):
        return NotAllowed(str(rules.NO_AUTHOR.refusal))
    if signoff.person_id == by.pk:
        return NotAllowed(_("This is your own answer: give it yourself, in your task."))
    if not credit_of(signoff, profile, viewer=by).is_named:
        return NotAllowed(_("Answers are shown without names here; the project team enters them."))
    return None


def _not_now(signoff: SignOff, profile: Profile, at: datetime) -> DomainError | None:
    opened = signoff.round
    if opened.kind != ValidationKind.CONSULTATION:
        return NotNow(
            _("A signature for the city is never entered by somebody else: it is an act of office.")
        )
    if opened.is_secret:
        return NotNow(
            _(
                "Under the Chatham House Rule no form belongs to a person. What forms say is "
                "written into the record of the workshop, without a name."
            )
        )
    if profile.state != ProfileState.CONSULTATION or not links.is_taking_answers(opened, at=at):
        return NotNow(_("The consultation takes no answers now, on paper neither."))
    if signoff.state in (SignOffState.WAIVED, SignOffState.TACIT, SignOffState.NO_ANSWER):
        return NotNow(_("This person is not waited for any more."))
    if not links.is_asked(signoff, profile):
        return NotNow(_("This person has no part any more for which an answer is asked."))
    return None


def has_begun(signoff: SignOff) -> bool:
    """Whether a person has answered himself, or has saved something through his link."""
    if signoff.state != SignOffState.ASKED:
        return True
    return bool(signoff.links.filter(used_at__isnull=False).exists())


def keep(signoff: SignOff, paper: Paper, *, by: User, at: datetime) -> tuple[PaperAnswer, bool]:
    """Keep what a form says; the caller holds the lock and has asked ``refusal_to_enter``.

    Where the person has not begun to answer himself, it is saved as his too, not yet sent.

    Returns:
        The row, and whether it can be sent as his answer: it is complete, and his own.

    Raises:
        MadeAlready: If his form has been entered before.
        InvalidInput: If it says nothing, or something that cannot be.
    """
    before = paper_of(signoff)
    if before is not None:
        raise MadeAlready(
            _("The form of this person has been entered already; it is shown here."), made=before
        )
    asked = sections_asked_about(signoff.round)
    said = _checked(paper, asked, signoff, at)
    challenges = _ranked(paper, signoff)
    is_his = not has_begun(signoff)
    counts = is_his and len(said) == len(asked)
    row: PaperAnswer = PaperAnswer.objects.create(
        signoff=signoff,
        number=paper.number or number_of(signoff),
        written_on=paper.written_on,
        said={key: {"view": str(view), "text": text} for key, (view, text) in said.items()},
        ranked={one.code: str(paper.ranked[one.pk]) for one in challenges},
        counts=counts,
        entered_by=by,
        entered_at=at,
    )
    if is_his:
        _save_as_his(signoff, asked, said, at=at)
        _rank_as_his(signoff, challenges, paper, at=at)
    return row, counts


def _checked(
    paper: Paper, asked: Sequence[Section], signoff: SignOff, at: datetime
) -> dict[str, tuple[SectionView, str]]:
    zone = ZoneInfo(signoff.round.profile.city.time_zone)
    first, today = signoff.round.version.created_at.astimezone(zone).date(), at.astimezone(zone)
    if not first <= paper.written_on <= today.date():
        raise InvalidInput(
            _("The date on the form lies between the day on which the text was frozen and today.")
        )
    known = {one.key for one in asked}
    if not paper.said or not paper.said.keys() <= known:
        raise InvalidInput(_("The form says nothing of what was asked about."))
    return {
        key: (
            view,
            "" if view == SectionView.AGREES else written(text, most=MOST_CHARACTERS),
        )
        for key, (view, text) in paper.said.items()
    }


def _ranked(paper: Paper, signoff: SignOff) -> list[Challenge]:
    asked = {one.pk: one for one in priority_answers.challenges_asked_about(signoff)}
    if not paper.ranked.keys() <= asked.keys():
        raise InvalidInput(_("This challenge is not what was asked about."))
    return [asked[pk] for pk in paper.ranked]


def _save_as_his(
    signoff: SignOff,
    asked: Sequence[Section],
    said: Mapping[str, tuple[SectionView, str]],
    *,
    at: datetime,
) -> None:
    """Save what the form says of sections; what was carried over from a round before gives way."""
    texts = signoff.round.version.content
    sections = {one.key: one for one in asked}
    known = {one.section.key: one for one in signoff.section_answers.select_related("section")}
    new: list[SectionAnswer] = []
    changed: list[SectionAnswer] = []
    for key, (view, text) in said.items():
        row = known.get(key) or SectionAnswer(signoff=signoff, section=sections[key])
        row.revision_id, row.digest = texts[key]["revision"], texts[key]["sha256"]
        row.view, row.text, row.saved_at, row.sent_at = view, text, at, None
        (changed if row.pk else new).append(row)
    SectionAnswer.objects.bulk_create(new)
    names = ["revision", "digest", "view", "text", "saved_at", "sent_at"]
    SectionAnswer.objects.bulk_update(changed, names)


def _rank_as_his(
    signoff: SignOff, challenges: Sequence[Challenge], paper: Paper, *, at: datetime
) -> None:
    signoff.priority_answers.filter(challenge__in=challenges).delete()
    PriorityAnswer.objects.bulk_create(
        PriorityAnswer(signoff=signoff, challenge=one, label=paper.ranked[one.pk], saved_at=at)
        for one in challenges
    )
