"""Quality assurance: what the software has checked, what a person checks, then the decision."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from profile_workflow.errors import DomainError
from profile_workflow.forms.quality import WaiverForm
from profile_workflow.models import Profile, Section, User, Waiver
from profile_workflow.queries.attribution import may_see_names
from profile_workflow.queries.guidance import JudgedText, judged_profile, sees_guidance
from profile_workflow.queries.profiles import sections_of
from profile_workflow.queries.quality import checklist, progress_of
from profile_workflow.services.quality import refusal_to_judge, take_waiver_back, waive
from profile_workflow.states import Advice
from profile_workflow.web.checks import Advised, Check, advice_on, anchor_of, checks_before
from profile_workflow.web.loading import profile_or_404, section_or_404, signed_in
from workflows.queries.tasks import may_claim, open_task_at
from workflows.views import checking
from workflows.views.moving import Refusal, task_form, task_offers

#: Requirements that the second list shows, check by check.
_BY_HAND = ("check_open", "check_failed")


def _findings(profile: Profile, viewer: User) -> list[JudgedText]:
    """Return the findings in the submitted texts, for those who write or judge them."""
    if not sees_guidance(profile, viewer):
        return []
    return judged_profile(profile, sections_of(profile))


@require_http_methods(["GET", "HEAD", "POST"])
def qa(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the checklist; by POST save answers. The decision is sent to the page of the task."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    if request.method != "POST":
        return _page(request, profile, viewer)
    refusal = refusal_to_judge(profile, viewer)
    rows = checking.posted_rows(profile, request.POST)
    saved = checking.save_answers(rows, profile, by=viewer)
    if not saved.status:
        return _saved(request, profile, saved)
    shown = Refusal(refusal.status, str(refusal)) if refusal else None
    return _page(request, profile, viewer, saved=saved, refusal=shown)


def _saved(request: HttpRequest, profile: Profile, saved: checking.Saved) -> HttpResponse:
    found = checklist(profile)
    if saved.number:
        told = ngettext(
            "%(number)s answer was saved.", "%(number)s answers were saved.", saved.number
        )
        messages.success(request, told % {"number": saved.number})
    anchor = checking.next_anchor(found, saved.last)
    return redirect(reverse("qa", args=[profile.slug]) + f"#{anchor}")


def _page(
    request: HttpRequest,
    profile: Profile,
    viewer: User,
    *,
    saved: checking.Saved | None = None,
    refusal: Refusal | None = None,
    waiver: WaiverForm | None = None,
) -> HttpResponse:
    checks = [one for one in checks_before("profile.pass_qa", profile) if one.code not in _BY_HAND]
    task = open_task_at(profile, node="qa")
    offers = task_offers(task, viewer) if task else []
    found = checklist(profile)
    may_judge = refusal_to_judge(profile, viewer) is None
    rows = checking.rows_of(found, may_answer=may_judge)
    if saved is not None:
        rows = checking.rows_afterwards(rows, saved, may_answer=may_judge)
    context = {
        "profile": profile,
        "checks": checks,
        "advice": _advice(profile, may_judge=may_judge, sent=waiver),
        "texts": _findings(profile, viewer),
        "failed": sum(not one.has_passed for one in checks),
        "groups": checking.grouped(rows),
        "progress": progress_of(found),
        "said_no": sum(one.has_failed for one in found),
        "sees_answers": may_see_names(viewer, profile),
        "may_judge": may_judge,
        "saved": saved,
        "refusal": refusal,
        "lost": waiver["reason"].value() if waiver and refusal and refusal.message else "",
        "task": task,
        "offers": offers,
        "may_claim": task is not None and may_claim(task, profile, viewer),
        "move_form": task_form(task, offers) if task and offers else None,
        "at": timezone.now(),
    }
    status = refusal.status if refusal else (saved.status if saved else None)
    return render(request, "workflows/qa.html", context, status=status)


# Advice that does not matter


def _advice(
    profile: Profile, *, may_judge: bool, sent: WaiverForm | None
) -> list[tuple[Check, list[tuple[Advised, WaiverForm | None]]]]:
    """Return the advice, each section of it with the form that waives it, where one may."""
    return [
        (check, [(one, _waiver_form(one, sent) if may_judge else None) for one in check.sections])
        for check in advice_on(profile)
    ]


def _waiver_form(advised: Advised, sent: WaiverForm | None) -> WaiverForm:
    if sent is not None and sent.prefix == advised.anchor:
        return sent
    return WaiverForm(prefix=advised.anchor, initial={"base": _text_of(advised.section)})


def _text_of(section: Section) -> str:
    """Return the SHA-256 of the submitted text; empty if there is none."""
    return section.revision.sha256 if section.revision else ""


@require_POST
def qa_waive(request: HttpRequest, slug: str, key: str, code: str) -> HttpResponse:
    """Record why an advice on a section does not matter."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    section = section_or_404(profile, key)
    if code not in Advice.values:
        raise Http404
    form = WaiverForm(request.POST, prefix=anchor_of(code, key))
    if not form.is_valid():
        return _page(request, profile, viewer, refusal=Refusal(422), waiver=form)
    try:
        reason, at = form.cleaned_data["reason"], timezone.now()
        waive(section, Advice(code), reason, base=form.mark, by=viewer, at=at)
    except DomainError as error:
        form.renew(_text_of(section))
        shown = Refusal(error.status, str(error))
        return _page(request, profile, viewer, refusal=shown, waiver=form)
    messages.success(request, _("The advice is waived for this text."))
    return redirect(reverse("qa", args=[slug]) + f"#{anchor_of(code, key)}")


@require_POST
def qa_waiver_back(request: HttpRequest, slug: str, waiver_id: int) -> HttpResponse:
    """Let an advice that was waived stand again."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    found = Waiver.objects.filter(section__profile=profile, pk=waiver_id)
    waiver = found.select_related("section").first()
    if waiver is None:
        raise Http404
    try:
        take_waiver_back(waiver, by=viewer, at=timezone.now())
    except DomainError as error:
        return _page(request, profile, viewer, refusal=Refusal(error.status, str(error)))
    messages.success(request, _("The advice stands again."))
    return redirect(reverse("qa", args=[slug]) + f"#{anchor_of(waiver.code, waiver.section.key)}")
