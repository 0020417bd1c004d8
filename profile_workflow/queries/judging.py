"""What reviewers have decided in a round, and what that comes to where they differ (ADR 0014)."""

from collections.abc import Iterable, Sequence

from django.db.models import Exists, OuterRef, Q

from profile_workflow.models import Assignment, Decision, Profile, ReviewRound, Section
from profile_workflow.states import PROFILE_VERDICTS, SECTION_VERDICTS, Role, SectionState

#: The decisions that stand: those that nobody has taken back.
STANDING = Q(withdrawn_at__isnull=True)
#: What the project team settles a section as.
SETTLED_AS = {"settle_accept": "accept", "settle_minor": "request_minor_changes"}


def open_round(profile: Profile) -> ReviewRound | None:
    """Return the round of review that runs: one query; the answer is kept with the instance."""
    if "_open_round" not in profile.__dict__:
        running = profile.review_rounds.filter(closed_at__isnull=True)
        profile.__dict__["_open_round"] = running.first()
    found: ReviewRound | None = profile.__dict__["_open_round"]
    return found


def forget_round(profile: Profile) -> None:
    """Read the round that runs again next time; called when one is opened or closed."""
    profile.__dict__.pop("_open_round", None)


def strictest(verdicts: Iterable[str], *, of: Sequence[str] = SECTION_VERDICTS) -> str:
    """Return the strictest of some verdicts; empty if there is none."""
    return max((one for one in verdicts if one in of), key=of.index, default="")


def verdict_of(moves: Sequence[str]) -> str:
    """Return what the decisions on one section in a round come to; empty while there is none.

    The strictest holds, unless the project team has settled it since.

    Args:
        moves: The moves of the decisions that stand, in their order.
    """
    settled = [SETTLED_AS[one] for one in moves if one in SETTLED_AS]
    return settled[-1] if settled else strictest(moves)


def verdicts_of(opened: ReviewRound) -> dict[int, str]:
    """Return section id → what the decisions of a round on it come to.

    One query; the answer is kept with the instance.
    """
    kept: dict[int, str] | None = opened.__dict__.get("_verdicts")
    if kept is not None:
        return kept
    found = opened.decisions.filter(STANDING, section__isnull=False).order_by("pk")
    moves: dict[int, list[str]] = {}
    for section, move in found.values_list("section_id", "move"):
        moves.setdefault(section, []).append(move)
    verdicts = {section: verdict_of(several) for section, several in moves.items()}
    opened.__dict__["_verdicts"] = verdicts
    return verdicts


def recommendations_in(opened: ReviewRound) -> list[Decision]:
    """Return what reviewers have recommended for the whole before the move that is being made.

    One query; the answer is kept with the instance.
    """
    kept: list[Decision] | None = opened.__dict__.get("_recommended")
    if kept is None:
        found = opened.decisions.filter(STANDING, section__isnull=True, move__in=PROFILE_VERDICTS)
        kept = opened.__dict__["_recommended"] = list(found.order_by("pk"))
    return kept


def conclusion(opened: ReviewRound, recommended: str, profile: Profile) -> str:
    """Return the move with which a round ends: the strictest recommendation.

    It is never milder than what was decided on the sections: who is returned one has to revise it.
    """
    moves = [one.move for one in recommendations_in(opened)]
    returned = profile.sections.filter(state=SectionState.CHANGES_REQUESTED)
    verdicts = verdicts_of(opened)
    for section in returned.values_list("pk", flat=True):
        is_minor = verdicts.get(section) == "request_minor_changes"
        moves.append("request_minor_revision" if is_minor else "request_major_revision")
    return strictest([*moves, recommended], of=PROFILE_VERDICTS)


def is_alone(opened: ReviewRound) -> bool:
    """Whether one person concludes a round, so that what he says has to fit to his sections."""
    return opened.awaited <= 1 and not recommendations_in(opened)


def asked_of(profile: Profile, sections: Sequence[Section]) -> dict[int, list[int | None]]:
    """Return section id → whom a round asks to judge it, None for whoever of the role takes it.

    Each international expert who was invited is asked himself, for the sections that he was
    invited to. Those who got their part otherwise are one voice together, unless a section has
    somebody who was invited to it. Two queries.
    """
    held = Assignment.objects.active(profile.day).filter(
        profile=profile, role=Role.INTERNATIONAL_EXPERT
    )
    pool: list[int] = []
    lent: list[int] = []
    whole: list[int] = []
    limited: dict[int, list[int]] = {}
    shown = ("user_id", "stands_in_for", "invitation", "invitation__sections")
    for person, stands_in, invitation, section in held.order_by("pk").values_list(*shown):
        if stands_in is not None:
            lent.append(person)
        elif invitation is None:
            pool.append(person)
        elif section is None:
            whole.append(person)
        else:
            limited.setdefault(section, []).append(person)
    return {
        one.pk: [*dict.fromkeys([*whole, *limited[one.pk]])]
        if one.pk in limited
        else _seats(one, pool, whole, lent)
        for one in sections
    }


def _seats(
    section: Section, pool: Sequence[int], whole: Sequence[int], lent: Sequence[int]
) -> list[int | None]:
    people: list[int | None] = list(dict.fromkeys(whole))
    if not pool and people:
        return people
    if section.reviewer_id in (*pool, *lent):
        return [*people, section.reviewer_id]
    return [*people, pool[0] if len(pool) == 1 else None]


def to_conclude(profile: Profile, opened: ReviewRound) -> list[int | None]:
    """Return who recommends something for the whole, None for whoever of the role does it.

    Each of those invited who has judged a section in the round; the others are one voice together.
    Whoever has left is not waited for, unless nobody else is there. One query; two more if somebody
    has judged who was not invited, or has left, beside those who were invited.
    """
    held = Assignment.objects.active(profile.day).filter(
        profile=profile,
        role=Role.INTERNATIONAL_EXPERT,
        stands_in_for__isnull=True,
        invitation__isnull=False,
        user=OuterRef("by"),
    )
    decided = opened.decisions.filter(
        STANDING, section__isnull=False, role=Role.INTERNATIONAL_EXPERT
    ).annotate(is_invited=Exists(held))
    judges = dict(decided.order_by("pk").values_list("by_id", "is_invited"))
    people: list[int | None] = [one for one, is_invited in judges.items() if is_invited]
    if not people:
        return [None]
    others = [one for one, is_invited in judges.items() if not is_invited]
    return [*people, *_one_voice(profile, others, people)]


def _one_voice(
    profile: Profile, judges: Sequence[int], people: Sequence[int | None]
) -> list[int | None]:
    """Return the voice of those who have judged for themselves or for whom they stood in.

    None stands for several of them. Nobody is left in it who has a voice of his own, or has left:
    what waits for him nobody else could do.
    """
    if not judges:
        return []
    parts = Assignment.objects.for_profile(profile).filter(role=Role.INTERNATIONAL_EXPERT)
    own = parts.filter(user__in=judges).values_list("user_id", "stands_in_for__user_id")
    wanted = {lender or person for person, lender in own}.difference(people)
    there = parts.active(profile.day).filter(user__in=wanted, stands_in_for__isnull=True)
    found: list[int | None] = list(there.order_by("user_id").values_list("user_id", flat=True))
    found = list(dict.fromkeys(found))
    return found if len(found) < 2 else [None]
