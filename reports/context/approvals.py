"""Which approvals hold for a text: each was given for a SHA-256, and holds for nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from profile_workflow.models.digests import sections_digest
from profile_workflow.states import ProfileState
from reports.context.validation_record import (
    ApprovalLine,
    DecisionLine,
    ValidationRecord,
    ValidationRoundRecord,
)

#: Decisions that approve text → the step in which they are taken.
_STEPS = {
    "accept": ProfileState.EXPERT_REVIEW,
    "recommend_acceptance": ProfileState.EXPERT_REVIEW,
    "pass_as_first": ProfileState.PROJECT_QA,
    "pass_qa": ProfileState.PROJECT_QA,
    "waive_second_pass": ProfileState.PROJECT_QA,
}


@dataclass(frozen=True, slots=True)
class Text:
    """A text that is looked at: of the whole profile, or of one section of it.

    Attributes:
        hashes: Section key → SHA-256.
        names: Section key → number and title, in the order of the sections.
    """

    hashes: Mapping[str, str]
    names: Mapping[str, str]


def with_standing(record: ValidationRecord, text: Text) -> ValidationRecord:
    """Return the record with the decisions that are void for the text marked as such."""
    decisions = (replace(one, holds=_holds(one, text)) for one in record.decisions)
    return replace(record, decisions=tuple(decisions))


def _holds(decision: DecisionLine, text: Text) -> bool:
    given_for = decision.texts or _whole(decision.digest, text)
    return bool(given_for) and all(
        text.hashes.get(key) == sha256 for key, sha256 in given_for.items()
    )


def _whole(digest: str, text: Text) -> Mapping[str, str]:
    """Return the text itself if a digest is that of all of it, else nothing."""
    return text.hashes if digest == sections_digest(dict(text.hashes)) else {}


def approvals_of(record: ValidationRecord, text: Text) -> tuple[ApprovalLine, ...]:
    """Return the approvals that hold for a text or a part of it, in the order of the way.

    Args:
        record: What was judged.
        text: The text; approvals that were given for none of its sections are left out.
    """
    found = [*_by_decision(record, text), *_by_answer(record, text)]
    return tuple(one for one in found if one.keys and not _is_outdone(one, found))


def _is_outdone(line: ApprovalLine, found: Sequence[ApprovalLine]) -> bool:
    """Whether the same people have approved all of it and more since, or the same section again.

    Who approves a text is not asked about it again in the next round, so rounds about one text
    stand side by side.
    """
    same = [one for one in found if _who(one) == _who(line)]
    if line.section:
        return same[-1] is not line
    return any(set(line.keys) < set(one.keys) for one in same)


def _who(line: ApprovalLine) -> tuple[str, str, str, str]:
    return line.step, line.function, line.who, line.section


def _by_decision(record: ValidationRecord, text: Text) -> Iterator[ApprovalLine]:
    for one in record.decisions:
        if one.move not in _STEPS or one.is_outvoted:
            continue
        stage = f"{_STEPS[one.move].label} {one.round}".strip()
        line = ApprovalLine(
            function=one.role,
            who="",
            number=1,
            act=one.decision,
            on=one.at,
            step=one.move,
            stage=stage,
            keys=(),
            digest=one.digest,
            section=one.section,
            revision=one.revision,
        )
        yield _standing(line, one.texts or _whole(one.digest, text), text)


def _by_answer(record: ValidationRecord, text: Text) -> Iterator[ApprovalLine]:
    for found in record.validations:
        if found.given is None:
            continue
        for line in _lines(found):
            yield _standing(line, found.texts, text)


def _lines(found: ValidationRoundRecord) -> Iterator[ApprovalLine]:
    """Yield what was approved in a round: by whom where that is told, else how many."""
    told = [one for one in found.answers if one.agrees]
    for one in told:
        yield ApprovalLine(
            function=one.function,
            who="" if one.who == one.function else one.who,
            number=one.number,
            act=one.answer,
            on=one.on,
            step=found.kind,
            stage=found.title,
            keys=(),
            digest=found.digest,
            words=one.words,
        )
    for act, number in () if told else found.agreed:
        yield ApprovalLine(
            function="",
            who="",
            number=number,
            act=act,
            on=found.closed,
            step=found.kind,
            stage=found.title,
            keys=(),
            digest=found.digest,
        )


def _standing(line: ApprovalLine, given_for: Mapping[str, str], text: Text) -> ApprovalLine:
    """Return an approval with the sections for which it holds, and those for which it is void."""
    keys = [key for key in text.hashes if given_for.get(key) == text.hashes[key]]
    changed = [] if line.section else [key for key in text.hashes if key not in keys]
    return replace(
        line,
        keys=tuple(keys),
        kept=tuple(text.names.get(key, key) for key in keys),
        changed=tuple(text.names.get(key, key) for key in changed),
    )
