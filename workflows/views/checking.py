"""Answering the checks of quality assurance on a page: each by itself, none lost for another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from typing import Self

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
from workflows.views.several import Answer, Saved, save_each


@dataclass(slots=True)
class Row(Answer[CheckForm]):
    """A check with the form that answers it, where whoever reads may.

    Attributes:
        conflict: Where it differs from what somebody else has answered meanwhile.
    """

    WORDS = "note"

    checked: Checked
    conflict: list[Difference] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return self.checked.anchor

    @property
    def name(self) -> str:
        """What it answers."""
        return str(self.checked.question)

    def keep(self, refused: Self) -> None:
        """Take over what was typed and refused, with the reason and what it differs from."""
        Answer.keep(self, refused)
        self.conflict = refused.conflict


@dataclass(frozen=True, slots=True)
class Group:
    """The checks of one section, or of the whole text."""

    section: Section | None
    rows: list[Row]


def rows_of(found: Iterable[Checked], *, may_answer: bool) -> list[Row]:
    """Return checks as rows, with forms that hold the answers so far."""
    return [Row(one, form=CheckForm(checked=one) if may_answer else None) for one in found]


def posted_rows(profile: Profile, data: QueryDict) -> list[Row]:
    """Return the checks with what was sent for each."""
    return [Row(one, form=CheckForm(data, checked=one)) for one in checklist(profile)]


def save_answers(rows: Sequence[Row], profile: Profile, *, by: User) -> Saved[Row]:
    """Save the answers that were given or changed; what is refused says why beside its words."""
    given = (row for row in rows if row.form is not None and row.form.is_given)
    return save_each(given, partial(_save, profile=profile, by=by))


def _save(row: Row, *, profile: Profile, by: User) -> int:
    form = row.form
    assert form is not None
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


def grouped(rows: Iterable[Row]) -> list[Group]:
    """Return rows section by section, in the order of the list."""
    return [
        Group(section, list(several))
        for section, several in groupby(rows, key=lambda row: row.checked.section)
    ]


def next_anchor(found: Sequence[Checked], saved: Saved[Row]) -> str:
    """Return where to go on after saving: the next check without an answer, or the decision."""
    last = saved.done[-1].checked.question if saved.done else None
    place = next((n for n, one in enumerate(found) if one.question == last), 0)
    in_order = [*found[place:], *found[:place]]
    return next((one.anchor for one in in_order if one.answer is None), "decision")
