"""Answers under the Chatham House Rule: sealed while a round is open, then parted from names.

The decision and what it protects from: docs/adr/0013-sealed-answers.md.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import SystemRandom
from typing import Any

from profile_workflow.models import (
    AnsweringLink,
    Comment,
    PriorityAnswer,
    Profile,
    Section,
    SectionAnswer,
    SignOff,
    ValidationRound,
)
from profile_workflow.services.log import SYSTEM, Entry, document_name, record
from profile_workflow.states import (
    GIVEN_SIGNOFF_STATES,
    Attribution,
    CommentKind,
    CommentState,
    SectionView,
    SignOffState,
    ValidationKind,
)

#: Unlike the generator of ``random`` it keeps no state from which an order could be found again.
_CHANCE = SystemRandom()
#: A role and a category, as one group of those who were asked.
Group = tuple[str, str]


def is_secret(kind: str, attribution: str) -> bool:
    """Whether a round keeps even from the project team who answered what.

    A signature for the city is an act of office: no round of sign-off is secret.
    """
    return kind == ValidationKind.CONSULTATION and attribution == Attribution.CHATHAM_HOUSE


def is_unrecorded(document: Any, move: str) -> bool:
    """Whether a move leaves no event: it is an answer, or a silence, that is sealed.

    That the project team goes on without an answer is an act of its own.
    """
    return isinstance(document, SignOff) and document.round.is_sealed and move != "waive"


@dataclass(frozen=True, slots=True)
class _Said:
    """What one row says; nothing in it tells whose it was."""

    state: str
    statement: str
    group: Group
    sections: tuple[int, ...]


def unseal(opened: ValidationRound, profile: Profile, *, at: datetime) -> list[SignOff]:
    """Part the answers of a secret round from those who gave them, and put them on record.

    What was said is dealt out anew among the rows, in an order that nobody can find again, and no
    row keeps a person; so what is known of a row from before (its number, its link, its task, the
    mails about it) tells nothing of what it says now. The caller holds the lock of the profile.

    Args:
        opened: The round.
        profile: Its profile.
        at: The moment, which all that was said gets as its own.

    Returns:
        The sign-offs as they are now.
    """
    rows = list(opened.signoffs.select_for_update().order_by("pk"))
    dealt = [one for one in rows if one.state != SignOffState.WAIVED]
    named = _sections_of(rows)
    before = {one.pk: one.state for one in dealt}
    said = [
        _Said(one.state, one.statement, (one.role, one.category), tuple(named.get(one.pk, ())))
        for one in dealt
    ]
    _CHANCE.shuffle(said)
    shown = groups_to_name(
        (one.group for one in said if one.state in GIVEN_SIGNOFF_STATES), opened.smallest_group
    )
    _write(rows, dict(zip((one.pk for one in dealt), said, strict=True)), shown, at=at)
    words = _words_of_comments(opened)
    _level_links(opened)
    SectionAnswer.objects.filter(signoff__round=opened).delete()
    _deal_priorities(opened, [one.pk for one in dealt], at=at)
    opened.unsealed_at = at
    opened.save(update_fields=["unsealed_at"])
    _record(rows, before, profile, at=at)
    _make_comments(words, profile, at=at)
    return rows


def _level_links(opened: ValidationRound) -> None:
    """Leave one link of each row, with nothing of when it was sent or used.

    A link was sent again, or made anew, to remind somebody who had not answered. It opens nothing
    any more, but the last one still says why.
    """
    links = AnsweringLink.objects.filter(signoff__round=opened)
    last = {one.signoff_id: one for one in links.select_related("signoff").order_by("pk")}
    links.delete()
    for one in last.values():
        one.pk, one.issued_at = None, one.signoff.asked_at
        # The salt would tell by which key it was made; by the digest it is found all the same.
        one.sent_at, one.used_at, one.language, one.salt = None, None, "", ""
    AnsweringLink.objects.bulk_create(last[key] for key in sorted(last))


def _deal_priorities(opened: ValidationRound, rows: Sequence[int], *, at: datetime) -> None:
    """Keep how many chose each label of a challenge, and nothing else of who ranked what.

    The labels of each challenge are dealt out by themselves, so that no choices stay together,
    to the first of the rows, so that no more people seem to have answered than have.
    """
    given = PriorityAnswer.objects.filter(signoff__round=opened)
    labels: dict[int, list[str]] = {}
    for challenge, label in given.exclude(sent_label="").values_list("challenge_id", "sent_label"):
        labels.setdefault(challenge, []).append(label)
    given.delete()
    order = list(rows)
    _CHANCE.shuffle(order)
    for chosen in labels.values():
        _CHANCE.shuffle(chosen)
    PriorityAnswer.objects.bulk_create(
        PriorityAnswer(
            signoff_id=row, challenge_id=challenge,
            label=label, sent_label=label, saved_at=at, sent_at=at,
        )
        for challenge, chosen in sorted(labels.items())
        for row, label in zip(order, chosen, strict=False)
    )  # fmt: skip


def groups_to_name(answered: Any, smallest: int) -> set[Group]:
    """Return the groups that can be named beside an answer without giving somebody away.

    Those of whom at least ``smallest`` have answered; and of those only so many that the answers
    without a group are none, or as many: else what is left would be known to be the others.

    Args:
        answered: The group of each answer.
        smallest: The least number of answers, of the programme.
    """
    sizes = Counter(answered)
    named = {group for group, number in sizes.items() if number >= smallest}
    rest = sum(number for group, number in sizes.items() if group not in named)
    while named and 0 < rest < smallest:
        least = min(named, key=lambda group: (sizes[group], group))
        named.remove(least)
        rest += sizes[least]
    return named


def _sections_of(rows: Sequence[SignOff]) -> dict[int, list[int]]:
    through = SignOff.sections.through.objects.filter(signoff__in=[one.pk for one in rows])
    found: dict[int, list[int]] = {}
    for signoff, section in through.order_by("section_id").values_list("signoff_id", "section_id"):
        found.setdefault(signoff, []).append(section)
    return found


def _write(
    rows: Sequence[SignOff], dealt: dict[int, _Said], shown: Collection[Group], *, at: datetime
) -> None:
    through = SignOff.sections.through
    through.objects.filter(signoff__in=[one.pk for one in rows]).delete()
    for one in rows:
        one.person, one.role, one.category = None, "", ""
        said = dealt.get(one.pk)
        if said is None:
            continue
        # The machine has made these moves, for whoever said it; only the row is another one.
        one.__dict__["state"] = said.state
        one.statement = said.statement
        one.answered_at = None if said.state == SignOffState.ASKED else at
        if said.state in GIVEN_SIGNOFF_STATES and said.group in shown:
            one.role, one.category = said.group
    fields = ["person", "role", "category", "state", "statement", "answered_at"]
    SignOff.objects.bulk_update(rows, fields)
    through.objects.bulk_create(
        through(signoff_id=one.pk, section_id=section)
        for one in rows
        if one.pk in dealt
        for section in dealt[one.pk].sections
    )


def _words_of_comments(opened: ValidationRound) -> list[tuple[Section, int, str]]:
    """Return section, revision and words of what was sent as a comment, in no order at all."""
    sent = SectionAnswer.objects.filter(
        signoff__round=opened, sent_view=SectionView.COMMENTS
    ).select_related("section")
    words = [(one.section, one.revision_id, one.sent_text) for one in sent.order_by("pk")]
    _CHANCE.shuffle(words)
    return words


def _make_comments(
    words: Sequence[tuple[Section, int, str]], profile: Profile, *, at: datetime
) -> None:
    made = Comment.objects.bulk_create(
        Comment(
            section=section,
            revision_id=revision,
            stage=profile.working_state,
            attribution=Attribution.CHATHAM_HOUSE,
            kind=CommentKind.SUGGESTION,
            text=text,
            created_at=at,
        )
        for section, revision, text in words
    )
    hashes = dict(profile.submitted_revisions().values())
    entries = [
        Entry(
            document_name(one), "make", "", CommentState.OPEN, hashes.get(one.revision_id or 0, "")
        )
        for one in made
    ]
    record(profile, entries, actor=SYSTEM, at=at)


def _record(
    rows: Sequence[SignOff], before: dict[int, str], profile: Profile, *, at: datetime
) -> None:
    entries = [
        Entry(
            document_name(one), "unseal", SignOffState.ASKED, one.state, one.digest, one.statement
        )
        for one in rows
        if one.pk in before
    ]
    record(profile, entries, actor=SYSTEM, at=at)
