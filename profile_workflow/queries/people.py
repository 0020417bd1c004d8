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


def roles_held(user: User, *, on: date) -> set[Role]:
    """Return the roles that a person holds on a day, on any profile or programme. One query."""
    held = Assignment.objects.active(on).filter(user=user)
    return {Role(role) for role in held.values_list("role", flat=True).distinct()}


def project_team_of(user: User, *, on: date) -> list[User]:
    """Return the project teams of the programmes in which a person has a part on a day."""
    mine = Assignment.objects.active(on).filter(user=user).values("programme")
    team = Assignment.objects.active(on).filter(role=Role.PROJECT_TEAM, programme__in=mine)
    return list(
        User.objects.filter(pk__in=team.values("user"), is_active=True).order_by("full_name", "pk")
    )
