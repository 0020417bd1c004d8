"""The validation record: who judged what, as far as each round lets it be known.

A name is read only where the round says so; under the Chatham House Rule not even organisations
and categories are, so that no template and no file could print them.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from profile_workflow.models import (
    Decision,
    Profile,
    ReviewRound,
    Section,
    SignOff,
    ValidationRound,
)
from profile_workflow.states import Attribution, SignOffState
from reports.context import days
from reports.context.plain import (
    AnswerLine,
    DecisionLine,
    ReviewRoundLine,
    ValidationRecord,
    ValidationRoundRecord,
)

_ANSWER_ORDER = {state: position for position, state in enumerate(SignOffState)}


def read_record(profile: Profile, names: Mapping[int, str], language: str) -> ValidationRecord:
    """Read review rounds, decisions and validation rounds of a profile.

    Args:
        profile: The profile.
        names: Section id → number and title as printed.
        language: Language of dates and labels; must be active.
    """
    signoffs: dict[int, list[SignOff]] = defaultdict(list)
    answers = SignOff.objects.filter(round__profile=profile)
    for answer in answers.select_related("person__organisation"):
        signoffs[answer.round_id].append(answer)
    rounds = ValidationRound.objects.filter(profile=profile).select_related("version")
    return ValidationRecord(
        reviews=_reviews(profile, language),
        decisions=_decisions(profile, names, language),
        validations=tuple(
            _validation(found, signoffs[found.pk], language)
            for found in rounds.order_by("opened_at", "number")
        ),
    )


def _reviews(profile: Profile, language: str) -> tuple[ReviewRoundLine, ...]:
    moves = _words_of_moves()
    return tuple(
        ReviewRoundLine(
            number=found.number,
            opened=days.day(found.opened_at, language),
            closed=days.day(found.closed_at, language),
            outcome=_words(found.outcome, moves),
        )
        for found in ReviewRound.objects.filter(profile=profile).order_by("number")
    )


def _decisions(
    profile: Profile, names: Mapping[int, str], language: str
) -> tuple[DecisionLine, ...]:
    """Read the decisions by role only: who holds a role is in the imprint, or nobody's business."""
    moves = _words_of_moves()
    found = Decision.objects.filter(profile=profile).select_related("review_round")
    return tuple(
        DecisionLine(
            at=days.day(decision.at, language),
            role=decision.get_role_display(),
            decision=_words(decision.move, moves),
            section=names.get(decision.section_id or 0, ""),
            digest=decision.digest,
            round=str(decision.review_round.number) if decision.review_round else "",
        )
        for decision in found.order_by("at", "pk")
    )


def _words_of_moves() -> dict[str, str]:
    """Return move → its words, from the machines of profiles and sections."""
    words: dict[str, str] = {}
    for model in (Section, Profile):
        state = model._meta.get_field("state")  # noqa: SLF001 - Django's documented name
        for move in state.get_all_transitions(model):
            words.setdefault(move.name, str(move.custom.get("label", move.name)))
    return words


def _words(code: str, moves: Mapping[str, str]) -> str:
    return moves.get(code, code.replace("_", " ").capitalize())


def _validation(
    found: ValidationRound, signoffs: Sequence[SignOff], language: str
) -> ValidationRoundRecord:
    is_closed = found.closed_at is not None
    counts_only = found.attribution == Attribution.CHATHAM_HOUSE
    may_be_told = is_closed and not counts_only
    return ValidationRoundRecord(
        title=str(found),
        opened=days.day(found.opened_at, language),
        closed=days.day(found.closed_at, language),
        asked=len(signoffs),
        quorum=found.quorum,
        attribution=found.get_attribution_display(),
        tacit_rule=found.tacit_rule,
        version=found.version.number,
        digest=found.version.digest,
        counts=_counts(signoffs) if is_closed else (),
        answers=_answers(found.attribution, signoffs) if may_be_told else (),
        counts_only=counts_only,
        reservations=_statements(signoffs, SignOffState.RESERVATION) if may_be_told else (),
        objections=_objections(signoffs) if may_be_told else (),
    )


def _counts(signoffs: Sequence[SignOff]) -> tuple[tuple[str, int], ...]:
    counted = Counter(signoff.state for signoff in signoffs)
    ordered = sorted(counted.items(), key=lambda pair: _ANSWER_ORDER[SignOffState(pair[0])])
    return tuple((str(SignOffState(state).label), number) for state, number in ordered)


def _answers(attribution: str, signoffs: Sequence[SignOff]) -> tuple[AnswerLine, ...]:
    counted = Counter((_who(attribution, signoff), signoff.state) for signoff in signoffs)
    return tuple(
        AnswerLine(who, str(SignOffState(state).label), number)
        for (who, state), number in sorted(
            counted.items(), key=lambda pair: (pair[0][0], _ANSWER_ORDER[SignOffState(pair[0][1])])
        )
    )


def _who(attribution: str, signoff: SignOff) -> str:
    """Return how the person who answered is called in the round."""
    person = signoff.person
    organisation = person.organisation.name if person and person.organisation else ""
    group = signoff.get_category_display() if signoff.category else signoff.get_role_display()
    if attribution == Attribution.NAMED and person is not None:
        return ", ".join(filter(None, (person.full_name, organisation)))
    if attribution == Attribution.ORGANISATION:
        return organisation or group
    return group


def _statements(signoffs: Sequence[SignOff], state: SignOffState) -> tuple[str, ...]:
    """Return the statements in alphabetical order, which says nothing about who made them."""
    found = (s.statement.strip() for s in signoffs if s.state == state)
    return tuple(sorted(filter(None, found)))


def _objections(signoffs: Sequence[SignOff]) -> tuple[tuple[str, str], ...]:
    """Return each objection with its written answer, in alphabetical order."""
    found = (s for s in signoffs if s.state == SignOffState.OBJECTED and s.statement.strip())
    return tuple(sorted((one.statement.strip(), one.response.strip()) for one in found))
