"""An objection, and the written answer to it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from profile_workflow.errors import DomainError, InvalidInput, StaleEntry
from profile_workflow.forms.marked import Difference
from profile_workflow.forms.objections import ObjectionForm
from profile_workflow.models import SignOff
from profile_workflow.queries.rounds import Answer, objection_of
from profile_workflow.services.contents import fingerprint_of_text
from profile_workflow.services.objections import answer_objection, refusal_to_answer_objection
from profile_workflow.states import SignOffState
from profile_workflow.web.loading import profile_or_404, signed_in
from profile_workflow.web.refusing import HTTP_UNPROCESSABLE, Refusal


@require_http_methods(["GET", "HEAD", "POST"])
def objection(request: HttpRequest, slug: str, signoff_id: int) -> HttpResponse:
    """Show an objection with its answer; by POST answer it."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    try:
        found = objection_of(profile, signoff_id, viewer=viewer)
    except SignOff.DoesNotExist:
        raise Http404 from None
    if found.signoff.state != SignOffState.OBJECTED and request.method != "POST":
        raise Http404
    present = found.signoff.response
    form = ObjectionForm(
        request.POST or None,
        initial={"text": present, "base": fingerprint_of_text(present)},
    )
    closed = refusal_to_answer_objection(found.signoff, profile, viewer)
    refusal = Refusal.of(closed) if closed and request.method == "POST" else None
    conflict: list[Difference] = []
    if closed is None and form.is_bound and form.is_valid():
        refusal, conflict = _answered(request, found, form)
        if refusal is None and not form.errors:
            messages.success(request, _("The objection has been answered."))
            return redirect("round", slug=slug)
    context = {
        "profile": profile,
        "one": found,
        "form": form if closed is None or form.is_bound else None,
        "may_answer": closed is None,
        "refusal": refusal,
        "conflict": conflict,
    }
    status = refusal.status if refusal else (HTTP_UNPROCESSABLE if form.is_bound else None)
    return render(request, "profile_workflow/objection.html", context, status=status)


def _answered(
    request: HttpRequest, found: Answer, form: ObjectionForm
) -> tuple[Refusal | None, list[Difference]]:
    """Store the answer; return why not, and where it differs from what is stored, if it was not."""
    by, at = signed_in(request), timezone.now()
    text = form.cleaned_data["text"]
    try:
        answer_objection(found.signoff, text, by=by, at=at, base=form.mark)
    except InvalidInput as error:
        form.add_error("text", str(error))
    except StaleEntry as error:
        form.renew(fingerprint_of_text(str(error.current)))
        return Refusal.of(error), form.differences({"text": error.current})
    except DomainError as error:
        return Refusal.of(error), []
    return None, []
