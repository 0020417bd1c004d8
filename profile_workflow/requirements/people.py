"""People who must be named before a move."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from profile_workflow.errors import Missing
from profile_workflow.models import Assignment, Profile, Section
from profile_workflow.models.profile import AssignmentQuerySet
from profile_workflow.queries.validation import parts_asked
from profile_workflow.states import Role, ValidationKind


def _parts(profile: Profile) -> AssignmentQuerySet:
    """The parts that people hold now; who only stands in for somebody fills none."""
    own = Assignment.objects.filter(profile=profile, stands_in_for__isnull=True)
    return own.active(profile.day)


def people_are_named(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    """Every part without which nothing begins is held by somebody."""
    needed = (
        Role.LOCAL_EXPERT,
        Role.INTERNATIONAL_EXPERT,
        Role.FOCAL_POINT,
        Role.CITY_AUTHORITY,
    )
    held = set(_parts(profile).values_list("role", flat=True))
    for role in needed:
        if role not in held:
            yield Missing("role_vacant", _("Nobody is named as %(role)s.") % {"role": role.label})


def stakeholders_are_named(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    """The City Stakeholder Group has a member."""
    asked = parts_asked(profile, ValidationKind.CONSULTATION)
    if not any(one.role == Role.STAKEHOLDER for one in asked):
        yield Missing("no_stakeholder", _("The City Stakeholder Group has no member yet."))
