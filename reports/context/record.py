"""The validation record: who judged what, as far as each round lets it be known.

A name is read only where the round says so; under the Chatham House Rule not even organisations
and categories are, so that no template and no file could print them.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from profile_workflow import days
from profile_workflow.models import (
    Decision,
    Profile,
    ProfileVersion,
    ReviewRound,
    Section,
    SignOff,
    ValidationRound,
)
from profile_workflow.queries.judging import STANDING, strictest, verdict_of
from profile_workflow.services.sealing import Group, groups_to_name
from profile_workflow.states import (
    AGREEING_SIGNOFF_STATES,
    COUNTING_SIGNOFF_STATES,
    GIVEN_SIGNOFF_STATES,
    PROFILE_VERDICTS,
    Attribution,
    SignOffState,
    ValidationKind,
)
from reports.context.validation_record import (
    AnswerLine,
    DecisionLine,
    ReviewRoundLine,
    ValidationRecord,
    ValidationRoundRecord,
)
from reports.context.workshops import read_workshops

#: Answers that approve; to go on without somebody is no approval of his.
_APPROVING = frozenset(AGREEING_SIGNOFF_STATES) - {SignOffState.WAIVED}
_ANSWER_ORDER = {state: position for position, state in enumerate(SignOffState)}


def read_record(profile: Profile, names: Mapping[int, str], language: str) -> ValidationRecord:
    """Read review rounds, decisions, validation rounds and workshops of a profile.

    Args:
        profile: The profile.
        names: Section id → number and title as printed.
        language: Language of dates and labels; must be active.

    Its days are those of the city, whatever time zone the reader has chosen.
    """
    with timezone.override(profile.city.time_zone):
        return _read(profile, names, language)


def _read(profile: Profile, names: Mapping[int, str], language: str) -> ValidationRecord:
    signoffs: dict[int, list[SignOff]] = defaultdict(list)
    found = SignOff.objects.filter(round__profile=profile).order_by("pk")
    answers = list(found.select_related("person__organisation", "round"))
    for answer in answers:
        signoffs[answer.round_id].append(answer)
    rounds = ValidationRound.objects.filter(profile=profile).select_related("version")
    return ValidationRecord(
        reviews=_reviews(profile, language),
        decisions=_decisions(profile, names, language),
        validations=tuple(
            _validation(one, signoffs[one.pk], _standing(one, answers), language)
            for one in rounds.order_by("opened_at", "number")
        ),
        workshops=read_workshops(profile, names, language),
    )


def _reviews(profile: Profile, language: str) -> tuple[ReviewRoundLine, ...]:
    moves = _words_of_moves()
    return tuple(
        ReviewRoundLine(
            number=found.number,
            opened=days.in_words(found.opened_at, language),
            closed=days.in_words(found.closed_at, language),
            outcome=_words(found.outcome, moves),
        )
        for found in ReviewRound.objects.filter(profile=profile).order_by("number")
    )


def _decisions(
    profile: Profile, names: Mapping[int, str], language: str
) -> tuple[DecisionLine, ...]:
    """Read the decisions by role only: who holds a role is in the imprint, or nobody's business.

    Those of a round that is still open are left out, so that nobody judges after others.
    """
    moves = _words_of_moves()
    versions = {one.digest: texts_of(one) for one in profile.versions.order_by("-number")}
    settled = Q(review_round=None) | Q(review_round__closed_at__isnull=False)
    found = Decision.objects.filter(settled, STANDING, profile=profile).defer("revision__text")
    related = list(found.select_related("review_round", "section", "revision").order_by("at", "pk"))
    outvoted = _outvoted(related)
    return tuple(
        DecisionLine(
            at=days.in_words(decision.at, language),
            role=decision.get_role_display(),
            decision=_words(decision.move, moves),
            section=names.get(decision.section_id or 0, ""),
            digest=decision.digest,
            round=str(decision.review_round.number) if decision.review_round else "",
            move=decision.move,
            revision=str(decision.revision.number) if decision.revision else "",
            texts={decision.section.key: decision.digest}
            if decision.section
            else versions.get(decision.digest, {}),
            is_outvoted=decision.pk in outvoted,
        )
        for decision in related
    )


def _outvoted(decisions: Sequence[Decision]) -> set[int]:
    """Return the ids of those that approve what others, judging the same text, have not.

    Each stays on record; what was approved in the end is what all of them come to.
    """
    together: dict[tuple[int, int | None], list[Decision]] = defaultdict(list)
    for one in sorted(decisions, key=lambda one: one.pk):
        if one.review_round_id is not None:
            together[one.review_round_id, one.section_id].append(one)
    found: set[int] = set()
    for (_number, section), several in together.items():
        moves, opened = [one.move for one in several], several[0].review_round
        if section is None:
            came_to = strictest([opened.outcome if opened else ""], of=PROFILE_VERDICTS)
        else:
            came_to = verdict_of(moves)
        if came_to not in ("accept", "recommend_acceptance"):
            found.update(one.pk for one in several)
    return found


def texts_of(version: ProfileVersion) -> dict[str, str]:
    """Return section key → SHA-256 of its text in a version."""
    return {key: one["sha256"] for key, one in version.content.items()}


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


def _standing(found: ValidationRound, answers: Sequence[SignOff]) -> list[SignOff]:
    """Return the last answer of each person to the text of a round, given in it or before it.

    These make the quorum: who has agreed to the same text before is not asked again. In a secret
    round all are, and its rows belong to nobody, so that each of them counts.
    """
    about = (
        one
        for one in answers
        if one.round.kind == found.kind
        and one.round.number <= found.number
        and one.digest == found.version.digest
    )
    if found.is_secret:
        counted = [one for one in about if one.round_id == found.pk]
    else:
        counted = list({one.person_id: one for one in about if one.person_id}.values())
    return [one for one in counted if one.state != SignOffState.WAIVED]


def _validation(
    found: ValidationRound,
    signoffs: Sequence[SignOff],
    standing: Sequence[SignOff],
    language: str,
) -> ValidationRoundRecord:
    is_closed = found.closed_at is not None and not found.is_sealed
    counts_only = found.attribution == Attribution.CHATHAM_HOUSE
    may_be_told = is_closed and not counts_only
    without_names = () if _is_act(found) else signoffs
    return ValidationRoundRecord(
        title=str(found),
        opened=days.in_words(found.opened_at, language),
        closed=days.in_words(found.closed_at, language),
        asked=len(signoffs),
        quorum=found.quorum,
        attribution=found.get_attribution_display(),
        tacit_rule=found.tacit_rule,
        version=found.version.number,
        digest=found.version.digest,
        counts=_counts(signoffs) if is_closed else (),
        answers=_answers(found, signoffs, language) if may_be_told else (),
        counts_only=counts_only,
        reservations=_statements(without_names, SignOffState.RESERVATION) if may_be_told else (),
        objections=_objections(signoffs) if may_be_told else (),
        agreed=_counts([one for one in signoffs if one.state in _APPROVING]) if is_closed else (),
        counted=len(standing),
        given=sum(one.state in COUNTING_SIGNOFF_STATES for one in standing) if is_closed else None,
        announced=days.in_words(found.announced_at, language),
        reminded=days.in_words(found.reminded_at, language),
        texts=texts_of(found.version),
        kind=found.kind,
    )


def _counts(signoffs: Sequence[SignOff]) -> tuple[tuple[str, int], ...]:
    counted = Counter(signoff.state for signoff in signoffs)
    ordered = sorted(counted.items(), key=lambda pair: _ANSWER_ORDER[SignOffState(pair[0])])
    return tuple((str(SignOffState(state).label), number) for state, number in ordered)


def _answers(
    found: ValidationRound, signoffs: Sequence[SignOff], language: str
) -> tuple[AnswerLine, ...]:
    told = _groups_told(found, signoffs)
    counted = Counter(
        (
            _who(found.attribution, signoff)
            if told is None or _group(signoff) in told
            else gettext("Others"),
            signoff.state,
            _function(found, signoff),
            _day_told(found, signoff, language),
            _reservation(found, signoff),
        )
        for signoff in signoffs
    )
    return tuple(
        AnswerLine(
            who,
            str(SignOffState(state).label),
            number,
            function=function,
            on=on,
            agrees=state in _APPROVING,
            words=words,
        )
        for (who, state, function, on, words), number in sorted(
            counted.items(), key=lambda pair: (pair[0][0], _ANSWER_ORDER[SignOffState(pair[0][1])])
        )
    )


def _groups_told(found: ValidationRound, signoffs: Sequence[SignOff]) -> set[Group] | None:
    """Return the groups whose numbers are told; None where answers are not told by group.

    Of whom fewer have answered than the programme's smallest group, stand together as the others,
    with as many more as it takes that they are not known by what is left.
    """
    if found.attribution != Attribution.CATEGORY or found.kind != ValidationKind.CONSULTATION:
        return None
    answered = [_group(one) for one in signoffs if one.state in GIVEN_SIGNOFF_STATES]
    return groups_to_name(answered, found.smallest_group)


def _group(signoff: SignOff) -> Group:
    return signoff.role, signoff.category


def _function(found: ValidationRound, signoff: SignOff) -> str:
    """Return the role beside a name; in a sign-off it is that of all, so it tells nothing more.

    Whoever signs for the city by personal link says his function himself.
    """
    if _is_act(found) and signoff.function:
        return signoff.function
    is_told = found.attribution == Attribution.NAMED or found.kind == ValidationKind.SIGNOFF
    return signoff.get_role_display() if is_told else ""


def _is_act(found: ValidationRound) -> bool:
    """Whether answers are acts of office, which are told with the name and with what was said."""
    return found.kind == ValidationKind.SIGNOFF and found.attribution == Attribution.NAMED


def _reservation(found: ValidationRound, signoff: SignOff) -> str:
    is_told = _is_act(found) and signoff.state == SignOffState.RESERVATION
    return signoff.statement.strip() if is_told else ""


def _day_told(found: ValidationRound, signoff: SignOff, language: str) -> str:
    """Return the day of an answer; without names that of the closing, which is the same for all."""
    is_named = found.attribution == Attribution.NAMED
    return days.in_words(signoff.answered_at if is_named else found.closed_at, language)


def _who(attribution: str, signoff: SignOff) -> str:
    """Return how the person who answered is called in the round."""
    person = signoff.person
    organisation = person.organisation.name if person and person.organisation else ""
    group = signoff.get_category_display() if signoff.category else signoff.get_role_display()
    if attribution == Attribution.NAMED and person is not None:
        return ", ".join(filter(None, (signoff.signatory or person.full_name, organisation)))
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
