"""The response table: every comment with its answer, to be worked on, printed, taken away."""

from collections.abc import Iterable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from profile_workflow import calendars
from profile_workflow.forms.comments import ResponseFilter
from profile_workflow.forms.filters import PageForm
from profile_workflow.models import City, Profile, User
from profile_workflow.queries import responses as queries
from profile_workflow.queries.profiles import sections_of
from profile_workflow.queries.rounds import objections_of
from profile_workflow.queries.workshops import said_in_rooms
from profile_workflow.web.loading import profile_or_404, signed_in
from profile_workflow.web.spreadsheets import Cell, csv_response, xlsx_response
from reports.builds import MOST_ANNEXES, scope_of
from reports.errors import BuildFailed
from reports.models import Build
from workflows.housekeeping import make_room
from workflows.views import answering
from workflows.views.ordering import order
from workflows.views.response_files import docx_annex
from workflows.views.several import Saved, tell

COMMENTS_A_PAGE = 50
_WRITERS = {"csv": csv_response, "xlsx": xlsx_response}


@require_http_methods(["GET", "HEAD", "POST"])
def responses(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the table; by POST save the answers that were given in it."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    if request.method == "POST":
        rows = answering.posted_rows(profile, request.POST, viewer=viewer)
        saved = answering.save_answers(rows, by=viewer)
        tell(request, saved)
        if not saved.refused:
            return redirect(request.get_full_path())
        return _page(request, profile, viewer, saved)
    return _page(request, profile, viewer)


def _page(
    request: HttpRequest,
    profile: Profile,
    viewer: User,
    saved: Saved[answering.Row] | None = None,
) -> HttpResponse:
    rounds = queries.rounds_of(profile)
    form = ResponseFilter(request.GET, rounds=rounds, sections=sections_of(profile))
    found = queries.table_of(profile, form.wanted, viewer=viewer, rounds=rounds)
    page = Paginator(found, COMMENTS_A_PAGE).get_page(PageForm(request.GET).number)
    shown = list(page.object_list)
    rows = answering.rows_afterwards(shown, saved or Saved(), profile, viewer=viewer)
    context = {
        "profile": profile,
        "form": form,
        "order": form.wanted.order or "section",
        "page": page,
        "rows": rows,
        "is_silent": not rows and not _has_any(profile, viewer),
        "may_answer": any(row.form for row in rows),
        "saved": saved,
        "objections": objections_of(profile, viewer=viewer),
        "said_in_rooms": said_in_rooms(profile),
        "at": timezone.now(),
    }
    return render(
        request, "workflows/responses.html", context, status=saved.status if saved else None
    )


def _has_any(profile: Profile, viewer: User) -> bool:
    return queries.table_of(profile, queries.Wanted(), viewer=viewer).exists()


@require_POST
def responses_annex(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for the table as a PDF, filtered as on the page, for oneself alone."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    rounds = queries.rounds_of(profile)
    form = ResponseFilter(request.GET, rounds=rounds, sections=sections_of(profile))
    try:
        order(
            profile, by=viewer, at=timezone.now(),
            kind=Build.Kind.ANNEX, language=get_language() or "en", scope=scope_of(form.wanted),
        )  # fmt: skip
    except BuildFailed as problem:
        messages.error(request, str(problem))
        return redirect("responses", slug=slug)
    messages.success(request, _("The annex is being made. This page says how far it is."))
    if make_room(viewer):
        messages.info(
            request,
            _("Your oldest annex is no longer kept: each person keeps the %(number)s newest.")
            % {"number": MOST_ANNEXES},
        )
    return redirect(f"{reverse('pdf', args=[slug])}#{Build.Kind.ANNEX}")


@require_safe
def responses_file(request: HttpRequest, slug: str, ending: str) -> HttpResponse:
    """Send the table, filtered as on the page: for a spreadsheet program, or as a document."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    write = _WRITERS.get(ending)
    if write is None and ending != "docx":
        raise Http404
    rounds = queries.rounds_of(profile)
    form = ResponseFilter(request.GET, rounds=rounds, sections=sections_of(profile))
    found = queries.table_of(profile, form.wanted, viewer=viewer, rounds=rounds)
    remarks = queries.responses(list(found), profile, viewer=viewer)
    if write is None:
        return docx_annex(profile, remarks, timezone.now())
    return write(f"{profile.slug}-responses", _header(), _exported(remarks, profile.city))


def _header() -> list[str]:
    return [
        _("Number"),
        _("Section"),
        _("Revision"),
        _("Kind"),
        _("Comment"),
        _("Made by"),
        _("Role"),
        _("Made on"),
        _("State"),
        _("Decision"),
        _("Answer"),
        _("Answered by"),
        _("Answered on"),
        _("Closed on"),
        _("Quoted words"),
        _("Suggested words"),
        _("Applied to the text on"),
        _("Replies"),
    ]


def _exported(remarks: Iterable[queries.Response], city: City) -> Iterable[list[Cell]]:
    """Yield the cells of each comment.

    Days only, and those of the city, since a time of day can tell who it was.
    """
    for remark in remarks:
        one = remark.comment
        yield [
            one.pk,
            str(one.section),
            one.revision.number if one.revision else None,
            one.get_kind_display(),
            one.text,
            remark.by.name,
            remark.by.role,
            calendars.day_of(one.created_at, city),
            one.get_state_display(),
            remark.verdict,
            one.answer,
            one.answered_by.full_name if one.answered_by else "",
            calendars.day_of(one.answered_at, city) if one.answered_at else None,
            calendars.day_of(one.closed_at, city) if one.closed_at else None,
            one.quote,
            one.replacement or (_("(leave out)") if one.replaces else ""),
            calendars.day_of(one.applied_at, city) if one.applied_at else None,
            "\n".join(f"{said.by.name}: {said.reply.text}" for said in remark.replies),
        ]
