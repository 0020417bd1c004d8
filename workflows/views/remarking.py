"""Writing beside a text on a page: comments and notes, suggestions taken over, notes deleted."""

from django.contrib import messages
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from profile_workflow.anchors import Text, quoted
from profile_workflow.errors import DomainError, MadeAlready
from profile_workflow.forms.comments import NOTE, NewCommentForm
from profile_workflow.models import Note, Section, User
from profile_workflow.queries.drafting import draft_of
from profile_workflow.services import comments, suggestions
from profile_workflow.services.drafting import may_write
from profile_workflow.states import CommentKind
from profile_workflow.web.refusing import HTTP_NOT_FOUND, Refusal
from profile_workflow.web.remarks import Beside
from workflows import engine
from workflows.views.answering import Row


def empty_form(section: Section, viewer: User) -> NewCommentForm:
    """Return the form for a comment, or only for a note if the reader cannot comment now."""
    return _form(section, viewer)


def form_about(section: Section, viewer: User, shown: Beside, block: str) -> NewCommentForm:
    """Return the form for a comment on a paragraph; on nothing if there is none of that id."""
    quote = shown.block(block)
    if quote is None:
        return _form(section, viewer)
    return _form(section, viewer, initial={"quote": quote.exact, "block": quote.block})


def posted_form(section: Section, viewer: User, data: QueryDict) -> NewCommentForm:
    """Return the form with what was typed."""
    return _form(section, viewer, data)


def _form(
    section: Section,
    viewer: User,
    data: QueryDict | None = None,
    initial: dict[str, str] | None = None,
) -> NewCommentForm:
    profile = section.profile
    return NewCommentForm(
        data,
        prefix="new",
        may_comment=comments.why_no_comment(profile, viewer) is None,
        is_among_authors=comments.is_on_working_text(profile, viewer),
        initial=initial,
    )


def save_remark(
    request: HttpRequest, section: Section, form: NewCommentForm, blocks: Text, *, by: User
) -> Refusal | None:
    """Save the comment or note that a valid form holds; return why not, if it was refused."""
    given = form.cleaned_data
    quote = None
    if given["quote"]:
        quote = quoted(given["quote"], blocks, block=given["block"], before=given["before"])
    at, is_note = timezone.now(), given["kind"] == NOTE
    try:
        if is_note:
            comments.add_note(section, text=given["text"], by=by, at=at, quote=quote)
        else:
            comments.add_comment(
                section,
                kind=CommentKind(given["kind"]),
                text=given["text"],
                by=by,
                at=at,
                quote=quote,
                replacement=form.replacement_or_none,
            )
    except MadeAlready as error:
        messages.info(request, str(error))
        return None
    except DomainError as error:
        form.add_error("replacement" if form.proposes else "text", str(error))
        return Refusal(error.status)
    said = _("Your note was saved.") if is_note else _("Your comment was saved.")
    messages.success(request, said)
    return None


def offer_suggestions(section: Section, rows: list[Row], *, viewer: User) -> None:
    """Say for each suggestion whether whoever writes the text can take it over, and if not, why."""
    asked = [
        row
        for row in rows
        if row.comment.replaces and any(one.move == "accept" for one in row.offers)
    ]
    if not asked or not may_write(section, by=viewer):
        return
    working = suggestions.working_text(section, draft_of(section))
    for row in asked:
        row.why_not_apply = suggestions.why_not(row.comment, working) or ""
        row.can_apply = not row.why_not_apply


def take_over(request: HttpRequest, rows: list[Row], number: int, *, by: User) -> Refusal | None:
    """Apply the suggestion of one of the comments on a page; return why not, if it was refused."""
    row = next((one for one in rows if one.comment.pk == number), None)
    if row is None:
        return Refusal(HTTP_NOT_FOUND, _("There is no such comment on this section."))
    try:
        engine.apply_suggestion(row.comment, by=by, at=timezone.now())
    except DomainError as error:
        return Refusal.of(error)
    messages.success(
        request,
        _("The suggested words are in the working text now; the comment is accepted."),
    )
    return None


def delete_note(request: HttpRequest, notes: list[Note], number: int, *, by: User) -> None:
    """Delete one of the notes on a page; one that is gone already needs nothing."""
    for note in notes:
        if note.pk == number:
            comments.delete_note(note, by=by)
            messages.success(request, _("Your note was deleted."))
