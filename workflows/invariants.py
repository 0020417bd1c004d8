"""State ↔ open tasks: what must always be true of a process and the documents that it moves."""

from collections import Counter
from collections.abc import Iterable, Iterator

from django.db import connection
from viewflow.workflow.status import PROCESS

from profile_workflow.models import Profile, Section, SignOff
from profile_workflow.states import (
    EDITABLE_SECTION_STATES,
    RESTING_STATES,
    ProfileState,
    SectionState,
    SignOffState,
    ValidationKind,
)
from workflows.flows import CityProfileFlow
from workflows.models.process import ProfileProcess, Task

#: A task as the invariant sees it: node name, kind of document, its id (0 for the profile).
Waiting = tuple[str, str, int]

#: States that belong to exactly one task of the profile.
NODE_OF_STATE: dict[str, str] = {
    ProfileState.PLANNED: "plan",
    ProfileState.INCEPTION: "incept",
    ProfileState.PROJECT_QA: "qa",
    ProfileState.PRIORITY_SETTING: "prioritise",
    ProfileState.PRIORITIES_ADOPTED: "adopt",
    ProfileState.PRODUCTION: "produce",
}

#: States with a task for each of some sections or sign-offs, and the task when none is left.
NODE_WHEN_ALL_ARE_IN: dict[str, str] = {
    ProfileState.DRAFTING: "submit",
    ProfileState.REVISION_EXPERT: "submit",
    ProfileState.REVISION_QA: "submit",
    ProfileState.REVISION_VALIDATION: "submit",
    ProfileState.CORRECTION: "correct",
    ProfileState.EXPERT_REVIEW: "close_round",
    ProfileState.CONSULTATION: "conclude",
}


def violations(profile: Profile) -> list[str]:
    """Return a sentence for each way in which process and machine disagree; none if all is well."""
    live = list(ProfileProcess.objects.filter(profile=profile, status=PROCESS.NEW))
    if profile.working_state in RESTING_STATES:
        return [
            f"{profile.slug}: nobody should be waiting, but process {one.pk} lives" for one in live
        ]
    if profile.working_state == ProfileState.VALIDATED:
        return [f"{profile.slug}: stopped half-way between sign-off and priority setting"]
    if len(live) != 1:
        return [f"{profile.slug}: {len(live)} live processes in the state “{profile.state}”"]
    return list(_differences(profile, live[0]))


def _differences(profile: Profile, process: ProfileProcess) -> Iterator[str]:
    open_tasks = list(Task.objects.open().filter(process=process))
    have = Counter(_as_waiting(task) for task in open_tasks)
    want = Counter(_expected(profile))
    for node, kind, pk in (have - want).elements():
        yield f"{profile.slug}: task “{node}” is open, but no {kind} {pk or ''} waits for it"
    yield from _wrongly_owned(profile, open_tasks)
    for node, kind, pk in (want - have).elements():
        yield f"{profile.slug}: {kind} {pk or ''} waits, but nobody has the task “{node}”"


def _wrongly_owned(profile: Profile, open_tasks: Iterable[Task]) -> Iterator[str]:
    """Yield tasks of quality assurance that wait for, or may be taken by, who has passed."""
    for task in open_tasks:
        if task.flow_task is None or task.flow_task.name != "qa":
            continue
        first = profile.passed_first_by()
        if task.not_for_id != first:
            yield f"{profile.slug}: task “qa” leaves out {task.not_for_id}, not {first}"
        if first is not None and task.owner_id == first:
            yield f"{profile.slug}: task “qa” is with {first}, who has passed the text already"


def _as_waiting(task: Task) -> Waiting:
    name = task.flow_task.name if task.flow_task else "unknown"
    if task.section_id:
        return (name, "section", task.section_id)
    return (name, "sign_off", task.signoff_id) if task.signoff_id else (name, "profile", 0)


def _expected(profile: Profile) -> Iterator[Waiting]:
    state = profile.working_state
    if state in NODE_OF_STATE:
        yield (NODE_OF_STATE[state], "profile", 0)
        return
    branches = list(_branches(profile, state))
    yield from branches
    if not branches and state in NODE_WHEN_ALL_ARE_IN:
        for _one in range(_awaited(profile) if state == ProfileState.EXPERT_REVIEW else 1):
            yield (NODE_WHEN_ALL_ARE_IN[state], "profile", 0)


def _awaited(profile: Profile) -> int:
    """Return how many reviewers still have to conclude the round."""
    running = profile.review_rounds.filter(closed_at__isnull=True)
    return max(1, running.values_list("awaited", flat=True).first() or 0)


def _branches(profile: Profile, state: ProfileState) -> Iterator[Waiting]:
    if state == ProfileState.EXPERT_REVIEW:
        yield from _sections(profile, "review", [SectionState.UNDER_REVIEW])
    elif state == ProfileState.CONSULTATION:
        yield from _signoffs(profile, "consult", ValidationKind.CONSULTATION)
    elif state == ProfileState.SIGNOFF:
        yield from _signoffs(profile, "sign", ValidationKind.SIGNOFF)
    else:
        yield from _sections(profile, "draft", EDITABLE_SECTION_STATES)


def _sections(
    profile: Profile, node: str, states: "list[SectionState] | tuple[SectionState, ...]"
) -> Iterator[Waiting]:
    found = Section.objects.filter(profile=profile, state__in=states).order_by("pk")
    for pk, reviews in found.values_list("pk", "awaited_reviews"):
        for _one in range(max(1, reviews) if node == "review" else 1):
            yield (node, "section", pk)


def _signoffs(profile: Profile, node: str, kind: ValidationKind) -> Iterator[Waiting]:
    asked = SignOff.objects.filter(
        round__profile=profile,
        round__kind=kind,
        round__closed_at__isnull=True,
        state=SignOffState.ASKED,
    )
    for pk in asked.order_by("pk").values_list("pk", flat=True):
        yield (node, "sign_off", pk)


def unresolved_nodes() -> list[str]:
    """Return every stored reference to a node that the flow does not have (any more)."""
    known = {
        f"workflows/flows.CityProfileFlow.{node.name}" for node in CityProfileFlow.instance.nodes()
    }
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT flow_task FROM {Task._meta.db_table}")  # noqa: S608, SLF001
        stored = {row[0] for row in cursor.fetchall()}
        cursor.execute(f"SELECT DISTINCT flow_class FROM {ProfileProcess._meta.db_table}")  # noqa: S608, SLF001
        flows = {row[0] for row in cursor.fetchall()}
    strange = sorted(stored - known) + sorted(flows - {"workflows/flows.CityProfileFlow"})
    return [f"stored node {one!r} is not part of the flow" for one in strange]
