"""What must be complete before each move: a table of checks that list what is missing."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from profile_workflow.errors import Missing
from profile_workflow.markup import cited_keys, placed_pictures, placed_tables, references
from profile_workflow.models import (
    WAITING,
    Assignment,
    Comment,
    DataItem,
    Priority,
    Profile,
    Section,
    SignOff,
    ValidationRound,
)
from profile_workflow.models.profile import AssignmentQuerySet
from profile_workflow.proofreading import Finding, Level
from profile_workflow.queries.guidance import judged_profile, stopping
from profile_workflow.queries.quality import Checked, checklist
from profile_workflow.queries.references import Places, dangling
from profile_workflow.queries.validation import signatures, standing_answers, unanswered_objections
from profile_workflow.states import (
    APPROVED_SECTION_STATES,
    COUNTING_SIGNOFF_STATES,
    FINISHED_SECTION_STATES,
    SETTLED_DATA_STATES,
    PriorityLabel,
    ProfileState,
    Role,
    SectionState,
    SignOffState,
    ValidationKind,
)

#: A check takes the document and the sections named with the move, and yields what is missing.
Check = Callable[[Any, Sequence[Section]], Iterable[Missing]]

MOST_PRIORITIES = 5


# People


def _parts(profile: Profile) -> AssignmentQuerySet:
    """The parts that people hold now; who only stands in for somebody fills none."""
    own = Assignment.objects.filter(profile=profile, stands_in_for__isnull=True)
    return own.active(profile.day)


def _people_are_named(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    needed = (
        Role.LOCAL_EXPERT,
        Role.INTERNATIONAL_EXPERT,
        Role.FOCAL_POINT,
        Role.CITY_AUTHORITY,
    )
    held = set(_parts(profile).values_list("role", flat=True))
    for role in needed:
        if role not in held:
            yield Missing("role_vacant", _("Nobody is named as %(role)s.") % {"role": role.label})


def _stakeholders_are_named(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    if not _parts(profile).filter(role=Role.STAKEHOLDER).exists():
        yield Missing("no_stakeholder", _("The City Stakeholder Group has no member yet."))


# Checks that a person makes


def _checks_are_answered(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    for checked in checklist(profile):
        if checked.answer is None:
            yield _unanswered(checked)
        elif checked.has_failed:
            said = _("“%(check)s” is answered “no”: %(note)s")
            values = {"check": checked.question, "note": checked.answer.note}
            yield Missing("check_failed", said % values, fragment=checked.anchor)


def _unanswered(checked: Checked) -> Missing:
    said = _("“%(check)s” is not answered yet.")
    if checked.is_outdated:
        said = _("“%(check)s” was answered for another text; look at it again.")
    return Missing("check_open", said % {"check": checked.question}, fragment=checked.anchor)


# Territory and definitions


def _territory_is_known(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    if not profile.territories.filter(is_city=True).exists():
        yield Missing("no_territory", _("It is not said which territory is “the city”."))


def _definitions_are_given(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    if not profile.definitions.exists():
        yield Missing("no_definition", _("There is no working definition yet."))


# Sections


def _draft_is_filled(section: Section, _sections: Sequence[Section]) -> Iterator[Missing]:
    if section.draft.is_empty and section.template_section.mandatory:
        yield Missing(
            "section_empty",
            _("“%(section)s” has neither text nor “nothing found” with where it was searched.")
            % {"section": section},
            section.key,
        )


def _section_comments_are_answered(
    section: Section, _sections: Sequence[Section]
) -> Iterator[Missing]:
    count = section.comments.filter(WAITING).count()
    if count:
        yield _open_comments(section.key, count)


def _open_comments(key: str, count: int) -> Missing:
    words = ngettext(
        "%(count)s comment waits for an answer.", "%(count)s comments wait for an answer.", count
    )
    return Missing("comment_open", words % {"count": count}, key)


def _draft_refers_to_what_exists(
    section: Section, _sections: Sequence[Section]
) -> Iterator[Missing]:
    text = section.draft.text
    for typed, missing in _dangling(section.key, text, section.profile):
        yield _at(missing, text, typed)


def _draft_holds_nothing_that_stops(
    section: Section, _sections: Sequence[Section]
) -> Iterator[Missing]:
    for finding in stopping(section, section.draft.text):
        missing = _finding(section.key, finding)
        yield replace(missing, position=finding.position, words=finding.found)


def _finding(key: str, finding: Finding) -> Missing:
    because = "" if finding.level != Level.BLOCK else f" {finding.rule.because}"
    return Missing(finding.rule.requirement, f"{finding.message}{because}", key)


def _at(missing: Missing, text: str, typed: str) -> Missing:
    """Return what is missing with the first place in the text where it is typed."""
    found = re.search(rf"(?<!\w){re.escape(typed)}(?![\w-])", text)
    return replace(missing, position=found.span(), words=typed) if found else missing


def _dangling(key: str, text: str, profile: Profile) -> Iterator[tuple[str, Missing]]:
    """Yield what a text names and the profile does not have, each with how it is typed."""
    cited_here, placed_here = set(cited_keys(text)), set(placed_tables(text))
    for cited in sorted(cited_here - _source_keys(profile)) if cited_here else ():
        said = _("The source “%(key)s” is not in the bibliography.") % {"key": cited}
        yield f"@{cited}", Missing("citation_unknown", said, key)
    for table in sorted(placed_here - _table_keys(profile)) if placed_here else ():
        said = _("There is no data table “%(key)s”.") % {"key": table}
        typed = f"[[{'table' if f'[[table:{table}]]' in text else 'figure'}:{table}"
        yield typed, Missing("table_unknown", said, key)
    shown_here = set(placed_pictures(text))
    for shown in sorted(shown_here - _picture_keys(profile)) if shown_here else ():
        said = _("There is no picture “%(key)s”.") % {"key": shown}
        yield f"[[image:{shown}", Missing("picture_unknown", said, key)
    for reference in dangling(_places(profile), key, text) if references(text) else ():
        said = _("%(reference)s leads nowhere: there is nothing of that name.")
        yield (
            str(reference).rstrip("]"),
            Missing("reference_unknown", said % {"reference": reference}, key),
        )


def _places(profile: Profile) -> Places:
    if "_places" not in profile.__dict__:
        profile.__dict__["_places"] = Places(profile)
    places: Places = profile.__dict__["_places"]
    return places


def _source_keys(profile: Profile) -> set[str]:
    if "_source_keys" not in profile.__dict__:
        profile.__dict__["_source_keys"] = set(profile.sources.values_list("key", flat=True))
    known: set[str] = profile.__dict__["_source_keys"]
    return known


def _table_keys(profile: Profile) -> set[str]:
    if "_table_keys" not in profile.__dict__:
        profile.__dict__["_table_keys"] = set(profile.data_tables.values_list("key", flat=True))
    known: set[str] = profile.__dict__["_table_keys"]
    return known


def _picture_keys(profile: Profile) -> set[str]:
    if "_picture_keys" not in profile.__dict__:
        profile.__dict__["_picture_keys"] = set(profile.pictures.values_list("key", flat=True))
    known: set[str] = profile.__dict__["_picture_keys"]
    return known


def _sections_are_finished(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    for section in _sections_of(profile):
        if section.state not in FINISHED_SECTION_STATES:
            yield _unfinished(section)


def _sections_are_accepted(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    for section in _sections_of(profile):
        if section.state not in APPROVED_SECTION_STATES:
            yield _unfinished(section)


def _unfinished(section: Section) -> Missing:
    return Missing(
        "section_unfinished",
        _("“%(section)s” is in the state “%(state)s”.")
        % {"section": section, "state": section.get_state_display()},
        section.key,
    )


def _sections_of(profile: Profile) -> list[Section]:
    """Return the sections with their submitted texts; read once for all checks of one move."""
    if "_checked_sections" not in profile.__dict__:
        found = profile.sections.select_related("template_section", "revision")
        profile.__dict__["_checked_sections"] = list(found.order_by("position"))
    sections: list[Section] = profile.__dict__["_checked_sections"]
    return sections


def _a_section_is_returned(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    if not profile.sections.filter(state=SectionState.CHANGES_REQUESTED).exists():
        yield Missing("nothing_returned", _("No section has been returned in this round."))


def _no_section_needs_major_changes(
    profile: Profile, _sections: Sequence[Section]
) -> Iterator[Missing]:
    returned = profile.decisions.filter(
        review_round__closed_at__isnull=True,
        move="request_major_changes",
        section__state=SectionState.CHANGES_REQUESTED,
    ).select_related("section__template_section")
    for decision in returned:
        assert decision.section is not None
        yield Missing(
            "major_changes",
            _("“%(section)s” was returned for major changes; the whole needs a major revision.")
            % {"section": decision.section},
            decision.section.key,
        )


def _are_named(profile: Profile, sections: Sequence[Section]) -> bool:
    """Whether there are sections, all of this profile."""
    return bool(sections) and all(section.profile_id == profile.pk for section in sections)


def _sections_are_named(profile: Profile, sections: Sequence[Section]) -> Iterator[Missing]:
    if not _are_named(profile, sections):
        yield Missing("no_section_named", _("Name at least one section to return."))


def _objection_names_sections(signoff: SignOff, sections: Sequence[Section]) -> Iterator[Missing]:
    if not _are_named(signoff.profile, sections):
        yield Missing("no_section_named", _("Name at least one section that you object to."))


# Comments


def _comments_are_answered(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    open_comments = Comment.objects.filter(WAITING, section__profile=profile)
    counts: dict[str, int] = {}
    for key in open_comments.order_by("section__position").values_list("section__key", flat=True):
        counts[key] = counts.get(key, 0) + 1
    for key, count in counts.items():
        yield _open_comments(key, count)


# Evidence


def _figures_are_sound(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    figures = DataItem.objects.filter(table__profile=profile).select_related("table__section")
    for item in figures.order_by("table__position", "position"):
        if item.state not in SETTLED_DATA_STATES:
            yield _unsettled(item)
        if item.has_value and not item.is_sourced:
            yield _unsourced(item)


def _unsettled(item: DataItem) -> Missing:
    return Missing(
        "figure_unsettled",
        _("The figure “%(label)s” (table %(table)s) is in the state “%(state)s”.")
        % {"label": item.label, "table": item.table.key, "state": item.get_state_display()},
        item.table.section.key,
    )


def _unsourced(item: DataItem) -> Missing:
    return Missing(
        "figure_unsourced",
        _("The figure “%(label)s” (table %(table)s) lacks source, year, territory or definition.")
        % {"label": item.label, "table": item.table.key},
        item.table.section.key,
    )


def _text_is_sound(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    for judged in judged_profile(profile, _sections_of(profile)):
        section = judged.section
        text = section.revision.text if section.revision else ""
        for _typed, missing in _dangling(section.key, text, profile):
            yield missing
        for one in judged.open:
            if one.finding.rule.requirement:
                yield _finding(section.key, one.finding)


def _severity_is_consistent(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    yield from _a_section_is_returned(profile, ())
    yield from _no_section_needs_major_changes(profile, ())


# Validation


def _current_round(profile: Profile) -> ValidationRound | None:
    return profile.validation_rounds.select_related("version").order_by("-pk").first()


def _quorum_is_reached(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    current = _current_round(profile)
    if current is None:
        return
    answers = list(standing_answers(profile, current.kind, current.version.digest).values())
    yield from _lacking_quorum(current, answers)


def _objections_are_answered(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    count = unanswered_objections(profile).count()
    if count:
        words = ngettext(
            "%(count)s objection has no written answer yet.",
            "%(count)s objections have no written answer yet.",
            count,
        )
        yield Missing("objection", words % {"count": count})


def _lacking_quorum(current: ValidationRound, answers: Sequence[SignOff]) -> Iterator[Missing]:
    asked = [answer for answer in answers if answer.state != SignOffState.WAIVED]
    given = [answer for answer in asked if answer.state in COUNTING_SIGNOFF_STATES]
    if asked and len(given) * 100 < current.quorum * len(asked):
        yield Missing(
            "quorum",
            _("%(given)s of %(asked)s have answered; the quorum is %(quorum)s per cent.")
            % {"given": len(given), "asked": len(asked), "quorum": current.quorum},
        )


def _all_have_agreed(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    agreed, silent = signatures(profile)
    if silent:
        words = ngettext(
            "%(count)s signature is still missing.",
            "%(count)s signatures are still missing.",
            len(silent),
        )
        yield Missing("signature", words % {"count": len(silent)})
    elif not agreed:
        yield Missing("signature", _("Nobody has signed for the city."))


def _text_is_as_signed(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    signed = (
        profile.validation_rounds.filter(kind=ValidationKind.SIGNOFF)
        .select_related("version")
        .order_by("-pk")
        .first()
    )
    if signed is None or signed.version.digest != profile.text_digest():
        yield Missing("text_changed", _("The text is not the one that was signed off."))


# Priorities


def _priorities_are_agreed(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    priorities = list(profile.priorities.order_by("rank"))
    chosen = [one for one in priorities if one.label != PriorityLabel.NOT_NOW]
    if not chosen:
        yield Missing("no_priority", _("No priority has been set."))
    if len(chosen) > MOST_PRIORITIES:
        yield Missing(
            "too_many_priorities",
            _("At most %(most)s priorities can be adopted.") % {"most": MOST_PRIORITIES},
        )
    linked = set(
        Priority.challenges.through.objects.filter(priority__profile=profile).values_list(
            "priority_id", flat=True
        )
    )
    for priority in chosen:
        yield from _incomplete_priority(priority, has_challenge=priority.pk in linked)


def _incomplete_priority(priority: Priority, *, has_challenge: bool) -> Iterator[Missing]:
    needed = (
        (bool(priority.rationale), _("a rationale")),
        (bool(priority.responsible), _("a responsible body")),
        (has_challenge, _("a challenge that it answers")),
        (bool(priority.sdg_targets), _("an SDG target")),
    )
    for given, what in needed:
        if not given:
            yield Missing(
                "priority_incomplete",
                _("Priority %(rank)s needs %(what)s.") % {"rank": priority.rank, "what": what},
            )


def _erratum_is_written(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    if not profile.erratum.strip():
        yield Missing("no_erratum", _("The printed erratum is not written yet."))


_REVISION = (_sections_are_finished, _comments_are_answered)
#: What the software can check before a text goes out to the city, whichever way it goes.
_SOUND = (_figures_are_sound, _text_is_sound, _stakeholders_are_named)

#: The table: what each move asks for. A move that is not listed asks for nothing.
REQUIREMENTS: dict[str, tuple[Check, ...]] = {
    "profile.begin_inception": (_people_are_named,),
    "profile.begin_drafting": (_territory_is_known, _definitions_are_given),
    "profile.submit_draft": _REVISION,
    "profile.submit_minor_revision": _REVISION,
    "profile.submit_major_revision": _REVISION,
    "profile.submit_qa_revision": _REVISION,
    "profile.submit_validation_revision": _REVISION,
    "profile.submit_new_evidence": _REVISION,
    "profile.call_second_workshop": (*_REVISION, *_SOUND),
    "profile.recommend_acceptance": (_sections_are_accepted,),
    "profile.request_minor_revision": (_severity_is_consistent,),
    "profile.request_major_revision": (_a_section_is_returned,),
    "profile.pass_qa": (
        _sections_are_accepted,
        _comments_are_answered,
        *_SOUND,
        _checks_are_answered,
    ),
    "profile.return_for_revision": (_sections_are_named,),
    "profile.return_to_review": (_sections_are_named,),
    "profile.conclude_consultation": (
        _comments_are_answered,
        _quorum_is_reached,
        _objections_are_answered,
    ),
    "profile.revise_after_consultation": (_sections_are_named,),
    "profile.validate": (_all_have_agreed,),
    "profile.return_after_objection": (_sections_are_named,),
    "profile.agree_priorities": (_priorities_are_agreed,),
    "profile.dispute_finding": (_sections_are_named,),
    "profile.adopt_priorities": (_priorities_are_agreed,),
    "profile.publish": (_text_is_as_signed,),
    "profile.open_correction": (_sections_are_named,),
    "profile.publish_correction": (_sections_are_finished, _erratum_is_written),
    "section.submit": (
        _draft_is_filled,
        _draft_refers_to_what_exists,
        _draft_holds_nothing_that_stops,
        _section_comments_are_answered,
    ),
    "sign_off.object_to": (_objection_names_sections,),
}


#: State → the next move that judges the evidence.
_NEXT_GATE: dict[str, str] = {
    ProfileState.PLANNED: "profile.begin_drafting",
    ProfileState.INCEPTION: "profile.begin_drafting",
    **dict.fromkeys(
        (
            ProfileState.DRAFTING,
            ProfileState.EXPERT_REVIEW,
            ProfileState.REVISION_EXPERT,
            ProfileState.PROJECT_QA,
            ProfileState.REVISION_QA,
            ProfileState.REVISION_VALIDATION,
        ),
        "profile.pass_qa",
    ),
    ProfileState.PRIORITY_SETTING: "profile.agree_priorities",
    ProfileState.PRIORITIES_ADOPTED: "profile.adopt_priorities",
    ProfileState.CORRECTION: "profile.publish_correction",
}

#: Checks of what a profile is made of besides its text.
_OF_EVIDENCE = (
    _territory_is_known,
    _definitions_are_given,
    _figures_are_sound,
    _text_is_sound,
    _priorities_are_agreed,
    _erratum_is_written,
)


def next_gate(profile: Profile) -> str:
    """Return the next permission that judges the evidence of a profile; empty if none will."""
    return _NEXT_GATE.get(profile.working_state, "")


def evidence_missing(profile: Profile) -> tuple[Missing, ...]:
    """Return what the evidence of a profile still lacks for its next gate."""
    checks = REQUIREMENTS.get(next_gate(profile), ())
    return _run(tuple(one for one in checks if one in _OF_EVIDENCE), profile, ())


def register(permission: str, check: Check) -> None:
    """Add a check that lives in another package, e.g. that the PDF is built. Idempotent."""
    if check not in REQUIREMENTS.get(permission, ()):
        REQUIREMENTS[permission] = (*REQUIREMENTS.get(permission, ()), check)


def missing_for(
    permission: str, document: Any, sections: Sequence[Section] = ()
) -> tuple[Missing, ...]:
    """Return everything that ``document`` still lacks for a move, in the order of the table."""
    return _run(REQUIREMENTS.get(permission, ()), document, sections)


#: What is read once for all checks of one look, and read anew for the next.
_KEPT = ("_checked_sections", "_source_keys", "_table_keys", "_picture_keys", "_places")


def _run(
    checks: Iterable[Check], document: Any, sections: Sequence[Section]
) -> tuple[Missing, ...]:
    try:
        return tuple(missing for check in checks for missing in check(document, sections))
    finally:
        for kept in _KEPT:
            document.profile.__dict__.pop(kept, None)
