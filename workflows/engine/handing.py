"""Whose a task is: taken from the queue of a role, given back, handed over, left by who goes."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from profile_workflow import rules
from profile_workflow.days import role_day
from profile_workflow.errors import NotAllowed, NotNow
from profile_workflow.models import Assignment, Decision, Event, Profile, Section
from profile_workflow.models.people import User
from profile_workflow.models.profile import AssignmentQuerySet
from profile_workflow.services import people
from profile_workflow.services.locking import locked
from profile_workflow.services.log import SYSTEM, Actor, Entry, record
from profile_workflow.states import AUTHOR_ROLES, FINAL_STATES, ProfileState, Role
from workflows import effects
from workflows.engine import reviewing
from workflows.models.process import Task


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
    if task.not_for_id == by.pk:
        raise NotAllowed(rules.NOT_FIRST_OF_TWO.refusal)
    if _is_beyond(task, by, profile):
        raise NotAllowed(rules.INVITED_TO_SECTION.refusal)
    if by.pk in _voices_on(task):
        raise NotAllowed(_("You judge this already, or have: everybody has one voice."))
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
    if task.not_for_id == to.pk:
        said = _("%(person)s has passed this text already; somebody else has to pass it too.")
        raise NotAllowed(said % {"person": to.full_name})
    if not _can_take(task, to, profile):
        raise NotAllowed(
            _("%(person)s does not hold the role “%(role)s” here.")
            % {"person": to.full_name, "role": task.get_role_display()}
        )
    if to.pk in _voices_on(task):
        told = _("%(person)s judges this already, or has: everybody has one voice.")
        raise NotAllowed(told % {"person": to.full_name})
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
    beyond = _limited_to_others(task, held) | _voices_on(task)
    return [
        person
        for key, person in holders.items()
        if key not in (task.owner_id, task.not_for_id, *beyond) and _role_suffices(task, roles[key])
    ]


def _limited_to_others(task: Task, held: AssignmentQuerySet) -> set[int]:
    """Return who was invited to review other sections only than that of a review."""
    if task.role != Role.INTERNATIONAL_EXPERT or task.section_id is None:
        return set()
    limited = held.filter(role=task.role, invitation__sections__isnull=False)
    others = limited.exclude(invitation__sections=task.section_id)
    return set(others.values_list("user_id", flat=True))


def why_not_handed_over(task: Task, *, by: User) -> str | None:
    """Return why a person may not hand a task to somebody else, or None if he may."""
    if by.pk != task.owner_id and Role.PROJECT_TEAM not in task.profile.roles_of(by):
        return _("Only its owner or the project team hands a task over.")
    if task.signoff_id is not None:
        return _("An answer is personal; name a substitute or waive it instead.")
    return None


def _can_take(task: Task, user: User, profile: Profile) -> bool:
    return _role_suffices(task, profile.roles_of(user)) and not _is_beyond(task, user, profile)


def _voices_on(task: Task) -> set[int]:
    """Return who judges the same as a review asks for, or has: nobody has two voices."""
    if task.role != Role.INTERNATIONAL_EXPERT:
        return set()
    same = Task.objects.open().filter(
        profile=task.profile_id, section=task.section_id, role=task.role, signoff=None
    )
    asked = same.exclude(pk=task.pk).filter(owner__isnull=False)
    judged = Decision.objects.filter(
        profile=task.profile_id,
        section=task.section_id,
        role=task.role,
        review_round__isnull=False,
        review_round__closed_at=None,
        withdrawn_at=None,
    )
    return {*asked.values_list("owner_id", flat=True), *judged.values_list("by_id", flat=True)}


def _is_beyond(task: Task, user: User, profile: Profile) -> bool:
    """Whether a review is of a section that somebody was not invited to."""
    if task.role != Role.INTERNATIONAL_EXPERT or task.section_id is None:
        return False
    limits = profile.reviews_only(user)
    return limits is not None and task.section_id not in limits


def _role_suffices(task: Task, roles: Collection[str]) -> bool:
    if task.role in roles:
        return True
    writes_section = task.section_id is not None and task.role == Role.LOCAL_EXPERT
    return writes_section and Role.CO_AUTHOR in roles


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
    profile = locked(task.profile_id, at)
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
    held = profile.roles_of(by)
    acting = (task.role, Role.CO_AUTHOR, Role.PROJECT_TEAM)
    role = next((Role(one) for one in acting if one in held), None)
    return record(profile, [entry], actor=Actor(by, role), at=at)[0]


@transaction.atomic
def end_part(assignment: Assignment, *, by: User, at: datetime, reason: str) -> int:
    """Take a person's part in a profile back; return how many tasks wait for their role again.

    His substitutes go with him. Nobody of them keeps a task, or a section as its author or
    reviewer, that no other role of his allows.

    Raises:
        NotAllowed, NotNow, NotComplete: As ``people.end_part``.
    """
    assert assignment.profile_id is not None
    profile = locked(assignment.profile_id, at)
    ended = people.end_part(assignment, profile, by=by, at=at, reason=reason)
    profile.forget_parts()
    return sum(len(_leave(profile, person, at)) for person in {one.user for one in ended})


@transaction.atomic
def clear_up_after(substitution: Assignment, *, at: datetime) -> int:
    """Take back what a substitute still has whose days have run out; return how many tasks.

    Ending a part does so at once; here nobody has ended anything.
    """
    assert substitution.profile_id is not None
    profile = locked(substitution.profile_id, at)
    waiting = _leave(profile, substitution.user, at)
    if waiting:
        entries = [Entry(f"task:{task.pk}", "release", "", task.status) for task in waiting]
        record(profile, entries, actor=SYSTEM, at=at)
    return len(waiting)


def substitutions_to_clear_up(at: datetime) -> list[Assignment]:
    """Return the substitutions that have run out and whose holder still has tasks or sections."""
    tasks = Task.objects.open().filter(
        profile=OuterRef("profile"), owner=OuterRef("user"), signoff__isnull=True
    )
    theirs = Q(author=OuterRef("user")) | Q(reviewer=OuterRef("user"))
    sections = Section.objects.filter(theirs, profile=OuterRef("profile"))
    running = Assignment.objects.active(role_day(at)).filter(
        profile=OuterRef("profile"), user=OuterRef("user"), role=OuterRef("role")
    )
    over = Assignment.objects.filter(stands_in_for__isnull=False, ends_on__lt=role_day(at))
    found = over.exclude(profile__state__in=(ProfileState.ON_HOLD, *FINAL_STATES)).filter(
        Exists(tasks) | Exists(sections), ~Exists(running)
    )
    return list(found.select_related("user").order_by("pk"))


def _leave(profile: Profile, person: User, at: datetime) -> list[Task]:
    """Take from somebody what his roles do not allow any more; return the tasks that wait again.

    A review that others make too does not wait: the round goes on without him.
    """
    tasks = Task.objects.open().filter(profile=profile, owner=person, signoff__isnull=True)
    left = [
        task for task in tasks.select_related("process") if not _can_take(task, person, profile)
    ]
    waiting = [task for task in left if not reviewing.do_without(task, profile, at=at)]
    for task in waiting:
        task.flow_task.activation_class(task).release()
    _forget_person(profile, person)
    return waiting


def _forget_person(profile: Profile, person: User) -> None:
    """Let the sections no longer be his, as far as his roles do not allow it any more."""
    roles = profile.roles_of(person)
    if not roles.intersection(AUTHOR_ROLES):
        profile.sections.filter(author=person).update(author=None)
    if Role.INTERNATIONAL_EXPERT not in roles:
        profile.sections.filter(reviewer=person).update(reviewer=None)
