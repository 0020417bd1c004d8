"""The guidance of a section as its pages show it: its hint, its questions, its findings."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import get_language

from profile_workflow.models import Profile, Section, User
from profile_workflow.queries.guidance import (
    Coverage,
    Group,
    Judged,
    JudgedText,
    coverage_in,
    judged_draft,
    judged_profile,
    judged_revision,
    questions_of,
    sees_guidance,
    submitted_text,
)
from profile_workflow.services import guidance
from profile_workflow.services.drafting import is_writer, may_write


@dataclass(frozen=True, slots=True)
class Guidance:
    """What stands beside a text.

    Attributes:
        advice: What the template advises for this chapter, in the language in force.
        examples: Sentences such as it could hold, in the language of the profile.
        coverage: How many questions are marked.
        groups: The questions with what became of them.
        text: The findings.
    """

    advice: str
    examples: Sequence[str]
    coverage: Coverage
    groups: Sequence[Group]
    text: JudgedText


def asked(section: Section) -> list[Group]:
    """Return the guiding questions of a section in the language in force."""
    return questions_of(section, _language())


def _language() -> str:
    return get_language() or "en"


def beside_draft(section: Section, text: str, groups: Sequence[Group]) -> Guidance:
    """Return what stands beside a text that is being written.

    Args:
        section: The section.
        text: The text as it was saved last.
        groups: Its guiding questions.
    """
    return _guidance(section, judged_draft(section, text), groups)


def beside_revision(section: Section, viewer: User) -> Guidance | None:
    """Return what stands beside a submitted text, for those who write or judge it."""
    if not sees_guidance(section.profile, viewer):
        return None
    return _guidance(section, judged_revision(section), asked(section))


def for_deciding(section: Section, viewer: User) -> Guidance:
    """Return the guidance on the text that a person works on."""
    return _guidance(section, guidance.judged_text(section, viewer), asked(section))


def _guidance(section: Section, text: JudgedText, groups: Sequence[Group]) -> Guidance:
    chapter = section.template_section
    examples = chapter.examples_in(section.profile.language)
    return Guidance(chapter.advice_in(_language()), examples, coverage_in(groups), groups, text)


@dataclass(frozen=True, slots=True)
class FoundInSection:
    """The open findings in one section.

    Attributes:
        may_write: Whether the reader may write that text now.
        findings: The findings of the kind that is wanted.
    """

    section: Section
    may_write: bool
    findings: list[Judged]


def found_in_profile(profile: Profile, viewer: User, kind: str = "") -> list[FoundInSection]:
    """Return the open findings of a whole profile, section by section: four queries.

    Whoever writes a section is told of its working text, others of what was submitted.

    Args:
        profile: The profile.
        viewer: Who reads.
        kind: With what the codes of the rules begin; all findings if it is empty.
    """
    related = ("template_section", "draft", "revision")
    sections = list(profile.sections.select_related(*related).order_by("position"))
    for one in sections:
        one.profile = profile
    own = {one.pk for one in sections if is_writer(one, by=viewer)}

    def text_of(section: Section) -> str:
        return section.draft.text if section.pk in own else submitted_text(section)

    return [
        FoundInSection(
            judged.section,
            may_write(judged.section, by=viewer),
            [one for one in judged.open if one.finding.rule.code.startswith(kind)],
        )
        for judged in judged_profile(profile, sections, text_of)
    ]
