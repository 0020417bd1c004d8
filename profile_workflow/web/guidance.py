"""The guidance of a section as its pages show it: its questions, its findings, what may be done."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.http import QueryDict
from django.utils.translation import get_language

from profile_workflow.errors import InvalidInput
from profile_workflow.forms.guidance import FindingForm, QuestionsForm
from profile_workflow.models import Section, User
from profile_workflow.queries.guidance import (
    Coverage,
    Group,
    Judged,
    JudgedText,
    coverage_in,
    judged_draft,
    judged_revision,
    questions_of,
    sees_guidance,
)
from profile_workflow.services import guidance

#: Id of the form on the page for writing, to which the fields beside it belong.
EDITOR = "section-form"


@dataclass(frozen=True, slots=True)
class Guidance:
    """What stands beside a text.

    Attributes:
        hint: Advice of the template for this chapter.
        coverage: How many questions are marked.
        groups: The questions with what became of them.
        text: The findings.
        form: The questions with fields, where they can be marked.
    """

    hint: str
    coverage: Coverage
    groups: Sequence[Group]
    text: JudgedText
    form: QuestionsForm | None = None


def language_of_reader() -> str:
    """Return the language in force."""
    return get_language() or "en"


def questions_form(section: Section, data: QueryDict | None = None) -> QuestionsForm:
    """Return the form in which the questions beside a text are marked."""
    groups = questions_of(section, language_of_reader())
    return QuestionsForm(data, groups=groups, form_id=EDITOR)


def beside_draft(section: Section, text: str, form: QuestionsForm | None = None) -> Guidance:
    """Return what stands beside a text that is being written."""
    form = form or questions_form(section)
    return Guidance(
        section.template_section.hint_in(language_of_reader()),
        coverage_in(form.groups),
        form.groups,
        judged_draft(section, text),
        form,
    )


def beside_revision(section: Section, viewer: User) -> Guidance | None:
    """Return what stands beside a submitted text, for those who write or judge it."""
    if not sees_guidance(section.profile, viewer):
        return None
    return _reading(section, judged_revision(section))


def for_deciding(section: Section, viewer: User) -> Guidance:
    """Return the guidance on the text that a person works on."""
    return _reading(section, guidance.judged_text(section, viewer))


def _reading(section: Section, text: JudgedText) -> Guidance:
    groups = questions_of(section, language_of_reader())
    hint = section.template_section.hint_in(language_of_reader())
    return Guidance(hint, coverage_in(groups), groups, text)


def save_marks(
    section: Section, data: QueryDict, *, by: User, at: datetime
) -> QuestionsForm | None:
    """Save the marks that came with a text; return the form if something in it is wrong.

    Raises:
        NotAllowed, NotNow: As for the text itself.
    """
    form = questions_form(section, data)
    if not form.is_valid():
        return form
    if form.marks:
        try:
            guidance.mark_questions(section, form.marks, by=by, at=at)
        except InvalidInput as error:
            form.add_error(None, str(error))
            return form
    return None


@dataclass(slots=True)
class Row:
    """A finding with the forms of what may be decided on it."""

    judged: Judged
    form: FindingForm | None = field(default=None)


def rows_of(text: JudgedText, typed: FindingForm | None, *, may_judge: bool) -> list[Row]:
    """Return the findings as rows, the form that was typed in its own.

    Args:
        text: The findings.
        typed: The form as it was sent, to be shown again.
        may_judge: Whether the reader may decide on them.
    """
    wanted = typed.data.get("digest") if typed is not None else None
    rows = []
    for one in text.findings:
        digest = one.finding.digest
        form = None
        if may_judge:
            again = typed if digest == wanted else None
            action = "allow" if one.is_open else "take_back"
            first = {"digest": digest, "action": action}
            form = again or FindingForm(initial=first, auto_id=f"id_{digest[:12]}_%s")
        rows.append(Row(one, form))
    return rows
