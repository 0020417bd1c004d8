"""Starting a profile: what it is, who makes it, how long the steps take; answers are checked."""

from datetime import date

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from profile_workflow.days import role_day
from profile_workflow.errors import DomainError
from profile_workflow.models import Profile, User
from profile_workflow.queries import nominating
from profile_workflow.queries.staffing import people_known_to
from profile_workflow.web.loading import signed_in
from profile_workflow.web.refusing import HTTP_UNPROCESSABLE, Refusal, refused
from workflows import engine
from workflows.views.starting_form import StartForm


class StepForm(forms.Form):
    """Which button was pressed; any other word asks for the form."""

    step = forms.ChoiceField(choices=[("check", ""), ("start", "")])

    @property
    def pressed(self) -> str:
        """The step that comes now."""
        return str(self.cleaned_data["step"]) if self.is_valid() else "edit"


class CityForm(forms.Form):
    """The city from whose row somebody came."""

    city = forms.IntegerField(required=False)

    @property
    def wanted(self) -> int | None:
        """Id of the city."""
        found: int | None = self.cleaned_data["city"] if self.is_valid() else None
        return found


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Ask for everything; by POST show the answers to be checked, and then start the profile."""
    user, today = signed_in(request), timezone.localdate()
    possible = nominating.possible_nominations(user, on=role_day())
    form = _form(request, possible, today)
    if request.method != "POST":
        return _form_page(request, form, possible)
    pressed = StepForm(request.POST).pressed
    if not form.is_valid():
        made = _started_before(form, user) if pressed == "start" else None
        if made is not None:
            return redirect("people", slug=made.slug)
        return _form_page(request, form, possible, Refusal(HTTP_UNPROCESSABLE))
    if pressed == "edit":
        return _form_page(request, form, possible)
    previous = possible.due_for_update.get(form.city_chosen.pk)
    if pressed == "check":
        return _check_page(request, form, previous, today)
    return _start(request, form, possible, previous)


def _form(request: HttpRequest, possible: nominating.Possible, today: date) -> StartForm:
    wanted = nominating.suggested_city(possible, CityForm(request.GET).wanted)
    return StartForm(
        request.POST or None,
        cities=possible.cities,
        templates=possible.templates,
        taken=possible.taken,
        initial={
            "city": wanted,
            "edition": today.year,
            "attribution": nominating.suggested_attribution(possible, wanted),
        },
    )


def _started_before(form: StartForm, user: User) -> Profile | None:
    """Return the profile that the first of two clicks has started."""
    if form.started_already is None:
        return None
    city, edition = form.started_already
    return nominating.started_by(user, city=city, edition=edition)


def _start(
    request: HttpRequest,
    form: StartForm,
    possible: nominating.Possible,
    previous: Profile | None,
) -> HttpResponse:
    at = timezone.now()
    nomination = form.nomination(timezone.localdate(at), previous)
    user = signed_in(request)
    try:
        if previous is None:
            made = engine.nominate(nomination, by=user, at=at)
        else:
            made = engine.nominate_next_edition(previous, nomination, by=user, at=at)
    except DomainError as error:
        refusal = refused(form, error, beside=form.field_about(str(error)))
        return _form_page(request, form, possible, refusal)
    messages.success(request, _("The profile has been started. The first task is with the team."))
    return redirect("people", slug=made.slug)


def _check_page(
    request: HttpRequest, form: StartForm, previous: Profile | None, today: date
) -> HttpResponse:
    steps = form.steps(today)
    context = {
        "form": form,
        "steps": steps,
        "named": list(form.named()),
        "previous": previous,
        "due_on": form.cleaned_data["due_on"] or steps[-1].ends_on,
    }
    return render(request, "workflows/start_check.html", context)


def _form_page(
    request: HttpRequest,
    form: StartForm,
    possible: nominating.Possible,
    refusal: Refusal | None = None,
) -> HttpResponse:
    programmes = sorted({one.programme_id for one in possible.cities})
    context = {
        "form": form,
        "known": people_known_to(programmes),
        "has_cities": bool(possible.cities),
        "refusal": refusal,
    }
    status = refusal.status if refusal else None
    return render(request, "workflows/start.html", context, status=status)
