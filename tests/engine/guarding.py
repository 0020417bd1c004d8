"""What the proofs of the guards share: short names, what is missing, whether all agrees."""

from collections import Counter
from typing import Any

import pytest
from django.utils import timezone

from profile_workflow.errors import NotComplete
from profile_workflow.models import Event, Profile, SignOff, User, ValidationRound
from profile_workflow.services import log, people
from profile_workflow.services.people import Part
from profile_workflow.states import ProfileState, Role, SectionState
from tests.factories import fresh, holder, make_person, move, sections
from workflows import engine, invariants
from workflows.models import OutboxJob, Task

S = ProfileState
TEAM, EXPERT, CO_AUTHOR = Role.PROJECT_TEAM, Role.LOCAL_EXPERT, Role.CO_AUTHOR
REVIEWER, FOCAL_POINT = Role.INTERNATIONAL_EXPERT, Role.FOCAL_POINT
AUTHORITY, STAKEHOLDER = Role.CITY_AUTHORITY, Role.STAKEHOLDER


def sound(profile: Profile) -> None:
    """Fail unless log, process and machine agree."""
    profile = fresh(profile)
    assert invariants.violations(profile) == []
    assert list(log.broken_links(profile)) == []


def missing(document: Any, name: str, by: User | None, **details: Any) -> Counter[str]:
    """Make a move that must be refused as not complete; return the codes of what is missing."""
    before = fresh(document).state
    with pytest.raises(NotComplete) as refusal:
        move(document, name, by, **details)
    assert fresh(document).state == before
    return Counter(one.code for one in refusal.value.missing)


def open_task(profile: Profile, **about: Any) -> Task:
    return Task.objects.open().get(profile=profile, **about)


def jobs_since(event: Event) -> list[OutboxJob]:
    return [one for one in OutboxJob.objects.all() if one.payload.get("event") == event.pk]


def closing(profile: Profile) -> Any:
    return ValidationRound.objects.get(profile=profile, closed_at=None).closes_at


def judge(profile: Profile, **returned: str) -> None:
    """Accept all sections but those named by key, which get that judgement."""
    reviewer = holder(profile, REVIEWER)
    for one in sections(profile, SectionState.UNDER_REVIEW):
        name = returned.get(f"s{one.key}", "accept")
        move(one, name, reviewer, reason="Look at the figures.")


def add_late(profile: Profile, *, at: Any = None, role: Role = STAKEHOLDER) -> SignOff:
    team = holder(profile, TEAM)
    part = Part(make_person("late"), role, "academia" if role == STAKEHOLDER else "")
    (assignment,) = people.assign(profile, [part], by=team, at=timezone.now())
    return engine.add_stakeholder(assignment, by=team, at=at or timezone.now())
