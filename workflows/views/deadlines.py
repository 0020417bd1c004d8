"""The deadlines of a profile: which run, and giving tasks another last day."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from profile_workflow.errors import DomainError, NotAllowed
from profile_workflow.forms.days import DayField
from profile_workflow.forms.renderer import StyledForm
from profile_workflow.models import Profile, User
from profile_workflow.services.people import may_manage
from profile_workflow.templatetags.words import lateness
from profile_workflow.web.loading import profile_or_404, signed_in
from profile_workflow.web.refusing import HTTP_UNPROCESSABLE, Refusal, refused
from workflows import engine, turns
from workflows.models import Task


class DeadlineForm(StyledForm):
    """Which tasks get which last day, and why."""

    tasks = forms.MultipleChoiceField(
        label=gettext_lazy("Tasks"),
        help_text=gettext_lazy("All that you tick get the same last day."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one task.")},
    )
    due_on = DayField(
        label=gettext_lazy("New last day"),
        help_text=gettext_lazy("The task is due at the end of this day in the city."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Whoever receives it will read it."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, tasks: Sequence[Task], at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(one.pk), f"{_in_words(one)}: {_due(one, at)}") for one in tasks]
        cast("forms.MultipleChoiceField", self.fields["tasks"]).choices = choices


def _in_words(task: Task) -> str:
    who = task.owner.full_name if task.owner else task.get_role_display()
    subject = f"{turns.label(task)} – {task.section}" if task.section else turns.label(task)
    return f"{subject} ({who})"


def _due(task: Task, at: datetime) -> str:
    if task.due_at is None:
        return "–"
    zone = ZoneInfo(task.profile.city.time_zone)
    day = date_format(task.due_at.astimezone(zone), "DATE_FORMAT")
    return f"{day} ({lateness(task.due_at, at, zone).words})"


@require_http_methods(["GET", "HEAD", "POST"])
def deadlines(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the deadlines that run; by POST change those that were chosen."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    tasks = list(engine.changeable_deadlines(profile))
    if not may_manage(profile, viewer):
        sentence = _("Only the project team changes a deadline.")
        return _page(request, profile, tasks, None, Refusal(NotAllowed.status, sentence))
    form = DeadlineForm(request.POST or None, tasks=tasks, at=timezone.now())
    if request.method != "POST":
        return _page(request, profile, tasks, form, None)
    changed = _change(form, profile, tasks, by=viewer)
    if isinstance(changed, Refusal):
        return _page(request, profile, tasks, form, changed)
    told = ngettext(
        "%(number)s task has another deadline; its owner gets a mail.",
        "%(number)s tasks have another deadline; their owners get a mail.",
        changed,
    )
    messages.success(request, told % {"number": changed})
    return redirect("deadlines", slug=slug)


def _change(
    form: DeadlineForm, profile: Profile, tasks: Sequence[Task], *, by: User
) -> Refusal | int:
    """Return how many deadlines were changed, or why none was."""
    if not form.is_valid():
        return Refusal(HTTP_UNPROCESSABLE)
    given = form.cleaned_data
    try:
        changed = engine.change_deadlines(
            profile,
            [one for one in tasks if str(one.pk) in given["tasks"]],
            due_on=given["due_on"],
            by=by,
            at=timezone.now(),
            reason=given["reason"],
        )
    except DomainError as error:
        return refused(form, error, beside="due_on")
    return len(changed)


def _page(
    request: HttpRequest,
    profile: Profile,
    tasks: Sequence[Task],
    form: DeadlineForm | None,
    refusal: Refusal | None,
) -> HttpResponse:
    context = {
        "profile": profile,
        "rows": [(one, _in_words(one)) for one in tasks],
        "form": form,
        "refusal": refusal,
        "at": timezone.now(),
    }
    status = refusal.status if refusal else None
    return render(request, "workflows/deadlines.html", context, status=status)
