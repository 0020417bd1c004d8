"""Writing down the priorities of a city while they are being set."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from profile_workflow.errors import (
    DomainError,
    InvalidInput,
    NotAllowed,
    NotNow,
    StaleEntry,
    raise_if,
)
from profile_workflow.models import Priority, Profile
from profile_workflow.models.people import User
from profile_workflow.queries.evidence import priorities_of
from profile_workflow.services import log
from profile_workflow.services.adding import there_already
from profile_workflow.services.contents import fingerprint, fingerprint_of_text
from profile_workflow.services.locking import locked
from profile_workflow.states import AUTHOR_ROLES, ProfileState, Role

_SETTERS = (Role.FOCAL_POINT, *AUTHOR_ROLES, Role.PROJECT_TEAM)
_LINKS = ("challenges", "sections")


def refusal_to_set(profile: Profile, by: User) -> DomainError | None:
    """Return why a person may not write the priorities down now, or None if he may."""
    if not profile.roles_of(by).intersection(_SETTERS):
        return NotAllowed(_("The focal point and the authors write the priorities down."))
    if profile.state != ProfileState.PRIORITY_SETTING:
        return NotNow(_("Priorities are written down while they are being set."))
    return None


def fingerprint_of(priorities: Sequence[Priority]) -> str:
    """Return the SHA-256 (hex) of a list of priorities, to see whether it was changed."""
    return fingerprint_of_text("".join(fingerprint(one) for one in priorities))


def as_given(priority: Priority) -> dict[str, Any]:
    """Return a stored priority in the shape that ``set_priorities`` takes."""
    names = [one.name for one in priority._meta.concrete_fields]  # noqa: SLF001 - Django's own API
    fields = {name: getattr(priority, name) for name in names if name not in _OWN}
    return {**fields, **{name: list(getattr(priority, name).all()) for name in _LINKS}}


_OWN = ("profile", "rank")


@transaction.atomic
def set_priorities(
    profile: Profile,
    priorities: Sequence[Mapping[str, Any]],
    *,
    by: User,
    at: datetime,
    base: str | None = None,
) -> list[Priority]:
    """Replace the list of priorities while they are being set; ranks follow the order given.

    Args:
        profile: The profile; the list it has is replaced as a whole.
        priorities: Fields of ``Priority``; ``challenges`` and ``sections`` are lists of rows. One
            that is there already keeps its ``id``, if it comes with it.
        by: Who writes them down.
        at: The moment.
        base: ``fingerprint_of`` the list when it was looked at; None for whatever it is.

    Raises:
        NotAllowed: If the person does not take part in setting priorities.
        NotNow: If priorities are not being set now.
        MadeAlready: If the last one was added since ``base``, by a click before this one.
        StaleEntry: If somebody has changed the list since ``base``.
        InvalidInput: If a value cannot be stored.
    """
    profile = locked(profile.pk, at)
    raise_if(refusal_to_set(profile, by))
    present = priorities_of(profile)
    if base is not None and base != fingerprint_of(present):
        _refuse_twice(priorities, present)
        raise StaleEntry(
            _("Somebody has changed the priorities in the meantime. Nothing was overwritten."),
            current=present,
        )
    known = {one.pk for one in present}
    profile.priorities.all().delete()
    made = [_add_priority(profile, rank, one, known) for rank, one in enumerate(priorities, 1)]
    role = next(one for one in _SETTERS if one in profile.roles_of(by))
    told = "; ".join(str(one) for one in made) or "–"
    entry = log.Entry("evidence:priorities", "change", "", "", reason=told)
    log.record(profile, [entry], actor=log.Actor(by, role), at=at)
    return made


def _refuse_twice(priorities: Sequence[Mapping[str, Any]], present: Sequence[Priority]) -> None:
    """Refuse to add what the list says already, word for word."""
    new = priorities[-1] if priorities else {"id": None}
    if "id" in new:
        return
    for one in present:
        stored = as_given(one)
        if all(_plain(stored[name]) == _plain(value) for name, value in new.items()):
            raise there_already(one)


def _plain(value: Any) -> Any:
    """Return a value to compare; of several rows it does not matter in which order they come."""
    return set(value) if isinstance(value, QuerySet) or _is_rows(value) else value


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, Model) for one in value)


def _add_priority(
    profile: Profile, rank: int, given: Mapping[str, Any], known: Collection[int]
) -> Priority:
    fields = {key: value for key, value in given.items() if key not in _LINKS}
    if fields.get("id") not in known:
        fields.pop("id", None)
    priority = Priority(profile=profile, rank=rank, **fields)
    try:
        with transaction.atomic():
            priority.full_clean()
            priority.save()
    except ValidationError as error:
        raise InvalidInput("; ".join(error.messages)) from error
    except IntegrityError as error:
        raise InvalidInput(_("This entry exists already, or contradicts another one.")) from error
    for name in _LINKS:
        getattr(priority, name).set(given.get(name, ()))
    return priority
