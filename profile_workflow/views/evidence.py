"""What a profile is made of besides its text: the overview, and the lists of the register."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from profile_workflow.charts.kinds import draw_chosen, why_not
from profile_workflow.forms.figure_rows import COLUMNS, cell_of, label_of
from profile_workflow.models import Challenge, Profile, User
from profile_workflow.queries import evidence as queries
from profile_workflow.queries.evidence import Uses
from profile_workflow.queries.guidance import sees_guidance
from profile_workflow.queries.history import move_label
from profile_workflow.requirements import evidence_missing, next_gate
from profile_workflow.services.erratum import refusal_to_write_erratum
from profile_workflow.services.keeping import (
    refusal_to_change,
    refusal_to_register,
    refusal_to_remove,
)
from profile_workflow.services.ordering import order_mark
from profile_workflow.states import ChartKind
from profile_workflow.web.loading import profile_or_404, signed_in
from profile_workflow.web.refusing import Refusal
from profile_workflow.web.registers import (
    RegisterRow,
    figure_rows,
    rows_of,
    tables_by_section,
)
from profile_workflow.web.spreadsheets import csv_response, xlsx_response


def _frame(profile: Profile, viewer: User, kind: type[Model] | None = None) -> dict[str, Any]:
    """Return what every page of the register shows: whether one may add to it, or why not."""
    refusal = refusal_to_register(profile, viewer, kind=kind)
    return {
        "profile": profile,
        "may_register": refusal is None,
        "closed": Refusal.of(refusal) if refusal else None,
    }


def _rows(profile: Profile, viewer: User, entries: Any) -> list[RegisterRow]:
    uses = Uses(profile)
    working = queries.sees_working_material(profile, viewer)
    shown = uses if working else Uses(profile, working=False)
    return rows_of(entries, viewer=viewer, uses=uses, shown=shown)


@require_safe
def evidence(request: HttpRequest, slug: str) -> HttpResponse:
    """Show what was settled in inception, the registers, and what is still missing."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    entries = [
        *profile.territories.order_by("-is_city", "name"),
        *profile.definitions.order_by("term"),
        *profile.acronyms.order_by("short"),
    ]
    rows: dict[str, list[RegisterRow]] = {"Territory": [], "WorkingDefinition": [], "Acronym": []}
    for row in _rows(profile, viewer, entries):
        rows[type(row.entry).__name__].append(row)
    tables = queries.tables_of(profile, viewer=viewer)
    figures = [one for table in tables for one in figure_rows(table)]
    works_on_it = queries.sees_working_material(profile, viewer)
    gate = next_gate(profile)
    context = {
        **_frame(profile, viewer),
        "territories": rows["Territory"],
        "definitions": rows["WorkingDefinition"],
        "acronyms": rows["Acronym"],
        "sources": profile.sources.count(),
        "tables": len(tables),
        "pictures": len(queries.pictures_of(profile, viewer=viewer)),
        "figures": len(figures),
        "unsettled": sum(not one.is_settled for one in figures),
        "challenges": len(queries.challenges_of(profile, viewer=viewer)),
        "priorities": profile.priorities.count(),
        "may_write_erratum": refusal_to_write_erratum(profile, viewer) is None,
        "missing": evidence_missing(profile) if works_on_it else (),
        "sees_guidance": sees_guidance(profile, viewer),
        "gate": move_label("profile", gate.partition(".")[2]) if gate and works_on_it else "",
    }
    return render(request, "profile_workflow/evidence.html", context)


@require_safe
def tables(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the data tables, section by section."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    found = queries.tables_of(profile, viewer=viewer)
    context = {
        **_frame(profile, viewer),
        "groups": tables_by_section(found, profile, viewer=viewer),
        "foreseen": _foreseen(profile) if queries.sees_working_material(profile, viewer) else [],
    }
    return render(request, "profile_workflow/tables.html", context)


def _foreseen(profile: Profile) -> list[tuple[Any, list[str]]]:
    """Return the sections for which the template foresees tables, with their titles."""
    language = (get_language() or "en")[:2]
    found = profile.sections.select_related("template_section").order_by("position")
    return [
        (one, [_titled(table, language) for table in one.template_section.data_tables])
        for one in found
        if one.template_section.data_tables
    ]


def _titled(table: Any, language: str) -> str:
    if isinstance(table, dict):
        title = table.get(f"title_{language}") or table.get("title") or ""
        return f"{table.get('key', '')} {title}".strip()
    return str(table)


@require_safe
def table(request: HttpRequest, slug: str, table_id: int) -> HttpResponse:
    """Show one data table with every figure and what it rests on."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    seen = queries.tables_of(profile, viewer=viewer)
    found = next((one for one in seen if one.pk == table_id), None)
    if found is None:
        raise Http404
    uses = Uses(profile)
    refusal = refusal_to_register(profile, viewer, found.section)
    rows = queries.charted(found)
    context = {
        "profile": profile,
        "table": found,
        "chart": draw_chosen(
            found.chart, rows, name="chart", title=found.title, language=profile.language
        ),
        "misfit": found.chart and why_not(ChartKind(found.chart), rows),
        "rows": figure_rows(found),
        "order": order_mark(list(found.items.all())),
        "may_register": refusal is None,
        "closed": Refusal.of(refusal) if refusal else None,
        "may_change": refusal_to_change(found, viewer, uses) is None,
        "may_remove": refusal_to_remove(found, viewer, uses) is None,
    }
    return render(request, "profile_workflow/table.html", context)


@require_safe
def table_file(request: HttpRequest, slug: str, table_id: int, ending: str) -> HttpResponse:
    """Send a data table as a file for spreadsheet programs; it can be read in again."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    found = next(
        (one for one in queries.tables_of(profile, viewer=viewer) if one.pk == table_id), None
    )
    if found is None or ending not in _FILES:
        raise Http404
    rows = [[cell_of(figure, name) for name in COLUMNS] for figure in found.items.all()]
    name = f"{profile.slug}-{found.key}"
    return _FILES[ending](name, [label_of(column) for column in COLUMNS], rows)


_FILES: Mapping[str, Callable[..., HttpResponse]] = {"csv": csv_response, "xlsx": xlsx_response}


@require_safe
def challenges(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the challenges, what shows them and which priorities answer them."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    found = queries.challenges_of(profile, viewer=viewer)
    context = {**_frame(profile, viewer, Challenge), "rows": _rows(profile, viewer, found)}
    return render(request, "profile_workflow/challenges.html", context)
