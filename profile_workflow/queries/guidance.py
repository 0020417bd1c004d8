"""Guidance beside a text: which guiding questions are marked, what the text should be looked at."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count

from profile_workflow.models import (
    FindingDismissal,
    Profile,
    QuestionAnswer,
    Section,
    TemplateSubsection,
    User,
)
from profile_workflow.proofreading import Finding, Knowledge, Level, acronyms_in, proofread
from profile_workflow.states import AUTHOR_ROLES, Role

#: Who is shown what the author made of the guidance: those who write, and those who judge.
_READERS = {*AUTHOR_ROLES, Role.INTERNATIONAL_EXPERT, Role.PROJECT_TEAM}


def sees_guidance(profile: Profile, viewer: User) -> bool:
    """Whether a person sees findings and marked questions."""
    return bool(profile.roles_of(viewer).intersection(_READERS))


# Guiding questions


@dataclass(frozen=True, slots=True)
class Question:
    """A guiding question in the language of the reader, with what became of it."""

    key: str
    text: str
    answer: QuestionAnswer | None


@dataclass(frozen=True, slots=True)
class Group:
    """Questions of a chapter, or of one heading that the template foresees in it."""

    title: str
    number: str
    questions: list[Question]


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of the guiding questions are marked."""

    done: int
    all: int


def questions_of(section: Section, language: str) -> list[Group]:
    """Return the guiding questions of a section: two queries."""
    template = section.template_section
    answers = {one.question: one for one in section.answers.select_related("by")}
    groups = [Group("", "", _questions("", template.questions_in(language), answers))]
    for part in template.subsections.order_by("position"):
        questions = _questions(_prefix(part), part.questions_in(language), answers)
        groups.append(Group(part.title_in(language), part.number, questions))
    return [group for group in groups if group.questions or group.title]


def _prefix(part: TemplateSubsection) -> str:
    return f"s{part.position}"


def _questions(
    prefix: str, texts: Sequence[str], answers: Mapping[str, QuestionAnswer]
) -> list[Question]:
    keys = [f"{prefix or 0}.{place}" for place in range(len(texts))]
    return [Question(key, text, answers.get(key)) for key, text in zip(keys, texts, strict=True)]


def coverage_in(groups: Iterable[Group]) -> Coverage:
    """Count what is marked of some questions."""
    questions = [one for group in groups for one in group.questions]
    marked = sum(one.answer is not None and one.answer.is_marked for one in questions)
    return Coverage(marked, len(questions))


def coverage_of(profile: Profile) -> dict[int, Coverage]:
    """Return section id → how many of its questions are marked: three queries."""
    sections = profile.sections.select_related("template_section")
    marked = QuestionAnswer.objects.exclude(outcome="")
    counted = marked.filter(section__profile=profile).order_by()
    done = dict(counted.values_list("section").annotate(number=Count("pk")))
    asked: dict[int, int] = {}
    parts = TemplateSubsection.objects.filter(section__template=profile.template_id)
    for chapter, questions in parts.values_list("section", "guiding_questions"):
        asked[chapter] = asked.get(chapter, 0) + len(questions)
    found = {}
    for one in sections:
        number = len(one.template_section.guiding_questions) + asked.get(one.template_section_id, 0)
        found[one.pk] = Coverage(min(done.get(one.pk, 0), number), number)
    return found


# Findings in the text


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding, and who allowed it, if anybody did."""

    finding: Finding
    dismissal: FindingDismissal | None = None

    @property
    def is_open(self) -> bool:
        """Whether it still has to be looked at."""
        return self.dismissal is None

    @property
    def stops(self) -> bool:
        """Whether the section cannot be submitted as long as it stands."""
        return self.is_open and self.finding.level == Level.BLOCK


@dataclass(frozen=True, slots=True)
class JudgedText:
    """The findings in the text of a section."""

    section: Section
    findings: list[Judged]

    @property
    def open(self) -> list[Judged]:
        """Those that have to be looked at."""
        return [one for one in self.findings if one.is_open]

    @property
    def allowed(self) -> list[Judged]:
        """Those that somebody allowed."""
        return [one for one in self.findings if not one.is_open]


def judged_draft(section: Section, text: str) -> JudgedText:
    """Return the findings in a working text of a section: four queries."""
    earlier = Section.objects.filter(profile=section.profile, position__lt=section.position)
    texts = earlier.order_by("position").values_list("draft__text", flat=True)
    known = _knowledge(section.profile)
    return _judged(section, text, known, acronyms_in(texts), _dismissals([section]))


def judged_revision(section: Section) -> JudgedText:
    """Return the findings in the submitted text of a section: four queries."""
    earlier = Section.objects.filter(
        profile=section.profile, position__lt=section.position, revision__isnull=False
    )
    texts = earlier.order_by("position").values_list("revision__text", flat=True)
    text = submitted_text(section)
    known = _knowledge(section.profile)
    return _judged(section, text, known, acronyms_in(texts), _dismissals([section]))


def submitted_text(section: Section) -> str:
    """Return the text of a section as it was submitted last; empty if it never was."""
    return section.revision.text if section.revision else ""


def judged_profile(
    profile: Profile,
    sections: Sequence[Section],
    text_of: Callable[[Section], str] = submitted_text,
) -> list[JudgedText]:
    """Return the findings in the texts of a profile: three queries.

    Args:
        profile: The profile.
        sections: Its sections with their revisions, in their order.
        text_of: Which text of a section is looked at.
    """
    known, dismissals = _knowledge(profile), _dismissals(sections)
    found: list[JudgedText] = []
    earlier: frozenset[str] = frozenset()
    for section in sections:
        text = text_of(section)
        found.append(_judged(section, text, known, earlier, dismissals))
        earlier |= acronyms_in([text])
    return found


def stopping(section: Section, text: str) -> list[Finding]:
    """Return the findings that stop the submission of a text: no query unless there are some."""
    alone = proofread(text, Knowledge(section.profile.language))
    if not any(one.level == Level.BLOCK for one in alone):
        return []
    judged = _judged(
        section, text, _knowledge(section.profile), frozenset(), _dismissals([section])
    )
    return [one.finding for one in judged.findings if one.stops]


def _knowledge(profile: Profile) -> Knowledge:
    acronyms = profile.acronyms.order_by("short").values_list("short", "long")
    terms = profile.definitions.values_list("term", flat=True)
    return Knowledge(profile.language, acronyms=tuple(acronyms), terms=frozenset(terms))


_Dismissals = Mapping[tuple[int, str], FindingDismissal]


def _dismissals(sections: Iterable[Section]) -> _Dismissals:
    found = FindingDismissal.objects.filter(section__in=sections, taken_back_at__isnull=True)
    return {(one.section_id, one.digest): one for one in found.select_related("by")}


def _judged(
    section: Section,
    text: str,
    known: Knowledge,
    earlier: frozenset[str],
    dismissals: _Dismissals,
) -> JudgedText:
    findings = proofread(text, known.after(earlier))
    return JudgedText(section, list(_with_dismissals(section, findings, dismissals)))


def _with_dismissals(
    section: Section, findings: Iterable[Finding], dismissals: _Dismissals
) -> Iterator[Judged]:
    for one in findings:
        yield Judged(one, dismissals.get((section.pk, one.digest)))
