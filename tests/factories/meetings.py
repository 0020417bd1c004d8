"""Workshops with their records."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from profile_workflow.models import Profile, Workshop
from profile_workflow.services import workshops
from profile_workflow.services.workshops import Facts
from profile_workflow.states import (
    Attribution,
    ProfileState,
    Role,
    StakeholderCategory,
    WorkshopMode,
    WorkshopQuorum,
    WorkshopSaying,
    WorkshopSex,
)
from tests.factories.documents import fresh, holder

_CIVIL, _PUBLIC = StakeholderCategory.CIVIL_SOCIETY, StakeholderCategory.PUBLIC_SERVICE
_WOMEN, _MEN = WorkshopSex.WOMEN, WorkshopSex.MEN

#: A record that lacks nothing, but for its day, its purpose and what the room confirmed.
FACTS = Facts(
    held_on=timezone.now().date(),
    mode=WorkshopMode.HYBRID,
    attribution=Attribution.CATEGORY,
    venue="House of associations",
    participants=14,
    counts={(_CIVIL, _WOMEN): 4, (_CIVIL, _MEN): 3, (_PUBLIC, _WOMEN): 3, (_PUBLIC, _MEN): 4},
    quorum=WorkshopQuorum.REACHED,
    agreed="The room thanks the authors.",
)


def give_workshop(profile: Profile, *, at: datetime | None = None, **facts: Any) -> Workshop:
    """Write down a workshop that confirmed every section but the first, to which it objected."""
    made = record_workshop(profile, at=at, **facts)
    first = profile.sections.filter(revision__isnull=False).order_by("position")[0]
    workshops.add_remark(
        made,
        WorkshopSaying.OBJECTION,
        "The room misses the harbour.",
        section=first,
        by=made.recorded_by,
        at=at or timezone.now(),
    )
    return made


def record_workshop(profile: Profile, *, at: datetime | None = None, **facts: Any) -> Workshop:
    """Write down a workshop that confirmed every section but the first."""
    at = at or timezone.now()
    profile, team = fresh(profile), holder(profile, Role.PROJECT_TEAM)
    is_consulted = profile.state == ProfileState.CONSULTATION
    sections = list(profile.sections.filter(revision__isnull=False).order_by("position"))
    version = profile.versions.order_by("-number").first()
    given = {
        "held_on": at.date(),
        "for_validation": is_consulted,
        "for_priorities": not is_consulted,
        "confirmed": [one.key for one in sections[1:]],
        "documents": [{"title": "Text of version 1", "sha256": version.digest}],
        **facts,
    }
    return workshops.record_workshop(profile, replace(FACTS, **given), by=team, at=at)
