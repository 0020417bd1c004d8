"""How far sections and the comments on them must be before a move, and which it names."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from profile_workflow.errors import Missing
from profile_workflow.models import WAITING, Comment, Profile, Section, SignOff
from profile_workflow.queries.judging import (
    STANDING,
    is_alone,
    open_round,
    strictest,
    verdict_of,
    verdicts_of,
)
from profile_workflow.requirements.known import known
from profile_workflow.states import (
    APPROVED_SECTION_STATES,
    FINISHED_SECTION_STATES,
    SECTION_VERDICTS,
    SectionState,
)

#: Code of what is missing as long as a section is not as far as it has to be.
SECTION_UNFINISHED = "section_unfinished"


def sections_are_finished(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    """Every section is submitted or further."""
    yield from _sections_not_in(FINISHED_SECTION_STATES, profile)


def acceptance_is_consistent(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    """Who alone concludes recommends acceptance if every section is accepted.

    Where several do, each may say what he thinks; the strictest leads on.
    """
    if _is_alone(profile):
        yield from sections_are_accepted(profile, ())


def _is_alone(profile: Profile) -> bool:
    opened = open_round(profile)
    return opened is None or is_alone(opened)


def sections_are_accepted(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    """Every section is accepted."""
    yield from _sections_not_in(APPROVED_SECTION_STATES, profile)


def texts_are_finished(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    """Every section is submitted or further; where the texts of all of them are read anyway."""
    yield from _not_in(FINISHED_SECTION_STATES, known(profile).sections)


def texts_are_accepted(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    """Every section is accepted; where the texts of all of them are read anyway."""
    yield from _not_in(APPROVED_SECTION_STATES, known(profile).sections)


def _sections_not_in(states: Collection[SectionState], profile: Profile) -> Iterator[Missing]:
    unfinished = profile.sections.exclude(state__in=states).select_related("template_section")
    yield from _not_in(states, unfinished.order_by("position"))


def _not_in(states: Collection[SectionState], sections: Iterable[Section]) -> Iterator[Missing]:
    for section in sections:
        if section.state in states:
            continue
        yield Missing(
            SECTION_UNFINISHED,
            _("“%(section)s” is in the state “%(state)s”.")
            % {"section": section, "state": section.get_state_display()},
            section.key,
        )


def a_section_is_returned(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    """A section was returned in this round."""
    if not profile.sections.filter(state=SectionState.CHANGES_REQUESTED).exists():
        yield Missing("nothing_returned", _("No section has been returned in this round."))


def severity_is_consistent(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    """A section was returned, and none of them for major changes."""
    yield from a_section_is_returned(profile, ())
    if _is_alone(profile):
        yield from _no_section_needs_major_changes(profile)


def _no_section_needs_major_changes(profile: Profile) -> Iterator[Missing]:
    opened = open_round(profile)
    verdicts = verdicts_of(opened) if opened else {}
    much = [key for key, verdict in verdicts.items() if verdict in SECTION_VERDICTS[2:]]
    returned = profile.sections.filter(pk__in=much, state=SectionState.CHANGES_REQUESTED)
    for section in returned.select_related("template_section").order_by("position"):
        yield Missing(
            "major_changes",
            _("“%(section)s” was returned for major changes; the whole needs a major revision.")
            % {"section": section},
            section.key,
        )


def _differ(section: Section, *, milder: str) -> Iterator[Missing]:
    opened = open_round(section.profile)
    found = opened.decisions.filter(STANDING, section=section) if opened else None
    moves = list(found.order_by("pk").values_list("move", flat=True)) if found else []
    now = verdict_of(moves)
    if milder not in moves or strictest([milder, now]) == milder:
        yield Missing(
            "reviewers_agree",
            _("The project team settles what reviewers decide differently; nobody decided this."),
        )


def reviewers_differ_on_acceptance(
    section: Section, _sections: Sequence[Section]
) -> Iterator[Missing]:
    """Somebody has accepted a section that somebody else returned."""
    yield from _differ(section, milder="accept")


def reviewers_differ_on_minor_changes(
    section: Section, _sections: Sequence[Section]
) -> Iterator[Missing]:
    """Minor changes are enough to somebody, and not to somebody else."""
    yield from _differ(section, milder="request_minor_changes")


def sections_are_named(profile: Profile, sections: Sequence[Section]) -> Iterator[Missing]:
    """The mover names sections of this profile."""
    if not _are_named(profile, sections):
        yield Missing("no_section_named", _("Name at least one section to return."))


def objection_names_sections(signoff: SignOff, sections: Sequence[Section]) -> Iterator[Missing]:
    """Whoever objects names sections of this profile."""
    if not _are_named(signoff.profile, sections):
        yield Missing("no_section_named", _("Name at least one section that you object to."))


def _are_named(profile: Profile, sections: Sequence[Section]) -> bool:
    """Whether there are sections, all of this profile."""
    return bool(sections) and all(section.profile_id == profile.pk for section in sections)


def section_comments_are_answered(
    section: Section, _sections: Sequence[Section]
) -> Iterator[Missing]:
    """No comment on a section waits for an answer."""
    count = section.comments.filter(WAITING).count()
    if count:
        yield _open_comments(section.key, count)


def comments_are_answered(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    """No comment on a profile waits for an answer."""
    open_comments = Comment.objects.filter(WAITING, section__profile=profile)
    counts: dict[str, int] = {}
    for key in open_comments.order_by("section__position").values_list("section__key", flat=True):
        counts[key] = counts.get(key, 0) + 1
    for key, count in counts.items():
        yield _open_comments(key, count)


def _open_comments(key: str, count: int) -> Missing:
    words = ngettext(
        "%(count)s comment waits for an answer.", "%(count)s comments wait for an answer.", count
    )
    return Missing("comment_open", words % {"count": count}, key)
