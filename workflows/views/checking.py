"""Answering the checks of quality assurance on a page: each by itself, none lost for another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from django.http import QueryDict
from django.utils import timezone

from profile_workflow.errors import DomainError, StaleEntry
from profile_workflow.forms.marked import Difference
from profile_workflow.forms.quality import CheckForm
from profile_workflow.models import Profile, Section, User
from profile_workflow.queries.quality import Checked, checklist
from profile_workflow.services.quality import answer_check, mark_of
from profile_workflow.states import Verdict
from profile_workflow.web.refusing import HTTP_UNPROCESSABLE


@dataclass(slots=True)
class Row:
    """A check with the form that answers it, where whoever reads may.

    Attributes:
        problem: Why the answer was refused, if nothing on the form can mend it.
        conflict: Where it differs from what somebody else has answered meanwhile.
        lost: What was written for a check that can no longer be answered.
    """

    checked: Checked
    form: CheckForm | None
    problem: str = ""
    conflict: list[Difference] = field(default_factory=list)
    lost: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The checks of one section, or of the whole text."""

    section: Section | None
    rows: list[Row]


@dataclass(slots=True)
class Saved:
    """What became of the answers on one page.

    Attributes:
        number: How many were saved.
        status: HTTP status of the first refusal; 0 if there was none.
        last: The last check that was saved.
        refused: The rows that were refused.
    """

    number: int = 0
    status: int = 0
    last: Checked | None = None
    refused: list[Row] = field(default_factory=list)


def rows_of(found: Iterable[Checked], *, may_answer: bool) -> list[Row]:
    """Return checks as rows, with forms that hold the answers so far."""
    return [Row(one, CheckForm(checked=one) if may_answer else None) for one in found]


def posted_rows(profile: Profile, data: QueryDict) -> list[Row]:
    """Return the checks with what was sent for each."""
    return [Row(one, CheckForm(data, checked=one)) for one in checklist(profile)]


def save_answers(rows: Sequence[Row], profile: Profile, *, by: User) -> Saved:
    """Save the answers that were given or changed, each in a transaction of its own.

    What is refused keeps its words and says why beside them.
    """
    saved = Saved()
    for row in rows:
        if row.form is None or not row.form.is_given:
            continue
        status = _refusal_of(row, row.form, profile, by)
        if status:
            saved.status = saved.status or status
            saved.refused.append(row)
        else:
            saved.number += 1
            saved.last = row.checked
    return saved


def _refusal_of(row: Row, form: CheckForm, profile: Profile, by: User) -> int:
    if not form.is_valid():
        return HTTP_UNPROCESSABLE
    given = form.entered
    try:
        answer_check(
            profile,
            row.checked.question,
            Verdict(given["verdict"]),
            given["note"],
            base=form.mark,
            by=by,
            at=timezone.now(),
        )
    except StaleEntry as error:
        _show_both(row, form, error)
        return error.status
    except DomainError as error:
        row.problem = str(error)
        return error.status
    return 0


def _show_both(row: Row, form: CheckForm, error: StaleEntry) -> None:
    """Show what was sent beside what is stored now, and let it be sent again knowingly."""
    current = error.current
    assert isinstance(current, Checked)
    row.problem = str(error)
    if current.answer is not None:
        row.conflict = form.differences(current.answer)
    form.renew(mark_of(current))


def rows_afterwards(rows: Sequence[Row], saved: Saved, *, may_answer: bool) -> list[Row]:
    """Return the rows as they are after saving, those that were refused with their words."""
    refused = {row.checked.question.pk: row for row in saved.refused}
    return [_with_words(row, refused.get(row.checked.question.pk), may_answer) for row in rows]


def _with_words(fresh: Row, refused: Row | None, may_answer: bool) -> Row:
    if refused is None or refused.form is None:
        return fresh
    fresh.problem, fresh.conflict = refused.problem, refused.conflict
    if may_answer:
        fresh.form = refused.form
    else:
        fresh.form = None
        fresh.lost = str(refused.form["note"].value() or "")
    return fresh


def grouped(rows: Iterable[Row]) -> list[Group]:
    """Return rows section by section, in the order of the list."""
    return [
        Group(section, list(several))
        for section, several in groupby(rows, key=lambda row: row.checked.section)
    ]


def next_anchor(found: Sequence[Checked], last: Checked | None) -> str:
    """Return where to go on after saving: the next check without an answer, or the decision."""
    place = next((n for n, one in enumerate(found) if last and one.question == last.question), 0)
    in_order = [*found[place:], *found[:place]]
    return next((one.anchor for one in in_order if one.answer is None), "decision")
