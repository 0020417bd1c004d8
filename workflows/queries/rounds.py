"""A round: each section with its reviewer, decision and deadline; answers that can be waived."""

from dataclasses import dataclass, replace
from datetime import datetime

from profile_workflow.models import (
    Decision,
    Profile,
    ReviewRound,
    Section,
    User,
    ValidationRound,
)
from profile_workflow.queries.blindness import Veil, veil_of
from profile_workflow.queries.history import move_label
from profile_workflow.queries.rounds import open_comments_by_section
from profile_workflow.services import lifecycle
from workflows.models import Task


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A section in a round: under review by somebody, or decided.

    Attributes:
        reviewer: Name; empty while nobody of the role has taken it.
        decision: What was decided, in words; empty while it is under review.
        is_void: Whether the section was accepted, and has another text since.
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


@dataclass(frozen=True, slots=True)
class ReviewStanding:
    """Where a round of expert review stands.

    Attributes:
        others: How many sections had no part in it.
        closing: The task to conclude the round, once all sections are decided.
    """

    round: ReviewRound
    sections: list[Reviewed]
    decided: int
    others: int
    outcome: str
    closing: Task | None


def review_standing(opened: ReviewRound, profile: Profile, *, viewer: User) -> ReviewStanding:
    """Return where a round stands, in the order of the sections: a constant number of queries."""
    veil = veil_of(profile, viewer)
    decisions = _decisions(opened)
    tasks = _tasks(profile) if opened.closed_at is None else {}
    comments = open_comments_by_section(profile, viewer=viewer)
    related = profile.sections.select_related("template_section", "revision")
    sections = list(related.defer("revision__text").order_by("position"))
    found = [
        _reviewed(one, opened, decisions.get(one.pk), tasks.get(one.pk), comments.get(one.pk, 0))
        for one in sections
        if one.pk in decisions or one.pk in tasks
    ]
    if veil is not None:
        found = [_behind(veil, one) for one in found]
    return ReviewStanding(
        round=opened,
        sections=found,
        decided=sum(one.decided is not None for one in found),
        others=len(sections) - len(found),
        outcome=move_label("profile", opened.outcome) if opened.outcome else "",
        closing=tasks.get(None),
    )


def _behind(veil: Veil, one: Reviewed) -> Reviewed:
    """Return a section of a round without what another one has decided on it."""
    if one.decided is None or not veil.hides(one.decided.by):
        return one
    return replace(one, decision="", decided=None)


def _decisions(opened: ReviewRound) -> dict[int | None, Decision]:
    found = opened.decisions.filter(section__isnull=False).select_related("by", "revision")
    return {one.section_id: one for one in found.order_by("pk")}


def _tasks(profile: Profile) -> dict[int | None, Task]:
    """Return section id → its open review; under None the task to conclude the round."""
    found = Task.objects.open().filter(profile=profile, signoff__isnull=True).with_context()
    names = ("review", "close_round")
    return {one.section_id: one for one in found if one.flow_task.name in names}


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


def _reviewed(
    section: Section,
    opened: ReviewRound,
    decided: Decision | None,
    task: Task | None,
    open_comments: int,
) -> Reviewed:
    decision = decided if task is None else None
    reviewer = decision.by if decision else (task.owner if task else None)
    return Reviewed(
        section=section,
        reviewer=reviewer.full_name if reviewer else "",
        role=task.get_role_display() if task else "",
        decision=move_label("section", decision.move) if decision else "",
        decided=decision,
        task=task,
        since=opened.opened_at,
        open_comments=open_comments,
        is_void=decision is not None
        and decision.move == "accept"
        and (section.revision is None or section.revision.sha256 != decision.digest),
    )
