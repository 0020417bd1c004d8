"""Reviewing one section: the text or what changed in it, the comments beside it, the decision."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.contrib import messages
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from profile_workflow import annotations, rules
from profile_workflow.anchors import Text
from profile_workflow.errors import NotAllowed, NotNow
from profile_workflow.forms.comments import NewCommentForm
from profile_workflow.forms.moves import MoveForm
from profile_workflow.forms.review import ReviewForm, ReviewView
from profile_workflow.models import Draft, Note, Profile, Section, User
from profile_workflow.queries.drafting import draft_of, sees_working_text
from profile_workflow.queries.history import last_reason
from profile_workflow.queries.notes import notes_of
from profile_workflow.queries.responses import Wanted, comments_of
from profile_workflow.queries.revisions import last_seen
from profile_workflow.services import comments
from profile_workflow.services.drafting import may_write
from profile_workflow.services.lifecycle import Offer
from profile_workflow.services.log import document_name
from profile_workflow.services.review_drafts import draft_of as review_draft_of
from profile_workflow.states import WRITING_STATES
from profile_workflow.web.loading import profile_or_404, section_or_404, signed_in
from profile_workflow.web.reading import (
    ReadingText,
    compared_html,
    reading_text,
    rendered_text,
)
from profile_workflow.web.redline import Redline, redline
from profile_workflow.web.refusing import HTTP_UNPROCESSABLE, Refusal
from profile_workflow.web.remarks import Beside, Spot, beside
from workflows.models import Task
from workflows.queries.tasks import open_task_at, open_task_of
from workflows.views import answering, remarking
from workflows.views.acts import effects_of
from workflows.views.moving import (
    done_message,
    keep_draft,
    make_move,
    task_form,
    task_offers,
)
from workflows.views.several import Saved, kept, tell


@dataclass(slots=True)
class Desk:
    """What lies on the desk of who looks at a section: the task, if it is his, and the forms."""

    profile: Profile
    section: Section
    viewer: User
    task: Task | None
    offers: list[Offer]
    rows: list[answering.Row]
    notes: list[Note]
    comment_form: NewCommentForm
    move_form: MoveForm | None
    saved: Saved[answering.Row] | None = None
    refusal: Refusal | None = None
    lost_reason: str = ""
    may_comment: bool = field(init=False)

    def __post_init__(self) -> None:
        self.may_comment = comments.why_no_comment(self.profile, self.viewer) is None

    @property
    def is_written(self) -> bool:
        """Whether the section is being written, before the eyes of who looks at it."""
        is_being_written = self.profile.state in WRITING_STATES
        return is_being_written and sees_working_text(self.profile, self.viewer)

    @property
    def is_among_authors(self) -> bool:
        """Whether a comment would be one of an author on the working text."""
        return comments.is_on_working_text(self.profile, self.viewer)

    def quotes(self, draft: Draft | None) -> bool:
        """Whether words of the text that is shown would be looked up in that very text."""
        return (draft is not None) == self.is_among_authors

    @property
    def status(self) -> int:
        """HTTP status of the page: that of the first thing that was refused."""
        if self.refusal is not None:
            return self.refusal.status
        if self.saved is not None and self.saved.status:
            return self.saved.status
        is_wrong = self.comment_form.is_bound and self.comment_form.errors
        return HTTP_UNPROCESSABLE if is_wrong else 200

    @property
    def problems(self) -> list[tuple[str, str]]:
        """What is wrong on the page, each with the place of the field to mend."""
        forms = [form for form in (self.comment_form, self.move_form) if form and form.is_bound]
        found = [
            (_place(form[name]), str(message))
            for form in forms
            for name, messages in form.errors.items()
            for message in messages
        ]
        refused = self.saved.refused if self.saved else []
        return found + [(row.anchor, row.name) for row in refused]


def _place(field: BoundField) -> str:
    return f"{field.auto_id}_0" if field.use_fieldset else field.id_for_label


@require_http_methods(["GET", "HEAD", "POST"])
def section_review(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Show the section for judging; by POST save comment and answers, then make the decision."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    section = section_or_404(profile, key)
    section.profile = profile
    desk = _desk(profile, section, viewer)
    if request.method != "POST":
        return _page(request, desk)
    action = ReviewForm(request.POST)
    _save(request, desk)
    _act(request, desk, action)
    if action.decides and desk.task is None:
        desk.refusal = _why_no_decision(desk)
        desk.lost_reason = action.lost_reason
    elif action.decides and desk.status == 200:
        return _decide(request, desk)
    if not action.decides and desk.task is not None and desk.move_form is not None:
        _keep_decision(desk)
    if desk.status == 200:
        return redirect(_shown_again(request))
    return _page(request, desk)


@require_POST
def review_draft(request: HttpRequest, slug: str, key: str = "") -> JsonResponse:
    """Keep what somebody has typed of his judgement on a section, or the whole; tells its version.

    For the script that saves while he types; without it the page does so by its button.
    """
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    section = section_or_404(profile, key) if key else None
    if section is None:
        task = open_task_at(profile, node="close_round", viewer=viewer)
    else:
        section.profile = profile
        task = open_task_of(section, node="review", viewer=viewer)
    offers = task_offers(task, viewer) if task else []
    if task is None or not offers:
        refused = rules.refusal(
            "section.accept" if section else "profile.recommend_acceptance",
            viewer,
            section or profile,
        )
        status = NotNow.status if refused is None else NotAllowed.status
        return JsonResponse({"message": str(refused or _NOT_YOURS)}, status=status)
    form = task_form(task, offers, request.POST)
    refusal = keep_draft(form, section or profile, by=viewer)
    draft = review_draft_of(section or profile, viewer)
    told = {"version": draft.version if draft else 0}
    if refusal is not None:
        return JsonResponse({**told, "message": str(refusal.message)}, status=refusal.status)
    return JsonResponse(told)


#: Said to whoever has no decision to make now.
_NOT_YOURS = gettext_lazy("This does not wait for your decision now.")


def _shown_again(request: HttpRequest) -> str:
    """Return the address of the same view, without the paragraph that was commented on."""
    view = ReviewForm(request.GET).shown_as
    return f"{request.path}?view={view.value}" if view else request.path


def _desk(profile: Profile, section: Section, viewer: User) -> Desk:
    task = open_task_of(section, node="review", viewer=viewer)
    offers = task_offers(task, viewer) if task else []
    found = comments_of(profile, Wanted(section=section.key, order="oldest"), viewer=viewer)
    return Desk(
        profile=profile,
        section=section,
        viewer=viewer,
        task=task if offers else None,
        offers=offers,
        rows=answering.rows_of(list(found), profile, viewer=viewer),
        notes=notes_of(section, viewer=viewer),
        comment_form=remarking.empty_form(section, viewer),
        move_form=task_form(task, offers, by=viewer) if task and offers else None,
    )


def _keep_decision(desk: Desk) -> None:
    """Keep what was typed for a decision that is not sent yet, without finding fault with it.

    It is kept as a draft for him alone, and on the page.
    """
    assert desk.task is not None
    assert desk.move_form is not None
    refused = keep_draft(desk.move_form, desk.section, by=desk.viewer)
    desk.refusal = desk.refusal or refused
    typed = {name: desk.move_form[name].value() for name in desk.move_form.fields}
    desk.move_form = task_form(desk.task, desk.offers, by=desk.viewer)
    desk.move_form.initial = {**typed, "draft_version": desk.move_form.initial["draft_version"]}


def _save(request: HttpRequest, desk: Desk) -> None:
    """Save the comment and the answers that were typed, whatever button was pressed."""
    if desk.task is not None:
        desk.move_form = task_form(desk.task, desk.offers, request.POST)
    _save_remark(request, desk)
    posted = answering.posted_rows(desk.profile, request.POST, viewer=desk.viewer)
    desk.saved = answering.save_answers(posted, by=desk.viewer)
    tell(request, desk.saved)
    _refresh(desk, desk.saved)


def _refresh(desk: Desk, saved: Saved[answering.Row]) -> None:
    """Show what is said beside the text as it is after saving."""
    fresh = _desk(desk.profile, desk.section, desk.viewer)
    desk.notes = fresh.notes
    desk.rows = kept(fresh.rows, saved)


def _save_remark(request: HttpRequest, desk: Desk) -> None:
    form = remarking.posted_form(desk.section, desk.viewer, request.POST)
    if not form.is_given:
        return
    desk.comment_form = form
    if not form.is_valid():
        return
    blocks = _blocks_of(desk)
    desk.refusal = remarking.save_remark(request, desk.section, form, blocks, by=desk.viewer)
    if desk.refusal is None:
        desk.comment_form = remarking.empty_form(desk.section, desk.viewer)


def _blocks_of(desk: Desk) -> Text:
    """Return the text that is commented on: authors comment on the one that they write."""
    section = desk.section
    if desk.is_among_authors:
        return annotations.read(rendered_text(section, draft_of(section).text).html)
    if section.revision is None:
        return Text([])
    return annotations.read(reading_text(section, section.revision).html)


def _act(request: HttpRequest, desk: Desk, action: ReviewForm) -> None:
    """Take over a suggestion or delete a note, if one of these buttons was pressed."""
    if action.dropped is not None:
        remarking.delete_note(request, desk.notes, action.dropped, by=desk.viewer)
    if action.applied is not None:
        refusal = remarking.take_over(request, desk.rows, action.applied, by=desk.viewer)
        desk.refusal = desk.refusal or refusal
    if desk.saved is not None and (action.dropped, action.applied) != (None, None):
        _refresh(desk, desk.saved)


def _why_no_decision(desk: Desk) -> Refusal:
    refusal = rules.refusal("section.accept", desk.viewer, desk.section)
    if refusal is not None:
        return Refusal(NotAllowed.status, str(refusal))
    return Refusal(NotNow.status, _("This section does not wait for your decision now."))


def _decide(request: HttpRequest, desk: Desk) -> HttpResponse:
    assert desk.move_form is not None
    assert desk.task is not None
    desk.refusal = make_move(desk.move_form, desk.task.document, by=desk.viewer)
    if desk.refusal is None:
        messages.success(request, done_message(desk.task))
        return redirect("tasks")
    return _page(request, desk)


def _page(request: HttpRequest, desk: Desk) -> HttpResponse:
    section, profile = desk.section, desk.profile
    seen = last_seen(section, desk.viewer)
    form = ReviewForm(request.GET)
    changed = seen is not None and section.revision_id not in (None, seen.pk)
    view = _view(desk, form, changed=changed)
    found = None
    if changed and seen and section.revision and view == ReviewView.REDLINE:
        found = redline(compared_html(section, seen), compared_html(section, section.revision))
    draft = draft_of(section) if view == ReviewView.WORKING else None
    shown = _beside(request, desk, found, draft)
    quotable = desk.quotes(draft)
    if form.wanted_block and quotable and not desk.comment_form.is_bound:
        desk.comment_form = remarking.form_about(section, desk.viewer, shown, form.wanted_block)
    context = {
        "desk": desk,
        "profile": profile,
        "section": section,
        "may_write": may_write(section, by=signed_in(request)),
        "rows": _in_order(desk.rows, shown),
        "notes": [(note, shown.spot_of(note)) for note in desk.notes],
        "saved": desk.saved,
        "refusal": desk.refusal,
        "missing": desk.refusal.missing if desk.refusal else (),
        "does": effects_of(section, desk.offers),
        "seen": seen,
        "changed": changed,
        "view": view.value,
        "found": found,
        "old": seen,
        "new": section.revision,
        "text": shown.text,
        "said": draft or section.revision,
        "beside": True,
        "quotable": quotable,
        "may_comment": desk.may_comment,
        "may_answer": any(row.form for row in desk.rows),
        "returned": last_reason(profile, document_name(section), viewer=desk.viewer),
        "at": timezone.now(),
    }
    return render(request, "workflows/review.html", context, status=desk.status)


def _view(desk: Desk, form: ReviewForm, *, changed: bool) -> ReviewView:
    """Return how the section is shown: as it is wanted, if whoever looks may see that."""
    wanted = form.shown_as
    if wanted == ReviewView.WORKING and not desk.is_written:
        wanted = None
    if wanted is None and desk.is_among_authors:
        return ReviewView.WORKING
    return wanted or (ReviewView.REDLINE if changed else ReviewView.TEXT)


def _text(section: Section, draft: Draft | None) -> ReadingText | None:
    """Return a working text as it reads, or without one the submitted text, if there is any."""
    if draft is not None:
        return rendered_text(section, draft.text) if draft.text or draft.nothing_found else None
    return reading_text(section, section.revision) if section.revision else None


def _beside(request: HttpRequest, desk: Desk, found: Redline | None, draft: Draft | None) -> Beside:
    """Return the text with what is said beside it; marked unless changes are shown instead."""
    section, quotable = desk.section, desk.quotes(draft)
    remarking.offer_suggestions(section, desk.rows, viewer=desk.viewer)
    view = ReviewView.WORKING if draft is not None else ReviewView.TEXT
    return beside(
        _text(section, draft),
        [*(row.comment for row in desk.rows), *desk.notes],
        comment_at=f"{request.path}?view={view.value}&block=" if quotable else "",
        marks=found is None or not found.changes,
    )


def _in_order(rows: Sequence[answering.Row], shown: Beside) -> list[answering.Row]:
    """Return the comments in the order of the text, those first whose words are lost."""
    placed: list[tuple[Spot, answering.Row]] = []
    for row in rows:
        row.spot = shown.spot_of(row.comment)
        placed.append((row.spot, row))
    return [row for _spot, row in sorted(placed, key=lambda one: one[0].order)]
