"""Branches of a process that open again, or late: a section taken back, one more person asked."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from viewflow.workflow.status import PROCESS

from profile_workflow.errors import NotAllowed, NotNow
from profile_workflow.models import Assignment, Event, Profile, Section, SignOff
from profile_workflow.models.people import User
from profile_workflow.queries import validation
from profile_workflow.services import lifecycle, rounds
from profile_workflow.services.lifecycle import Details
from profile_workflow.services.locking import locked
from profile_workflow.services.log import journal
from profile_workflow.states import ProfileState, Role, ValidationKind
from workflows import effects
from workflows.engine.locking import refetched
from workflows.flows import CityProfileFlow
from workflows.models.process import ProfileProcess, Task
from workflows.nodes import ForEachActivation, HumanTaskActivation

_WRITING_NODES = (CityProfileFlow.draft, CityProfileFlow.submit, CityProfileFlow.correct)


@transaction.atomic
def take_back(section: Section, *, by: User, at: datetime, reason: str) -> Event:
    """Take a submitted section back for more writing, as long as the whole is not submitted.

    Raises:
        NotAllowed, NotNow, NotComplete: As ``perform``.
    """
    profile = locked(section.profile_id, at)
    fresh = refetched(section, profile)
    details = Details(reason=reason)
    actor = lifecycle.actor_for(fresh, "take_back", by)
    lifecycle.check(fresh, "take_back", actor=actor, details=details)
    process, waiting = waiting_for(profile)
    if process is None or waiting is None:
        raise NotNow(_("The text has been submitted as a whole; it can only be returned now."))
    with journal(profile):
        event = lifecycle.move(fresh, "take_back", by=by, at=at, details=details)
        process.set_out(profile, at)
        _reopen_branch(process, waiting, fresh)
        process.come_to_rest()
    effects.move_was_made(event, fresh, process, by=by, details=details)
    return event


def may_take_back(section: Section, user: User) -> bool:
    """Whether ``take_back`` would be accepted from a person, with a reason."""
    return section.pk in to_take_back(section.profile, [section], user)


def to_take_back(profile: Profile, sections: Iterable[Section], user: User) -> set[int]:
    """Return the ids of those of some sections of a profile that a person may take back now."""
    found = {one.pk for one in sections if lifecycle.is_open(one, "take_back", user)}
    return found if found and waiting_for(profile)[1] is not None else set()


def waiting_for(profile: Profile) -> tuple[ProfileProcess | None, Task | None]:
    """Return the live process, and a task of it that the text can still be taken back before."""
    process = ProfileProcess.objects.filter(profile=profile, status=PROCESS.NEW).first()
    if process is None:
        return None, None
    writing = Task.objects.filter(process=process, flow_task__in=_WRITING_NODES)
    return process, writing.filter(finished__isnull=True).first()


def _reopen_branch(process: ProfileProcess, waiting: Task, section: Section) -> None:
    """Open the section's branch again: beside its siblings, or afresh when all were in."""
    waiting.process = process
    if waiting.flow_task == CityProfileFlow.draft:
        split_of(process, waiting).open_branches([section], after=branches_of(waiting))
        return
    activation: HumanTaskActivation = waiting.flow_task.activation_class(waiting)
    activation.cancel()
    again = CityProfileFlow.open_drafts._create(activation, waiting.token)  # noqa: SLF001
    activation._activate_next({again})  # noqa: SLF001


def split_of(process: ProfileProcess, sibling: Task) -> ForEachActivation:
    """Return the step of a process that has opened the branch of a task."""
    split = sibling.previous.get()
    split.process = process
    activation: ForEachActivation = split.flow_task.activation_class(split)
    return activation


def branches_of(sibling: Task) -> int:
    """Return how many branches that step has opened so far."""
    return sibling.previous.get().leading.count()


@transaction.atomic
def add_stakeholder(assignment: Assignment, *, by: User, at: datetime) -> SignOff:
    """Ask one more person in the consultation that is open.

    Raises:
        NotAllowed: If ``by`` is not of the project team or the focal point.
        NotNow: If no consultation is open, if the person is asked already, or if the part has
            ended or is that of a substitute.
    """
    assert assignment.profile_id is not None
    if assignment.role not in validation.ASKED_ROLES[ValidationKind.CONSULTATION]:
        raise NotAllowed(_("Only stakeholders and the focal point are consulted."))
    profile = locked(assignment.profile_id, at)
    if not profile.roles_of(by).intersection({Role.PROJECT_TEAM, Role.FOCAL_POINT}):
        raise NotAllowed(_("Only the project team or the focal point asks more people."))
    # Read after the lock is held: the part may have ended since the page was opened.
    parts = validation.parts_to_ask(profile, ValidationKind.CONSULTATION)
    part = parts.filter(pk=assignment.pk).first()
    if part is None:
        raise NotNow(_("The part has ended, or is that of a substitute, who is not asked himself."))
    sibling = Task.objects.open().filter(profile=profile, flow_task=CityProfileFlow.consult).first()
    opened = (
        profile.validation_rounds.filter(kind=ValidationKind.CONSULTATION, closed_at__isnull=True)
        .select_related("version")
        .first()
    )
    if sibling is None or opened is None or profile.state != ProfileState.CONSULTATION:
        raise NotNow(_("No consultation is waiting for answers now."))
    if opened.signoffs.filter(person=part.user_id).exists():
        raise NotNow(_("This person has been asked already."))
    opened.profile = profile
    signoff = rounds.ask(opened, [part], at=at)[0]
    process = sibling.process
    process.set_out(profile, at)
    split_of(process, sibling).open_branches([signoff], after=branches_of(sibling))
    process.come_to_rest()
    effects.tasks_were_opened(process, event=None)
    return signoff
