"""Rounds of expert review, consultation and sign-off: opening them and asking the people."""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from datetime import datetime

from django.utils.translation import gettext as _

from profile_workflow import calendars
from profile_workflow.errors import NotComplete
from profile_workflow.models import (
    Assignment,
    Event,
    Profile,
    ReviewRound,
    Section,
    SignOff,
    ValidationRound,
)
from profile_workflow.queries.judging import asked_of, forget_round, open_round, to_conclude
from profile_workflow.queries.validation import people_to_ask, standing_answers
from profile_workflow.services import links, priority_answers, sealing, section_answers, signing
from profile_workflow.services.lifecycle import move_many
from profile_workflow.services.log import SYSTEM, Actor, Entry, record
from profile_workflow.services.revisions import freeze_profile
from profile_workflow.states import (
    AGREEING_SIGNOFF_STATES,
    Attribution,
    SectionState,
    SignOffState,
    ValidationKind,
)

#: Working days from opening to closing, by kind. Source: domain notes 3.2 (four and three weeks).
VALIDATION_DAYS = {ValidationKind.CONSULTATION: 20, ValidationKind.SIGNOFF: 15}
#: The task of the flow under which a profile keeps a length of its own.
_TASK_OF_ROUND = {ValidationKind.CONSULTATION: "consult", ValidationKind.SIGNOFF: "sign"}


def open_review_round(profile: Profile, *, at: datetime) -> list[Section]:
    """Open the next round of expert review; return each section once for each who is to judge it.

    This is an event of its own, apart from asking for or submitting a revision.
    """
    last = profile.review_rounds.order_by("-number").values_list("number", flat=True).first()
    number = (last or 0) + 1
    ReviewRound.objects.create(profile=profile, number=number, opened_at=at)
    forget_round(profile)
    record(profile, [_opening(f"review_round:{number}")], actor=SYSTEM, at=at)
    ready = list(profile.sections.filter(state=SectionState.READY).order_by("position"))
    move_many(ready, "open_review", profile=profile, actor=SYSTEM, at=at)
    for section in ready:
        section.awaited_reviews = 0
    return ask_reviewers(profile, ready, asked_of(profile, ready))


def ask_reviewers(
    profile: Profile, sections: Sequence[Section], asked: Mapping[int, Sequence[int | None]]
) -> list[Section]:
    """Count whom sections under review wait for; return each once for each of these people.

    Args:
        profile: The profile, locked by the caller.
        sections: The sections.
        asked: Section id → who is asked besides those it waits for, None for anybody in the role.
    """
    until = reviews_wanted_until(profile) if sections else {}
    by_number: dict[int, list[int]] = {}
    found = []
    for section in sections:
        people = asked[section.pk]
        section.awaited_reviews += len(people)
        by_number.setdefault(section.awaited_reviews, []).append(section.pk)
        for person in people:
            seat = copy(section)
            seat.asked_of = person
            seat.wanted_until = until.get(person) if person is not None else None
            found.append(seat)
    for number, keys in by_number.items():
        profile.sections.filter(pk__in=keys).update(awaited_reviews=number)
    return found


def reviews_wanted_until(profile: Profile) -> dict[int | None, datetime]:
    """Return person id → the moment that was agreed with him in his invitation, if it was."""
    dated = profile.invitations.filter(part__isnull=False, review_until__isnull=False)
    rows = dated.order_by("pk").values_list("person_id", "review_until")
    return {person: calendars.end_of_day(day, profile.city) for person, day in rows if day}


def ask_to_conclude(profile: Profile) -> list[Profile]:
    """Count who has to recommend something for the whole; return the profile once for each."""
    opened = open_round(profile)
    if opened is None:
        return [profile]
    people = to_conclude(profile, opened)
    if len(people) != max(opened.awaited, 1):
        opened.awaited = len(people)
        opened.save(update_fields=["awaited"])
    found = []
    for person in people:
        seat = copy(profile)
        seat.asked_of = person
        found.append(seat)
    return found


def _opening(document: str, digest: str = "") -> Entry:
    return Entry(document, "open_round", from_state="", to_state="open", revision_hash=digest)


def open_validation_round(profile: Profile, kind: ValidationKind, *, at: datetime) -> list[SignOff]:
    """Open a round of asking about the present text and return the sign-offs that are asked for.

    Who has already agreed to exactly this text in an earlier round is not asked again, unless the
    round is secret. Who has objected to it is, and everybody is if a section has another text
    since: he finds what he had said of the sections that are as they were, and looks again at the
    others. Announced at opening, so that silence may count where the rule says so.

    Raises:
        NotComplete: If there is nobody who could sign for the city.
    """
    people = people_to_ask(profile, kind)
    if kind == ValidationKind.SIGNOFF and not people:
        raise NotComplete(_("There is nobody who could sign for the city; name somebody first."))
    version = freeze_profile(profile, at=at)
    rounds = profile.validation_rounds.filter(kind=kind).select_related("version")
    before = list(rounds.order_by("-number"))
    same = [one for one in before if one.version.digest == version.digest]
    attribution = _attribution(profile, kind, same)
    opened = ValidationRound.objects.create(
        profile=profile,
        kind=kind,
        number=before[0].number + 1 if before else 1,
        version=version,
        quorum=profile.quorum,
        tacit_rule=profile.tacit_rule and kind == ValidationKind.CONSULTATION,
        asks_priorities=profile.asks_priorities and kind == ValidationKind.CONSULTATION,
        attribution=attribution,
        is_secret=sealing.is_secret(kind, attribution),
        smallest_group=profile.programme.smallest_group,
        opened_at=at,
        announced_at=at,
        closes_at=calendars.deadline(at, _days(profile, kind), profile.city),
    )
    is_first = not before and kind == ValidationKind.CONSULTATION
    if is_first or Attribution(profile.attribution).is_looser_than(attribution):
        adopt_attribution(profile, attribution)
    entries = [_opening(round_name(opened), digest=version.digest), _promise(opened)]
    record(profile, entries, actor=SYSTEM, at=at)
    # Who answered what in a secret round is unknown, and has to stay so: all are asked again.
    may_know = bool(before) and not opened.is_secret
    standing = _standing(same, profile, kind, version.digest) if may_know else {}
    settled = {
        person for person, answer in standing.items() if answer.state in AGREEING_SIGNOFF_STATES
    }
    asked = ask(opened, (one for one in people if one.user_id not in settled), at=at)
    if may_know:
        for carry_over in _CARRY_OVER[kind]:
            carry_over(asked, profile)
    return asked


#: What gives people who are asked again what they had said, as far as the text is the same.
_CARRY_OVER = {
    ValidationKind.CONSULTATION: (section_answers.carry_over, priority_answers.carry_over),
    ValidationKind.SIGNOFF: (signing.carry_over,),
}


def _standing(
    same: Sequence[ValidationRound], profile: Profile, kind: ValidationKind, digest: str
) -> dict[int, SignOff]:
    """Return what people have answered to exactly this text; no query if nobody was asked of it."""
    return standing_answers(profile, kind, digest) if same else {}


def _attribution(
    profile: Profile, kind: ValidationKind, same: Sequence[ValidationRound]
) -> Attribution:
    """Return the rule of a new round: the one chosen with the move that opens it.

    Asking another time about the same text, in rounds before it, is never looser than it was. A
    signature for the city is an act of office, and told as such, whatever was chosen for the
    consultation.
    """
    if kind == ValidationKind.SIGNOFF:
        return Attribution.NAMED
    strictest = Attribution(profile.attribution_chosen or profile.attribution)
    for one in same:
        if strictest.is_looser_than(one.attribution):
            strictest = Attribution(one.attribution)
    return strictest


def adopt_attribution(profile: Profile, attribution: Attribution) -> None:
    """Let a profile show stakeholders as a rule says, outside of rounds too.

    After the first consultation only a stricter one may be adopted: what was promised holds.
    """
    if profile.attribution != attribution:
        profile.attribution = attribution
        Profile.objects.filter(pk=profile.pk).update(attribution=attribution)


def round_name(opened: ValidationRound) -> str:
    """Return the name of a round in the log."""
    return f"validation_round:{opened.kind}:{opened.number}"


def record_promise(
    opened: ValidationRound, profile: Profile, *, actor: Actor, at: datetime, reason: str = ""
) -> Event:
    """Put on record how the answers of a round will be attributed; it holds from then on."""
    return record(profile, [_promise(opened, reason)], actor=actor, at=at)[0]


def _promise(opened: ValidationRound, reason: str = "") -> Entry:
    return Entry(round_name(opened), "promise", "", opened.attribution, reason=reason)


def _days(profile: Profile, kind: ValidationKind) -> int:
    days: int = profile.stage_days.get(_TASK_OF_ROUND[kind], VALIDATION_DAYS[kind])
    return days


def ask(opened: ValidationRound, people: Iterable[Assignment], *, at: datetime) -> list[SignOff]:
    """Ask people for their answer in an open round, now or later than it opened.

    Returns their sign-offs.

    Everybody gets a link with which he can answer without signing in. Costs three queries more
    than the log, whatever the number of people.
    """
    asked: list[SignOff] = SignOff.objects.bulk_create(
        SignOff(
            round=opened,
            person=one.user,
            role=one.role,
            category=one.category,
            digest=opened.version.digest,
            asked_at=at,
        )
        for one in people
    )
    links.issue(asked, at=at)
    record(
        opened.profile,
        [Entry(f"sign_off:{one.pk}", "ask", "", SignOffState.ASKED, one.digest) for one in asked],
        actor=SYSTEM,
        at=at,
    )
    return asked


def close_validation_round(profile: Profile, *, at: datetime) -> None:
    """Close the open round without a decision; the silent will be asked again in the next one.

    Records of workshops stand as they are from then on.
    """
    profile.workshops.filter(closed_at__isnull=True).update(closed_at=at)
    profile.validation_rounds.filter(closed_at__isnull=True).update(closed_at=at)
