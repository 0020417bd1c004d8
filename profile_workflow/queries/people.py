"""Who is who, for screens and rules."""

from datetime import date

from profile_workflow.models import Assignment, User
from profile_workflow.states import Role


def is_project_team(user: User, *, on: date) -> bool:
    """Whether a person is of the project team of any programme on a day.

    The answer is kept with the instance: fetch the person anew to see later changes.
    """
    answers: dict[date, bool] = user.__dict__.setdefault("_is_project_team", {})
    if on not in answers:
        held = Assignment.objects.active(on).filter(user=user, role=Role.PROJECT_TEAM)
        answers[on] = held.exists()
    return answers[on]
