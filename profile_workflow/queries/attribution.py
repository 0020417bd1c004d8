"""How somebody who gave an answer is shown to a reader: by name, by group, or not at all."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from profile_workflow.models import Profile, User
from profile_workflow.states import Attribution, Role


@dataclass(frozen=True, slots=True)
class Credit:
    """What a reader sees of a person.

    Attributes:
        name: The name, or what stands for it.
        role: Label of the role, empty where it would tell too much.
        is_named: Whether ``name`` is the person's own, so that times may be exact too.
    """

    name: str
    role: str
    is_named: bool


def participant() -> str:
    """Return what stands for somebody of whom nothing may be known."""
    return _("A participant")


def credit(
    person: User | None,
    attribution: str,
    *,
    role: Role | None,
    category: str,
    viewer: User,
    profile: Profile,
) -> Credit:
    """Return how ``person`` is shown to ``viewer`` beside an answer or a comment.

    The project team and the person see the name. Others see what the attribution of the round or
    of the comment allows. Where nobody is known any more, all see the group, if it is kept.

    Args:
        person: Who gave the answer; None for what was parted from its author.
        attribution: A value of ``Attribution``.
        role: The role in which it was given; None where it is not kept.
        category: Category of the stakeholder in words, if the person is one.
        viewer: Who reads.
        profile: The profile that the answer is about.
    """
    if person is None or role is None:
        return Credit(category or (str(role.label) if role else participant()), "", is_named=False)
    if attribution == Attribution.NAMED or may_see_names(viewer, profile) or person == viewer:
        return Credit(person.full_name, str(role.label), is_named=True)
    if attribution == Attribution.ORGANISATION and person.organisation is not None:
        return Credit(person.organisation.name, str(role.label), is_named=False)
    if attribution == Attribution.CHATHAM_HOUSE:
        return Credit(participant(), "", is_named=False)
    return Credit(category or str(role.label), str(role.label), is_named=False)


def credit_of_asked(
    person: User, *, role: Role, category: str, viewer: User, profile: Profile
) -> Credit:
    """Return how somebody of the city who is asked for input is shown to a reader.

    Who asks has to know which institution he asks, and the methodology prints it. So members of
    the City Stakeholder Group are known by their organisation, whatever the attribution of their
    answers in a validation; by name only where that is so for those too.
    """
    is_protected = role == Role.STAKEHOLDER and profile.attribution != Attribution.NAMED
    attribution = Attribution.ORGANISATION if is_protected else Attribution.NAMED
    return credit(person, attribution, role=role, category=category, viewer=viewer, profile=profile)


def may_see_names(viewer: User, profile: Profile) -> bool:
    """Whether a reader sees every name, whatever the attribution."""
    return Role.PROJECT_TEAM in profile.roles_of(viewer)
