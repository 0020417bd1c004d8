"""The annexes of the invented reports: challenges, priorities, data requests, who judged what."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from reports.context.plain import ChallengeEntry, DataRequest, PriorityEntry, SectionText
from reports.context.synthetic.words import Words
from reports.context.validation_record import (
    AnswerLine,
    DecisionLine,
    ReviewRoundLine,
    ValidationRecord,
    ValidationRoundRecord,
    WorkshopLine,
)

_TARGETS = ("10.7", "16.6", "17.9")


def challenges(words: Words) -> Iterator[ChallengeEntry]:
    """Yield challenges, the last one from the workshop."""
    said = words.said["challenges"]
    for number, (title, text, field, competence) in enumerate(said, 1):
        sources = (f"source-{number}", f"source-{number + 6}")
        is_last = number == len(said)
        yield ChallengeEntry(f"C{number}", title, text, field, competence, "1", sources, is_last)


def priorities(words: Words) -> Iterator[PriorityEntry]:
    """Yield priorities, each with its action sheet."""
    for rank, (title, rationale, label, responsible, time_frame, budget, first_step) in enumerate(
        words.said["priorities"], 1
    ):
        yield PriorityEntry(
            rank, title, rationale, label, responsible, time_frame, budget, first_step,
            partners=words.partners,
            challenges=(f"C{rank}",),
            sdg_targets=_TARGETS,
            recommendation_areas=tuple(words.said["areas"]),
            activities=tuple(words.said["activities"]),
            outcomes=tuple(words.said["outcomes"]),
        )  # fmt: skip


def requests(words: Words) -> Iterator[DataRequest]:
    """Yield data requests: one was answered, one could not be."""
    for subject, holder, available in words.said["requests"]:
        reason = "" if available else words.said["reason"]
        yield DataRequest(subject, holder, words.day(2), words.day(9), available, reason)


def record(words: Words, sections: Sequence[SectionText], *, is_whole: bool) -> ValidationRecord:
    """Return who judged the sections: experts, stakeholders without names, the city by name."""
    if not is_whole:
        return ValidationRecord()
    said, texts = words.said["record"], {one.key: one.sha256 for one in sections}
    digest = hashlib.sha256(words.language.encode()).hexdigest()
    base = ValidationRoundRecord(
        title="", opened=words.day(2), closed=words.day(28), asked=0, quorum=60, attribution="",
        tacit_rule=False, version=3, digest=digest, texts=texts,
    )  # fmt: skip
    consultation = replace(
        base, title=said["consultation"], kind="consultation", attribution=said["category"],
        asked=9, counts=((said["approved"], 7), (said["objected"], 1)), counted=9, given=8,
        answers=tuple(AnswerLine(one, said["approved"], 4, agrees=True) for one in said["groups"]),
        objections=((said["objection"][0], words.filled(said["objection"][1])),),
        agreed=((said["approved"], 8),),
    )  # fmt: skip
    signoff = replace(
        base, title=said["signoff"], kind="signoff", asked=1, attribution=said["named"],
        counts=((said["reservation"], 1),), counted=1, given=1,
        answers=(
            AnswerLine(said["who"], said["reservation"], 1, said["function"], words.day(28),
                       agrees=True, words=said["words"]),
        ),
        agreed=((said["reservation"], 1),),
    )  # fmt: skip
    return ValidationRecord(
        reviews=(ReviewRoundLine(1, words.day(2), words.day(16), said["outcome"]),),
        decisions=tuple(_decisions(words, sections)),
        validations=(consultation, signoff),
        workshops=(_workshop(words, sections),),
    )


def _decisions(words: Words, sections: Sequence[SectionText]) -> Iterator[DecisionLine]:
    said = words.said["record"]
    for number, one in enumerate(sections):
        yield DecisionLine(
            words.day(3 + number % 20), said["expert"] if number % 3 else said["team"],
            said["accept"], f"{one.number} {one.title}".strip(), one.sha256, round="1",
            move="accept", revision="1", texts={one.key: one.sha256},
        )  # fmt: skip


def _workshop(words: Words, sections: Sequence[SectionText]) -> WorkshopLine:
    said = words.said["record"]
    kind, text, answer = said["said"]
    named = tuple(f"{one.number} {one.title}".strip() for one in sections)
    return WorkshopLine(
        title=said["workshop"],
        facts=tuple(said["facts"]),
        participants=tuple(f"{group}: 12" for group in said["groups"]),
        confirmed=named[:6],
        documents=((words.title, sections[0].sha256),),
        said=((kind, named[-1], text, answer),),
        agreed=said["agreed"],
        digest=sections[-1].sha256,
    )
