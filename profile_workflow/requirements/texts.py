"""What a text must hold, and must not hold, before a move."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from profile_workflow.errors import Missing
from profile_workflow.languages import listed
from profile_workflow.markup import cited_keys, placed_pictures, placed_tables, references
from profile_workflow.models import Profile, Section
from profile_workflow.proofreading import Finding, Level
from profile_workflow.queries.guidance import judged_profile, stopping
from profile_workflow.queries.references import dangling
from profile_workflow.requirements.known import known


def draft_is_filled(section: Section, _sections: Sequence[Section]) -> Iterator[Missing]:
    """A section that must be there has a text, or says where nothing was found."""
    if section.draft.is_empty and section.template_section.mandatory:
        yield Missing(
            "section_empty",
            _("“%(section)s” has neither text nor “nothing found” with where it was searched.")
            % {"section": section},
            section.key,
        )


def draft_refers_to_what_exists(
    section: Section, _sections: Sequence[Section]
) -> Iterator[Missing]:
    """What a working text cites, places and points to is there."""
    text = section.draft.text
    for typed, missing in _dangling(section.key, text, section.profile):
        yield _at(missing, text, typed)


def draft_holds_nothing_that_stops(
    section: Section, _sections: Sequence[Section]
) -> Iterator[Missing]:
    """Nothing in a working text keeps it from being submitted."""
    yield from _that_stop(section, stopping(section, section.draft.text))


def drafts_lack(profile: Profile, keys: Collection[str]) -> dict[str, list[Missing]]:
    """Return what working texts lack before each can be submitted: key of the section → that.

    A constant number of queries, however many sections are asked about.
    """
    found = profile.sections.filter(key__in=keys).select_related("draft", "template_section")
    sections = list(found.order_by("position"))
    for section in sections:
        section.profile = profile
    return {
        one.section.key: [
            *draft_is_filled(one.section, ()),
            *draft_refers_to_what_exists(one.section, ()),
            *_that_stop(one.section, [each.finding for each in one.findings if each.stops]),
        ]
        for one in judged_profile(profile, sections, lambda section: section.draft.text)
    }


def _that_stop(section: Section, findings: Iterable[Finding]) -> Iterator[Missing]:
    for finding in findings:
        missing = _finding(section.key, finding)
        yield replace(missing, position=finding.position, words=finding.found)


def text_is_sound(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    """The submitted texts refer to what exists and hold no finding that stops them."""
    for judged in judged_profile(profile, known(profile).sections):
        section = judged.section
        text = section.revision.text if section.revision else ""
        for _typed, missing in _dangling(section.key, text, profile):
            yield missing
        for one in judged.open:
            if one.finding.rule.requirement:
                yield _finding(section.key, one.finding)


def _finding(key: str, finding: Finding) -> Missing:
    because = "" if finding.level != Level.BLOCK else f" {finding.rule.because}"
    return Missing(finding.rule.requirement, f"{finding.message}{because}", key)


def _at(missing: Missing, text: str, typed: str) -> Missing:
    """Return what is missing in the text with the first place where it is typed."""
    if missing.fragment:
        return missing
    found = re.search(rf"(?<!\w){re.escape(typed)}(?![\w-])", text)
    return replace(missing, position=found.span(), words=typed) if found else missing


def _dangling(key: str, text: str, profile: Profile) -> Iterator[tuple[str, Missing]]:
    """Yield what a text names and the profile does not have, each with how it is typed."""
    here = known(profile)
    for cited in _absent(cited_keys(text), lambda: here.sources):
        said = _("The source “%(key)s” is not in the bibliography.") % {"key": cited}
        yield f"@{cited}", Missing("citation_unknown", said, key)
    for table in _absent(placed_tables(text), lambda: here.tables):
        said = _("There is no data table “%(key)s”.") % {"key": table}
        typed = f"[[{'table' if f'[[table:{table}]]' in text else 'figure'}:{table}"
        yield typed, Missing("table_unknown", said, key)
    yield from _pictures_missing(key, text, profile)
    for reference in dangling(here.places, key, text) if references(text) else ():
        said = _("%(reference)s leads nowhere: there is nothing of that name.")
        missing = Missing("reference_unknown", said % {"reference": reference}, key)
        yield str(reference).rstrip("]"), missing


def _pictures_missing(key: str, text: str, profile: Profile) -> Iterator[tuple[str, Missing]]:
    placed = sorted(placed_pictures(text))
    there = known(profile).pictures if placed else {}
    for shown in placed:
        typed = f"[[image:{shown}"
        if shown not in there:
            said = _("There is no picture “%(key)s”.") % {"key": shown}
            yield typed, Missing("picture_unknown", said, key)
        elif lacks := there[shown]:
            said = _("The picture “%(key)s” lacks: %(lacks)s.")
            said %= {"key": shown, "lacks": listed(lacks)}
            yield typed, Missing("picture_incomplete", said, key, fragment=f"picture-{shown}")


def _absent(named: Sequence[str], there: Callable[[], set[str]]) -> list[str]:
    """Return the keys that are not there; what is there is fetched only if a text names any."""
    return sorted(set(named) - there()) if named else []
