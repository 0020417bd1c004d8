"""The trail of working copies: every text that was saved, thinned out as it grows older.

While somebody writes, a save only adds a row; what is to be forgotten is looked for by the worker.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from profile_workflow.models import Draft, Profile, Section, WorkingCopy
from profile_workflow.models.people import User
from profile_workflow.states import Occasion

#: From this age on, one copy is kept in each stretch of this length: the newest.
STEPS = (
    (timedelta(hours=1), timedelta(minutes=10)),
    (timedelta(days=1), timedelta(hours=1)),
    (timedelta(weeks=1), timedelta(days=1)),
)
#: Most copies of one section that are kept, those of the last hour not counted.
MOST_COPIES = 300
#: How long after the publication of a profile the working copies made for it are kept.
KEPT_AFTER_PUBLICATION = timedelta(days=90)
#: Most sections whose copies one sweep looks at.
BATCH = 100

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def keep_former(former: Draft, *, by: User, occasion: Occasion, is_held: bool = False) -> None:
    """Keep the working text that somebody has just replaced.

    Args:
        former: The draft as it was.
        by: Who replaced it.
        occasion: Why, as far as whoever replaced it knows.
        is_held: Whether what was new in it stands in the new text too. Two people who write at the
            same time would otherwise leave a copy at each pause that is never thinned out.
    """
    if former.saved_by_id is None:
        occasion = Occasion.EDITION
    elif occasion is Occasion.WRITING and former.saved_by_id != by.pk and not is_held:
        occasion = Occasion.OTHER_PERSON
    saved_at = former.saved_at or former.section.profile.created_at
    WorkingCopy.objects.create(
        section=former.section,
        version=former.version,
        text=former.text,
        nothing_found=former.nothing_found,
        searched=former.searched,
        saved_by_id=former.saved_by_id,
        saved_at=saved_at,
        occasion=occasion,
        thin_at=_step_at(saved_at, 0),
    )


def keep_aside(
    current: Draft,
    content: Mapping[str, Any],
    *,
    instead_of: WorkingCopy | None = None,
    by: User,
    at: datetime,
) -> WorkingCopy:
    """Keep a text that met a newer one and was not saved.

    Args:
        current: The working text that it met.
        content: What it says.
        instead_of: What the same person has kept of the same text before. If that was in the same
            ten minutes it is written over, so that a text that is kept at each pause grows by six
            copies an hour at most.
        by: Whose text it is.
        at: When.
    """
    kept = WorkingCopy(section_id=current.section_id, saved_by=by, occasion=Occasion.ASIDE)
    if instead_of and _step_at(instead_of.saved_at, 0) == _step_at(at, 0):
        kept = instead_of
    for name, value in content.items():
        setattr(kept, name, value)
    kept.version, kept.saved_at, kept.thin_at = current.version, at, _step_at(at, 0)
    kept.save()
    return kept


def thin(*, at: datetime) -> int:
    """Forget the copies that are too many for their age; return how many those were."""
    due = WorkingCopy.objects.filter(thin_at__lte=at).order_by("section")
    sections = due.values_list("section", flat=True).distinct()[:BATCH]
    return sum(_thin(section, at) for section in sections) + _forget_published(at)


def _forget_published(at: datetime) -> int:
    published = Profile.objects.filter(published_at__lte=at - KEPT_AFTER_PUBLICATION)
    sections = Section.objects.filter(profile__in=published)
    old = WorkingCopy.objects.filter(
        section__in=sections, saved_at__lt=F("section__profile__published_at")
    )
    number, _by_model = old.delete()
    return number


@transaction.atomic
def _thin(section: int, at: datetime) -> int:
    found = WorkingCopy.objects.filter(section=section).order_by("saved_at", "pk")
    copies = list(found.only("saved_at", "occasion", "thin_at"))
    kept = _within_limit(_newest_of_each_stretch(copies, at), at)
    gone = [one.pk for one in copies if one.pk not in kept]
    later = []
    for one in copies:
        thin_at = _next_step_at(one.saved_at, at)
        if one.pk in kept and thin_at != one.thin_at:
            one.thin_at = thin_at
            later.append(one)
    WorkingCopy.objects.filter(pk__in=gone).delete()
    WorkingCopy.objects.bulk_update(later, ["thin_at"])
    return len(gone)


def _newest_of_each_stretch(copies: Sequence[WorkingCopy], at: datetime) -> list[WorkingCopy]:
    """Return, oldest first, the copies that stay for their age or for their occasion."""
    newest: dict[object, WorkingCopy] = {}
    for one in copies:
        newest[_stretch(one, at)] = one
    return sorted(newest.values(), key=lambda one: (one.saved_at, one.pk))


def _stretch(copy: WorkingCopy, at: datetime) -> object:
    """Return what a copy shares with those of which only the newest stays."""
    step = _step_reached(copy.saved_at, at)
    if copy.occasion != Occasion.WRITING or step is None:
        return copy.pk
    return step, (copy.saved_at - _EPOCH) // STEPS[step][1]


def _within_limit(copies: Sequence[WorkingCopy], at: datetime) -> set[int]:
    """Leave out what is too much: the oldest that were merely written on, then the oldest."""
    old = [one for one in copies if _step_reached(one.saved_at, at) is not None]
    by_weight = sorted(old, key=lambda one: one.occasion != Occasion.WRITING)
    gone = {one.pk for one in by_weight[: max(0, len(old) - MOST_COPIES)]}
    return {one.pk for one in copies} - gone


def _step_at(saved_at: datetime, step: int) -> datetime:
    """Return when a copy reaches a step: all of one stretch reach it together."""
    age, stretch = STEPS[step]
    return _EPOCH + ((saved_at - _EPOCH) // stretch + 1) * stretch + age


def _step_reached(saved_at: datetime, at: datetime) -> int | None:
    reached = [step for step in range(len(STEPS)) if _step_at(saved_at, step) <= at]
    return reached[-1] if reached else None


def _next_step_at(saved_at: datetime, at: datetime) -> datetime | None:
    ahead = (_step_at(saved_at, step) for step in range(len(STEPS)))
    return next((moment for moment in ahead if moment > at), None)
