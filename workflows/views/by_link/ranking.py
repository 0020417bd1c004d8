"""Priorities, where a consultation asks for them: one page after the last section."""

from collections.abc import Sequence
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from profile_workflow.errors import DomainError, StaleEntry
from profile_workflow.forms.by_link import PrioritiesForm, priorities_initial
from profile_workflow.forms.marked import Difference
from profile_workflow.models import AnsweringLink
from profile_workflow.services import priority_answers
from profile_workflow.states import LinkPurpose
from profile_workflow.web.refusing import Refusal
from workflows.views.by_link.opening import for_link_holder, lost, only_for
from workflows.views.by_link.pages import READING_AND_SENDING, Way, shut_meanwhile


@for_link_holder
@only_for(LinkPurpose.CONSULTATION)
@require_http_methods(READING_AND_SENDING)
def priorities(request: HttpRequest, link: AnsweringLink) -> HttpResponseBase:
    """Ask how firmly each challenge should be met, where the round asks; saved by itself."""
    way = Way(request, link)
    if not way.challenges:
        return lost(request, way.token, "no_page", HTTPStatus.NOT_FOUND)
    if request.method != "POST":
        initial = priorities_initial(way.priorities)
        form = PrioritiesForm(initial=initial, challenges=way.challenges)
        return _priorities_page(request, way, form, None)
    form = PrioritiesForm(request.POST, challenges=way.challenges)
    if not form.is_valid():
        return _priorities_page(request, way, form, Refusal(HTTPStatus.UNPROCESSABLE_ENTITY))
    try:
        priority_answers.save_answers(link, form.labels, at=timezone.now(), base=form.mark)
    except StaleEntry as error:
        return _both_labels(request, way, form, error)
    except DomainError as error:
        shut_now = shut_meanwhile(request, way)
        return shut_now or _priorities_page(request, way, form, Refusal.of(error))
    return redirect("link_check", way.token)


def _both_labels(
    request: HttpRequest, way: Way, form: PrioritiesForm, error: StaleEntry
) -> HttpResponse:
    """Show what was sent beside what is saved, and let it be sent again knowingly."""
    assert isinstance(error.current, dict)
    saved = dict.fromkeys(form.fields, "") | priorities_initial(error.current)
    form.renew(saved["base"])
    return _priorities_page(request, way, form, Refusal.of(error), form.differences(saved))


def _priorities_page(
    request: HttpRequest,
    way: Way,
    form: PrioritiesForm,
    refusal: Refusal | None,
    conflict: Sequence[Difference] = (),
) -> HttpResponse:
    template = "workflows/by_link/priorities.html"
    return way.page(request, template, form=form, refusal=refusal, conflict=conflict)
