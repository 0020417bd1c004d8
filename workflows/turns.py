"""What a task asks of a person, in words: the verb, the section, the day it is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from profile_workflow.models import User, ValidationRound
from profile_workflow.states import SectionState
from workflows.models import Task

#: Name of the human task in the flow → what it asks for.
LABELS: Mapping[str, "str | Promise"] = {
    "plan": _("Prepare the profile and start its inception"),
    "incept": _("Set territory and definitions, then start drafting"),
    "draft": _("Write the section"),
    "submit": _("Submit the text"),
    "review": _("Review the section"),
    "close_round": _("Conclude the expert review"),
    "qa": _("Check the quality of the text"),
    "consult": _("Give your view on the text"),
    "conclude": _("Conclude the consultation"),
    "sign": _("Sign the text off, or object"),
    "prioritise": _("Agree the priorities"),
    "adopt": _("Adopt the priorities"),
    "produce": _("Produce and publish the profile"),
    "correct": _("Publish the correction"),
}
#: What writing is called when the text was there before.
REVISE = _("Revise the section")
_REWORK_STATES = (SectionState.CHANGES_REQUESTED, SectionState.REOPENED)
#: The tasks that are about such a section.
IS_REWORK = Q(section__isnull=False, section__state__in=_REWORK_STATES)


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing that a person is asked to do.

    Attributes:
        label: What to do, beginning with the verb.
        section: The section to do it to; empty for the whole profile.
        due_at: Until when, if there is a deadline.
        round: The validation round in which an answer is asked for.
    """

    label: str
    section: str
    due_at: datetime | None
    round: ValidationRound | None


def open_turns(person: User, task_ids: Sequence[int], *, of_all: bool = False) -> list[Turn]:
    """Return, in the language in force, those of the tasks that are still open.

    Earliest deadline first.

    Args:
        person: Who is told.
        task_ids: The tasks.
        of_all: Whether to list tasks that are somebody else's too; without it, tasks that
            somebody else has taken are left out.
    """
    if not task_ids:
        return []
    tasks = Task.objects.open().filter(pk__in=list(task_ids))
    if not of_all:
        tasks = tasks.filter(Q(owner=person) | Q(owner__isnull=True))
    in_order = tasks.select_related("section__template_section", "signoff__round").order_by(
        "due_at", "section__position", "pk"
    )
    return [_turn(task) for task in in_order]


def _turn(task: Task) -> Turn:
    return Turn(
        label=label(task),
        section=str(task.section or ""),
        due_at=task.due_at,
        round=task.signoff.round if task.signoff else None,
    )


def label(task: Task) -> str:
    """Return what a task asks for, in the language in force."""
    section = task.section
    return wording(task.flow_task.name, is_rework=section is not None and is_rework(section.state))


def is_rework(state: str | None) -> bool:
    """Whether writing a section in a state means to revise what was there before."""
    return state in _REWORK_STATES


def wording(name: str, *, is_rework: bool) -> str:
    """Return what a task of the flow asks for, in the language in force.

    Args:
        name: Name of the task in the flow.
        is_rework: Whether it is about a section whose text was there before.
    """
    return str(REVISE if name == "draft" and is_rework else LABELS[name])
