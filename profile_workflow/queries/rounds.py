"""Rounds of validation: who was asked, who answered how, and what that comes to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count

from profile_workflow.models import (
    WAITING,
    Comment,
    Event,
    Profile,
    ProfileVersion,
    Section,
    SignOff,
    User,
    ValidationRound,
)
from profile_workflow.queries.attribution import Credit, credit
from profile_workflow.queries.blindness import unveiled
from profile_workflow.queries.history import Line, lines
from profile_workflow.queries.validation import counting_answers, may_read
from profile_workflow.states import (
    COUNTING_SIGNOFF_STATES,
    GIVEN_SIGNOFF_STATES,
    Role,
    SignOffState,
)

#: Objections first, since each needs something done; then what is still open.
_ORDER = (
    SignOffState.OBJECTED,
    SignOffState.RESERVATION,
    SignOffState.ASKED,
    SignOffState.NO_ANSWER,
    SignOffState.APPROVED,
    SignOffState.TACIT,
    SignOffState.WAIVED,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One person's answer as its reader may see it."""

    signoff: SignOff
    by: Credit
    sections: list[Section]
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a validation round stands.

    Attributes:
        answers: Those that the reader may see one by one, objections first.
        hidden: How many others there are.
        counts: State in words → how many answers; of all, whatever the reader may see. None while
            they are sealed.
        asked: How many count for the quorum.
        given: How many of them have answered, or are taken as agreed.
    """

    round: ValidationRound
    answers: list[Answer]
    hidden: int
    counts: list[tuple[str, str, int]]
    asked: int
    given: int

    @property
    def needed(self) -> int:
        """How many answers make the quorum."""
        return -(-self.round.quorum * self.asked // 100)

    @property
    def has_quorum(self) -> bool:
        """Whether enough have answered; said as the requirement of the move says it."""
        return self.given * 100 >= self.round.quorum * self.asked


def standing(opened: ValidationRound, profile: Profile, *, viewer: User) -> Standing:
    """Return where a round stands: the last answer of each person to its text, up to this round.

    Under the Chatham House Rule others than the project team see numbers and their own answer; as
    long as the answers are sealed, so does the project team.
    A constant number of queries.
    """
    latest = counting_answers(opened, *_SHOWN)
    seen = [one for one in latest if may_read(one, profile, viewer=viewer)]
    answers = answers_as_seen(seen, profile, viewer=viewer)
    answers.sort(key=lambda one: (_ORDER.index(SignOffState(one.signoff.state)), one.by.name))
    counting = [one for one in latest if one.state != SignOffState.WAIVED]
    return Standing(
        round=opened,
        answers=answers,
        hidden=len(latest) - len(seen),
        counts=[] if opened.is_sealed else _counts(latest),
        asked=len(counting),
        given=sum(one.state in COUNTING_SIGNOFF_STATES for one in counting),
    )


def changed_since(version: ProfileVersion, profile: Profile) -> list[Section]:
    """Return the sections that were submitted with another text since a version was frozen.

    For these what was answered to the version is void. One query, and one more if there are any.
    """
    keys = changed_keys(version, profile.revision_hashes())
    if not keys:
        return []
    found = profile.sections.filter(key__in=keys).select_related("template_section")
    return list(found.order_by("position"))


def changed_keys(version: ProfileVersion, now: Mapping[str, str]) -> set[str]:
    """Return the keys of sections whose text is not that of a version.

    Args:
        version: The version.
        now: Section key → SHA-256 of the text that is compared with it.
    """
    then = {key: one["sha256"] for key, one in version.content.items()}
    return {key for key, sha256 in now.items() if then.get(key) != sha256}


def answered_before(signoff: SignOff) -> SignOff | None:
    """Return what a person said last, in an earlier round of the same kind: one query.

    Silence that was taken as agreement is no answer: he may not have looked.
    """
    opened = signoff.round
    if signoff.person_id is None:
        return None
    found = SignOff.objects.filter(
        round__profile=opened.profile_id,
        round__kind=opened.kind,
        round__number__lt=opened.number,
        person=signoff.person_id,
        state__in=GIVEN_SIGNOFF_STATES,
    )
    last: SignOff | None = found.select_related("round__version").order_by("-pk").first()
    return last


#: What is fetched with an answer to show it.
_SHOWN = ("person__organisation", "round", "responded_by")


def answers_as_seen(signoffs: Sequence[SignOff], profile: Profile, *, viewer: User) -> list[Answer]:
    """Return answers that a reader may read as he may see who gave them: one query for all."""
    named = _named_sections(signoffs)
    return [
        Answer(
            signoff=one,
            by=credit_of(one, profile, viewer=viewer),
            sections=named.get(one.pk, []),
            is_mine=one.person_id == viewer.pk,
        )
        for one in signoffs
    ]


def objections_of(profile: Profile, *, viewer: User) -> list[Answer]:
    """Return the objections of all rounds that a reader may read, in their order: two queries."""
    found = SignOff.objects.filter(round__profile=profile, state=SignOffState.OBJECTED)
    several = list(found.select_related(*_SHOWN).order_by("answered_at", "pk"))
    seen = [one for one in several if may_read(one, profile, viewer=viewer)]
    return answers_as_seen(seen, profile, viewer=viewer)


def objection_of(profile: Profile, pk: int, *, viewer: User) -> Answer:
    """Return an answer that is, or was, an objection.

    Raises:
        SignOff.DoesNotExist: If there is none that this person may read.
    """
    found = SignOff.objects.filter(round__profile=profile, answered_at__isnull=False)
    signoff = found.select_related(*_SHOWN).get(pk=pk)
    if not may_read(signoff, profile, viewer=viewer):
        raise SignOff.DoesNotExist
    return answers_as_seen([signoff], profile, viewer=viewer)[0]


def credit_of(one: SignOff, profile: Profile, *, viewer: User) -> Credit:
    """Return who was asked, as a reader may see him."""
    return credit(
        one.person,
        one.round.attribution,
        role=Role(one.role) if one.role else None,
        category=one.get_category_display(),
        viewer=viewer,
        profile=profile,
    )


def _named_sections(answers: Iterable[SignOff]) -> dict[int, list[Section]]:
    through = SignOff.sections.through.objects.filter(signoff__in=[one.pk for one in answers])
    named: dict[int, list[Section]] = {}
    for row in through.select_related("section__template_section").order_by("section__position"):
        named.setdefault(row.signoff_id, []).append(row.section)
    return named


def _counts(answers: Sequence[SignOff]) -> list[tuple[str, str, int]]:
    numbers: dict[str, int] = {}
    for one in answers:
        numbers[one.state] = numbers.get(one.state, 0) + 1
    return [(state.value, str(state.label), numbers[state]) for state in _ORDER if state in numbers]


def what_came_of(opened: ValidationRound, profile: Profile, *, viewer: User) -> Line | None:
    """Return the move of the profile that closed a round, in words, with the reason it gave."""
    if opened.closed_at is None:
        return None
    # A round is as long as the state of the profile that has its name.
    moves = Event.objects.filter(
        profile=profile, document="profile", from_state=opened.kind, at=opened.closed_at
    )
    number = moves.exclude(move="hold").order_by("seq").values_list("seq", flat=True).first()
    return next(iter(lines(profile, [number], viewer=viewer)), None) if number else None


def open_comments_by_section(profile: Profile, *, viewer: User) -> dict[int, int]:
    """Return section id → number of comments that wait for an answer: one query.

    Those are left out that are kept from the reader.
    """
    waiting = Comment.objects.filter(WAITING, section__profile=profile)
    seen = unveiled(waiting, profile, viewer=viewer).order_by("section")
    return dict(seen.values_list("section").annotate(waiting=Count("pk")))
