"""The form on paper, printed by whoever it is for: it shows his own link, and only to him."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from profile_workflow.models import AnsweringLink
from profile_workflow.states import LinkPurpose
from workflows.letters import address
from workflows.views.by_link.opening import for_link_holder, only_for
from workflows.views.by_link.pages import Way
from workflows.views.paper import sheet_of


@for_link_holder
@only_for(LinkPurpose.CONSULTATION)
@require_safe
def paper(request: HttpRequest, link: AnsweringLink) -> HttpResponse:
    """Show the form for printing: first a sheet to keep, with his link, then those to hand in."""
    way = Way(request, link)
    own = address("link", way.token)
    context = way.context(sheet=sheet_of(way.signoff, link=own))
    return render(request, "workflows/by_link/paper.html", context)
