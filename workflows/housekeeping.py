"""Forgetting what was kept for a while only, with what the process knows of it."""

from collections.abc import Sequence
from datetime import datetime

from profile_workflow.models import User
from reports.builds import forget_oldest_annexes, forget_passing
from workflows.models import OutboxJob
from workflows.queries.builds import keys_of


def forget_builds(*, at: datetime) -> int:
    """Forget previews of chapters and annexes whose time is over, and their jobs; say how many."""
    return _forget_jobs(forget_passing(at=at))


def make_room(by: User) -> int:
    """Forget the oldest annexes of somebody who asks for many, and their jobs; say how many."""
    return _forget_jobs(forget_oldest_annexes(by))


def _forget_jobs(builds: Sequence[int]) -> int:
    if builds:
        OutboxJob.objects.filter(key__in=[key for one in builds for key in keys_of(one)]).delete()
    return len(builds)
