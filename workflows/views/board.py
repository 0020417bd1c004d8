"""The board of the project team, and the page that everybody starts from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from profile_workflow.days import role_day
from profile_workflow.errors import DomainError
from profile_workflow.forms.filters import PageForm
from profile_workflow.models import SavedView, User
from profile_workflow.queries.people import is_project_team
from profile_workflow.queries.public import networks
from profile_workflow.queries.saved_views import view_of, views_of
from profile_workflow.services import saved_views
from profile_workflow.templatetags.words import lateness
from profile_workflow.web.loading import signed_in
from profile_workflow.web.refusing import HTTP_UNPROCESSABLE, refused
from profile_workflow.web.spreadsheets import Cell, csv_response, xlsx_response
from workflows import queries
from workflows.queries.overview import ORDERS, BoardRow
from workflows.views.forms import VIEWS, BoardForm, ViewForm


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Say to strangers what this is; send others to the board, or to their tasks."""
    if not isinstance(request.user, User):
        return render(request, "profile_workflow/home.html", {"networks": networks()})
    team = is_project_team(signed_in(request), on=role_day())
    return redirect("board" if team else "tasks")


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Show every profile with its stage, who has the turn, and by when."""
    user, at = signed_in(request), timezone.now()
    form = _board_form(request, user, at)
    found = queries.board(user, at, form.wanted, page=PageForm(request.GET).number)
    context = {
        "board": found,
        "form": form,
        "shapes": VIEWS,
        "views": views_of(user),
        "view_form": ViewForm(initial={"query": form.query}, auto_id="view_%s"),
        "orders": _orders(form),
        "at": at,
    }
    return render(request, f"workflows/board_{form.shape}.html", context)


def _board_form(request: HttpRequest, user: User, at: datetime) -> BoardForm:
    return BoardForm(request.GET, choices=queries.board_choices(user, on=role_day(at)))


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a column of the list, which orders by it.

    Attributes:
        order: What a click asks for.
        sorted: Value of ``aria-sort``; empty where the list is ordered by something else.
    """

    label: str
    order: str
    sorted: str


def _orders(form: BoardForm) -> dict[str, Heading]:
    now = form.wanted.order or ORDERS[0]
    labels = {"age": _("In this state"), "attention": _("Deadline"), "city": _("City"),
              "edition": _("Edition"), "state": _("State")}  # fmt: skip
    return {name: _heading(name, labels[name], now) for name in ORDERS}


def _heading(name: str, label: str, now: str) -> Heading:
    if now == name:
        return Heading(label, f"-{name}", "ascending")
    return Heading(label, name, "descending" if now == f"-{name}" else "")


@require_safe
def board_file(request: HttpRequest, kind: str) -> HttpResponse:
    """Send what the board shows, all pages of it, as a file for a spreadsheet program."""
    if kind not in _FILES:
        raise Http404
    user, at = signed_in(request), timezone.now()
    form = _board_form(request, user, at)
    found = queries.board(user, at, form.wanted, on_one_page=True)
    name = f"board-{timezone.localdate(at).isoformat()}"
    return _FILES[kind](name, _header(), [_cells(row, at) for row in found.rows])


_FILES: Mapping[str, Callable[..., HttpResponse]] = {"csv": csv_response, "xlsx": xlsx_response}


def _header() -> list[str]:
    return [
        _("City"),
        _("Edition"),
        _("Title"),
        _("Language"),
        _("State"),
        _("In this state since"),
        _("Finished"),
        _("Of"),
        _("Next"),
        _("Deadline"),
        _("Lateness"),
        _("Publication planned for"),
    ]


def _cells(row: BoardRow, at: datetime) -> list[Cell]:
    profile, now = row.profile, row.now
    zone = ZoneInfo(profile.city.time_zone)
    counted = now is not None and now.of > 0
    return [
        str(profile.city),
        profile.edition,
        profile.title,
        profile.language,
        profile.get_state_display(),
        profile.state_since.astimezone(zone).date(),
        now.done if now and counted else None,
        now.of if now and counted else None,
        "; ".join(f"{one.name or one.role} ({one.tasks})" for one in row.actors),
        row.due_at.astimezone(zone).date() if row.due_at else None,
        lateness(row.due_at, at, zone).words if row.due_at and not row.is_paused else "",
        profile.due_on,
    ]


# Saved views


@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep what the board shows under a name; if that cannot be, ask for another one."""
    user, form = signed_in(request), ViewForm(request.POST)
    form.full_clean()
    choices = queries.board_choices(user, on=role_day())
    query = BoardForm(QueryDict(form.cleaned_data.get("query", "")), choices=choices).query
    back = f"{reverse('board')}?{query}"
    if form.is_valid() and _keep(form, query, by=user):
        messages.success(request, _("The view is kept. Only you see it."))
        return redirect(back)
    context = {"form": form, "back": back}
    return render(request, "workflows/board_view_keep.html", context, status=HTTP_UNPROCESSABLE)


def _keep(form: ViewForm, query: str, *, by: User) -> bool:
    try:
        saved_views.save_view(by, name=form.cleaned_data["name"], query=query)
    except DomainError as error:
        refused(form, error, beside="name")
        return False
    return True


class ChangeForm(forms.Form):
    """Which button of the page of a view was pressed."""

    act = forms.ChoiceField(choices=[("rename", ""), ("remove", "")])


@require_http_methods(["GET", "HEAD", "POST"])
def change_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """Ask for another name, or whether the view is to be removed; by POST do it."""
    try:
        view = view_of(signed_in(request), view_id)
    except SavedView.DoesNotExist:
        raise Http404 from None
    act = ChangeForm(request.POST)
    if act.is_valid() and act.cleaned_data["act"] == "remove":
        saved_views.remove_view(view)
        messages.success(request, _("The view has been removed."))
        return redirect("board")
    form = ViewForm(request.POST or None, initial={"name": view.name})
    name = view.name
    if form.is_valid() and _rename(form, view):
        messages.success(request, _("The view has another name."))
        return redirect(f"{reverse('board')}?{view.query}")
    context = {"form": form, "view": view, "name": name}
    status = HTTP_UNPROCESSABLE if form.is_bound else None
    return render(request, "workflows/board_view.html", context, status=status)


def _rename(form: ViewForm, view: SavedView) -> bool:
    try:
        saved_views.rename_view(view, name=form.cleaned_data["name"])
    except DomainError as error:
        refused(form, error, beside="name")
        return False
    return True
