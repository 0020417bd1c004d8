"""The straight way of a profile through the flow: how long each step takes, and when it ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from profile_workflow import calendars
from profile_workflow.models import City
from workflows.flows import human_tasks

#: Steps of the straight way, by the task of the flow that they are. Their usual lengths are those
#: of the flow, 45 weeks in all. Source: domain notes 3.2.
STEPS: Mapping[str, "str | Promise"] = {
    "plan": _("Set-up"),
    "incept": _("Inception"),
    "draft": _("Drafting"),
    "submit": _("Submission of the text"),
    "review": _("Expert review"),
    "close_round": _("Conclusion of the review"),
    "qa": _("Quality assurance"),
    "consult": _("Consultation"),
    "conclude": _("Conclusion of the consultation"),
    "sign": _("Sign-off"),
    "prioritise": _("Priority setting"),
    "adopt": _("Adoption of priorities"),
    "produce": _("Production"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its working days, and the day it ends when all before it took theirs."""

    name: str
    label: str
    days: int
    ends_on: date


def usual_days() -> dict[str, int]:
    """Return name of each step → its working days as the flow has them."""
    tasks = human_tasks()
    return {name: tasks[name].days for name in STEPS}


def timetable(starts_on: date, city: City, days: Mapping[str, int]) -> list[Step]:
    """Return the steps with the days they end on, in the working days of the city.

    Args:
        starts_on: The day of the nomination.
        city: Whose week and holidays count.
        days: Name of a step → working days, where they are not as usual.
    """
    steps = []
    for name, usual in usual_days().items():
        length = days.get(name, usual)
        starts_on = calendars.add_working_days(starts_on, length, city)
        steps.append(Step(name, str(STEPS[name]), length, starts_on))
    return steps
