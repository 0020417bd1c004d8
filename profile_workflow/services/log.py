"""Writing and verifying the event log."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from profile_workflow.models import (
    UNDER_SEAL,
    Comment,
    DataItem,
    Event,
    EventReason,
    InputRequest,
    Profile,
    ReviewInvitation,
    SignOff,
)
from profile_workflow.models.event import CHAIN_START, reason_digest
from profile_workflow.models.people import User
from profile_workflow.queries.workshops import digest_of, workshops_of
from profile_workflow.states import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """Who moves: a person in a role, or the software (no person)."""

    user: User | None = None
    role: Role | None = None


SYSTEM = Actor()


@dataclass(frozen=True, slots=True)
class Entry:
    """One move as it is to be recorded."""

    document: str
    move: str
    from_state: str
    to_state: str
    revision_hash: str = ""
    reason: str = ""


def document_name(document: Any) -> str:
    """Return the name of a document in the log, e.g. ``section:4``; the profile is ``profile``."""
    kind: str = document.document_type
    if kind == "profile":
        return kind
    return f"{kind}:{document.key if kind == 'section' else document.pk}"


@contextmanager
def journal(profile: Profile) -> Iterator[None]:
    """Collect everything that is recorded for a profile within, and write it at once at the end.

    One act of a person can move several documents; their events cost one query to read the head
    of the chain and one to write (one more when reasons are given). The events that ``record``
    returns have no id before the end.
    """
    waiting: list[tuple[Event, str]] = []
    profile.__dict__["_journal"] = waiting
    try:
        yield
        _write(waiting)
    finally:
        del profile.__dict__["_journal"]


def record(
    profile: Profile, entries: Sequence[Entry], *, actor: Actor, at: datetime
) -> list[Event]:
    """Append events to the profile's chain. The caller holds the lock on the profile."""
    waiting: list[tuple[Event, str]] | None = profile.__dict__.get("_journal")
    collected = waiting if waiting is not None else []
    if collected:
        seq, previous = collected[-1][0].seq, collected[-1][0].hash
    else:
        seq, previous = head_of(profile)
    events = []
    for entry in entries:
        seq += 1
        event = _chained(profile, entry, actor=actor, at=at, seq=seq, previous=previous)
        previous = event.hash
        events.append(event)
    collected += [(event, entry.reason) for event, entry in zip(events, entries, strict=True)]
    if waiting is None:
        _write(collected)
    return events


def unrecorded(profile: Profile, entry: Entry, *, at: datetime) -> Event:
    """Return the event of a move that must leave no trace: without its actor, and not kept."""
    return _chained(profile, entry, actor=SYSTEM, at=at, seq=0, previous=CHAIN_START)


def _write(collected: Sequence[tuple[Event, str]]) -> None:
    Event.objects.bulk_create([event for event, _reason in collected])
    EventReason.objects.bulk_create(
        [EventReason(event=event, text=reason) for event, reason in collected if reason]
    )


def _chained(
    profile: Profile, entry: Entry, *, actor: Actor, at: datetime, seq: int, previous: str
) -> Event:
    event = Event(
        profile=profile,
        seq=seq,
        at=at,
        actor=actor.user.pseudonym if actor.user else None,
        role=actor.role or "",
        document=entry.document,
        move=entry.move,
        from_state=entry.from_state,
        to_state=entry.to_state,
        revision_hash=entry.revision_hash,
        reason_hash=reason_digest(entry.reason),
        previous_hash=previous,
    )
    event.hash = event.computed_hash()
    return event


def head_of(profile: Profile) -> tuple[int, str]:
    """Return number and hash of the last event: what to keep elsewhere as an anchor."""
    head = Event.objects.filter(profile=profile).order_by("-seq").values_list("seq", "hash").first()
    return head or (0, CHAIN_START)


def broken_links(profile: Profile) -> Iterator[str]:
    """Yield a sentence for each place where the chain of a profile does not hold.

    Besides the chain it compares the last event of every document with the state that the
    document is in: a log whose end was cut off no longer explains it. The record of a workshop
    has to be the one whose hash the log names.
    """
    previous, expected = CHAIN_START, 0
    last: dict[str, str] = {}
    held: dict[str, str] = {}
    for event in Event.objects.filter(profile=profile).order_by("seq").select_related("reason"):
        expected += 1
        yield from _faults(event, expected_seq=expected, previous=previous)
        expected, previous = event.seq, event.hash
        last[event.document] = event.to_state
        if event.revision_hash:
            held[event.document] = event.revision_hash
    yield from _unexplained_states(profile, last)
    yield from _altered_workshops(profile, held)


def _faults(event: Event, *, expected_seq: int, previous: str) -> Iterator[str]:
    if event.seq != expected_seq:
        yield f"{event}: event {expected_seq} is missing"
    if event.previous_hash != previous:
        yield f"{event}: not chained to the event before"
    if event.hash != event.computed_hash():
        yield f"{event}: changed after it was written"
    reason = getattr(event, "reason", None)
    if reason is not None and reason.text and event.reason_hash != reason_digest(reason.text):
        yield f"{event}: the reason was changed after it was written"


def _unexplained_states(profile: Profile, last: dict[str, str]) -> Iterator[str]:
    for document in _documents_of(profile):
        name = document_name(document)
        logged = last.get(name)
        if logged is None and _is_as_made(document):
            continue
        if logged != document.state:
            yield f"{profile.slug}/{name}: is “{document.state}”, but the log ends with “{logged}”"


def _altered_workshops(profile: Profile, held: dict[str, str]) -> Iterator[str]:
    for workshop in workshops_of(profile):
        name = document_name(workshop)
        if held.get(name) != digest_of(workshop):
            yield f"{profile.slug}/{name}: is not the record that the log names"


def _documents_of(profile: Profile) -> Iterator[Any]:
    yield profile
    yield from profile.sections.all()
    # What is sealed is on record when it is unsealed.
    yield from SignOff.objects.filter(round__profile=profile).exclude(UNDER_SEAL)
    yield from Comment.objects.filter(section__profile=profile)
    yield from DataItem.objects.filter(table__profile=profile)
    yield from InputRequest.objects.filter(profile=profile)
    yield from ReviewInvitation.objects.filter(profile=profile)


def _is_as_made(document: Any) -> bool:
    """Whether a document of a kind whose making is not logged has not moved since."""
    unlogged = document.document_type in {"section", "data_item"}
    return unlogged and document.state == type(document)().state
