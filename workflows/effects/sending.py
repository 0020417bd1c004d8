"""Who is told of something, how often, and handing the mails to the outbox."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from profile_workflow.days import role_day
from profile_workflow.models import Assignment, Event, Profile, User
from profile_workflow.states import Role
from workflows import notifications
from workflows.executors import Job, get_executor
from workflows.letters import MailKind

EVERYBODY = tuple(Role)

#: Time between two mails about one and the same answer.
_PACE = timedelta(hours=1)


def enqueue(jobs: list[Job]) -> None:
    """Put jobs into the outbox, if there are any."""
    if jobs:
        get_executor().enqueue(jobs)


def holders(profile: Profile, roles: Iterable[Role], event: Event, by: User | None) -> list[int]:
    """Return the ids of who holds any of the roles on the day of an event, but for who did it."""
    held = Assignment.objects.active(role_day(event.at)).for_profile(profile).in_roles(roles)
    people = held.values_list("user_id", flat=True).distinct().order_by("user_id")
    return [person for person in people if by is None or person != by.pk]


def next_hour(name: str, at: datetime) -> tuple[datetime, str]:
    """Return when the clock strikes next, and the occasion of the mails about something till then.

    Args:
        name: What the mails are about, as the log names it.
        at: The moment.
    """
    later = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + _PACE
    return later, f"{name}.{later:%Y%m%dT%H}"


def paced(
    event: Event, kind: MailKind, recipients: Mapping[int, notifications.Details]
) -> list[Job]:
    """Return the mails of an event that one person can cause again and again with one answer.

    The first goes out at once; those of the hour after it as one, when the clock strikes. So
    nobody who holds a link fills the mailboxes of others, and the last word is told all the same.
    """
    profile_id: int = event.profile_id
    of_late = Event.objects.filter(
        profile=profile_id,
        document=event.document,
        move=event.move,
        at__gt=event.at - _PACE,
        seq__lt=event.seq,
    )
    if not of_late.exists():
        return notifications.notify(event.pk, kind, recipients, profile_id=profile_id)
    later, occasion = next_hour(event.document, event.at)
    jobs = notifications.notify(None, kind, recipients, profile_id=profile_id, occasion=occasion)
    return [replace(job, not_before=later) for job in jobs]
