"""The only place where a document changes its state: checks, move, record."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django_fsm import ConcurrentTransition, Transition

from profile_workflow import requirements, rules
from profile_workflow.attachments import Attachment
from profile_workflow.errors import Missing, NotAllowed, NotComplete, NotNow
from profile_workflow.models import DataItem, Event, Profile, Section, SignOff
from profile_workflow.models.people import User
from profile_workflow.services import consequences, judging, preparations, sealing
from profile_workflow.services.log import (
    SYSTEM,
    Actor,
    Entry,
    document_name,
    record,
    unrecorded,
)
from profile_workflow.services.objections import stands_already
from profile_workflow.states import (
    APPROVED_SECTION_STATES,
    FINAL_STATES,
    SIGNED_STATES,
    ProfileState,
)


@dataclass(frozen=True, slots=True)
class Details:
    """What the mover says with a move.

    Attributes:
        reason: Why; asked for by every backward move.
        sections: The sections that a return or an objection names.
        answer: The words of an answer to a comment or to a request.
        attachment: A file that comes with an answer to a request.
        person: To whom a request is handed on.
        due_on: Until which day a request is to be answered, or a review is wanted, from now on.
        declining: Why an invitation is declined.
        suggested: Name and address of somebody else who could review.
        signatory: Under which name somebody signs for his city, where he is asked for it.
        function: In which function.
        assessment: Key of a criterion of review → rating and words.
        attribution: How answers are attributed in the round that the move opens; empty for the
            rule of the profile.
    """

    reason: str = ""
    sections: Sequence[Section] = ()
    answer: str = ""
    attachment: Attachment | None = None
    person: User | None = None
    due_on: date | None = None
    declining: str = ""
    suggested: tuple[str, str] = ("", "")
    signatory: str = ""
    function: str = ""
    attribution: str = ""
    assessment: judging.Assessment = field(default_factory=dict)

    @property
    def answers(self) -> bool:
        """Whether it holds an answer: words, or a file."""
        return bool(self.answer.strip()) or self.attachment is not None


NO_DETAILS = Details()


@dataclass(frozen=True, slots=True)
class Offer:
    """A move that a person may make now, as a screen offers it.

    ``missing`` is not empty when the move would be refused as not complete; it is offered all
    the same, and leads to that list.
    """

    move: str
    label: str
    needs_reason: bool
    needs_sections: bool
    missing: tuple[Missing, ...] = field(default=())


#: Kind of document → its machine, read once: it is the same for all documents of a kind.
_MACHINES: dict[str, dict[str, list[Transition]]] = {}


def transitions_of(document: Any) -> dict[str, list[Transition]]:
    """Return every move of the document's machine, by name, with one transition a source state."""
    kind = document.document_type
    if kind not in _MACHINES:
        table: dict[str, list[Transition]] = {}
        for one in document.get_all_state_transitions():
            table.setdefault(one.name, []).append(one)
        _MACHINES[kind] = table
    return _MACHINES[kind]


def check(document: Any, move: str, *, actor: Actor, details: Details = NO_DETAILS) -> Transition:
    """Return the transition if it may be made now.

    The three refusals are tried in this order: not you, not now, not complete.

    Raises:
        LookupError: If the machine has no such move.
        NotAllowed: If the actor may not make it.
        NotNow: If the document is not in a state for it, or if it says what stands already.
        NotComplete: If something is missing, with the list.
    """
    candidates = transitions_of(document).get(move)
    if not candidates:
        raise LookupError(f"{document.document_type} has no move {move!r}")
    _check_who(document, move, candidates[0], actor)
    found = _check_when(document, candidates)
    _check_voice(document, move, actor.user)
    _check_complete(document, move, found, details)
    _check_new(document, move, details)
    return found


def _check_who(document: Any, move: str, found: Transition, actor: Actor) -> None:
    if found.custom["system"]:
        if actor.user is not None:
            raise NotAllowed(_("This is done by the software alone."))
        return
    if actor.user is None:
        raise NotAllowed(_("This is done by a person, never by the software."))
    refusal = rules.refusal(f"{document.document_type}.{move}", actor.user, document)
    if refusal is not None:
        raise NotAllowed(refusal)


#: States of a profile in which none of its documents moves.
_STANDSTILL = (ProfileState.ON_HOLD, *FINAL_STATES)


def _check_when(document: Any, candidates: Sequence[Transition]) -> Transition:
    state = document.state
    found = next((one for one in candidates if one.source == state), None)
    if found is None or not all(condition(document) for condition in found.conditions):
        raise NotNow(
            _("“%(label)s” is not possible while this is in the state “%(state)s”.")
            % {"label": candidates[0].custom["label"], "state": document.get_state_display()}
        )
    if document.document_type != "profile" and document.profile.state in _STANDSTILL:
        raise NotNow(
            _("Nothing moves while the profile is in the state “%(state)s”.")
            % {"state": document.profile.get_state_display()}
        )
    if isinstance(document, DataItem) and not _is_open_to_figures(document):
        raise NotNow(_("A figure stays as it was when the text that it belongs to was approved."))
    return found


def _is_open_to_figures(item: DataItem) -> bool:
    """Whether a figure may move: neither under what was signed, nor beside what is corrected."""
    state = item.profile.state
    if state == ProfileState.CORRECTION:
        return item.table.section.state not in APPROVED_SECTION_STATES
    return state not in SIGNED_STATES


def _check_voice(document: Any, move: str, user: User | None) -> None:
    """Refuse a second decision of one person in a round, and taking back what he has not made."""
    told = judging.refusal_of_voice(document, move, user) if user is not None else None
    if told is not None:
        raise NotNow(told)


def _check_complete(document: Any, move: str, found: Transition, details: Details) -> None:
    missing = requirements.missing_for(
        f"{document.document_type}.{move}", document, details.sections
    )
    if found.custom["reason"] and not details.reason.strip():
        missing = (Missing("no_reason", _("Give a reason; the receiver will see it.")), *missing)
    if found.custom["answer"] and not details.answers:
        missing = (Missing("no_answer", _("Write an answer, or choose a file.")), *missing)
    missing = (*missing, *judging.lacking(document, move, details.assessment))
    if missing:
        raise NotComplete(_("This cannot be done yet: something is missing."), missing)


def _check_new(document: Any, move: str, details: Details) -> None:
    """Refuse a second click: it would ask for another answer to what has been answered."""
    if not isinstance(document, SignOff) or move != "object_to":
        return
    if stands_already(document, details.reason, details.sections):
        raise NotNow(_("You have objected in these words already."))


def offers(document: Any, user: User) -> list[Offer]:
    """Return the moves ``check`` would accept from ``user``, or refuse only as not complete."""
    found = []
    for move, candidates in transitions_of(document).items():
        try:
            _check_who(document, move, candidates[0], Actor(user))
            chosen = _check_when(document, candidates)
            _check_voice(document, move, user)
        except (NotAllowed, NotNow):
            continue
        found.append(_offer(document, move, chosen))
    return found


def is_open(document: Any, move: str, user: User) -> bool:
    """Whether ``check`` would accept a move from ``user``, or refuse it only as not complete."""
    candidates = transitions_of(document)[move]
    try:
        _check_who(document, move, candidates[0], Actor(user))
        _check_when(document, candidates)
        _check_voice(document, move, user)
    except (NotAllowed, NotNow):
        return False
    return True


#: What a form asks for before the move, so its absence is no reason to warn beforehand.
_ASKED_IN_THE_FORM = {"no_section_named", "no_reason"}


def _offer(document: Any, move: str, chosen: Transition) -> Offer:
    permission = f"{document.document_type}.{move}"
    missing = requirements.missing_for(permission, document)
    return Offer(
        move=move,
        label=str(chosen.custom["label"]),
        needs_reason=chosen.custom["reason"],
        needs_sections=any(one.code == "no_section_named" for one in missing),
        missing=tuple(one for one in missing if one.code not in _ASKED_IN_THE_FORM),
    )


def actor_for(document: Any, move: str, by: User | None) -> Actor:
    """Return the person with the role in which he makes the move, for the record."""
    if by is None:
        return SYSTEM
    return Actor(by, rules.acting_role(f"{document.document_type}.{move}", by, document))


def move(
    document: Any,
    name: str,
    *,
    by: User | None,
    at: datetime,
    details: Details = NO_DETAILS,
) -> Event:
    """Check, move, save and record one document, with everything that follows from it.

    ``by=None`` is the software itself. The caller has opened a transaction, holds the lock on the
    profile and has fetched the document after taking it. The event of a sealed answer is not kept.

    Raises:
        NotAllowed, NotNow, NotComplete: As ``check``.
    """
    actor = actor_for(document, name, by)
    check(document, name, actor=actor, details=details)
    return _make(document, name, actor=actor, at=at, details=details)


def _make(document: Any, name: str, *, actor: Actor, at: datetime, details: Details) -> Event:
    before = document.state
    changed = preparations.prepare(document, name, actor=actor, at=at, details=details)
    getattr(document, name)()
    goes_on = bool(getattr(document, "outcome", "")) and document.state == before
    _save(document, changed if goes_on else changed | _stamp(document, at))
    entry = Entry(
        document=document_name(document),
        move=name,
        from_state=before,
        to_state=document.state,
        revision_hash=consequences.judged_hash(document, name),
        reason=details.reason.strip(),
    )
    if sealing.is_unrecorded(document, name):
        event = unrecorded(document.profile, entry, at=at)
    else:
        event = record(document.profile, [entry], actor=actor, at=at)[0]
    for cascade in consequences.follow(document, name, actor=actor, at=at, details=details):
        move_many(
            cascade.sections,
            cascade.move,
            profile=document.profile,
            actor=actor,
            at=at,
            reason=details.reason,
        )
    return event


def _stamp(document: Any, at: datetime) -> set[str]:
    if not isinstance(document, Profile):
        return set()
    document.state_since = at
    if document.state != ProfileState.ON_HOLD:
        document.held_state = ""
    return {"state_since", "held_state"}


def _save(document: Any, changed: Iterable[str]) -> None:
    try:
        document.save(update_fields={"state", *changed})
    except ConcurrentTransition as error:
        raise NotNow(_("Somebody else has just moved this; look at it again.")) from error


def move_many(
    sections: Sequence[Section],
    name: str,
    *,
    profile: Profile,
    actor: Actor,
    at: datetime,
    reason: str = "",
) -> list[Event]:
    """Make one and the same software move on many sections, in a constant number of queries.

    The sections must have been fetched under the profile's lock. ``actor`` is on record as the
    person on whose move this followed.

    Raises:
        NotNow: If one of the sections is not in a state for it; none is moved then.
    """
    if not sections:
        return []
    hashes = profile.revision_hashes() if any(one.revision_id for one in sections) else {}
    entries = []
    for section in sections:
        before = section.state
        _check_when(section, transitions_of(section)[name])
        getattr(section, name)()
        entries.append(
            Entry(
                document=document_name(section),
                move=name,
                from_state=before,
                to_state=section.state,
                revision_hash=hashes.get(section.key, ""),
                reason=reason.strip(),
            )
        )
    # One name leads all sections to one state, wherever they come from.
    moved = Section.objects.filter(pk__in=[one.pk for one in sections])
    moved.update(state=sections[0].state)
    return record(profile, entries, actor=actor, at=at)
