"""Answering, closing and reopening comments on a page: each by itself, none lost for another."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils import timezone

from profile_workflow.errors import DomainError, NotComplete
from profile_workflow.forms.comments import REPLY, AnswerForm, ShownForm
from profile_workflow.models import Comment, Profile, User
from profile_workflow.queries.responses import Response, Wanted, comments_of, responses
from profile_workflow.services import comments as remarks
from profile_workflow.services.lifecycle import Offer, transitions_of
from profile_workflow.web.redline import Redline
from profile_workflow.web.remarks import Spot, suggested_change
from workflows import engine
from workflows.views.moving import HTTP_UNPROCESSABLE


@dataclass(slots=True)
class Row:
    """A comment with the form that answers, closes or reopens it, where whoever reads may.

    Attributes:
        problem: Why the answer was refused, if nothing on the form can mend it.
        lost_words: What was typed for a comment that can no longer be moved.
        spot: Where it stands beside the text, on a page that shows the text.
        can_apply: Whether the words that it suggests can be taken over with one click.
        why_not_apply: Why they cannot, for whoever could otherwise.
    """

    remark: Response
    offers: Sequence[Offer]
    form: AnswerForm | None
    problem: str = ""
    lost_words: str = ""
    spot: Spot | None = None
    can_apply: bool = False
    why_not_apply: str = ""

    @property
    def comment(self) -> Comment:
        """The comment itself."""
        return self.remark.comment

    @property
    def change(self) -> Redline | None:
        """What its suggestion would change, if it makes one."""
        return suggested_change(self.comment)


@dataclass(slots=True)
class Saved:
    """What became of the answers on one page.

    Attributes:
        number: How many were saved.
        status: HTTP status of the first refusal; 0 if there was none.
        refused: The rows that were refused, by comment.
    """

    number: int = 0
    status: int = 0
    refused: dict[int, Row] = field(default_factory=dict)


def rows_of(comments: Sequence[Comment], profile: Profile, *, viewer: User) -> list[Row]:
    """Return comments as rows with unanswered forms: the moves offered cost no query."""
    return [_row(one, viewer) for one in responses(comments, profile, viewer=viewer)]


def _row(remark: Response, viewer: User, data: QueryDict | None = None) -> Row:
    offers = engine.offers(remark.comment, viewer)
    may_reply = remarks.may_reply(remark.comment, viewer)
    if not offers and not may_reply and data is None:
        return Row(remark, offers, None)
    form = AnswerForm(
        data,
        prefix=f"c{remark.comment.pk}",
        offers=offers,
        moves=transitions_of(remark.comment),
        may_reply=may_reply,
    )
    return Row(remark, offers, form)


def posted_rows(profile: Profile, data: QueryDict, *, viewer: User) -> list[Row]:
    """Return the comments that stood on the page that was sent, with what was typed for each.

    They are found by their numbers, not by the filter of the page: what somebody else has answered
    meanwhile would no longer match it, and the words typed for it would be lost.
    """
    ids = ShownForm(data).ids
    found = comments_of(profile, Wanted(), viewer=viewer).filter(pk__in=ids)
    by_id = {one.pk: one for one in found}
    in_order = [by_id[pk] for pk in ids if pk in by_id]
    return [_row(one, viewer, data) for one in responses(in_order, profile, viewer=viewer)]


def save_answers(rows: Sequence[Row], *, by: User) -> Saved:
    """Make the moves that were chosen, each in a transaction of its own.

    What is refused keeps its words and says why beside them.
    """
    saved = Saved()
    for row in rows:
        if row.form is None or not row.form.has_changed():
            continue
        status = _refusal_of(row, row.form, by)
        if status:
            saved.status = saved.status or status
            saved.refused[row.comment.pk] = row
        else:
            saved.number += 1
    return saved


def _refusal_of(row: Row, form: AnswerForm, by: User) -> int:
    if not form.is_valid():
        return HTTP_UNPROCESSABLE
    at = timezone.now()
    try:
        if form.chosen == REPLY:
            remarks.reply_to(row.comment, text=form.details.answer, by=by, at=at)
        else:
            engine.perform(row.comment, form.chosen, by=by, at=at, details=form.details)
    except NotComplete as error:
        form.add_error("words", " ".join(str(one.message) for one in error.missing))
        return error.status
    except DomainError as error:
        row.problem = str(error)
        return error.status
    return 0


def rows_afterwards(
    rows: Sequence[Row], saved: Saved, profile: Profile, *, viewer: User
) -> list[Row]:
    """Return the rows as they are after saving, those that were refused with their words."""
    ids = [row.comment.pk for row in rows]
    found = {
        one.pk: one for one in comments_of(profile, Wanted(), viewer=viewer).filter(pk__in=ids)
    }
    fresh = rows_of([found[pk] for pk in ids if pk in found], profile, viewer=viewer)
    return [with_words(row, saved.refused.get(row.comment.pk)) for row in fresh]


def with_words(row: Row, refused: Row | None) -> Row:
    """Give a fresh row what was typed for it and refused, with the reason."""
    if refused is None or refused.form is None:
        return row
    row.problem = refused.problem
    if row.form is not None:
        row.form = refused.form
    else:
        row.form = None
        row.lost_words = str(refused.form["words"].value() or "")
    return row
