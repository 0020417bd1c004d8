"""Forgetting what was made to be looked at once: previews of chapters, annexes of comments."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from reports.models import PASSING_KINDS, Build

#: How long such a file is kept, and how long after a newer one of the same chapter.
KEPT, KEPT_BESIDE_A_NEWER_ONE = timedelta(days=1), timedelta(minutes=10)
#: What was never made, or broke off, goes after a time in which it would have been.
_GIVEN_UP = timedelta(days=2)
_AT_ONCE = 100


def forget_passing(*, at: datetime) -> list[int]:
    """Forget the passing builds whose time is over, with their files.

    Returns:
        The ids of those builds: two queries if there are any, and one if there are none.
    """
    over = list(_over(at).only("pk", "file").order_by("pk")[:_AT_ONCE])
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
