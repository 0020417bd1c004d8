"""The tables typed in the text of a section: each can be moved to the register with one act."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from profile_workflow.errors import DomainError, StaleEdit
from profile_workflow.forms.typed import Reading, TypedTableForm, WhichTableForm, read_typed
from profile_workflow.markup import TypedTable, typed_tables
from profile_workflow.models import Draft, Section, User
from profile_workflow.queries.drafting import draft_of
from profile_workflow.services.adding import next_table
from profile_workflow.services.drafting import DraftText, check_may_write
from profile_workflow.services.typed import Moved, move_to_register
from profile_workflow.web.loading import profile_or_404, section_or_404, signed_in
from profile_workflow.web.refusing import HTTP_CONFLICT, HTTP_UNPROCESSABLE, Refusal, refused


@dataclass(slots=True)
class _Row:
    """A typed table with the form that makes a data table of it, and what is wrong with it."""

    table: TypedTable
    form: TypedTableForm
    reading: Reading | None = None


@require_http_methods(["GET", "HEAD", "POST"])
def section_typed_tables(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Show the tables that are typed in a text; by POST make a data table of one of them."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    section = section_or_404(profile, key)
    section.profile = profile
    try:
        check_may_write(section, by=viewer)
    except DomainError as error:
        return _page(request, section, [], Refusal.of(error))
    draft = draft_of(section)
    rows = _rows(section, draft, request.POST)
    if request.method != "POST":
        return _page(request, section, rows)
    row = next((one for one in rows if one.form.is_bound), None)
    if row is None or WhichTableForm(request.POST).told.get("base_version") != draft.version:
        return _stale(request, section)
    if not row.form.is_valid():
        return _page(request, section, rows, Refusal(HTTP_UNPROCESSABLE))
    try:
        made = _make(section, draft, row, viewer)
    except StaleEdit:
        return _stale(request, section)
    if isinstance(made, Refusal):
        return _page(request, section, rows, made)
    _tell(request, made)
    return redirect("table", slug=slug, table_id=made.table.pk)


def _tell(request: HttpRequest, made: Moved) -> None:
    said = _("The table is in the register now, and the text places it: %(placed)s.")
    messages.success(request, said % {"placed": f"[[table:{made.table.key}]]"})
    if made.left:
        told = _(
            "These sections refer to the table as it was, and you cannot write them now: "
            "%(sections)s. Let %(typed)s be written there."
        )
        names = pgettext("between two things of one line", ", ").join(map(str, made.left))
        pointed = f"[#table:{made.table.key}]"
        messages.warning(request, told % {"sections": names, "typed": pointed})


def _rows(section: Section, draft: Draft, sent: QueryDict) -> list[_Row]:
    """Return the tables with their forms: what was sent stands in that of the table it is for."""
    taken = set(section.profile.data_tables.values_list("key", flat=True))
    tables = typed_tables(draft.text)
    meant = _meant(tables, sent)
    rows = []
    for table in tables:
        place = {
            "begin": table.begin,
            "base_version": draft.version,
            "caption": table.caption,
        }
        proposed = {"title": table.caption, "key": next_table(section.key, taken)}
        form = TypedTableForm(
            {**sent.dict(), **place} if table is meant else None,
            initial={**proposed, **place},
            auto_id=f"id_{table.begin}_%s",
            profile=section.profile,
        )
        rows.append(_Row(table, form))
    return rows


def _meant(tables: Sequence[TypedTable], sent: QueryDict) -> TypedTable | None:
    """Return the table for which a form was sent; one that has moved is known by its caption."""
    told = WhichTableForm(sent).told
    there = [one for one in tables if one.begin == told.get("begin")]
    named = [one for one in tables if one.caption and one.caption == told.get("caption")]
    both = [one for one in there if one in named]
    return next(iter((*both, *named, *there)), None)


def _stale(request: HttpRequest, section: Section) -> HttpResponse:
    """Show the tables of the present text, with what was typed, to be looked at and sent again."""
    rows = _rows(section, draft_of(section), request.POST)
    said = _("This table is not in the text any more. Nothing was changed.")
    if any(row.form.is_bound for row in rows):
        said = _("Somebody has saved the text since you opened this page. Look at it again.")
    return _page(request, section, rows, Refusal(HTTP_CONFLICT, said))


def _make(section: Section, draft: Draft, row: _Row, viewer: User) -> Moved | Refusal:
    """Move a table to the register; return why not, if that is refused."""
    given = row.form.cleaned_data
    row.reading = read_typed(
        row.table, unit=given["unit"], mark=given["decimal"], profile=section.profile
    )
    if not row.reading.is_sound:
        return Refusal(HTTP_UNPROCESSABLE)
    try:
        return move_to_register(
            section,
            DraftText.of(draft),
            row.table,
            fields={name: given[name] for name in ("key", "title")},
            figures=row.reading.figures,
            drop_source=row.reading.says_source,
            base_version=given["base_version"],
            by=viewer,
            at=timezone.now(),
        )
    except StaleEdit:
        raise
    except DomainError as error:
        return refused(row.form, error)


def _page(
    request: HttpRequest, section: Section, rows: list[_Row], refusal: Refusal | None = None
) -> HttpResponse:
    context = {
        "profile": section.profile,
        "section": section,
        "rows": rows,
        "refusal": refusal,
    }
    status = refusal.status if refusal else None
    return render(request, "profile_workflow/typed_tables.html", context, status=status)
