"""One move of a document, from the lock to the effects, and what may be moved by whom."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from viewflow.workflow.status import PROCESS, STATUS

from profile_workflow import rules
from profile_workflow.errors import NotAllowed, NotNow
from profile_workflow.models import (
    Comment,
    DataItem,
    Event,
    InputRequest,
    Profile,
    ReviewInvitation,
    ReviewRound,
    Section,
    SignOff,
    ValidationRound,
)
from profile_workflow.models.people import User
from profile_workflow.queries.validation import silence_is_agreement
from profile_workflow.services import judging, lifecycle, profiles, rounds, sealing, suggestions
from profile_workflow.services.invitations import Wish
from profile_workflow.services.lifecycle import NO_DETAILS, Details, Offer
from profile_workflow.services.locking import locked
from profile_workflow.services.log import journal
from profile_workflow.states import OPEN_REQUEST_STATES, InvitationState, ProfileState
from reports import publications
from workflows import effects
from workflows.engine import inviting, reviewing
from workflows.engine.branches import may_take_back, take_back
from workflows.engine.locking import Document, profile_id, refetched
from workflows.engine.reviewing import take_back_decision
from workflows.flows import CityProfileFlow, human_tasks
from workflows.models.process import ProfileProcess, Task
from workflows.nodes import HumanTaskActivation

#: Moves that open a branch of the process again, each in its own way.
_UNDOING = {"take_back": take_back, "take_back_decision": take_back_decision}

#: Moves that are somebody's task, or undo one: nobody makes them past the task.
_TASK_MOVES = frozenset(
    {*_UNDOING, *(move for one in human_tasks().values() for move in one.moves)}
)


def nominate(nomination: profiles.Nomination, *, by: User, at: datetime) -> Profile:
    """Create a profile and start its process; the first task goes to the project team.

    Raises:
        NotAllowed, InvalidInput: As ``profiles.create_profile``.
    """
    return _nominate(nomination, by=by, at=at, previous=None)


def nominate_next_edition(
    previous: Profile, nomination: profiles.Nomination, *, by: User, at: datetime
) -> Profile:
    """Start the next edition of a profile whose update is due, filled with its published text.

    Raises:
        NotNow: If no update of the previous edition is due.
        NotAllowed, InvalidInput: As ``profiles.create_profile``.
    """
    if previous.state != ProfileState.UPDATE_DUE:
        raise NotNow(_("A new edition starts when an update has been declared due."))
    return _nominate(nomination, by=by, at=at, previous=previous)


@transaction.atomic
def _nominate(
    nomination: profiles.Nomination, *, by: User, at: datetime, previous: Profile | None
) -> Profile:
    invited, people = inviting.invited_first(nomination)
    named = replace(nomination, people=people)
    profile = profiles.create_profile(named, by=by, at=at, previous=previous)
    _start("start", profile, at=at)
    for person in invited:
        inviting.invite(profile, inviting.Invitee.of(person), Wish(), by=by, at=at)
    return profile


def _start(node: str, profile: Profile, *, at: datetime) -> ProfileProcess:
    start = getattr(CityProfileFlow, node)
    process: ProfileProcess = start.run(profile=profile, moment=at)
    process.come_to_rest()
    effects.tasks_were_opened(process, event=None)
    return process


@transaction.atomic
def perform(
    document: Document,
    move: str,
    *,
    by: User | None,
    at: datetime,
    details: Details = NO_DETAILS,
) -> Event:
    """Make one move: the state changes, the task is done, the next one opens, effects are noted.

    ``by=None`` is the software itself (deadlines). The instance given stays as it was; fetch it
    again to see the new state. The event of a sealed answer is not kept, and nobody is told.

    Raises:
        NotAllowed: Not you: role, separation of duties, or somebody else's task.
        NotNow: Not now: the state, a hold, or a move made in the meantime.
        NotComplete: Not complete, with the list of what is missing.
    """
    undo = _UNDOING.get(move)
    if undo is not None and isinstance(document, Section) and by is not None:
        return undo(document, by=by, at=at, reason=details.reason)
    profile = locked(profile_id(document), at)
    fresh = profile if isinstance(document, Profile) else refetched(document, profile)
    task = _open_task(fresh, move, by)
    if task is not None and by is not None and not _may_do(task, move, fresh, by):
        told = judging.refusal_of_voice(fresh, move, by)
        raise NotNow(told) if told else NotAllowed(_belongs_to(task))
    if task is None and _is_task(fresh, move):
        lifecycle.check(fresh, move, actor=lifecycle.actor_for(fresh, move, by), details=details)
        raise NotNow(_("This has to wait until the tasks before it are done."))
    held_since = profile.state_since
    with journal(profile):
        event = lifecycle.move(fresh, move, by=by, at=at, details=details)
        process = _finish(task, profile, fresh, by=by, move=move, at=at)
    if isinstance(fresh, ReviewInvitation) and fresh.state == InvitationState.ACCEPTED:
        reviewing.take_up_sections(profile, fresh, at=at)
    _AFTER.get(move, _nothing)(profile, at, at - held_since)
    if not sealing.is_unrecorded(fresh, move):
        effects.move_was_made(event, fresh, process, by=by, details=details)
    elif process is not None:
        effects.tasks_were_opened(process, event=None)
    return event


@transaction.atomic
def apply_suggestion(comment: Comment, *, by: User, at: datetime) -> Event:
    """Write the words that a comment suggests into the working text, and accept the comment.

    Raises:
        NotAllowed, NotNow, InvalidInput: As ``suggestions.apply_suggestion``.
        NotAllowed, NotNow, NotComplete: As ``perform``.
    """
    suggestions.apply_suggestion(comment, by=by, at=at)
    return perform(comment, "accept", by=by, at=at)


def offers(document: Document, user: User) -> list[Offer]:
    """Return the moves ``perform`` would accept from ``user``, or refuse only as not complete."""
    task = _open_task(document, None, user)
    found = lifecycle.offers(document, user)
    return [one for one in found if _is_turn(task, one, document, user)]


def _is_turn(task: Task | None, offer: Offer, document: Document, user: User) -> bool:
    if task is not None and offer.move in task.flow_task.moves:
        return _may_do(task, offer.move, document, user)
    if offer.move == "take_back" and isinstance(document, Section):
        return may_take_back(document, user)
    if offer.move == "take_back_decision":
        return True
    return bool(offer.missing) or not _is_task(document, offer.move)


def _is_task(document: Document, move: str) -> bool:
    """Whether a move needs its open task.

    An answer does not: it can be changed after its task, as long as the round is open.
    """
    return isinstance(document, Profile | Section) and move in _TASK_MOVES


@transaction.atomic
def lapse(task: Task, *, at: datetime) -> Event:
    """Close a person's branch of a validation round whose time is over.

    Silence counts as agreement only where that was announced, this person was reminded, and
    nothing says that he was not silent. Judged under the lock: what is saved at the last moment
    is seen.

    Raises:
        NotNow: If the answer has come in the meantime.
    """
    profile = locked(task.profile_id, at)
    signoff = SignOff.objects.select_related("round").get(pk=task.signoff_id)
    signoff.round.profile = profile
    tacit = task.reminded_at is not None and silence_is_agreement(signoff)
    return perform(signoff, "lapse_tacitly" if tacit else "lapse", by=None, at=at)


def _open_task(document: Document, move: str | None, by: User | None) -> Task | None:
    """Return the open task of a document, if ``move`` (or any, for None) finishes it.

    Several judge a section, a task each: then it is one's own, or that of whom one stands in for,
    or one that nobody has taken.
    """
    if isinstance(document, Comment | DataItem | InputRequest | ReviewInvitation):
        return None
    about: dict[str, Document | None]
    if isinstance(document, Section):
        about = {"section": document}
    elif isinstance(document, SignOff):
        about = {"signoff": document}
    else:
        about = {"profile": document, "section": None, "signoff": None}
    several = list(Task.objects.open().filter(**about).select_related("process"))
    if len(several) > 1 and by is not None:
        several.sort(key=lambda one: one.distance_to(by, document.profile))
    task = next(iter(several), None)
    if task is not None and move is not None and move not in task.flow_task.moves:
        return None
    return task


def _may_do(task: Task, move: str, document: Document, user: User) -> bool:
    """Whether the task is the person's: his own, nobody's yet, or that of whom he stands in for.

    Where two people judge side by side, it is that of both.
    Who may make the move in another role than the owner (the project team beside the focal
    point, the local expert beside a co-author) makes it in his own right.
    """
    owner = task.owner if task.owner_id != user.pk else None
    if owner is None or task.flow_task.is_shared(document.profile):
        return True
    permission = f"{document.document_type}.{move}"
    role = rules.acting_role(permission, user, document)
    if role is not None and role != rules.acting_role(permission, owner, document):
        return True
    return document.profile.stands_in(user, owner.pk)


def _belongs_to(task: Task) -> str:
    person = task.owner.full_name if task.owner else ""
    return _("This task belongs to %(person)s, who can hand it over.") % {"person": person}


def _finish(
    task: Task | None,
    profile: Profile,
    document: Any,
    *,
    by: User | None,
    move: str,
    at: datetime,
) -> ProfileProcess | None:
    """Complete the task of a move and let the process go on; return the process if there is one."""
    if task is None:
        return None
    process: ProfileProcess = task.process
    process.set_out(profile, at)
    task.profile = profile
    if task.section_id or task.signoff_id:
        task.seed = document
    if not sealing.is_unrecorded(document, move):
        task.done_by = by
        task.move = move
    activation: HumanTaskActivation = task.flow_task.activation_class(task)
    activation.finish()
    process.come_to_rest()
    return process


# What some moves do to the process beyond their task


def _nothing(_profile: Profile, _at: datetime, _held_for: timedelta) -> None:
    """Most moves need nothing more."""


def _resume(profile: Profile, _at: datetime, held_for: timedelta) -> None:
    """Give back the time of the hold: every open deadline moves by as long as it lasted."""
    Task.objects.open().filter(profile=profile).update(
        due_at=F("due_at") + held_for, reminded_at=None, escalated_at=None
    )
    ValidationRound.objects.filter(profile=profile, closed_at__isnull=True).update(
        closes_at=F("closes_at") + held_for
    )
    InputRequest.objects.filter(profile=profile, state__in=OPEN_REQUEST_STATES).update(
        due_at=F("due_at") + held_for, reminded_at=None, escalated_at=None
    )
    ReviewInvitation.objects.filter(profile=profile, state=InvitationState.INVITED).update(
        answer_by=F("answer_by") + held_for, reminded_at=None, escalated_at=None
    )


def _cancel(profile: Profile, at: datetime, _held_for: timedelta) -> None:
    """Withdraw everything that is open, and what has been published.

    Answers that are sealed stay so until they are unsealed.
    """
    live = ProfileProcess.objects.filter(profile=profile, status=PROCESS.NEW)
    Task.objects.filter(profile=profile, finished__isnull=True).update(
        status=STATUS.CANCELED, finished=at
    )
    live.update(status=PROCESS.CANCELED, finished=at)
    ReviewRound.objects.filter(profile=profile, closed_at__isnull=True).update(
        closed_at=at, outcome="cancel"
    )
    rounds.close_validation_round(profile, at=at)
    publications.forget(profile)


def _start_correction(profile: Profile, at: datetime, _held_for: timedelta) -> None:
    _start("start_correction", profile, at=at)


def _publish_correction(profile: Profile, at: datetime, _held_for: timedelta) -> None:
    publications.record(profile, at=at)


def _publish(profile: Profile, at: datetime, _held_for: timedelta) -> None:
    publications.record(profile, at=at)
    previous = profile.previous_edition
    if previous is not None and previous.state in (
        ProfileState.PUBLISHED,
        ProfileState.UPDATE_DUE,
    ):
        perform(previous, "supersede", by=None, at=at)


_AFTER = {
    "resume": _resume,
    "cancel": _cancel,
    "withdraw": _cancel,
    "open_correction": _start_correction,
    "publish": _publish,
    "publish_correction": _publish_correction,
}
