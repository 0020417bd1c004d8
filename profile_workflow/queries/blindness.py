"""What international experts do not see of one another while they review, where that is wanted.

The section itself and whether it is judged stay visible: the process of the profile is open to
all who take part. What somebody has said of it is not, nor the state in which his verdict left it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from profile_workflow.models import Comment, Decision, Profile, Section, User
from profile_workflow.queries.judging import SETTLED_AS
from profile_workflow.states import PROFILE_VERDICTS, ProfileState, Role, SectionState

#: The condition that nothing meets.
_NOTHING = Q(pk__in=[])


@dataclass(frozen=True, slots=True)
class Veil:
    """What is kept from one international expert.

    Attributes:
        viewer: From whom.
        since: Since when the round runs; what was said in rounds before is known to all.
        judged: Ids of the sections that others have judged in the round.
        is_concluding: Whether all sections are judged: then nothing but what others have
            recommended for the whole is kept from him, until all have.
    """

    viewer: User
    since: datetime
    judged: frozenset[int] = frozenset()
    is_concluding: bool = False

    @property
    def comments(self) -> Q:
        """The comments that are kept from him."""
        return self._comments("")

    @property
    def comments_of_a_section(self) -> Q:
        """The same, asked of a section."""
        return self._comments("comments__")

    def _comments(self, path: str) -> Q:
        if self.is_concluding:
            return _NOTHING
        others = {
            f"{path}stage": ProfileState.EXPERT_REVIEW,
            f"{path}role": Role.INTERNATIONAL_EXPERT,
            f"{path}created_at__gte": self.since,
        }
        return Q(**others) & ~Q(**{f"{path}author": self.viewer.pk})

    @property
    def replies(self) -> Q:
        """The replies that are kept from him, to whatever comment."""
        if self.is_concluding:
            return _NOTHING
        others = Q(role=Role.INTERNATIONAL_EXPERT, created_at__gte=self.since)
        return others & ~Q(author=self.viewer)

    @property
    def events(self) -> Q:
        """The events that are kept from him: what others of his role did to the text."""
        others = Q(role=Role.INTERNATIONAL_EXPERT, at__gte=self.since)
        others &= ~Q(actor=self.viewer.pseudonym)
        if self.is_concluding:
            return others & Q(document="profile", move__in=PROFILE_VERDICTS)
        about = Q(document__startswith="section:") | Q(document__startswith="comment:")
        # What the project team settles tells that reviewers differ.
        settled = Q(move__in=list(SETTLED_AS), at__gte=self.since)
        return (others & about) | settled

    def hides(self, person: Any) -> bool:
        """Whether what a person has decided in the round is kept from him."""
        return bool(person is not None and person.pk != self.viewer.pk)

    def hides_states(self, at: datetime) -> bool:
        """Whether the states are kept from him between which sections have moved at a moment.

        Those of his own decisions too: where they lead follows from what others have decided.
        """
        return not self.is_concluding and at >= self.since

    def hides_state(self, section: Section) -> bool:
        """Whether the state of a section is kept from him, since it tells what another decided."""
        return section.pk in self.judged and section.state != SectionState.UNDER_REVIEW


def unveiled(
    comments: "QuerySet[Comment]", profile: Profile, *, viewer: User
) -> "QuerySet[Comment]":
    """Return those of some comments that are not kept from a reader."""
    veil = veil_of(profile, viewer)
    return comments if veil is None else comments.exclude(veil.comments)


def veil_of(profile: Profile, viewer: User) -> Veil | None:
    """Return what is kept from a reader now; None if nothing is. Kept with the instance.

    It is lifted from the sections when all are judged, so that whoever concludes knows all of
    them, and from what was recommended for the whole when the round is closed.
    """
    if profile.working_state != ProfileState.EXPERT_REVIEW:
        return None
    roles = profile.roles_of(viewer)
    reviews = Role.INTERNATIONAL_EXPERT in roles and Role.PROJECT_TEAM not in roles
    if not reviews or not profile.programme.reviews_blind:
        return None
    kept: dict[int, Veil | None] = profile.__dict__.setdefault("_veils", {})
    if viewer.pk not in kept:
        kept[viewer.pk] = _drawn(profile, viewer)
    return kept[viewer.pk]


def _drawn(profile: Profile, viewer: User) -> Veil | None:
    waiting = profile.sections.filter(state=SectionState.UNDER_REVIEW)
    running = profile.review_rounds.filter(closed_at__isnull=True).first()
    if running is None:
        return None
    others = Decision.objects.filter(review_round=running).exclude(by=viewer)
    if not waiting.exists():
        has_any = others.filter(section__isnull=True).exists()
        return Veil(viewer, running.opened_at, is_concluding=True) if has_any else None
    judged = others.filter(section__isnull=False).values_list("section_id", flat=True)
    return Veil(viewer, running.opened_at, frozenset(judged.order_by("pk")))
