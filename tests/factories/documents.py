"""What a profile consists of as the database has it now, and moving it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from profile_workflow.models import Profile, Section, SignOff, User
from profile_workflow.services.lifecycle import Details
from profile_workflow.states import Role, SectionState, SignOffState
from tests.measuring import measured_once
from workflows import engine


def holder(profile: Profile, role: Role) -> User:
    """Return the first person who holds a role on a profile."""
    return holders(profile, role)[0]


def holders(profile: Profile, role: Role) -> list[User]:
    """Return everybody who holds a role on a profile, in the order of assignment."""
    held = User.objects.filter(assignments__role=role).filter(
        assignments__programme=profile.programme_id,
        assignments__profile__in=[profile.pk],
    )
    if role == Role.PROJECT_TEAM:
        held = User.objects.filter(
            assignments__role=role,
            assignments__programme=profile.programme_id,
            assignments__profile=None,
        )
    return list(held.distinct().order_by("pk"))


def fresh(document: Any) -> Any:
    """Return a document as the database has it now."""
    return type(document).objects.get(pk=document.pk)


def section(profile: Profile, key: str) -> Section:
    return Section.objects.get(profile=profile, key=key)


def sections(profile: Profile, *states: SectionState) -> list[Section]:
    found = Section.objects.filter(profile=profile).order_by("position")
    return list(found.filter(state__in=states) if states else found)


def asked(profile: Profile) -> list[SignOff]:
    """Return the sign-offs that still wait for an answer, in the order of asking."""
    waiting = SignOff.objects.filter(
        round__profile=profile, round__closed_at__isnull=True, state=SignOffState.ASKED
    )
    return list(waiting.select_related("person").order_by("pk"))


def move(
    document: Any, name: str, by: User | None, *, at: datetime | None = None, **details: Any
) -> Any:
    """Make a move and return the document as it is afterwards."""
    given, at = Details(**details), at or timezone.now()
    with measured_once("move", type(document), name, *sorted(details)):
        engine.perform(fresh(document), name, by=by, at=at, details=given)
    return fresh(document)


@contextmanager
def undone() -> Iterator[None]:
    """Undo in the end what is done within."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
