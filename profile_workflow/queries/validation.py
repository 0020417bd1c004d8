"""Who is asked to validate a profile, and where the answers stand."""

from django.utils import timezone

from profile_workflow.models import Assignment, Profile, Section, SignOff
from profile_workflow.models.people import User
from profile_workflow.states import (
    AGREEING_SIGNOFF_STATES,
    Role,
    SignOffState,
    ValidationKind,
)

#: Who is asked in which kind of round.
ASKED_ROLES: dict[str, tuple[Role, ...]] = {
    ValidationKind.CONSULTATION: (Role.FOCAL_POINT, Role.STAKEHOLDER),
    ValidationKind.SIGNOFF: (Role.CITY_AUTHORITY,),
}


def standing_answers(profile: Profile, kind: str, digest: str) -> dict[int, SignOff]:
    """Return person id → latest sign-off given for exactly this text in rounds of ``kind``."""
    answers = SignOff.objects.filter(round__profile=profile, round__kind=kind, digest=digest)
    return {answer.person_id: answer for answer in answers.order_by("pk")}


def people_to_ask(profile: Profile, kind: str) -> list[Assignment]:
    """Return one assignment for each person who is asked in rounds of ``kind``."""
    found = (
        Assignment.objects.active(timezone.localdate())
        .filter(profile=profile)
        .in_roles(ASKED_ROLES[kind])
        .select_related("user")
        .order_by("pk")
    )
    return list({one.user_id: one for one in found}.values())


def objected_sections(profile: Profile) -> list[Section]:
    """Return the sections named by the objections of the open round, in their order."""
    return list(
        Section.objects.filter(
            objections__round__profile=profile,
            objections__round__closed_at__isnull=True,
            objections__state=SignOffState.OBJECTED,
        )
        .select_related("template_section")
        .distinct()
        .order_by("position")
    )


def objections_in_words(profile: Profile) -> str:
    """Return the reasons of the objections of the open round, one a paragraph, without names."""
    objections = SignOff.objects.filter(
        round__profile=profile, round__closed_at__isnull=True, state=SignOffState.OBJECTED
    )
    return "\n\n".join(objections.order_by("pk").values_list("statement", flat=True))


def who_has_not_signed(profile: Profile) -> list[User]:
    """Return the people who must sign and have not agreed to exactly the present text."""
    standing = standing_answers(profile, ValidationKind.SIGNOFF, profile.text_digest())
    agreed = {
        person for person, answer in standing.items() if answer.state in AGREEING_SIGNOFF_STATES
    }
    asked = people_to_ask(profile, ValidationKind.SIGNOFF)
    return [one.user for one in asked if one.user_id not in agreed]
