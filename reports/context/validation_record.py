"""The shapes of the validation record: what was judged and approved, and on which text."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from profile_workflow.markup import first_strong_direction


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision: when, in which role, what, on which section and text. Never by whom.

    Attributes:
        move: Code of the decision.
        revision: Number of the revision that was judged; empty for the whole text.
        texts: Section key → SHA-256 of what was judged; empty where only the whole is known.
        holds: Whether what was judged is, letter by letter, what is printed.
        is_outvoted: Whether others judged the same text more strictly, so that it was returned.
    """

    at: str
    role: str
    decision: str
    section: str
    digest: str
    round: str = ""
    move: str = ""
    revision: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)
    holds: bool = True
    is_outvoted: bool = False


@dataclass(frozen=True, slots=True)
class ApprovalLine:
    """An approval that holds for what is printed, or for parts of it.

    Attributes:
        function: In which function it was given; empty where the rule of the round hides it.
        who: Name, organisation or group, as far as the round lets it be known; may be empty.
        number: How many people it stands for.
        act: What they said.
        on: The day; that of the closing of the round where the own one would tell who it was.
        step: Code of the decision, or kind of the round.
        stage: The round or stage in which it was given.
        keys: Sections for which it holds.
        section: Name of its section; empty for the whole text.
        revision: Number of the revision of that section.
        kept: Names of the sections for which it holds.
        changed: Names of the sections that have another text since, for which it is void.
        digest: SHA-256 of what it was given for.
        words: The reservation with which it was given, where a name stands beside it.
    """

    function: str
    who: str
    number: int
    act: str
    on: str
    step: str
    stage: str
    keys: tuple[str, ...]
    digest: str
    section: str = ""
    revision: str = ""
    kept: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    words: str = ""

    @property
    def holds_for_few(self) -> bool:
        """Whether it is shorter to name what it holds for than what it does not."""
        return len(self.kept) < len(self.changed)

    @property
    def who_direction(self) -> str:
        """Direction of the name, which may be Latin in an Arabic table."""
        return first_strong_direction(self.who)


@dataclass(frozen=True, slots=True)
class ReviewRoundLine:
    """A round of expert review."""

    number: int
    opened: str
    closed: str
    outcome: str


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """Who answered what, as far as the round lets it be known, and how many of them.

    Attributes:
        function: The role; empty where ``who`` is the group already, or where it would tell more.
        on: The day; that of the closing of the round unless names are printed.
        agrees: Whether it counts as agreement.
        words: The reservation of whoever signed for the city.
    """

    who: str
    answer: str
    number: int
    function: str = ""
    on: str = ""
    agrees: bool = False
    words: str = ""

    @property
    def words_direction(self) -> str:
        """Direction of the reservation, which may be another one than that of the report."""
        return first_strong_direction(self.words)


@dataclass(frozen=True, slots=True)
class ValidationRoundRecord:
    """A round of asking. Without ``answers`` only the counts may be printed.

    Attributes:
        agreed: How many agreed in which words, for approvals that name nobody.
        counted: How many people the quorum is counted of.
        given: How many answers count towards it; None while the round is open.
        announced: Day on which it was announced that silence counts.
        reminded: Day of the reminder, without which it does not; empty if there was none.
        objections: What was objected, and what was answered to it in writing.
        texts: Section key → SHA-256 of what was asked about.
        kind: Code of the kind of round.
    """

    title: str
    opened: str
    closed: str
    asked: int
    quorum: int
    attribution: str
    tacit_rule: bool
    version: int
    digest: str
    counts: tuple[tuple[str, int], ...] = ()
    answers: tuple[AnswerLine, ...] = ()
    counts_only: bool = False
    reservations: tuple[str, ...] = ()
    objections: tuple[tuple[str, str], ...] = ()
    agreed: tuple[tuple[str, int], ...] = ()
    counted: int = 0
    given: int | None = None
    announced: str = ""
    reminded: str = ""
    kind: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WorkshopLine:
    """The final record of a workshop, without anybody's name.

    Attributes:
        title: Day and place.
        facts: What it was for, how people met, how many, quorum, attribution: in words.
        participants: Groups in words with their numbers, as far as they may be told.
        confirmed: Number and title of each section that the room confirmed.
        documents: What was used, with its SHA-256.
        said: Kind, section, words and written answer of each objection and remark.
        digest: SHA-256 of the record.
    """

    title: str
    facts: tuple[str, ...]
    participants: tuple[str, ...]
    confirmed: tuple[str, ...]
    documents: tuple[tuple[str, str], ...]
    said: tuple[tuple[str, str, str, str], ...]
    agreed: str
    digest: str


@dataclass(frozen=True, slots=True)
class ValidationRecord:
    """Everything that was judged: review rounds, decisions, validation rounds, workshops."""

    reviews: tuple[ReviewRoundLine, ...] = ()
    decisions: tuple[DecisionLine, ...] = ()
    validations: tuple[ValidationRoundRecord, ...] = ()
    workshops: tuple[WorkshopLine, ...] = ()

    def in_numbers(self) -> Self:
        """Return the record with how many have answered what, not who, and without their words.

        What the rule of a round lets be known of a person is told to those who take part, and
        printed with what is published. Whoever is asked by link answers for himself.
        """
        rounds = (
            replace(one, answers=(), reservations=(), objections=()) for one in self.validations
        )
        rooms = (replace(one, said=(), agreed="") for one in self.workshops)
        return replace(self, validations=tuple(rounds), workshops=tuple(rooms))
