"""The checks that a person makes in quality assurance, and whether their answers still hold."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from profile_workflow.models import CheckAnswer, Profile, Section, TemplateCheck, Waiver
from profile_workflow.states import Verdict


@dataclass(frozen=True, slots=True)
class Checked:
    """A check of the template with the text that it is about now, and its answer.

    Attributes:
        section: The section to look at; None for the whole text.
        digest: SHA-256 of that text; empty as long as nothing is submitted.
        given: The last answer, for whatever text it was.
    """

    question: TemplateCheck
    section: Section | None
    digest: str
    given: CheckAnswer | None

    @property
    def answer(self) -> CheckAnswer | None:
        """The answer for the text as it is now."""
        return self.given if self.given and self.given.digest == self.digest else None

    @property
    def is_outdated(self) -> bool:
        """Whether the text has changed since it was answered."""
        return self.given is not None and self.answer is None

    @property
    def has_failed(self) -> bool:
        """Whether “no” stands."""
        return self.answer is not None and self.answer.verdict == Verdict.NO

    @property
    def anchor(self) -> str:
        """Where it stands on the page of quality assurance."""
        return f"check-{self.question.key}"


def checklist(profile: Profile) -> list[Checked]:
    """Return the checks of the template that a profile began with, in their order: four queries."""
    asked = TemplateCheck.objects.filter(template=profile.template_id)
    questions = list(asked.order_by("position"))
    if not questions:
        return []
    sections = {one.template_section_id: one for one in _sections(profile)}
    answers = profile.check_answers.select_related("by")
    given = {one.question_id: one for one in answers.order_by("pk")}
    whole = profile.text_digest()
    return [_checked(one, sections, whole, given.get(one.pk)) for one in questions]


def _sections(profile: Profile) -> Iterable[Section]:
    found = profile.sections.select_related("template_section", "revision")
    return found.defer("revision__text").order_by("position")


def _checked(
    question: TemplateCheck, sections: dict[int, Section], whole: str, given: CheckAnswer | None
) -> Checked:
    if question.section_id is None:
        return Checked(question, None, whole, given)
    section = sections[question.section_id]
    digest = section.revision.sha256 if section.revision else ""
    return Checked(question, section, digest, given)


@dataclass(frozen=True, slots=True)
class Progress:
    """How many checks of a list are answered for the text as it is now."""

    answered: int
    number: int


def progress_of(found: Sequence[Checked]) -> Progress:
    """Return how far a list of checks is."""
    return Progress(sum(one.answer is not None for one in found), len(found))


def suggested_return(profile: Profile) -> dict[str, object]:
    """Return what a decision begins with while a check is answered “no”; empty if none is.

    The sections of these checks are to be returned, their notes are the reason.
    """
    failed = [one for one in checklist(profile) if one.has_failed]
    if not failed:
        return {}
    sections = dict.fromkeys(one.section.key for one in failed if one.section is not None)
    return {
        "move": "return_for_revision",
        "sections": list(sections),
        "reason": "\n".join(_as_reason(one) for one in failed),
    }


def _as_reason(failed: Checked) -> str:
    assert failed.answer is not None
    values = {"where": failed.section or _("The whole text"), "note": failed.answer.note}
    return _("%(where)s: %(note)s") % values


def waivers_of(profile: Profile) -> dict[tuple[str, str], Waiver]:
    """Return key of the section and code of the advice → why it does not matter: one query."""
    found = Waiver.objects.filter(section__profile=profile)
    related = found.select_related("by", "section__revision").order_by("pk")
    return {(one.section.key, one.code): one for one in related.defer("section__revision__text")}
