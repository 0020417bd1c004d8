"""A round: each section with its reviewers, decisions and deadlines; answers that can be waived."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from profile_workflow.models import (
    Decision,
    Profile,
    ReviewRound,
    Section,
    User,
    ValidationRound,
)
from profile_workflow.queries.assessments import Given, Summary, answers_in, by_decision, summary_of
from profile_workflow.queries.blindness import Veil, veil_of
from profile_workflow.queries.history import move_label
from profile_workflow.queries.judging import SETTLED_AS, strictest, verdict_of
from profile_workflow.queries.rounds import open_comments_by_section
from profile_workflow.services import lifecycle
from profile_workflow.states import AUTHOR_ROLES, SECTION_VERDICTS, Role, SectionState
from workflows.models import Task

#: Verdict to which the project team can settle a section → the move with which it does.
_SETTLING = {verdict: move for move, verdict in SETTLED_AS.items()}


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A section in a round as one person judges it: under review, or decided.

    Attributes:
        reviewer: Name; empty while nobody of the role has taken it.
        decision: What he decided, in words; empty while it is under review.
        is_void: Whether the section was accepted, and has another text since.
        is_judged: Whether he has decided, what is kept from the reader.
        answers: What he answered to the criteria.
        take_back: Whether the reader can take this decision back.
        settle: Moves with which the reader can settle what reviewers decided differently, with
            their words; on the last line of a section.
        comes_to: What several decisions come to, in words; on the last line of a section.
    """

    section: Section
    reviewer: str
    role: str
    decision: str
    decided: Decision | None
    task: Task | None
    since: datetime
    open_comments: int
    is_void: bool
    is_judged: bool = False
    answers: list[Given] = field(default_factory=list)
    take_back: bool = False
    settle: list[tuple[str, str]] = field(default_factory=list)
    comes_to: str = ""


@dataclass(frozen=True, slots=True)
class Recommended:
    """What one reviewer recommends for the whole."""

    decided: Decision
    label: str
    answers: list[Given]


@dataclass(frozen=True, slots=True)
class ReviewStanding:
    """Where a round of expert review stands.

    Attributes:
        sections: A line for each section and each of its reviewers.
        total: How many sections are judged in it.
        others: How many sections had no part in it, or are not the reader's to judge.
        closing: The tasks to conclude the round, once all sections are decided.
    """

    round: ReviewRound
    sections: list[Reviewed]
    total: int
    decided: int
    others: int
    outcome: str
    closing: list[Task]
    recommended: list[Recommended]
    summary: Summary


def review_standing(opened: ReviewRound, profile: Profile, *, viewer: User) -> ReviewStanding:
    """Return where a round stands, in the order of the sections: a constant number of queries.

    Whoever was invited to review some sections sees those.
    """
    veil = veil_of(profile, viewer) if opened.closed_at is None else None
    decisions, whole = _decisions(opened)
    tasks, closing = _tasks(profile) if opened.closed_at is None else ({}, [])
    comments = open_comments_by_section(profile, viewer=viewer)
    answers = answers_in(opened, profile, viewer=viewer, veil=veil)
    said = by_decision(answers)
    related = profile.sections.select_related("template_section", "revision")
    sections = list(related.defer("revision__text").order_by("position"))
    limits = _limits(profile, viewer)
    found: list[Reviewed] = []
    total = decided = 0
    for section in sections:
        section.profile = profile
        given, waiting = decisions.get(section.pk, []), tasks.get(section.pk, [])
        is_shown = limits is None or section.pk in limits
        if not (given or waiting) or not is_shown:
            continue
        lines = [_line(section, opened, one, None) for one in given]
        lines += [_line(section, opened, None, one) for one in waiting]
        lines = [replace(one, open_comments=comments.get(section.pk, 0)) for one in lines]
        lines = _with_answers(lines, said, viewer)
        total += 1
        if veil is not None:
            lines = [_behind(veil, one) for one in lines]
            is_told = not any(one.is_judged for one in lines)
        else:
            is_told = True
        decided += not waiting and is_told
        found += _settled(lines, given, viewer) if is_told and not waiting else lines
    return ReviewStanding(
        round=opened,
        sections=found,
        total=total,
        decided=decided,
        others=len(sections) - total,
        outcome=move_label("profile", opened.outcome) if opened.outcome else "",
        closing=closing,
        recommended=[
            Recommended(one, move_label("profile", one.move), said.get(one.pk, []))
            for one in whole
            if veil is None or not veil.hides(one.by)
        ],
        summary=summary_of(answers),
    )


def _limits(profile: Profile, viewer: User) -> frozenset[int] | None:
    """Return the sections to which an invitation limits somebody who is nothing but a reviewer."""
    roles = profile.roles_of(viewer)
    others = {Role.PROJECT_TEAM, *AUTHOR_ROLES}
    if Role.INTERNATIONAL_EXPERT not in roles or not roles.isdisjoint(others):
        return None
    return profile.reviews_only(viewer)


def _behind(veil: Veil, one: Reviewed) -> Reviewed:
    """Return a line of a round without what another one has decided on it."""
    if one.decided is None or veil.is_concluding or not veil.hides(one.decided.by):
        return one
    return replace(one, decision="", decided=None, is_judged=True, answers=[], is_void=False)


def _decisions(opened: ReviewRound) -> tuple[dict[int, list[Decision]], list[Decision]]:
    """Return section id → the decisions on it, those taken back too; and those on the whole."""
    found = opened.decisions.select_related("by", "revision").defer("revision__text")
    sections: dict[int, list[Decision]] = {}
    whole: list[Decision] = []
    for one in found.order_by("pk"):
        if one.section_id is None:
            whole.append(one)
        else:
            sections.setdefault(one.section_id, []).append(one)
    return sections, whole


def _tasks(profile: Profile) -> tuple[dict[int, list[Task]], list[Task]]:
    """Return section id → its open reviews; and the tasks to conclude the round."""
    found = Task.objects.open().filter(profile=profile, signoff__isnull=True).with_context()
    reviews: dict[int, list[Task]] = {}
    closing: list[Task] = []
    for one in found.order_by("pk"):
        if one.flow_task.name == "review" and one.section_id is not None:
            reviews.setdefault(one.section_id, []).append(one)
        elif one.flow_task.name == "close_round":
            closing.append(one)
    return reviews, closing


def tasks_to_waive(opened: ValidationRound, profile: Profile, *, viewer: User) -> dict[int, int]:
    """Return sign-off id → the task on whose page a person may go on without its answer."""
    if opened.closed_at is not None:
        return {}
    tasks = Task.objects.filter(signoff__round=opened).select_related("signoff__round")
    found = {}
    for task in tasks:
        assert task.signoff is not None
        task.signoff.round.profile = profile
        if lifecycle.is_open(task.signoff, "waive", viewer):
            found[task.signoff.pk] = task.pk
    return found


def _line(
    section: Section, opened: ReviewRound, decision: Decision | None, task: Task | None
) -> Reviewed:
    reviewer = decision.by if decision else (task.owner if task else None)
    return Reviewed(
        section=section,
        reviewer=reviewer.full_name if reviewer else "",
        role=task.get_role_display() if task else "",
        decision=move_label("section", decision.move) if decision else "",
        decided=decision,
        task=task,
        since=opened.opened_at,
        open_comments=0,
        is_void=decision is not None
        and decision.move == "accept"
        and decision.withdrawn_at is None
        and (section.revision is None or section.revision.sha256 != decision.digest),
    )


def _with_answers(
    lines: Iterable[Reviewed], said: dict[int, list[Given]], viewer: User
) -> list[Reviewed]:
    found = []
    for one in lines:
        decided = one.decided
        own = decided is not None and decided.by_id == viewer.pk and decided.withdrawn_at is None
        can = own and lifecycle.is_open(one.section, "take_back_decision", viewer)
        answers = said.get(decided.pk, []) if decided else []
        is_verdict = decided is not None and decided.move in SECTION_VERDICTS
        found.append(replace(one, answers=answers, take_back=can and is_verdict))
    return found


def _settled(lines: list[Reviewed], given: Sequence[Decision], viewer: User) -> list[Reviewed]:
    """Say on the last line of a section what several decisions come to, and who can settle it."""
    moves = [one.move for one in given if one.withdrawn_at is None]
    if len(set(moves)) < 2 or not lines:
        return lines
    now, section = verdict_of(moves), lines[-1].section
    milder = [
        move
        for verdict, move in _SETTLING.items()
        if verdict in moves and verdict != now and strictest([verdict, now]) == now
    ]
    settle = [
        (move, move_label("section", move))
        for move in milder
        if section.state == SectionState.CHANGES_REQUESTED
        and lifecycle.is_open(section, move, viewer)
    ]
    last = replace(lines[-1], settle=settle, comes_to=move_label("section", now))
    return [*lines[:-1], last]
