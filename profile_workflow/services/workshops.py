"""Writing down a workshop, correcting the record while its stage lasts, answering what was said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from profile_workflow import rules
from profile_workflow.errors import (
    DomainError,
    InvalidInput,
    MadeAlready,
    NotAllowed,
    NotNow,
    StaleEntry,
    raise_if,
)
from profile_workflow.models import (
    Profile,
    Section,
    ValidationRound,
    Workshop,
    WorkshopCount,
    WorkshopRemark,
)
from profile_workflow.models.people import User
from profile_workflow.queries.validation import is_under_seal
from profile_workflow.queries.workshops import CATEGORIES, SEXES, digest_of, mark_of, workshops_of
from profile_workflow.services.contents import fingerprint_of_text
from profile_workflow.services.locking import locked
from profile_workflow.services.log import Actor, Entry, document_name, record
from profile_workflow.services.objections import answering_role, refusal_to_answer
from profile_workflow.services.written import written
from profile_workflow.states import (
    Attribution,
    ProfileState,
    Role,
    ValidationKind,
    WorkshopMode,
    WorkshopQuorum,
    WorkshopSaying,
)

#: Who writes down what the room has said, in the order in which the role is on record.
RECORDERS = (Role.PROJECT_TEAM, Role.FOCAL_POINT)
#: Stages that a workshop serves.
_STAGES = (ProfileState.CONSULTATION, ProfileState.PRIORITY_SETTING)
#: States in which what was answered to the room of an earlier stage stands.
_SIGNED_WITH_IT = (ProfileState.SIGNOFF, ProfileState.PRIORITY_SETTING)

MOST_PEOPLE = 5_000
MOST_CHARACTERS = 10_000
_MOST_REMARKS = 200


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a workshop.

    Attributes:
        held_on: Its day, as it was in the city.
        participants: All who took part; 0 while it is not known.
        counts: (category, sex) → number; an empty category is “not said”.
        quorum: Empty while it is not known.
        confirmed: Keys of the sections that the room confirmed.
        documents: What was used, each with ``title`` and ``sha256``.
        agreed: What the room agreed on, in words.
    """

    held_on: date
    mode: WorkshopMode
    attribution: Attribution
    venue: str = ""
    for_validation: bool = False
    for_priorities: bool = False
    participants: int = 0
    counts: Mapping[tuple[str, str], int] | None = None
    quorum: WorkshopQuorum | str = ""
    confirmed: Sequence[str] = ()
    documents: Sequence[Mapping[str, str]] = ()
    agreed: str = ""


def refusal_to_record(profile: Profile, by: User) -> DomainError | None:
    """Return why a person may not write down a workshop now, or None if he may."""
    role = _role_of(profile, by)
    if role is None:
        return NotAllowed(
            _("The project team and the focal point write down what a workshop has said.")
        )
    if profile.has_written(by):
        return NotAllowed(str(rules.NO_AUTHOR.refusal))
    if profile.state not in _STAGES:
        return NotNow(
            _("A workshop is written down during the consultation, or while priorities are set.")
        )
    if is_under_seal(profile, role):
        return NotNow(
            _("While answers are sealed, only the project team writes down what the room has said.")
        )
    return None


def refusal_to_correct(workshop: Workshop, profile: Profile, by: User) -> DomainError | None:
    """Return why a person may not correct a record now, or None if he may."""
    if workshop.closed_at is not None:
        return NotNow(_("The stage that this workshop served is over; its record stands."))
    return refusal_to_record(profile, by)


def _role_of(profile: Profile, by: User) -> Role | None:
    return next((one for one in RECORDERS if one in profile.roles_of(by)), None)


@transaction.atomic
def record_workshop(profile: Profile, facts: Facts, *, by: User, at: datetime) -> Workshop:
    """Write down a workshop; it may lack things until its stage is closed.

    Raises:
        NotAllowed, NotNow: As ``refusal_to_record``.
        InvalidInput: If the facts contradict each other, or the day is yet to come.
        MadeAlready: If the very same record is there, by a click before this one.
    """
    profile = locked(profile.pk, at)
    raise_if(refusal_to_record(profile, by))
    opened = _open_consultation(profile)
    workshop = Workshop(
        profile=profile,
        round=opened,
        smallest_group=profile.programme.smallest_group,
        recorded_by=by,
        recorded_at=at,
    )
    _take(workshop, facts, profile, at)
    for other in workshops_of(profile).filter(held_on=facts.held_on, recorded_by=by):
        if _is_as(other, workshop, facts):
            raise MadeAlready(_("This workshop has been written down already."), made=other)
    workshop.save()
    _keep_counts(workshop, facts)
    _note(workshop, "record", profile=profile, by=by, at=at)
    return workshop


@transaction.atomic
def correct_workshop(
    workshop: Workshop, facts: Facts, *, by: User, at: datetime, base: str | None = None
) -> None:
    """Correct a record as long as its stage lasts.

    Args:
        workshop: The record.
        facts: What is known now.
        by: Who corrects it.
        at: When.
        base: ``mark_of`` the record that was looked at; None for whatever it is.

    Raises:
        NotAllowed, NotNow: As ``refusal_to_correct``.
        InvalidInput: As ``record_workshop``.
        StaleEntry: If it was corrected since ``base``.
    """
    profile, fresh = _open_record(workshop, by, at)
    if base is not None and base != mark_of(fresh):
        raise StaleEntry(
            _("Somebody has changed this in the meantime. Nothing was overwritten."), current=fresh
        )
    before = mark_of(fresh)
    _take(fresh, facts, profile, at)
    fresh.save()
    _keep_counts(fresh, facts)
    fresh = _fetched(fresh)
    if mark_of(fresh) != before:
        _note(fresh, "correct", profile=profile, by=by, at=at)


@transaction.atomic
def add_remark(
    workshop: Workshop,
    kind: WorkshopSaying,
    text: str,
    *,
    section: Section | None = None,
    from_paper: bool = False,
    by: User,
    at: datetime,
) -> WorkshopRemark:
    """Write down an objection or a remark of the room, without a person.

    Raises:
        NotAllowed, NotNow: As ``refusal_to_correct``.
        InvalidInput: If it is empty, too long, or one too many, or about a section of another text.
        MadeAlready: If the same stands there, by a click before this one.
    """
    profile, fresh = _open_record(workshop, by, at)
    text = written(_one_kind_of_line(text), most=MOST_CHARACTERS)
    if section is not None and section.profile_id != profile.pk:
        raise InvalidInput(_("This section is not of this profile."))
    known = fresh.remarks.all()
    same = [(one.kind, one.section_id, one.text) for one in known if not from_paper]
    if (kind, section.pk if section else None, text) in same:
        raise MadeAlready(_("This has been written down already."))
    if len(known) >= _MOST_REMARKS:
        raise InvalidInput(_("A record holds no more objections and remarks than these."))
    made: WorkshopRemark = WorkshopRemark.objects.create(
        workshop=fresh, kind=kind, section=section, text=text, from_paper=from_paper
    )
    _note(_fetched(fresh), "add_remark", profile=profile, by=by, at=at)
    return made


@transaction.atomic
def remove_remark(remark: WorkshopRemark, *, by: User, at: datetime) -> None:
    """Take out of a record what was written down by mistake; what has an answer stays.

    Raises:
        NotAllowed, NotNow: As ``refusal_to_correct``, and if it has been answered.
    """
    profile, fresh = _open_record(remark.workshop, by, at)
    found = WorkshopRemark.objects.filter(pk=remark.pk).first()
    if found is None:
        return
    if found.response:
        raise NotNow(_("This has been answered in writing, so it stays."))
    found.delete()
    _note(_fetched(fresh), "remove_remark", profile=profile, by=by, at=at)


def refusal_to_answer_remark(
    remark: WorkshopRemark, profile: Profile, by: User
) -> DomainError | None:
    """Return why a person may not answer the room now, or None if he may."""
    opened = (ProfileState.PRIORITY_SETTING,) if remark.workshop.for_priorities else ()
    refusal = refusal_to_answer(profile, by, also_in=opened)
    is_past = remark.workshop.closed_at is not None and profile.state in _SIGNED_WITH_IT
    if refusal is None and remark.response and is_past:
        return NotNow(_("The answer stays as it is: sign-off has been asked for with it."))
    return refusal


@transaction.atomic
def answer_remark(
    remark: WorkshopRemark, text: str, *, by: User, at: datetime, base: str | None = None
) -> None:
    """Answer an objection or a remark of the room in writing; the answer before is replaced.

    Args:
        remark: What was said.
        text: The answer, which is printed in the validation record.
        by: Who answers.
        at: The moment.
        base: ``fingerprint_of_text`` of the answer that was looked at; None for whatever it is.

    Raises:
        NotAllowed, NotNow: As ``refusal_to_answer_remark``.
        StaleEntry: If somebody has answered since ``base``, or it was taken out.
        InvalidInput: If nothing is said.
    """
    profile = locked(remark.workshop.profile_id, at)
    fresh = WorkshopRemark.objects.select_related("workshop").filter(pk=remark.pk).first()
    if fresh is None:
        raise StaleEntry(_("This was taken out of the record in the meantime."))
    raise_if(refusal_to_answer_remark(fresh, profile, by))
    if base is not None and base != fingerprint_of_text(fresh.response):
        raise StaleEntry(
            _("Somebody has changed this in the meantime. Nothing was overwritten."),
            current=fresh.response,
        )
    said = written(_one_kind_of_line(text), most=MOST_CHARACTERS)
    if said == fresh.response:
        return
    WorkshopRemark.objects.filter(pk=fresh.pk).update(
        response=said, responded_by=by, responded_at=at
    )
    entry = Entry(document_name(fresh.workshop), "answer_remark", "", "", reason=said)
    record(profile, [entry], actor=Actor(by, answering_role(profile, by)), at=at)


# What is written down


def _open_consultation(profile: Profile) -> ValidationRound | None:
    if profile.state != ProfileState.CONSULTATION:
        return None
    found: ValidationRound | None = (
        profile.validation_rounds.filter(kind=ValidationKind.CONSULTATION, closed_at__isnull=True)
        .select_related("version")
        .first()
    )
    return found


def _fetched(workshop: Workshop) -> Workshop:
    found: Workshop = workshops_of(workshop.profile).get(pk=workshop.pk)
    return found


def _open_record(workshop: Workshop, by: User, at: datetime) -> tuple[Profile, Workshop]:
    """Return a record as it is stored now, under the lock of its profile.

    Raises:
        NotAllowed, NotNow: As ``refusal_to_correct``.
    """
    profile = locked(workshop.profile_id, at)
    fresh = _fetched(workshop)
    fresh.profile = profile
    raise_if(refusal_to_correct(fresh, profile, by))
    return profile, fresh


def _take(workshop: Workshop, facts: Facts, profile: Profile, at: datetime) -> None:
    """Set all fields of a record.

    Raises:
        InvalidInput: If the facts contradict each other.
    """
    _check(workshop, facts, profile, at)
    workshop.held_on, workshop.mode = facts.held_on, facts.mode
    workshop.venue = written(facts.venue, most=MOST_CHARACTERS, may_be_empty=True)
    agreed = _one_kind_of_line(facts.agreed)
    workshop.agreed = written(agreed, most=MOST_CHARACTERS, may_be_empty=True)
    workshop.for_validation, workshop.for_priorities = facts.for_validation, facts.for_priorities
    workshop.participants, workshop.quorum = facts.participants, facts.quorum
    workshop.attribution = facts.attribution
    workshop.documents = [dict(one) for one in facts.documents]
    texts = _texts(workshop, profile)
    workshop.confirmed = {key: texts[key] for key in facts.confirmed if key in texts}


def _texts(workshop: Workshop, profile: Profile) -> Mapping[str, str]:
    """Return section key → SHA-256 of the text that the room had before it."""
    if workshop.round is None:
        return profile.revision_hashes()
    return {key: one["sha256"] for key, one in workshop.round.version.content.items()}


def _check(workshop: Workshop, facts: Facts, profile: Profile, at: datetime) -> None:
    if facts.held_on > at.astimezone(ZoneInfo(profile.city.time_zone)).date():
        raise InvalidInput(_("A workshop is written down when it has been held."))
    if not (facts.for_validation or facts.for_priorities):
        raise InvalidInput(_("Say what the workshop was for."))
    if facts.for_validation and workshop.round is None:
        raise InvalidInput(_("What serves the validation is written down during a consultation."))
    _check_counts(facts)


def _check_counts(facts: Facts) -> None:
    counts = facts.counts or {}
    for (category, sex), number in counts.items():
        if category not in CATEGORIES or sex not in SEXES or not 0 <= number <= MOST_PEOPLE:
            raise InvalidInput(_("These numbers of participants cannot be stored."))
    if not 0 <= facts.participants <= MOST_PEOPLE:
        raise InvalidInput(_("These numbers of participants cannot be stored."))
    found = sum(counts.values())
    if found and found != facts.participants:
        raise InvalidInput(
            _("The numbers add up to %(found)s, but %(total)s took part in all.")
            % {"found": found, "total": facts.participants}
        )


def _one_kind_of_line(text: str) -> str:
    """Return a text with the ends of lines that are stored: browsers send others."""
    return text.replace("\r\n", "\n")


def _keep_counts(workshop: Workshop, facts: Facts) -> None:
    workshop.counts.all().delete()
    WorkshopCount.objects.bulk_create(
        WorkshopCount(workshop=workshop, category=category, sex=sex, number=number)
        for (category, sex), number in (facts.counts or {}).items()
        if number
    )


def _is_as(other: Workshop, workshop: Workshop, facts: Facts) -> bool:
    """Whether a record holds what another one would hold that is not stored yet."""
    if other.remarks.all() or other.closed_at is not None:
        return False
    names = (
        *("venue", "mode", "for_validation", "for_priorities", "participants", "quorum"),
        *("attribution", "confirmed", "documents", "agreed"),
    )
    counts = {(one.category, one.sex): one.number for one in other.counts.all()}
    given = {key: number for key, number in (facts.counts or {}).items() if number}
    return counts == given and all(
        getattr(other, name) == getattr(workshop, name) for name in names
    )


def _note(workshop: Workshop, move: str, *, profile: Profile, by: User, at: datetime) -> None:
    """Put on record that a record was written, and the hash of what it tells now."""
    entry = Entry(document_name(workshop), move, "", "", digest_of(workshop))
    record(profile, [entry], actor=Actor(by, _role_of(profile, by)), at=at)
