"""The response table: comments and answers, as far as a reader may know who made them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from profile_workflow.models import (
    ON_SUBMITTED,
    WAITING,
    Comment,
    Event,
    Profile,
    Reply,
    ReviewRound,
    User,
    ValidationRound,
)
from profile_workflow.queries.attribution import Credit
from profile_workflow.queries.blindness import Veil, unveiled, veil_of
from profile_workflow.queries.drafting import sees_working_text
from profile_workflow.queries.profiles import categories_of, credit_of
from profile_workflow.states import (
    ANSWERED_COMMENT_STATES,
    CommentState,
    ProfileState,
    ValidationKind,
)

#: Value of the filter → which comments it leaves.
GROUPS: dict[str, Q] = {
    "open": WAITING,
    "answered": Q(state__in=ANSWERED_COMMENT_STATES),
    "closed": Q(state__in=(CommentState.VERIFIED, CommentState.CLOSED_BY_DEADLINE)),
}
#: Value of the filter → columns. By kind, what must be fixed comes first.
_SECTION = ("section__position", "created_at", "pk")
ORDERS: dict[str, tuple[str, ...]] = {
    "section": _SECTION,
    "newest": ("-created_at", "-pk"),
    "oldest": ("created_at", "pk"),
    "state": ("state", *_SECTION),
    "kind": ("kind", *_SECTION),
}
_STAGE_OF = {
    ValidationKind.CONSULTATION: ProfileState.CONSULTATION,
    ValidationKind.SIGNOFF: ProfileState.SIGNOFF,
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which comments are wanted, in which order; empty values leave nothing out.

    Attributes:
        state: A key of ``GROUPS``.
        round: Name of a round, as ``rounds_of`` gives it.
        mine: Only those that the reader made.
    """

    section: str = ""
    state: str = ""
    round: str = ""
    kind: str = ""
    mine: bool = False
    order: str = "section"


@dataclass(frozen=True, slots=True)
class Round:
    """A round in which comments were made."""

    name: str
    label: str
    about: ReviewRound | ValidationRound
    within: Q


def rounds_of(profile: Profile) -> list[Round]:
    """Return every round of review and of validation, in the order of opening: two queries."""
    found = [
        *_named(profile.review_rounds.order_by("opened_at")),
        *_named(profile.validation_rounds.select_related("version").order_by("opened_at")),
    ]
    return sorted(found, key=lambda one: one.about.opened_at)


def _named(rounds: Iterable[ReviewRound | ValidationRound]) -> list[Round]:
    return [Round(_name(one), _label(one), one, _within(one)) for one in rounds]


def _name(one: ReviewRound | ValidationRound) -> str:
    return f"{one.kind if isinstance(one, ValidationRound) else 'review'}-{one.number}"


def _label(one: ReviewRound | ValidationRound) -> str:
    if isinstance(one, ValidationRound):
        return str(one)
    return _("Expert review, round %(number)s") % {"number": one.number}


def _within(one: ReviewRound | ValidationRound) -> Q:
    stage = ProfileState.EXPERT_REVIEW
    if isinstance(one, ValidationRound):
        stage = _STAGE_OF[ValidationKind(one.kind)]
    within = Q(stage=stage, created_at__gte=one.opened_at)
    return within & Q(created_at__lte=one.closed_at) if one.closed_at else within


def comments_of(
    profile: Profile, wanted: Wanted, *, viewer: User, rounds: Sequence[Round] = ()
) -> "QuerySet[Comment, Comment]":
    """Return the comments that a reader wants and may see, with all that is shown of them.

    ``rounds`` are those of the profile, if one of them may be wanted.
    """
    related = ("section__template_section", "author__organisation", "answered_by", "revision")
    found: QuerySet[Comment, Comment] = Comment.objects.filter(section__profile=profile)
    found = found.select_related(*related)
    if not sees_working_text(profile, viewer):
        found = found.filter(ON_SUBMITTED)
    found = unveiled(found, profile, viewer=viewer)
    if wanted.section:
        found = found.filter(section__key=wanted.section)
    if wanted.state:
        found = found.filter(GROUPS[wanted.state])
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.mine:
        found = found.filter(author=viewer)
    for one in rounds:
        if one.name == wanted.round:
            found = found.filter(one.within)
    return found.order_by(*ORDERS.get(wanted.order, _SECTION))


def table_of(
    profile: Profile, wanted: Wanted, *, viewer: User, rounds: Sequence[Round] = ()
) -> "QuerySet[Comment, Comment]":
    """Return the comments of the response table: those on submitted texts, whoever reads it."""
    return comments_of(profile, wanted, viewer=viewer, rounds=rounds).filter(ON_SUBMITTED)


@dataclass(frozen=True, slots=True)
class Said:
    """A reply to a comment as its reader may see it."""

    reply: Reply
    by: Credit


@dataclass(frozen=True, slots=True)
class Response:
    """A comment as its reader may see it, with the kind of its answer, which closing covers.

    Attributes:
        verdict: How it was answered, in words; empty while it waits for its first answer.
        replies: What was said to it besides, oldest first.
    """

    comment: Comment
    by: Credit
    verdict: str
    replies: Sequence[Said] = ()


_ANSWERS = ("accept", "accept_partly", "decline", "defer")


def responses(comments: Sequence[Comment], profile: Profile, *, viewer: User) -> list[Response]:
    """Return comments as their reader may see them: three queries for any number.

    All know the same instance of the profile, so that asking what may be done costs no more.
    """
    for comment in comments:
        comment.section.profile = profile
    decided = verdicts(comments, profile)
    threads = _threads(comments, veil_of(profile, viewer))
    people = {one.author_id for one in comments if one.author_id is not None}
    people |= {reply.author_id for said in threads.values() for reply in said}
    categories = categories_of(profile, people)

    def by(one: Comment | Reply) -> Credit:
        return credit_of(one, profile, viewer, categories)

    return [
        Response(
            one,
            by(one),
            decided[one.pk],
            [Said(reply, by(reply)) for reply in threads.get(one.pk, ())],
        )
        for one in comments
    ]


def _threads(comments: Sequence[Comment], veil: Veil | None) -> dict[int, list[Reply]]:
    """Return id of a comment → the replies to it that may be seen, oldest first."""
    found = Reply.objects.filter(comment__in=[one.pk for one in comments])
    if veil is not None:
        found = found.exclude(veil.replies)
    threads: dict[int, list[Reply]] = {}
    for reply in found.select_related("author__organisation").order_by("created_at", "pk"):
        threads.setdefault(reply.comment_id, []).append(reply)
    return threads


def verdicts(comments: Sequence[Comment], profile: Profile) -> dict[int, str]:
    """Return id of a comment → how it was answered, in words: one query."""
    names = [f"comment:{comment.pk}" for comment in comments]
    answers = Event.objects.filter(profile=profile, document__in=names, move__in=_ANSWERS)
    states = dict(answers.order_by("seq").values_list("document", "to_state"))
    return {one.pk: _verdict(one, states) for one in comments}


def _verdict(comment: Comment, states: dict[str, str]) -> str:
    """Return how a comment was answered, in words; empty while it waits for its first answer."""
    state = states.get(f"comment:{comment.pk}", "")
    return str(CommentState(state).label) if state and comment.answered_at else ""
