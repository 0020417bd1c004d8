"""Personal links of a round, as those who look after them see them."""

from dataclasses import dataclass

from django.db.models import Prefetch

from profile_workflow.models import (
    AnsweringLink,
    Event,
    Profile,
    SigningAnswer,
    SignOff,
    User,
    ValidationRound,
)
from profile_workflow.queries.attribution import Credit
from profile_workflow.queries.rounds import Answer, answers_as_seen, credit_of
from profile_workflow.states import ANSWERABLE_SIGNOFF_STATES

#: What the log says of answers that came through a link.
BY_LINK = ("send_by_link", "sign_by_link")


@dataclass(frozen=True, slots=True)
class LinkLine:
    """The link of one person.

    Attributes:
        answer: What the person is asked for, and his name.
        link: The link made last; None for somebody who was asked before there were links.
        saved: How many sections he has said something of that he has not sent.
        is_prepared: Whether he has prepared a signature that he has not confirmed.
        came_by_link: Whether the answer came through a link.
        tells_use: Whether it may be shown what has become of the link: not in a secret round.
    """

    answer: Answer
    link: AnsweringLink | None
    saved: int
    is_prepared: bool
    came_by_link: bool
    tells_use: bool = True

    @property
    def signoff(self) -> SignOff:
        """What the person is asked for."""
        return self.answer.signoff

    @property
    def by(self) -> Credit:
        """The person, by name."""
        return self.answer.by

    @property
    def is_live(self) -> bool:
        """Whether the link has not ended."""
        return self.link is not None and self.link.ended_at is None

    @property
    def may_answer(self) -> bool:
        """Whether the person can answer, so that a link is of use."""
        return self.signoff.state in ANSWERABLE_SIGNOFF_STATES


@dataclass(frozen=True, slots=True)
class LinksOfRound:
    """The links of a round.

    Attributes:
        lines: Those of the people whose names the reader may see.
        hidden: How many others there are.
    """

    round: ValidationRound
    lines: list[LinkLine]
    hidden: int


def links_of_round(profile: Profile, *, viewer: User) -> LinksOfRound | None:
    """Return the links of the round that is open: a constant number of queries.

    Others than the project team see only how many there are of people whose names the attribution
    of the round keeps: what a link is for, and when it was used, would tell who is who.
    """
    found = profile.validation_rounds.filter(closed_at__isnull=True, unsealed_at__isnull=True)
    opened = found.select_related("version").first()
    if opened is None:
        return None
    made = AnsweringLink.objects.order_by("-pk")
    asked = opened.signoffs.select_related("person__organisation", "responded_by")
    signoffs = list(
        asked.prefetch_related(Prefetch("links", made), "section_answers").order_by("pk")
    )
    for one in signoffs:
        one.round = opened
    seen = [one for one in signoffs if credit_of(one, profile, viewer=viewer).is_named]
    by_link, prepared = _came_by_link(profile, seen), _prepared(seen)
    lines = [_line(one, by_link, prepared) for one in answers_as_seen(seen, profile, viewer=viewer)]
    lines.sort(key=lambda one: (one.by.name, one.signoff.pk))
    return LinksOfRound(opened, lines, len(signoffs) - len(seen))


def _line(answer: Answer, by_link: set[int], prepared: set[int]) -> LinkLine:
    signoff = answer.signoff
    return LinkLine(
        answer=answer,
        link=next(iter(signoff.links.all()), None),
        saved=sum(one.waits_to_be_sent for one in signoff.section_answers.all()),
        is_prepared=signoff.pk in prepared,
        came_by_link=signoff.pk in by_link,
        tells_use=not signoff.round.is_secret,
    )


def _came_by_link(profile: Profile, signoffs: list[SignOff]) -> set[int]:
    names = {f"{one.document_type}:{one.pk}": one.pk for one in signoffs}
    events = Event.objects.filter(profile=profile, move__in=BY_LINK, document__in=list(names))
    return {names[one] for one in events.values_list("document", flat=True)}


def _prepared(signoffs: list[SignOff]) -> set[int]:
    found = SigningAnswer.objects.filter(signoff__in=signoffs, sent_at__isnull=True)
    return set(found.values_list("signoff", flat=True))


def link_to_keep(profile: Profile, signoff_id: int, *, viewer: User) -> SignOff:
    """Return the sign-off whose link a person looks after.

    Raises:
        SignOff.DoesNotExist: If there is none of somebody whose name the reader may see.
    """
    asked = SignOff.objects.filter(round__profile=profile)
    signoff: SignOff = asked.select_related("round__version", "person").get(pk=signoff_id)
    signoff.round.profile = profile
    if not credit_of(signoff, profile, viewer=viewer).is_named:
        raise SignOff.DoesNotExist
    return signoff
