"""Forgetting what was made to be looked at once: previews of chapters, annexes of comments."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from profile_workflow.models import User
from reports.models import PASSING_KINDS, Build

#: How long such a file is kept, and how long after a newer one of the same chapter.
KEPT, KEPT_BESIDE_A_NEWER_ONE = timedelta(days=1), timedelta(minutes=10)
#: What was never made, or broke off, goes after a time in which it would have been.
_GIVEN_UP = timedelta(days=2)
_AT_ONCE = 100
#: With what the names of their files begin.
PASSING = "passing-"
#: How many annexes are kept for one person, of all profiles together, those that wait among them.
MOST_ANNEXES = 8


def forget_passing(*, at: datetime) -> list[int]:
    """Forget the passing builds whose time is over, with their files.

    Returns:
        The ids of those builds: two queries if there are any, and one if there are none.
    """
    return _forget(_over(at).order_by("pk")[:_AT_ONCE])


def forget_oldest_annexes(by: User) -> list[int]:
    """Forget what a person has asked for beyond his ``MOST_ANNEXES`` newest annexes.

    What is just being made is left alone.

    Returns:
        The ids of those builds: two queries if there are any, and one if there are none.
    """
    own = Build.objects.filter(kind=Build.Kind.ANNEX, requested_by=by)
    at_rest = own.exclude(state=Build.State.RUNNING).order_by("-created_at", "-pk")
    return _forget(at_rest[MOST_ANNEXES : MOST_ANNEXES + _AT_ONCE])


def _forget(builds: "QuerySet[Build]") -> list[int]:
    over = list(builds.only("pk", "file"))
    for build in over:
        # The file first: if we are stopped in between, the next sweep finds the row again.
        build.file.delete(save=False)
    ids = [one.pk for one in over]
    if ids:
        Build.objects.filter(pk__in=ids).delete()
    return ids


def _over(at: datetime) -> "QuerySet[Build]":
    newer = Build.objects.filter(
        kind=Build.Kind.CHAPTER,
        section=OuterRef("section"),
        language=OuterRef("language"),
        state=Build.State.DONE,
        finished_at__gt=OuterRef("finished_at"),
    )
    is_old = Q(finished_at__lte=at - KEPT) | Q(created_at__lte=at - _GIVEN_UP)
    has_newer = Q(kind=Build.Kind.CHAPTER, finished_at__lte=at - KEPT_BESIDE_A_NEWER_ONE)
    return Build.objects.filter(kind__in=PASSING_KINDS).filter(is_old | (has_newer & Exists(newer)))
