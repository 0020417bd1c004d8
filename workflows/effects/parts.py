"""What it causes that somebody else has a task or a part, or another last day."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from profile_workflow.days import role_day
from profile_workflow.models import Assignment, Event, Profile, User
from profile_workflow.states import Role
from workflows import notifications
from workflows.effects.sending import enqueue
from workflows.letters import MailKind
from workflows.models import Task


def task_was_handed_over(event: Event, task: Task) -> None:
    """Tell the new owner of a task."""
    assert task.owner_id is not None
    enqueue(
        notifications.tasks_opened(
            event.pk, {task.owner_id: [task.pk]}, profile_id=task.profile_id, reason_event=event.pk
        )
    )


def deadlines_were_changed(event: Event, tasks: Sequence[Task], *, by: User) -> None:
    """Tell those whose turn it is that their tasks have another last day, and why."""
    profile: Profile = event.profile
    turns = notifications.whose_turn(tasks, profile=profile, on=role_day(event.at))
    recipients: dict[int, notifications.Details] = {
        person: {"tasks": ids, "reason_event": event.pk}
        for person, ids in turns.items()
        if person != by.pk
    }
    enqueue(
        notifications.notify(event.pk, MailKind.DEADLINE_CHANGED, recipients, profile_id=profile.pk)
    )


def substitute_was_named(substitution: Assignment, *, at: datetime) -> None:
    """Tell somebody that he stands in for another, and when."""
    _tell_of_part(substitution, [substitution.user_id], at)


def substitute_was_asked_for(part: Assignment, *, at: datetime) -> None:
    """Tell the project team of a substitution, or of the part for which nobody could be named."""
    assert part.profile is not None
    held = Assignment.objects.active(role_day(at)).for_profile(part.profile)
    team = held.in_roles([Role.PROJECT_TEAM]).values_list("user_id", flat=True)
    _tell_of_part(part, team.distinct().order_by("user_id"), at)


def _tell_of_part(part: Assignment, people: Iterable[int], at: datetime) -> None:
    assert part.profile_id is not None
    recipients: dict[int, notifications.Details] = {one: {"part": part.pk} for one in people}
    occasion = f"{part.pk}.{at.isoformat()}"
    enqueue(
        notifications.notify(
            None, MailKind.SUBSTITUTE, recipients, profile_id=part.profile_id, occasion=occasion
        )
    )
