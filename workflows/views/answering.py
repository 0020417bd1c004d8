"""Answering, closing and reopening comments on a page: each by itself, none lost for another."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils import timezone

from profile_workflow.errors import DomainError, NotComplete
from profile_workflow.forms.comments import REPLY, AnswerForm, answered, prefix_of
from profile_workflow.models import Comment, Profile, User
from profile_workflow.queries.responses import Response, Wanted, comments_of, responses
from profile_workflow.services import comments as remarks
from profile_workflow.services.lifecycle import Offer, transitions_of
from profile_workflow.web.redline import Redline
from profile_workflow.web.refusing import HTTP_UNPROCESSABLE
from profile_workflow.web.remarks import Spot, suggested_change
from workflows import engine

#: So many comments can be answered on one page: Django reads a thousand fields, each has two.
MOST_FORMS = 200


@dataclass(slots=True)
class Row:
    """A comment with the form that answers, closes or reopens it, where whoever reads may.

    Attributes:
        is_crowded_out: Whether it has no form only because there are too many others.
        problem: Why the answer was refused, if nothing on the form can mend it.
        lost_words: What was typed for a comment that can no longer be moved.
        spot: Where it stands beside the text, on a page that shows the text.
        can_apply: Whether the words that it suggests can be taken over with one click.
        why_not_apply: Why they cannot, for whoever could otherwise.
    """

    remark: Response
    offers: Sequence[Offer]
    form: AnswerForm | None
    is_crowded_out: bool = False
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
    """Return comments as rows with unanswered forms: the moves offered cost no query.

    If there are too many for one page, those that wait for the viewer have forms first.
    """
    rows = [_row(one, viewer) for one in responses(comments, profile, viewer=viewer)]
    first = sorted((row for row in rows if row.form), key=lambda row: not row.offers)
    for row in first[MOST_FORMS:]:
        row.form, row.is_crowded_out = None, True
    return rows


def _row(remark: Response, viewer: User, data: QueryDict | None = None) -> Row:
    offers = engine.offers(remark.comment, viewer)
    may_reply = remarks.may_reply(remark.comment, viewer)
    if not offers and not may_reply and data is None:
        return Row(remark, offers, None)
    form = AnswerForm(
        data,
        prefix=prefix_of(remark.comment),
        offers=offers,
        moves=transitions_of(remark.comment),
        may_reply=may_reply,
    )
    return Row(remark, offers, form)


def posted_rows(profile: Profile, data: QueryDict, *, viewer: User) -> list[Row]:
    """Return the comments that could be answered on the page that was sent, with what was typed.

    They are found by the fields that were sent, not by the filter of the page: what somebody else
    has answered meanwhile would no longer match it, and the words typed for it would be lost.
    """
    found = _in_order(answered(data), profile, viewer)
    return [_row(one, viewer, data) for one in responses(found, profile, viewer=viewer)]


def _in_order(ids: Sequence[int], profile: Profile, viewer: User) -> list[Comment]:
    """Return comments of a profile in the order in which they are named."""
    found = comments_of(profile, Wanted(), viewer=viewer).filter(pk__in=ids)
    by_id = {one.pk: one for one in found}
    return [by_id[pk] for pk in ids if pk in by_id]


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
    shown: Sequence[Comment], saved: Saved, profile: Profile, *, viewer: User
) -> list[Row]:
    """Return comments as rows after saving, those that were refused with their words.

    What was refused and is no longer among the comments shown stands before them.
    """
    ids = {one.pk for one in shown}
    left = _in_order([pk for pk in saved.refused if pk not in ids], profile, viewer)
    fresh = rows_of([*left, *shown], profile, viewer=viewer)
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
