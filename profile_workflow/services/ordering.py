"""The order of tables in their section, and of figures in their table."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from profile_workflow.errors import StaleEntry, raise_if
from profile_workflow.models import DataItem, DataTable
from profile_workflow.models.people import User
from profile_workflow.services.contents import fingerprint_of_text
from profile_workflow.services.evidence import read_again, record_act
from profile_workflow.services.keeping import refusal_to_register, section_of
from profile_workflow.services.locking import locked


def in_order(entry: DataTable | DataItem) -> list[DataTable] | list[DataItem]:
    """Return the tables of the same section, or the figures of the same table, in their order."""
    if isinstance(entry, DataTable):
        section = entry.section
        return list(section.data_tables.select_related("section").order_by("position", "key"))
    return list(entry.table.items.order_by("position"))


def order_mark(several: Sequence[DataTable] | Sequence[DataItem]) -> str:
    """Return the SHA-256 (hex) of an order, to see whether it was changed."""
    return fingerprint_of_text(" ".join(str(one.pk) for one in several))


@transaction.atomic
def shift_entry(
    entry: DataTable | DataItem, *, up: bool, base: str, by: User, at: datetime
) -> None:
    """Move a table within its section, or a figure within its table, by one place.

    The first one stays first, and the last one last.

    Args:
        entry: What is moved.
        up: Whether it goes towards the beginning.
        base: ``order_mark`` when the order was looked at.
        by: Who moves it.
        at: The moment.

    Raises:
        NotAllowed, NotNow: As ``refusal_to_register``.
        StaleEntry: If somebody has changed the order since ``base``, or removed the entry.
    """
    profile = locked(entry.profile.pk, at)
    current = read_again(entry, profile)
    raise_if(refusal_to_register(profile, by, section_of(current)))
    several: list[Any] = list(in_order(current))
    if order_mark(several) != base:
        raise StaleEntry(_("Somebody has changed the order in the meantime."), current=current)
    place = several.index(current)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(several):
        return
    several[place], several[other] = several[other], several[place]
    _number(several)
    record_act(profile, current, "shift", by=by, at=at)


def _number(several: Sequence[Any]) -> None:
    """Give entries the numbers of their places; first beyond all, since each number is once."""
    model: Any = type(several[0])
    free = max(one.position for one in several) + 1
    for first in (max(free, len(several)), 0):
        for place, one in enumerate(several, first):
            one.position = place
        model.objects.bulk_update(several, ["position"])
