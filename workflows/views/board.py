"""The board of the project team, and the page that everybody starts from."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from profile_workflow.forms.filters import PageForm
from profile_workflow.models import User
from profile_workflow.queries.people import is_project_team
from profile_workflow.queries.public import networks
from profile_workflow.web.loading import signed_in
from workflows import queries
from workflows.views.forms import BoardForm


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Say to strangers what this is; send others to the board, or to their tasks."""
    if not isinstance(request.user, User):
        return render(request, "profile_workflow/home.html", {"networks": networks()})
    team = is_project_team(signed_in(request), on=timezone.localdate())
    return redirect("board" if team else "tasks")


@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Show every profile with its stage, who has the turn, and by when."""
    at = timezone.now()
    form = BoardForm(request.GET)
    found = queries.board(signed_in(request), at, form.wanted, page=PageForm(request.GET).number)
    return render(request, "workflows/board.html", {"board": found, "form": form, "at": at})
