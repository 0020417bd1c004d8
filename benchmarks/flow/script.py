"""The straight way from nomination to publication, move by move, the same for every contestant."""

from dataclasses import dataclass
from enum import StrEnum

from profile_workflow.states import Role

SECTIONS = 13
#: Two stakeholders and the focal point.
CONSULTED = 3
#: The city authority.
SIGNING = 1


class Kind(StrEnum):
    """Which document a step moves; the two kinds of answer are called as their rounds are."""

    PROFILE = "profile"
    SECTION = "section"
    ANSWER = "consultation"
    SIGNATURE = "signoff"


@dataclass(frozen=True, slots=True)
class Step:
    """One move of one person.

    Attributes:
        node: The node of the flow whose task it finishes.
        role: Who makes it; an answer is made by the person asked.
        number: Which section or answer, from 1.
    """

    kind: Kind
    move: str
    node: str
    role: Role | None = None
    number: int = 0


def _profile(move: str, node: str, role: Role) -> Step:
    return Step(Kind.PROFILE, move, node, role)


def _each(kind: Kind, move: str, node: str, role: Role | None, number: int) -> tuple[Step, ...]:
    return tuple(Step(kind, move, node, role, one) for one in range(1, number + 1))


STEPS: tuple[Step, ...] = (
    _profile("begin_inception", "plan", Role.PROJECT_TEAM),
    _profile("begin_drafting", "incept", Role.LOCAL_EXPERT),
    *_each(Kind.SECTION, "submit", "draft", Role.LOCAL_EXPERT, SECTIONS),
    _profile("submit_draft", "submit", Role.LOCAL_EXPERT),
    *_each(Kind.SECTION, "accept", "review", Role.INTERNATIONAL_EXPERT, SECTIONS),
    _profile("recommend_acceptance", "close_round", Role.INTERNATIONAL_EXPERT),
    _profile("pass_qa", "qa", Role.PROJECT_TEAM),
    *_each(Kind.ANSWER, "approve", "consult", None, CONSULTED),
    _profile("conclude_consultation", "conclude", Role.FOCAL_POINT),
    *_each(Kind.SIGNATURE, "approve", "sign", None, SIGNING),
    _profile("agree_priorities", "prioritise", Role.FOCAL_POINT),
    _profile("adopt_priorities", "adopt", Role.CITY_AUTHORITY),
    _profile("publish", "produce", Role.PROJECT_TEAM),
)
