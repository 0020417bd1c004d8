"""Until when a task is to be done, when the project team gives it another day."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from profile_workflow import calendars
from profile_workflow.errors import InvalidInput, Missing, NotAllowed, NotComplete, NotNow
from profile_workflow.models import Event, Profile
from profile_workflow.models.people import User
from profile_workflow.services.locking import locked
from profile_workflow.services.log import Actor, Entry, record
from profile_workflow.states import ProfileState, Role
from workflows import effects
from workflows.models.process import Task, TaskQuerySet


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
    profile = locked(profile.pk, at)
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
