"""Where each section of a profile stands in one word, what holds it up, and who has the turn."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count, Exists, OuterRef
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profile_workflow.models import COMMENTS_WAITING, Draft, Profile, Section, User
from profile_workflow.queries.blindness import veil_of
from profile_workflow.queries.guidance import Coverage, coverage_of, sees_guidance
from profile_workflow.queries.profiles import RoleHolders, pens_of
from profile_workflow.services import drafting, lifecycle
from profile_workflow.states import (
    FINISHED_SECTION_STATES,
    WRITING_STATES,
    ProfileState,
    SectionState,
)
from workflows.models import Task
from workflows.queries.tasks import Waiting

#: State of the section → the one word of the task list. The codes tint the tag.
_WORDS: Mapping[str, "str | Promise"] = {
    SectionState.EMPTY: gettext_lazy("Not started"),
    SectionState.DRAFTING: gettext_lazy("In progress"),
    SectionState.READY: gettext_lazy("Ready"),
    SectionState.UNDER_REVIEW: gettext_lazy("In review"),
    SectionState.CHANGES_REQUESTED: gettext_lazy("Changes requested"),
    SectionState.REOPENED: gettext_lazy("Changes requested"),
    SectionState.ACCEPTED: gettext_lazy("Accepted"),
    SectionState.LOCKED: gettext_lazy("Locked"),
}
#: What a reader is told of a section whose verdict is kept from him.
JUDGED = ("judged", gettext_lazy("Judged"))
_CANNOT_START = ("cannot_start", gettext_lazy("Cannot start yet"))


@dataclass(frozen=True, slots=True)
class Standing:
    """A section as the task list shows it.

    Attributes:
        code: What tints the status.
        label: The one status.
        reason: Why it cannot be worked on now, if it cannot.
        who: Whose turn it is, by name.
        due_at: Until when, if there is a deadline.
        may_write: Whether the reader has the pen.
        review: The task of reviewing it, if the reader may.
        comments: How many comments wait for an answer.
        questions: How many guiding questions are marked, for those who write or judge.
    """

    section: Section
    code: str
    label: str
    reason: str
    who: str
    due_at: datetime | None
    may_write: bool
    review: Task | None
    comments: int
    questions: Coverage | None

    @property
    def is_finished(self) -> bool:
        """Whether the author has done his part."""
        return self.code == JUDGED[0] or self.section.state in FINISHED_SECTION_STATES


def standings_of(
    profile: Profile,
    *,
    viewer: User,
    people: Iterable[RoleHolders],
    waiting: Iterable[Waiting],
) -> list[Standing]:
    """Return where every section stands, in their order: four queries at most."""
    written = Draft.objects.filter(section=OuterRef("pk")).exclude(text="", nothing_found=False)
    related = ("template_section", "author", "reviewer", "revision__author")
    veil = veil_of(profile, viewer)
    counted = COMMENTS_WAITING if veil is None else COMMENTS_WAITING & ~veil.comments_of_a_section
    sections = (
        profile.sections.select_related(*related)
        .defer("revision__text")
        .annotate(
            is_begun=Exists(written),
            open_comments=Count("comments", filter=counted),
        )
        .order_by("position")
    )
    holders: dict[str, list[str]] = {one.role: one.names for one in people}
    turns = {one.section.pk: one for one in waiting if one.section is not None}
    questions = coverage_of(profile) if sees_guidance(profile, viewer) else {}
    found = []
    for section in sections:
        section.profile = profile
        coverage = questions.get(section.pk)
        standing = _standing(section, turns.get(section.pk), holders, viewer, coverage)
        is_veiled = veil is not None and veil.hides_state(section)
        found.append(_without_verdict(standing) if is_veiled else standing)
    return found


def _standing(
    section: Section,
    turn: Waiting | None,
    holders: Mapping[str, Sequence[str]],
    viewer: User,
    questions: Coverage | None,
) -> Standing:
    code, label = _status(section)
    may_review = lifecycle.is_open(section, "accept", viewer)
    return Standing(
        section=section,
        code=code,
        label=str(label),
        reason=_reason(section, code),
        who=_who(section, turn, holders),
        due_at=turn.due_at if turn else None,
        may_write=drafting.may_write(section, by=viewer),
        review=turn.task if turn is not None and may_review else None,
        comments=section.open_comments,  # type: ignore[attr-defined]
        questions=questions,
    )


def _without_verdict(one: Standing) -> Standing:
    code, label = JUDGED
    return replace(one, code=code, label=str(label), reason="", who="", due_at=None)


def _status(section: Section) -> tuple[str, "str | Promise"]:
    state: str = section.state
    begun = section.is_begun  # type: ignore[attr-defined]
    if state == SectionState.EMPTY and section.profile.working_state == ProfileState.PLANNED:
        return _CANNOT_START
    if state in (SectionState.EMPTY, SectionState.DRAFTING):
        state = SectionState.DRAFTING if begun else SectionState.EMPTY
    return state, _WORDS[state]


def _reason(section: Section, code: str) -> str:
    """Return what an unfinished section waits for, if nobody can work on it now."""
    state = section.profile.state
    if section.state in FINISHED_SECTION_STATES:
        return ""
    if state == ProfileState.ON_HOLD:
        return _("The profile is on hold.")
    if code == _CANNOT_START[0]:
        return _("Writing opens when the project team starts the inception.")
    if section.state == SectionState.CHANGES_REQUESTED and state not in WRITING_STATES:
        return _("It can be revised when the review of the whole is concluded.")
    return ""


def _who(section: Section, turn: Waiting | None, holders: Mapping[str, Sequence[str]]) -> str:
    """Return who has the turn: who holds the task, or who writes or reviews as things are."""
    if turn is not None and turn.who:
        return turn.who
    if section.state in FINISHED_SECTION_STATES:
        return ""
    pens = pens_of(section, holders)
    return pens.reviewer if section.state == SectionState.UNDER_REVIEW else pens.author


@dataclass(frozen=True, slots=True)
class Turn:
    """What a profile waits for, with equal tasks of sections as one line.

    Attributes:
        first: The task with the earliest deadline.
        number: How many there are.
    """

    first: Waiting
    number: int

    @property
    def due_at(self) -> datetime | None:
        """The earliest deadline."""
        return self.first.due_at


def grouped(waiting: Iterable[Waiting]) -> list[Turn]:
    """Return what a profile waits for, in its order, with the sections of one person in one line.

    Only equal tasks of sections are put together; what is asked of the whole stays as it is.
    """
    groups: dict[tuple[object, ...], list[Waiting]] = {}
    for number, one in enumerate(waiting):
        key = (number,) if one.section is None else (one.label, one.role, one.who)
        groups.setdefault(key, []).append(one)
    return [Turn(several[0], len(several)) for several in groups.values()]
