"""The one door: every move of every document goes through here.

Lock the profile, fetch the document again, check, move, record, route the task, note the effects:
one transaction, all or nothing.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from viewflow.workflow.status import PROCESS, STATUS

from profile_workflow import calendars, rules
from profile_workflow.errors import InvalidInput, Missing, NotAllowed, NotComplete, NotNow
from profile_workflow.models import (
    Assignment,
    Comment,
    DataItem,
    Event,
    Profile,
    ReviewRound,
    Section,
    SignOff,
    ValidationRound,
)
from profile_workflow.models.people import User
from profile_workflow.queries import validation
from profile_workflow.services import lifecycle, people, profiles, rounds, suggestions
from profile_workflow.services.lifecycle import NO_DETAILS, Details, Offer
from profile_workflow.services.log import Actor, Entry, journal, record
from profile_workflow.states import AUTHOR_ROLES, ProfileState, Role, ValidationKind
from reports import publications
from workflows import effects
from workflows.flows import CityProfileFlow, human_tasks
from workflows.models.process import ProfileProcess, Task, TaskQuerySet
from workflows.nodes import ForEachActivation, HumanTaskActivation

Document = Profile | Section | SignOff | Comment | DataItem

#: What is fetched with a document under the lock.
_WITH: dict[type[Any], tuple[str, ...]] = {
    Section: ("revision", "draft"),
    SignOff: ("round__version", "person"),
    Comment: ("section", "author"),
    DataItem: ("table__section",),
}


#: Moves that are somebody's task, or undo one: nobody makes them past the task.
_TASK_MOVES = frozenset(
    {"take_back", *(move for one in human_tasks().values() for move in one.moves)}
)

#: Through what a document belongs to its profile.
_OWNER: dict[type[Any], str] = {SignOff: "round", Comment: "section", DataItem: "table"}


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
    profile = profiles.create_profile(nomination, by=by, at=at, previous=previous)
    _start("start", profile, at=at)
    return profile


def _start(node: str, profile: Profile, *, at: datetime) -> ProfileProcess:
    start = getattr(CityProfileFlow, node)
    process: ProfileProcess = start.run(profile=profile, moment=at)
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
    again to see the new state.

    Raises:
        NotAllowed: Not you: role, separation of duties, or somebody else's task.
        NotNow: Not now: the state, a hold, or a move made in the meantime.
        NotComplete: Not complete, with the list of what is missing.
    """
    if move == "take_back" and isinstance(document, Section) and by is not None:
        return take_back(document, by=by, at=at, reason=details.reason)
    profile = _locked(_profile_id(document), at)
    fresh = profile if isinstance(document, Profile) else _refetched(document, profile)
    task = _open_task(fresh, move)
    if task is not None and by is not None and not _may_do(task, move, fresh, by):
        raise NotAllowed(_belongs_to(task))
    if task is None and _is_task(fresh, move):
        lifecycle.check(fresh, move, actor=lifecycle.actor_for(fresh, move, by), details=details)
        raise NotNow(_("This has to wait until the tasks before it are done."))
    held_since = profile.state_since
    with journal(profile):
        event = lifecycle.move(fresh, move, by=by, at=at, details=details)
        process = _finish(task, profile, fresh, by=by, move=move, at=at)
    _AFTER.get(move, _nothing)(profile, at, at - held_since)
    effects.move_was_made(event, fresh, process, by=by, details=details)
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
    task = _open_task(document, None)
    found = lifecycle.offers(document, user)
    return [one for one in found if _is_turn(task, one, document, user)]


def _is_turn(task: Task | None, offer: Offer, document: Document, user: User) -> bool:
    if task is not None and offer.move in task.flow_task.moves:
        return _may_do(task, offer.move, document, user)
    if offer.move == "take_back":
        return _waiting_for(document.profile)[1] is not None
    return bool(offer.missing) or not _is_task(document, offer.move)


def _is_task(document: Document, move: str) -> bool:
    """Whether a move needs its open task.

    An answer does not: it can be changed after its task, as long as the round is open.
    """
    return isinstance(document, Profile | Section) and move in _TASK_MOVES


def _profile_id(document: Document) -> int:
    """Return the id of the profile without fetching it."""
    if isinstance(document, Profile):
        return document.pk
    owner: Any = document
    if not isinstance(document, Section):
        owner = getattr(document, _OWNER[type(document)])
    profile_id: int = owner.profile_id
    return profile_id


def _locked(profile_id: int, at: datetime) -> Profile:
    """Return the profile, locked to the end of the transaction, as it is judged at a moment."""
    locked = Profile.objects.select_for_update(of=("self",))
    profile = locked.select_related("city").get(pk=profile_id)
    profile.moment = at
    return profile


def _refetched(document: Any, profile: Profile) -> Any:
    model = type(document)
    fresh = model._default_manager.select_related(*_WITH[model]).get(pk=document.pk)  # noqa: SLF001
    _share(fresh, profile)
    return fresh


def _share(document: Any, profile: Profile) -> None:
    """Let the document know the very instance of the profile that is locked."""
    owner = _OWNER.get(type(document))
    target = getattr(document, owner) if owner else document
    target.profile = profile


def _open_task(document: Document, move: str | None) -> Task | None:
    """Return the open task of a document, if ``move`` (or any, for None) finishes it."""
    if isinstance(document, Comment | DataItem):
        return None
    tasks = Task.objects.open().filter(profile=document.profile).select_related("process")
    if isinstance(document, Section):
        tasks = tasks.filter(section=document)
    elif isinstance(document, SignOff):
        tasks = tasks.filter(signoff=document)
    else:
        tasks = tasks.filter(section__isnull=True, signoff__isnull=True)
    task = next(iter(tasks[:1]), None)
    if task is not None and move is not None and move not in task.flow_task.moves:
        return None
    return task


def _may_do(task: Task, move: str, document: Document, user: User) -> bool:
    """Whether the task is the person's: his own, nobody's yet, or that of whom he stands in for.

    Who may make the move in another role than the owner (the project team beside the focal
    point, the local expert beside a co-author) makes it in his own right.
    """
    owner = task.owner if task.owner_id != user.pk else None
    if owner is None:
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
    process.profile = profile
    process.moment = at
    process.opened = []
    task.profile = profile
    if task.section_id or task.signoff_id:
        task.seed = document
    task.done_by = by
    task.move = move
    activation: HumanTaskActivation = task.flow_task.activation_class(task)
    activation.finish()
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


def _cancel(profile: Profile, at: datetime, _held_for: timedelta) -> None:
    """Withdraw everything that is open."""
    live = ProfileProcess.objects.filter(profile=profile, status=PROCESS.NEW)
    Task.objects.filter(profile=profile, finished__isnull=True).update(
        status=STATUS.CANCELED, finished=at
    )
    live.update(status=PROCESS.CANCELED, finished=at)
    ReviewRound.objects.filter(profile=profile, closed_at__isnull=True).update(
        closed_at=at, outcome="cancel"
    )
    rounds.close_validation_round(profile, at=at)


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
    "open_correction": _start_correction,
    "publish": _publish,
    "publish_correction": _publish_correction,
}


# Whose task it is


@transaction.atomic
def claim(task: Task, *, by: User, at: datetime) -> None:
    """Take a task from the queue of a role.

    Raises:
        NotAllowed: If the person does not hold the role.
        NotNow: If the task is done, or somebody else was quicker.
    """
    task, profile = _locked_task(task, at)
    if task.owner_id == by.pk:
        return
    if task.owner is not None:
        raise NotNow(_("%(person)s has taken this task.") % {"person": task.owner.full_name})
    if task.role not in profile.roles_of(by):
        raise NotAllowed(
            _("This task waits for the role “%(role)s”.") % {"role": task.get_role_display()}
        )
    _hand_over(task, profile, to=by, by=by, at=at, move="claim")


@transaction.atomic
def delegate(task: Task, *, to: User, by: User, at: datetime, reason: str = "") -> None:
    """Hand a task to somebody else who holds its role; by its owner or the project team.

    Raises:
        NotAllowed: If ``by`` may not hand it over, or ``to`` does not hold the role.
        NotNow: If the task is done.
    """
    task, profile = _locked_task(task, at)
    refusal = why_not_handed_over(task, by=by)
    if refusal is not None:
        raise NotAllowed(refusal)
    if not _can_take(task, to, profile):
        raise NotAllowed(
            _("%(person)s does not hold the role “%(role)s” here.")
            % {"person": to.full_name, "role": task.get_role_display()}
        )
    _hand_over(task, profile, to=to, by=by, at=at, move="delegate", reason=reason)


def takers(task: Task, *, by: User) -> list[User]:
    """Return to whom ``delegate`` would let a person hand an open task; nobody if not at all."""
    if not task.is_open or why_not_handed_over(task, by=by) is not None:
        return []
    profile = task.profile
    held = Assignment.objects.active(profile.day).for_profile(profile).select_related("user")
    holders: dict[int, User] = {}
    roles: dict[int, set[str]] = {}
    for one in held.order_by("user__full_name", "pk"):
        holders[one.user_id] = one.user
        roles.setdefault(one.user_id, set()).add(one.role)
    return [
        person
        for key, person in holders.items()
        if key != task.owner_id and _role_suffices(task, roles[key])
    ]


def why_not_handed_over(task: Task, *, by: User) -> str | None:
    """Return why a person may not hand a task to somebody else, or None if he may."""
    if by.pk != task.owner_id and Role.PROJECT_TEAM not in task.profile.roles_of(by):
        return _("Only its owner or the project team hands a task over.")
    if task.signoff_id is not None:
        return _("An answer is personal; name a substitute or waive it instead.")
    return None


def _can_take(task: Task, user: User, profile: Profile) -> bool:
    return _role_suffices(task, profile.roles_of(user))


def _role_suffices(task: Task, roles: Collection[str]) -> bool:
    if task.role in roles:
        return True
    writes_section = task.section_id is not None and task.role == Role.LOCAL_EXPERT
    return writes_section and Role.CO_AUTHOR in roles


def changeable_deadlines(profile: Profile) -> TaskQuerySet:
    """Return the open tasks of a profile that have a deadline of their own, earliest first.

    Answers have that of their round, which is extended as a whole.
    """
    tasks = Task.objects.open().filter(profile=profile, signoff__isnull=True)
    return tasks.with_context().order_by("due_at", "section__position", "pk")


@transaction.atomic
def change_deadlines(
    profile: Profile, tasks: Sequence[Task], *, due_on: date, by: User, at: datetime, reason: str
) -> list[Event]:
    """Give some open tasks of a profile another last day; their owners are told why.

    The reminders start anew. A task that has been finished in the meantime is left out.

    Raises:
        NotAllowed: If ``by`` is not of the project team.
        InvalidInput: If the day is over already.
        NotComplete: If there is no reason.
        NotNow: If the profile stands still, or none of the tasks is open any more.
    """
    profile = _locked(profile.pk, at)
    _check_new_deadline(profile, due_on, by, at, reason)
    due_at = calendars.end_of_day(due_on, profile.city)
    open_tasks = changeable_deadlines(profile).filter(pk__in=[task.pk for task in tasks])
    chosen = list(open_tasks.select_related("process"))
    if not chosen:
        raise NotNow(_("None of these tasks is open any more."))
    open_tasks.update(due_at=due_at, reminded_at=None, escalated_at=None)
    entries = [
        Entry(f"task:{task.pk}", "change_deadline", "", task.status, reason=reason)
        for task in chosen
    ]
    events = record(profile, entries, actor=Actor(by, Role.PROJECT_TEAM), at=at)
    effects.deadlines_were_changed(events[0], chosen, by=by)
    return events


def _check_new_deadline(
    profile: Profile, due_on: date, by: User, at: datetime, reason: str
) -> None:
    if Role.PROJECT_TEAM not in profile.roles_of(by):
        raise NotAllowed(_("Only the project team changes a deadline."))
    if profile.state == ProfileState.ON_HOLD:
        raise NotNow(_("No deadline runs while the profile is on hold; resume it first."))
    if calendars.end_of_day(due_on, profile.city) <= at:
        raise InvalidInput(_("This day is over already in the city."))
    if not reason.strip():
        raise NotComplete(
            _("This cannot be done yet: something is missing."),
            (Missing("no_reason", _("Give a reason; the receiver will see it.")),),
        )


@transaction.atomic
def release(task: Task, *, by: User, at: datetime) -> None:
    """Give a task back to the queue of its role.

    Raises:
        NotAllowed: If it is not the person's own.
        NotNow: If the task is done.
    """
    task, profile = _locked_task(task, at)
    if task.owner_id != by.pk:
        raise NotAllowed(_("This task is not yours."))
    task.flow_task.activation_class(task).release()
    _record_task(task, profile, "release", by=by, at=at)


def _locked_task(task: Task, at: datetime) -> tuple[Task, Profile]:
    profile = _locked(task.profile_id, at)
    fresh = Task.objects.select_related("process", "owner", "done_by", "section").get(pk=task.pk)
    if not fresh.is_open:
        person = fresh.done_by.full_name if fresh.done_by else _("the software")
        raise NotNow(_("%(person)s has finished this task.") % {"person": person})
    fresh.profile = profile
    return fresh, profile


def _hand_over(
    task: Task,
    profile: Profile,
    *,
    to: User,
    by: User,
    at: datetime,
    move: str,
    reason: str = "",
) -> None:
    task.flow_task.activation_class(task).hand_to(to, at)
    if task.section is not None:
        _keep_person(task.section, task.flow_task.name, to)
    event = _record_task(task, profile, move, by=by, at=at, reason=reason)
    if to.pk != by.pk:
        effects.task_was_handed_over(event, task)


def _keep_person(section: Section, node: str, person: User) -> None:
    """Remember who writes or reviews a section, for the next round."""
    field = {"draft": "author", "review": "reviewer"}[node]
    setattr(section, field, person)
    section.save(update_fields=[field])


def _record_task(
    task: Task, profile: Profile, move: str, *, by: User, at: datetime, reason: str = ""
) -> Event:
    entry = Entry(f"task:{task.pk}", move, "", task.status, reason=reason)
    role = next(iter(sorted(profile.roles_of(by))), None)
    return record(profile, [entry], actor=Actor(by, role), at=at)[0]


# The way back, and people who come late or leave


@transaction.atomic
def end_part(assignment: Assignment, *, by: User, at: datetime, reason: str) -> int:
    """Take a person's part in a profile back; return how many tasks wait for the role again.

    Sections lose him as their author or reviewer, unless he keeps another role for them.

    Raises:
        NotAllowed, NotNow, NotComplete: As ``people.end_part``.
    """
    assert assignment.profile_id is not None
    profile = _locked(assignment.profile_id, at)
    ended = people.end_part(assignment, profile, by=by, at=at, reason=reason)
    if ended.stands_in_for_id is not None:
        return 0
    profile.forget_parts()
    person = ended.user
    tasks = Task.objects.open().filter(profile=profile, owner=person, signoff__isnull=True)
    waiting = [
        task for task in tasks.select_related("process") if not _can_take(task, person, profile)
    ]
    for task in waiting:
        task.flow_task.activation_class(task).release()
    _forget_person(profile, person)
    return len(waiting)


def _forget_person(profile: Profile, person: User) -> None:
    """Let the sections no longer be his, as far as his roles do not allow it any more."""
    roles = profile.roles_of(person)
    if not roles.intersection(AUTHOR_ROLES):
        profile.sections.filter(author=person).update(author=None)
    if Role.INTERNATIONAL_EXPERT not in roles:
        profile.sections.filter(reviewer=person).update(reviewer=None)


@transaction.atomic
def take_back(section: Section, *, by: User, at: datetime, reason: str) -> Event:
    """Take a submitted section back for more writing, as long as the whole is not submitted.

    Raises:
        NotAllowed, NotNow, NotComplete: As ``perform``.
    """
    profile = _locked(section.profile_id, at)
    fresh = _refetched(section, profile)
    details = Details(reason=reason)
    actor = lifecycle.actor_for(fresh, "take_back", by)
    lifecycle.check(fresh, "take_back", actor=actor, details=details)
    process, waiting = _waiting_for(profile)
    if process is None or waiting is None:
        raise NotNow(_("The text has been submitted as a whole; it can only be returned now."))
    with journal(profile):
        event = lifecycle.move(fresh, "take_back", by=by, at=at, details=details)
        process.profile, process.moment, process.opened = profile, at, []
        _reopen_branch(process, waiting, fresh)
    effects.move_was_made(event, fresh, process, by=by, details=details)
    return event


def _waiting_for(profile: Profile) -> tuple[ProfileProcess | None, Task | None]:
    """Return the live process, and a task of it that the text can still be taken back before."""
    process = ProfileProcess.objects.filter(profile=profile, status=PROCESS.NEW).first()
    if process is None:
        return None, None
    writing = Task.objects.filter(process=process, flow_task__in=_WRITING_NODES)
    return process, writing.filter(finished__isnull=True).first()


_WRITING_NODES = (CityProfileFlow.draft, CityProfileFlow.submit, CityProfileFlow.correct)


def _reopen_branch(process: ProfileProcess, waiting: Task, section: Section) -> None:
    """Open the section's branch again: beside its siblings, or afresh when all were in."""
    waiting.process = process
    if waiting.flow_task == CityProfileFlow.draft:
        _split_of(process, waiting).open_branches([section], after=_branches_of(waiting))
        return
    activation: HumanTaskActivation = waiting.flow_task.activation_class(waiting)
    activation.cancel()
    again = CityProfileFlow.open_drafts._create(activation, waiting.token)  # noqa: SLF001
    activation._activate_next({again})  # noqa: SLF001


def _split_of(process: ProfileProcess, sibling: Task) -> ForEachActivation:
    split = sibling.previous.get()
    split.process = process
    activation: ForEachActivation = split.flow_task.activation_class(split)
    return activation


def _branches_of(sibling: Task) -> int:
    return sibling.previous.get().leading.count()


@transaction.atomic
def add_stakeholder(assignment: Assignment, *, by: User, at: datetime) -> SignOff:
    """Ask one more person in the consultation that is open.

    Raises:
        NotAllowed: If ``by`` is not of the project team or the focal point.
        NotNow: If no consultation is open, or the person is asked already.
    """
    assert assignment.profile_id is not None
    if assignment.role not in validation.ASKED_ROLES[ValidationKind.CONSULTATION]:
        raise NotAllowed(_("Only stakeholders and the focal point are consulted."))
    profile = _locked(assignment.profile_id, at)
    if not profile.roles_of(by).intersection({Role.PROJECT_TEAM, Role.FOCAL_POINT}):
        raise NotAllowed(_("Only the project team or the focal point asks more people."))
    sibling = Task.objects.open().filter(profile=profile, flow_task=CityProfileFlow.consult).first()
    opened = (
        profile.validation_rounds.filter(kind=ValidationKind.CONSULTATION, closed_at__isnull=True)
        .select_related("version")
        .first()
    )
    if sibling is None or opened is None or profile.state != ProfileState.CONSULTATION:
        raise NotNow(_("No consultation is waiting for answers now."))
    if opened.signoffs.filter(person=assignment.user_id).exists():
        raise NotNow(_("This person has been asked already."))
    opened.profile = profile
    signoff = rounds.ask(opened, [assignment])[0]
    process = sibling.process
    process.profile, process.moment, process.opened = profile, at, []
    _split_of(process, sibling).open_branches([signoff], after=_branches_of(sibling))
    effects.tasks_were_opened(process, event=None)
    return signoff


def lapse(task: Task, *, at: datetime) -> Event:
    """Close a person's branch of a validation round whose time is over.

    Silence counts as agreement only where that was announced and this person was reminded.

    Raises:
        NotNow: If the answer has come in the meantime.
    """
    signoff = SignOff.objects.select_related("round__profile").get(pk=task.signoff_id)
    tacit = signoff.round.tacit_approval_is_due and task.reminded_at is not None
    return perform(signoff, "lapse_tacitly" if tacit else "lapse", by=None, at=at)
