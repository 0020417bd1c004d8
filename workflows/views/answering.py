"""Answering, closing and reopening comments on a page: each by itself, none lost for another."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from profile_workflow.errors import DomainError, MadeAlready, NotComplete
from profile_workflow.forms.comments import REPLY, AnswerForm, answered, prefix_of
from profile_workflow.models import Comment, Profile, User
from profile_workflow.queries.responses import Response, Wanted, comments_of, responses
from profile_workflow.services import comments as remarks
from profile_workflow.services.lifecycle import Offer, transitions_of
from profile_workflow.web.redline import Redline
from profile_workflow.web.refusing import HTTP_UNPROCESSABLE
from profile_workflow.web.remarks import Spot, suggested_change
from workflows import engine
from workflows.views.several import Answer, Saved, kept, save_each

#: So many comments have a form on one page: more would make it too heavy. The table has them all.
MOST_FORMS = 200


@dataclass(slots=True)
class Row(Answer[AnswerForm]):
    """A comment with the form that answers, closes or reopens it, where whoever reads may.

    Attributes:
        is_crowded_out: Whether it has no form only because there are too many others.
        spot: Where it stands beside the text, on a page that shows the text.
        can_apply: Whether the words that it suggests can be taken over with one click.
        why_not_apply: Why they cannot, for whoever could otherwise.
    """

    WORDS = "words"

    remark: Response
    offers: Sequence[Offer]
    is_crowded_out: bool = False
    spot: Spot | None = None
    can_apply: bool = False
    why_not_apply: str = ""

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return f"comment-{self.comment.pk}"

    @property
    def name(self) -> str:
        """What it answers."""
        return _("Comment %(number)s") % {"number": self.comment.pk}

    @property
    def comment(self) -> Comment:
        """The comment itself."""
        return self.remark.comment

    @property
    def change(self) -> Redline | None:
        """What its suggestion would change, if it makes one."""
        return suggested_change(self.comment)


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
        return Row(remark, offers)
    form = AnswerForm(
        data,
        prefix=prefix_of(remark.comment),
        offers=offers,
        moves=transitions_of(remark.comment),
        may_reply=may_reply,
    )
    return Row(remark, offers, form=form)


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


def save_answers(rows: Sequence[Row], *, by: User) -> Saved[Row]:
    """Make the moves that were chosen; what is refused says why beside its words."""
    given = (row for row in rows if row.form is not None and row.form.has_changed())
    return save_each(given, partial(_save, by=by))


def _save(row: Row, *, by: User) -> int:
    form = row.form
    assert form is not None
    if not form.is_valid():
        return HTTP_UNPROCESSABLE
    at = timezone.now()
    try:
        if form.chosen == REPLY:
            remarks.reply_to(row.comment, text=form.details.answer, by=by, at=at)
        else:
            engine.perform(row.comment, form.chosen, by=by, at=at, details=form.details)
    except MadeAlready:
        return 0
    except NotComplete as error:
        form.add_error("words", " ".join(str(one.message) for one in error.missing))
        return error.status
    except DomainError as error:
        row.problem = str(error)
        return error.status
    return 0


def rows_afterwards(
    shown: Sequence[Comment], saved: Saved[Row], profile: Profile, *, viewer: User
) -> list[Row]:
    """Return comments as rows after saving, those that were refused with their words.

    What was refused and is no longer among the comments shown stands before them.
    """
    ids = {one.pk for one in shown}
    gone = [row.comment.pk for row in saved.refused if row.comment.pk not in ids]
    left = _in_order(gone, profile, viewer) if gone else []
    return kept(rows_of([*left, *shown], profile, viewer=viewer), saved)
