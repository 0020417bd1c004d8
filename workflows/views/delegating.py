"""Handing a task over to somebody else who holds its role."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from profile_workflow.errors import DomainError, NotAllowed
from profile_workflow.forms.people import HandOverForm
from profile_workflow.models import User
from profile_workflow.web.loading import signed_in
from profile_workflow.web.refusing import HTTP_UNPROCESSABLE, Refusal, refused
from workflows import engine, turns
from workflows.models import Task
from workflows.views.tasks import task_or_404


@require_http_methods(["GET", "HEAD", "POST"])
def delegate_task(request: HttpRequest, task_id: int) -> HttpResponse:
    """Ask who takes the task; by POST hand it over."""
    user = signed_in(request)
    found = task_or_404(user, task_id)
    if not found.is_open:
        return redirect("task", task_id=task_id)
    sentence = engine.why_not_handed_over(found, by=user)
    if sentence is not None:
        return _page(request, found, None, Refusal(NotAllowed.status, sentence))
    takers = engine.takers(found, by=user)
    form = HandOverForm(request.POST or None, people=takers)
    if request.method != "POST":
        return _page(request, found, form, None)
    refusal = _hand_over(form, found, takers, by=user)
    if refusal is not None:
        return _page(request, found, form, refusal)
    messages.success(request, _("The task has been handed over; the new owner gets a mail."))
    return redirect("task", task_id=task_id)


def _hand_over(form: HandOverForm, task: Task, takers: list[User], *, by: User) -> Refusal | None:
    if not form.is_valid():
        return Refusal(HTTP_UNPROCESSABLE)
    given = form.cleaned_data
    person = next(one for one in takers if one.pk == given["person"])
    try:
        engine.delegate(task, to=person, by=by, at=timezone.now(), reason=given["reason"])
    except DomainError as error:
        return refused(form, error, beside="person")
    return None


def _page(
    request: HttpRequest, task: Task, form: HandOverForm | None, refusal: Refusal | None
) -> HttpResponse:
    context = {
        "task": task,
        "profile": task.profile,
        "label": turns.label(task),
        "form": form,
        "takers": len(form.fields["person"].choices) - 1 if form else 0,  # type: ignore[attr-defined]
        "refusal": refusal,
        "at": timezone.now(),
    }
    status = refusal.status if refusal else None
    return render(request, "workflows/task_delegate.html", context, status=status)
