"""The timeline of a profile: who did what, in which role, when and why; as a page or a file."""

from collections.abc import Iterable, Iterator
from datetime import date

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from profile_workflow.forms.filters import HistoryFilter, PageForm
from profile_workflow.models import Profile
from profile_workflow.queries.history import Line
from profile_workflow.queries.profiles import sections_of
from profile_workflow.web.loading import profile_or_404, signed_in
from profile_workflow.web.spreadsheets import Cell, csv_response
from workflows.queries import timeline
from workflows.queries.builds import BuildLine
from workflows.queries.timeline import Happening

HAPPENINGS_A_PAGE = 50


@require_safe
def history(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the timeline, newest first."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    form = HistoryFilter(
        request.GET,
        people=timeline.people_in(profile, viewer=viewer),
        sections=sections_of(profile),
    )
    found = timeline.places(profile, form.wanted, viewer=viewer)
    if form.wants_csv:
        return _as_csv(profile, timeline.all_happenings(profile, found, viewer=viewer))
    page = Paginator(found, HAPPENINGS_A_PAGE).get_page(PageForm(request.GET).number)
    shown = timeline.happenings(profile, list(page.object_list), viewer=viewer)
    context = {
        "profile": profile,
        "form": form,
        "wanted": form.wanted,
        "page": page,
        "happenings": shown,
    }
    return render(request, "workflows/history.html", context)


def _as_csv(profile: Profile, happenings: Iterable[Happening]) -> HttpResponse:
    header = [
        _("No."), _("When"), _("Who"), _("Role"), _("What"), _("About"), _("Section"),
        _("From"), _("To"), _("Reason"), _("Seal"), _("text"),
    ]  # fmt: skip
    response = csv_response(f"history-{profile.slug}", header, _rows(happenings))
    response["Cache-Control"] = "private, no-store"
    return response


def _rows(happenings: Iterable[Happening]) -> Iterator[list[Cell]]:
    for one in happenings:
        if one.line is not None:
            yield _event_row(one.line, one.day)
        elif one.build is not None:
            yield _build_row(one.build)


def _event_row(line: Line, day: date) -> list[Cell]:
    event = line.event
    return [
        line.number,
        event.at if line.exact else day,
        line.who or _("the software"),
        line.role,
        line.what,
        line.about,
        line.section,
        line.from_label,
        line.to_label,
        line.reason,
        event.hash,
        event.revision_hash,
    ]


def _build_row(line: BuildLine) -> list[Cell]:
    build = line.build
    return [
        None,
        build.created_at,
        line.by or _("the software"),
        "",
        _("Ask for a PDF") if build.is_pdf else _("Ask for a file"),
        f"{build.get_kind_display()} ({build.language})",
        "",
        "",
        str(build.get_state_display()),
        build.problem,
        build.sha256,
        build.text_digest,
    ]
