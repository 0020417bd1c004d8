"""The moves of the simple documents, as both baselines make them. The caller holds the lock."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from benchmarks.baseline.models import PlainAnswer, PlainEvent, PlainProfile, PlainSection
from benchmarks.flow.script import Kind, Step
from profile_workflow.models import User
from profile_workflow.states import Role, SectionState, SignOffState, ValidationKind

TEXT = "Text of a section. " * 20


@dataclass(frozen=True, slots=True)
class People:
    """Who takes part."""

    by_role: Mapping[Role, Sequence[User]]

    def __getitem__(self, role: Role) -> User:
        return self.by_role[role][0]


def create(people: People, *, sections: int, at: datetime) -> PlainProfile:
    """Create a profile with its sections, and the event that says so."""
    profile = PlainProfile.objects.create(
        title="Migration Profile",
        team=people[Role.PROJECT_TEAM],
        expert=people[Role.LOCAL_EXPERT],
        reviewer=people[Role.INTERNATIONAL_EXPERT],
        focal_point=people[Role.FOCAL_POINT],
        authority=people[Role.CITY_AUTHORITY],
    )
    profile.stakeholders.set(people.by_role[Role.STAKEHOLDER])
    PlainSection.objects.bulk_create(
        PlainSection(profile=profile, number=number, text=TEXT) for number in range(1, sections + 1)
    )
    _record(profile, "nominate", "", profile.state, by=people[Role.PROJECT_TEAM], at=at)
    return profile


def locked(profile_id: int) -> PlainProfile:
    """Fetch a profile and lock it."""
    return PlainProfile.objects.select_for_update().get(pk=profile_id)


def fetch(profile: PlainProfile, step: Step) -> Any:
    """Fetch the document of a step."""
    if step.kind == Kind.PROFILE:
        return profile
    if step.kind == Kind.SECTION:
        found: Any = PlainSection.objects.get(profile=profile, number=step.number)
    else:
        found = PlainAnswer.objects.get(profile=profile, kind=step.kind, number=step.number)
    found.profile = profile
    return found


def move(document: Any, name: str, *, by: User | None, at: datetime) -> None:
    """Move one document, with the sections that move because of it, and record it."""
    profile = document if isinstance(document, PlainProfile) else document.profile
    before = document.state
    getattr(document, name)()
    document.save(update_fields=["state"])
    _record(profile, name, before, document.state, by=by, at=at, document=str(document))
    if name == "begin_drafting":
        _move_sections(profile, "begin", SectionState.EMPTY, by=by, at=at)
    elif name == "validate":
        _move_sections(profile, "lock", SectionState.ACCEPTED, by=by, at=at)


def _record(
    profile: PlainProfile,
    name: str,
    before: str,
    after: str,
    *,
    by: User | None,
    at: datetime,
    document: str = "profile",
) -> None:
    PlainEvent.objects.create(
        profile=profile,
        document=document,
        move=name,
        from_state=before,
        to_state=after,
        by=by,
        at=at,
    )


def _move_sections(
    profile: PlainProfile, name: str, state: SectionState, *, by: User | None, at: datetime
) -> None:
    sections = list(profile.sections.filter(state=state))
    for section in sections:
        getattr(section, name)()
    PlainSection.objects.bulk_update(sections, ["state"])
    PlainEvent.objects.bulk_create(
        PlainEvent(
            profile=profile,
            document=str(section),
            move=name,
            from_state=state,
            to_state=section.state,
            by=by,
            at=at,
        )
        for section in sections
    )


# What the software does between the tasks of people


def open_review(profile: PlainProfile, at: datetime) -> None:
    """Put the sections under review."""
    _move_sections(profile, "open_review", SectionState.READY, by=None, at=at)


def ask_to_consult(profile: PlainProfile, at: datetime) -> None:
    """Ask the stakeholders and the focal point."""
    _ask(profile, ValidationKind.CONSULTATION, [*profile.stakeholders.all(), profile.focal_point])


def ask_to_sign(profile: PlainProfile, at: datetime) -> None:
    """Ask the city authority."""
    _ask(profile, ValidationKind.SIGNOFF, [profile.authority])


def _ask(profile: PlainProfile, kind: ValidationKind, people: Sequence[User]) -> None:
    PlainAnswer.objects.bulk_create(
        PlainAnswer(profile=profile, kind=kind, number=number, person=person)
        for number, person in enumerate(people, 1)
    )


def count_signatures(profile: PlainProfile, at: datetime) -> None:
    """Validate and open priority setting once everybody has signed."""
    asked = profile.answers.filter(kind=ValidationKind.SIGNOFF, state=SignOffState.ASKED)
    if not asked.exists():
        move(profile, "validate", by=None, at=at)
        move(profile, "open_priority_setting", by=None, at=at)


#: What the software does after a step, where no flow says so.
FOLLOWS: Mapping[tuple[Kind, str], Callable[[PlainProfile, datetime], None]] = {
    (Kind.PROFILE, "submit_draft"): open_review,
    (Kind.PROFILE, "pass_qa"): ask_to_consult,
    (Kind.PROFILE, "conclude_consultation"): ask_to_sign,
    (Kind.SIGNATURE, "approve"): count_signatures,
}
