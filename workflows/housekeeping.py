"""Forgetting what was kept for a while only, with what the process knows of it."""

from datetime import datetime

from reports.builds import forget_passing
from workflows.models import OutboxJob
from workflows.queries.builds import keys_of


def forget_builds(*, at: datetime) -> int:
    """Forget previews of chapters and annexes whose time is over, and their jobs; say how many."""
    gone = forget_passing(at=at)
    if gone:
        OutboxJob.objects.filter(key__in=[key for one in gone for key in keys_of(one)]).delete()
    return len(gone)
