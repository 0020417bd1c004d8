"""What reviewers answered to the criteria of a round, for those who may read it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import get_language

from profile_workflow.models import (
    CriterionAnswer,
    Profile,
    ReviewRound,
    TemplateCriterion,
    User,
)
from profile_workflow.queries.blindness import Veil
from profile_workflow.states import AUTHOR_ROLES, CriterionScope, Role


@dataclass(frozen=True, slots=True)
class Given:
    """What was answered to one criterion.

    Attributes:
        label: The rating in words; empty where only words were given.
    """

    criterion: TemplateCriterion
    label: str
    text: str
    rating: int | None


@dataclass(frozen=True, slots=True)
class Cell:
    """What one reviewer answered to one criterion, all sections together.

    Attributes:
        lowest, highest: The ratings in words; empty if he gave none.
        number: How many sections he rated.
        share: The mean of his ratings, from 0 to 100 per cent of the scale.
    """

    lowest: str = ""
    highest: str = ""
    number: int = 0
    share: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion, with a cell for each reviewer."""

    criterion: TemplateCriterion
    is_of_sections: bool
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Summary:
    """Criteria by reviewers: the answers that stand."""

    reviewers: list[User] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


def may_read_answers(profile: Profile, opened: ReviewRound, viewer: User) -> bool:
    """Whether a person reads what was answered to criteria: authors do once the round is closed."""
    roles = profile.roles_of(viewer)
    if roles.intersection((Role.PROJECT_TEAM, Role.INTERNATIONAL_EXPERT)):
        return True
    return opened.closed_at is not None and not roles.isdisjoint(AUTHOR_ROLES)


def answers_in(
    opened: ReviewRound, profile: Profile, *, viewer: User, veil: Veil | None
) -> list[CriterionAnswer]:
    """Return the answers of a round that a person may read, in the order of criteria: one query.

    Behind a veil an expert reads his own; while others still conclude, theirs on the whole are
    kept from him.
    """
    if not may_read_answers(profile, opened, viewer):
        return []
    found = CriterionAnswer.objects.filter(decision__review_round=opened)
    related = found.select_related("criterion", "decision__by")
    several = list(related.order_by("criterion__position", "decision__pk"))
    return [one for one in several if not _is_kept(one, veil)]


def _is_kept(one: CriterionAnswer, veil: Veil | None) -> bool:
    if veil is None or not veil.hides(one.decision.by):
        return False
    return one.decision.section_id is None or not veil.is_concluding


def by_decision(answers: Iterable[CriterionAnswer]) -> dict[int, list[Given]]:
    """Return decision id → its answers, in the language of the reader."""
    found: dict[int, list[Given]] = {}
    for one in answers:
        said = Given(one.criterion, label_of(one), one.text, one.rating)
        found.setdefault(one.decision_id, []).append(said)
    return found


def label_of(one: CriterionAnswer) -> str:
    """Return a rating in words; empty if none was given, or it could not be judged."""
    return _label(one.criterion, one.rating or 0)


def _label(criterion: TemplateCriterion, rating: int) -> str:
    labels = criterion.labels_in(get_language() or "en")
    return labels[rating - 1] if 0 < rating <= len(labels) else ""


def summary_of(answers: Sequence[CriterionAnswer]) -> Summary:
    """Return criteria by reviewers, of the answers whose decisions stand."""
    standing = [one for one in answers if one.decision.withdrawn_at is None]
    reviewers = list({one.decision.by_id: one.decision.by for one in standing}.values())
    criteria = {one.criterion_id: one.criterion for one in standing}
    rated: dict[tuple[int, int], list[int]] = {}
    for one in standing:
        if one.rating:
            rated.setdefault((one.criterion_id, one.decision.by_id), []).append(one.rating)
    return Summary(
        reviewers,
        [
            Line(
                criterion,
                is_of_sections=criterion.scope == CriterionScope.SECTION,
                cells=[_cell(criterion, rated.get((key, one.pk), [])) for one in reviewers],
            )
            for key, criterion in criteria.items()
        ],
    )


def _cell(criterion: TemplateCriterion, ratings: Sequence[int]) -> Cell:
    if not ratings:
        return Cell()
    steps = max(len(criterion.scale) - 1, 1)
    mean = sum(ratings) / len(ratings)
    return Cell(
        lowest=_label(criterion, min(ratings)),
        highest=_label(criterion, max(ratings)),
        number=len(ratings),
        share=round((mean - 1) * 100 / steps),
    )
