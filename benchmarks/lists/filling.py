"""A large programme, written straight into the tables: profiles in every state, years of tasks.

Only for reading: nothing here has gone through the engine, and nothing will.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count, islice
from typing import Any

from viewflow.workflow.status import PROCESS, STATUS
from viewflow.workflow.token import Token

from profile_workflow.models import (
    Assignment,
    Profile,
    ProfileVersion,
    Section,
    SignOff,
    User,
    ValidationRound,
)
from profile_workflow.states import (
    FINAL_STATES,
    ProfileState,
    Role,
    SectionState,
    SignOffState,
    StakeholderCategory,
    ValidationKind,
)
from tests import factories
from workflows.flows import CityProfileFlow
from workflows.models import ProfileProcess, Task

SECTIONS = 13
_S = ProfileState
_BATCH = 2_000
_STAKEHOLDERS = 6
#: How many profiles one person of a role follows.
_PROFILES_OF_ONE = {
    Role.LOCAL_EXPERT: 2,
    Role.INTERNATIONAL_EXPERT: 10,
    Role.FOCAL_POINT: 1,
    Role.CITY_AUTHORITY: 1,
}
#: How old the oldest task is.
_YEARS = timedelta(days=3 * 365)

#: The states in which profiles stand; the long stages come twice.
_STATES = (
    *[state for state in _S if state != _S.VALIDATED],
    _S.DRAFTING,
    _S.EXPERT_REVIEW,
    _S.CONSULTATION,
    _S.PUBLISHED,
)

#: State → the node whose tasks are open in it, and how many for a section each.
_OPEN: dict[str, tuple[str, int]] = {
    _S.PLANNED: ("plan", 0),
    _S.INCEPTION: ("incept", 0),
    _S.DRAFTING: ("draft", 9),
    _S.EXPERT_REVIEW: ("review", 7),
    _S.REVISION_EXPERT: ("draft", 4),
    _S.PROJECT_QA: ("qa", 0),
    _S.REVISION_QA: ("draft", 3),
    _S.CONSULTATION: ("consult", 0),
    _S.REVISION_VALIDATION: ("draft", 3),
    _S.SIGNOFF: ("sign", 0),
    _S.PRIORITY_SETTING: ("prioritise", 0),
    _S.PRIORITIES_ADOPTED: ("adopt", 0),
    _S.PRODUCTION: ("produce", 0),
    _S.CORRECTION: ("draft", 1),
}
#: What the history of a profile is made of, again and again.
_HISTORY = (
    *["draft"] * 13, "drafts_in", "submit", "open_reviews", *["review"] * 13, "reviews_in",
    "close_round", "qa", "open_consultation", *["consult"] * 7, "answers_in", "conclude",
    "open_signoff", "sign", "signatures_in", "prioritise", "adopt", "open_drafts",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Programme:
    """What was written: the people by role."""

    people: dict[Role, list[User]]


class Filling:
    """Writes the programme; the same rows at every run."""

    def __init__(self, *, profiles: int, tasks: int, at: datetime) -> None:
        self.number = profiles
        self.tasks = tasks
        self.at = at
        self.random = random.Random(1)  # noqa: S311 - no secret, but the same at every run
        self.made = factories.make_programme(sections=SECTIONS, cities=profiles)
        self.template_sections = list(self.made.template.sections.order_by("position"))
        self.people: dict[Role, list[User]] = {}
        self.parts: list[dict[Role, list[User]]] = []

    def fill(self) -> Programme:
        """Write everything."""
        self._people()
        profiles = self._profiles()
        self._assignments(profiles)
        sections = self._sections(profiles)
        answers = self._answers(profiles)
        processes = self._processes(profiles)
        rows = self._all_tasks(profiles, sections, answers, processes)
        while batch := list(islice(rows, _BATCH)):
            Task.objects.bulk_create(batch)
        return Programme(self.people)

    # People

    def _people(self) -> None:
        numbers = {role: -(-self.number // each) for role, each in _PROFILES_OF_ONE.items()}
        numbers |= {Role.PROJECT_TEAM: 12, Role.STAKEHOLDER: 3 * self.number}
        for role, number in numbers.items():
            accounts = [
                User(email=f"{role}-{one}@many.example", full_name=f"{role.label} {one}")
                for one in range(number)
            ]
            self.people[role] = User.objects.bulk_create(accounts, batch_size=_BATCH)

    def _parts_of(self, place: int) -> dict[Role, list[User]]:
        parts = {
            role: [self.people[role][place // each]] for role, each in _PROFILES_OF_ONE.items()
        }
        group = self.people[Role.STAKEHOLDER]
        first = place * _STAKEHOLDERS // 2
        parts[Role.STAKEHOLDER] = [
            group[(first + one) % len(group)] for one in range(_STAKEHOLDERS)
        ]
        return parts

    def _assignments(self, profiles: Sequence[Profile]) -> None:
        programme = self.made.programme
        rows = [
            Assignment(programme=programme, user=user, role=Role.PROJECT_TEAM)
            for user in self.people[Role.PROJECT_TEAM]
        ]
        categories = list(StakeholderCategory)
        for profile, parts in zip(profiles, self.parts, strict=True):
            rows += [
                Assignment(
                    programme=programme,
                    profile=profile,
                    user=user,
                    role=role,
                    category=categories[place] if role == Role.STAKEHOLDER else "",
                )
                for role, users in parts.items()
                for place, user in enumerate(users)
            ]
        Assignment.objects.bulk_create(rows, batch_size=_BATCH)
        self._substitutes(profiles)

    def _substitutes(self, profiles: Sequence[Profile]) -> None:
        """Let the local expert of every tenth profile be stood in for by that of the next."""
        held = Assignment.objects.filter(profile__in=profiles[::10], role=Role.LOCAL_EXPERT)
        experts = self.people[Role.LOCAL_EXPERT]
        Assignment.objects.bulk_create(
            Assignment(
                programme=self.made.programme,
                profile_id=one.profile_id,
                user=experts[(experts.index(one.user) + 1) % len(experts)],
                role=one.role,
                stands_in_for=one,
                starts_on=self.at.date() - timedelta(days=5),
                ends_on=self.at.date() + timedelta(days=20),
            )
            for one in held.select_related("user").order_by("pk")
        )

    # Documents

    def _profiles(self) -> list[Profile]:
        self.parts = [self._parts_of(place) for place in range(self.number)]
        working = [state for state in _OPEN if state != _S.PLANNED]
        rows = []
        for place, city in enumerate(self.made.cities):
            state = _STATES[place % len(_STATES)]
            held = working[place % len(working)] if state == _S.ON_HOLD else ""
            rows.append(
                Profile(
                    programme=self.made.programme,
                    city=city,
                    edition=2026,
                    template=self.made.template,
                    slug=f"{city.slug}-2026",
                    title=f"Migration Profile of {city.name}",
                    state=state,
                    held_state=held,
                    created_at=self.at - _YEARS,
                    state_since=self.at - timedelta(days=self.random.randrange(90)),
                )
            )
        return Profile.objects.bulk_create(rows, batch_size=_BATCH)

    def _sections(self, profiles: Sequence[Profile]) -> dict[int, list[Section]]:
        rows = [
            Section(
                profile=profile,
                template_section=one,
                key=one.key,
                position=one.position,
                state=_section_state(profile, place),
                author=parts[Role.LOCAL_EXPERT][0],
                reviewer=parts[Role.INTERNATIONAL_EXPERT][0],
            )
            for profile, parts in zip(profiles, self.parts, strict=True)
            for place, one in enumerate(self.template_sections)
        ]
        return _by_profile(Section.objects.bulk_create(rows, batch_size=_BATCH))

    def _answers(self, profiles: Sequence[Profile]) -> dict[int, list[SignOff]]:
        """Ask in a round that is open in the two stages of validation, and over later on."""
        versions = ProfileVersion.objects.bulk_create(
            ProfileVersion(profile=one, number=1, digest="0" * 64, content={}, created_at=self.at)
            for one in profiles
        )
        rounds = ValidationRound.objects.bulk_create(
            self._round(profile, version)
            for profile, version in zip(profiles, versions, strict=True)
        )
        rows = [
            answer
            for opened, parts in zip(rounds, self.parts, strict=True)
            for answer in self._asked(opened, parts)
        ]
        found: dict[int, list[SignOff]] = {}
        for row in SignOff.objects.bulk_create(rows, batch_size=_BATCH):
            found.setdefault(row.round.profile_id, []).append(row)
        return found

    def _round(self, profile: Profile, version: ProfileVersion) -> ValidationRound:
        state = profile.working_state
        is_signoff = state == _S.SIGNOFF
        return ValidationRound(
            profile=profile,
            kind=ValidationKind.SIGNOFF if is_signoff else ValidationKind.CONSULTATION,
            number=1,
            version=version,
            opened_at=self.at - timedelta(days=10),
            closes_at=self.at + timedelta(days=18),
            closed_at=None if is_signoff or state == _S.CONSULTATION else self.at,
        )

    def _asked(self, opened: ValidationRound, parts: dict[Role, list[User]]) -> Iterator[SignOff]:
        role = Role.STAKEHOLDER
        if opened.kind == ValidationKind.SIGNOFF:
            role = Role.CITY_AUTHORITY
        for place, person in enumerate(parts[role]):
            waits = opened.closed_at is None and place % 2 == 0
            yield SignOff(
                round=opened,
                person=person,
                role=role,
                digest="0" * 64,
                state=SignOffState.ASKED if waits else SignOffState.APPROVED,
                asked_at=opened.opened_at,
                answered_at=None if waits else self.at,
            )

    # Processes and tasks

    def _processes(self, profiles: Sequence[Profile]) -> list[ProfileProcess]:
        rows = []
        for profile in profiles:
            is_live = profile.working_state in _OPEN
            rows.append(
                ProfileProcess(
                    profile=profile,
                    flow_class=CityProfileFlow,
                    status=PROCESS.NEW if is_live else PROCESS.DONE,
                    created=profile.created_at,
                    finished=None if is_live else profile.state_since,
                )
            )
        return ProfileProcess.objects.bulk_create(rows)

    def _all_tasks(
        self,
        profiles: Sequence[Profile],
        sections: dict[int, list[Section]],
        answers: dict[int, list[SignOff]],
        processes: Sequence[ProfileProcess],
    ) -> Iterator[Task]:
        written = 0
        for place, (profile, process) in enumerate(zip(profiles, processes, strict=True)):
            documents = _Documents(sections[profile.pk], answers[profile.pk])
            opened = list(self._open_tasks(process, place, documents))
            yield from opened
            # So many that the whole is exact, however the profiles differ.
            past = self.tasks * (place + 1) // self.number - written - len(opened)
            yield from self._past_tasks(process, place, documents, past)
            written += len(opened) + max(0, past)

    def _open_tasks(
        self, process: ProfileProcess, place: int, documents: "_Documents"
    ) -> Iterator[Task]:
        name, number = _OPEN.get(process.profile.working_state, ("", 0))
        if not name:
            return
        about: Sequence[Any] = documents.sections[:number] or [None]
        if name in ("consult", "sign"):
            about = [one for one in documents.answers if one.state == SignOffState.ASKED]
        for document in about:
            task = self._task(process, name, place, document)
            task.created = self.at - timedelta(days=self.random.randrange(30))
            task.due_at = self.at + timedelta(hours=self.random.randrange(-500, 1100))
            # The project team takes its tasks from the queue of its role.
            if task.role == Role.PROJECT_TEAM and place % 3:
                task.owner = None
            task.status = STATUS.ASSIGNED if task.owner else STATUS.NEW
            yield task

    def _past_tasks(
        self, process: ProfileProcess, place: int, documents: "_Documents", number: int
    ) -> Iterator[Task]:
        places = count()
        for name in islice(_again_and_again(), max(0, number)):
            document = documents.of(name, next(places))
            task = self._task(process, name, place, document)
            task.finished = self.at - _YEARS * self.random.random()
            task.created = task.finished - timedelta(days=self.random.randrange(1, 30))
            task.status = STATUS.DONE
            task.done_by = task.owner
            yield task

    def _task(self, process: ProfileProcess, name: str, place: int, document: Any) -> Task:
        node = getattr(CityProfileFlow, name)
        role = getattr(node, "role", "")
        task = Task(
            process=process,
            profile=process.profile,
            flow_task=node,
            flow_task_type=node.task_type,
            role=role,
            token=Token("start"),
        )
        task.seed = document
        if isinstance(document, SignOff):
            task.owner = document.person
        elif role:
            people = self.parts[place].get(role) or self.people[role]
            task.owner = people[place % len(people)]
        return task


@dataclass(frozen=True, slots=True)
class _Documents:
    """What tasks of one profile are about."""

    sections: list[Section]
    answers: list[SignOff]

    def of(self, name: str, place: int) -> Section | SignOff | None:
        """Return the document of a finished task of a node."""
        if name in ("draft", "review"):
            return self.sections[place % len(self.sections)]
        if name in ("consult", "sign"):
            return self.answers[place % len(self.answers)]
        return None


def _again_and_again() -> Iterator[str]:
    while True:
        yield from _HISTORY


def _by_profile(sections: Sequence[Section]) -> dict[int, list[Section]]:
    found: dict[int, list[Section]] = {}
    for one in sections:
        found.setdefault(one.profile_id, []).append(one)
    return found


def _section_state(profile: Profile, place: int) -> SectionState:
    name, number = _OPEN.get(profile.working_state, ("", 0))
    if profile.working_state in (_S.PLANNED, _S.INCEPTION):
        return SectionState.EMPTY
    if name == "review" and place < number:
        return SectionState.UNDER_REVIEW
    if name == "draft" and place < number:
        first = profile.working_state == _S.DRAFTING
        return SectionState.DRAFTING if first else SectionState.CHANGES_REQUESTED
    if profile.working_state == _S.DRAFTING:
        return SectionState.READY
    return SectionState.LOCKED if profile.state in FINAL_STATES else SectionState.ACCEPTED
