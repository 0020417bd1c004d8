"""What became of what was said in a consultation, as everybody who was asked may read it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Case, Q, QuerySet, When
from django.utils.text import Truncator

from profile_workflow.models import ON_SUBMITTED, Comment, Profile, Section, SignOff, User
from profile_workflow.models import ValidationRound as Round
from profile_workflow.queries import rounds
from profile_workflow.queries.profiles import categories_of, credit_of
from profile_workflow.queries.responses import verdicts
from profile_workflow.queries.validation import ASKED_ROLES
from profile_workflow.states import Attribution, ProfileState, SignOffState, ValidationKind

#: Most remarks on one page, which has to stay small on a phone; the rest is counted. What others
#: have said, and what was answered to them, is shortened to so many characters.
MOST_REMARKS, MOST_OF_OTHERS = 40, 600
_IN_ORDER = ("section__position", "pk")


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that was said, and what was done.

    Attributes:
        sections: What it is about.
        words: What was said; empty where only what was done may be read.
        by: Who said it, as far as was promised.
        verdict: What was decided, in words; empty for an objection, or while it waits.
        answer: The written answer.
    """

    sections: Sequence[Section]
    words: str
    by: str
    verdict: str
    answer: str
    is_mine: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of all that was said in a round.

    Attributes:
        objections: Objections with their written answers.
        remarks: Comments, those of the reader first.
        left_out: How many comments more there are.
    """

    objections: list[Remark]
    remarks: list[Remark]
    left_out: int


def is_told(opened: Round) -> bool:
    """Whether those who were asked may read what was said: it is over, and nothing is sealed."""
    is_over = opened.closed_at is not None and not opened.is_sealed
    return is_over and opened.kind == ValidationKind.CONSULTATION


def what_became_of(signoff: SignOff) -> Outcome | None:
    """Return what became of what was said in a round, for somebody who was asked in it.

    He reads it without an account, so that nobody's name is shown but as was promised, whatever
    else he is in the profile. None while answers are taken or sealed. Six queries at most.
    """
    opened = signoff.round
    if not is_told(opened):
        return None
    profile: Profile = opened.profile
    found = list(_mine_first(_comments_in(opened), signoff)[: MOST_REMARKS + 1])
    more = 0
    if len(found) > MOST_REMARKS:
        more = _comments_in(opened).count() - MOST_REMARKS
    remarks = _remarks(found[:MOST_REMARKS], profile, signoff.person_id)
    objections = _objections(opened, profile, signoff.person_id)
    return Outcome(objections, remarks, more)


def _comments_in(opened: Round) -> "QuerySet[Comment, Comment]":
    within = Q(created_at__gte=opened.opened_at, created_at__lte=opened.closed_at)
    asked = Q(role__in=ASKED_ROLES[ValidationKind.CONSULTATION]) | Q(author__isnull=True)
    said: QuerySet[Comment, Comment] = Comment.objects.filter(
        ON_SUBMITTED, within, asked,
        section__profile=opened.profile_id, stage=ProfileState.CONSULTATION,
    )  # fmt: skip
    related = ("section__template_section", "author__organisation")
    return said.select_related(*related)


def _mine_first(
    said: "QuerySet[Comment, Comment]", reader: SignOff
) -> "QuerySet[Comment, Comment]":
    """Put the comments of the reader first, so that none of them is among those left out."""
    mine = Case(When(author=reader.person_id, then=0), default=1)
    return said.order_by(mine, *_IN_ORDER) if reader.person_id else said.order_by(*_IN_ORDER)


def _remarks(said: Sequence[Comment], profile: Profile, reader: int | None) -> list[Remark]:
    decided = verdicts(said, profile)
    people = {one.author_id for one in said if one.author_id is not None}
    categories = categories_of(profile, people)
    found = []
    for one in said:
        is_mine = reader is not None and one.author_id == reader
        found.append(
            Remark(
                sections=[one.section],
                words=one.text if is_mine else _shortened(one.text),
                by=credit_of(one, profile, User(), categories).name,
                verdict=decided[one.pk],
                answer=one.answer if is_mine else _shortened(one.answer),
                is_mine=is_mine,
            )
        )
    return found


def _shortened(words: str) -> str:
    return Truncator(words).chars(MOST_OF_OTHERS)


def _objections(opened: Round, profile: Profile, reader: int | None) -> list[Remark]:
    """Return the objections; under the Chatham House Rule only what was answered to them."""
    found = opened.signoffs.filter(state=SignOffState.OBJECTED).exclude(statement="")
    several = list(found.select_related("person__organisation", "round").order_by("statement"))
    is_open = opened.attribution != Attribution.CHATHAM_HOUSE
    told = []
    for seen in rounds.answers_as_seen(several, profile, viewer=User()):
        one = seen.signoff
        is_mine = reader is not None and one.person_id == reader
        if is_open or is_mine or (opened.is_secret and one.response):
            words = one.statement if is_open or is_mine else ""
            by = seen.by.name
            told.append(Remark(seen.sections, words, by, "", one.response, is_mine))
    return told
