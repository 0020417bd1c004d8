"""Quality assurance: what the software has checked, what a person checks, then the decision."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from profile_workflow.errors import DomainError, NotNow
from profile_workflow.forms.moves import MoveForm
from profile_workflow.forms.quality import QaForm, WaiverForm
from profile_workflow.models import Profile, Section, User, Waiver
from profile_workflow.queries.attribution import may_see_names
from profile_workflow.queries.guidance import JudgedText, judged_profile, sees_guidance
from profile_workflow.queries.profiles import sections_of
from profile_workflow.queries.quality import checklist, progress_of
from profile_workflow.services.quality import refusal_to_judge, take_waiver_back, waive
from profile_workflow.states import Advice
from profile_workflow.web.checks import Advised, Check, advice_on, anchor_of, checks_before
from profile_workflow.web.loading import profile_or_404, section_or_404, signed_in
from profile_workflow.web.refusing import HTTP_UNPROCESSABLE, Refusal
from workflows import engine
from workflows.queries.lengths import paper_for
from workflows.queries.tasks import may_claim, open_task_at
from workflows.views import checking
from workflows.views.moving import done_message, make_move, task_form, task_offers
from workflows.views.several import Saved, kept, tell

#: Requirements that the second list shows, check by check.
_BY_HAND = ("check_open", "check_failed")


def _findings(profile: Profile, viewer: User) -> list[JudgedText]:
    """Return the findings in the submitted texts, for those who write or judge them."""
    if not sees_guidance(profile, viewer):
        return []
    return judged_profile(profile, sections_of(profile))


@dataclass(frozen=True, slots=True)
class _Sent:
    """What was typed on the page, and what became of the answers in it.

    Attributes:
        data: All of it; whatever button was pressed, nothing of it is lost.
        saved: What became of the answers to checks.
        decision: The decision, as far as it was made out; None if none is asked for.
    """

    data: QueryDict
    saved: Saved[checking.Row]
    decision: MoveForm | None

    @property
    def is_begun(self) -> bool:
        """Whether a decision is half written."""
        return self.decision is not None and self.decision.has_changed()


@require_http_methods(["GET", "HEAD", "POST"])
def qa(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the checklist; by POST save answers, then make the decision or take the task."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    if request.method != "POST":
        return _page(request, profile, viewer)
    act = QaForm(request.POST)
    sent = _save(request, profile, viewer)
    if sent.saved.status:
        return _page(request, profile, viewer, sent=sent)
    if act.claims:
        return _claim(request, profile, viewer, sent)
    if act.decides:
        return _decide(request, profile, viewer, sent, act)
    anchor = checking.next_anchor(checklist(profile), sent.saved)
    return _shown_again(request, profile, viewer, sent, anchor)


def _save(request: HttpRequest, profile: Profile, viewer: User) -> _Sent:
    """Save the answers to checks that were typed, whatever button was pressed."""
    # What a decision begins with follows from the answers, so it is made out before.
    decision = _decision(profile, viewer, request.POST)
    rows = checking.posted_rows(profile, request.POST)
    saved = checking.save_answers(rows, profile, by=viewer)
    tell(request, saved)
    return _Sent(request.POST, saved, decision)


def _decision(profile: Profile, viewer: User, data: QueryDict | None = None) -> MoveForm | None:
    task = open_task_at(profile, node="qa")
    offers = task_offers(task, viewer) if task else []
    return task_form(task, offers, data) if task and offers else None


def _shown_again(
    request: HttpRequest, profile: Profile, viewer: User, sent: _Sent, anchor: str
) -> HttpResponse:
    """Go on at a place of the page; it is not loaded anew while other words are typed in it."""
    checks = advice_on(profile, paper_for(profile, viewer))
    advised = [one for check in checks for one in check.sections]
    if sent.saved.status or sent.is_begun or any(_typed(one, sent) for one in advised):
        return _page(request, profile, viewer, sent=sent)
    return redirect(reverse("qa", args=[profile.slug]) + f"#{anchor}")


def _claim(request: HttpRequest, profile: Profile, viewer: User, sent: _Sent) -> HttpResponse:
    task = open_task_at(profile, node="qa")
    try:
        if task is not None:
            engine.claim(task, by=viewer, at=timezone.now())
            messages.success(request, _("The task is yours now."))
    except DomainError as error:
        shown = Refusal.of(error)
        return _page(request, profile, viewer, sent=sent, refusal=shown)
    return _shown_again(request, profile, viewer, sent, "decision")


def _decide(
    request: HttpRequest, profile: Profile, viewer: User, sent: _Sent, act: QaForm
) -> HttpResponse:
    task = open_task_at(profile, node="qa")
    if task is None or sent.decision is None:
        why = refusal_to_judge(profile, viewer) or NotNow(_("No decision is asked for now."))
        shown = Refusal.of(why)
        return _page(request, profile, viewer, sent=sent, refusal=shown, lost=act.lost_reason)
    refusal = make_move(sent.decision, task.document, by=viewer)
    if refusal is not None:
        decision = sent.decision
        return _page(request, profile, viewer, sent=sent, refusal=refusal, decision=decision)
    messages.success(request, done_message(task, sent.decision.chosen_label))
    return redirect("tasks")


def _page(
    request: HttpRequest,
    profile: Profile,
    viewer: User,
    *,
    sent: _Sent | None = None,
    refusal: Refusal | None = None,
    waiver: WaiverForm | None = None,
    decision: MoveForm | None = None,
    lost: str = "",
) -> HttpResponse:
    checks = [one for one in checks_before("profile.pass_qa", profile) if one.code not in _BY_HAND]
    task = open_task_at(profile, node="qa")
    found, paper = checklist(profile), paper_for(profile, viewer)
    advice = advice_on(profile, paper)
    cannot = refusal_to_judge(profile, viewer)
    rows = checking.rows_of(found, may_answer=cannot is None)
    saved = sent.saved if sent else None
    if saved is not None:
        rows = kept(rows, saved)
        if saved.status and cannot is not None:
            refusal = refusal or Refusal.of(cannot)
    context = {
        "profile": profile,
        "checks": checks,
        "advice": _waivable(advice, may_judge=cannot is None, sent=sent, waiver=waiver),
        "paper": paper,
        "texts": _findings(profile, viewer),
        "failed": sum(not one.has_passed for one in checks),
        "groups": checking.grouped(rows),
        "progress": progress_of(found),
        "said_no": sum(one.has_failed for one in found),
        "sees_answers": may_see_names(viewer, profile),
        "may_judge": cannot is None,
        "saved": saved,
        "refusal": refusal,
        "missing": refusal.missing if refusal else (),
        "lost": waiver["reason"].value() if waiver and refusal and refusal.message else lost,
        "task": task,
        "may_claim": task is not None and may_claim(task, profile, viewer),
        "by_two": profile.is_checked_by_two(),
        "first_pass": profile.first_pass() if profile.is_checked_by_two() else None,
        "move_form": decision or _begun_decision(profile, viewer, sent),
        "at": timezone.now(),
    }
    status = refusal.status if refusal else (saved.status or None if saved else None)
    return render(request, "workflows/qa.html", context, status=status)


def _begun_decision(profile: Profile, viewer: User, sent: _Sent | None) -> MoveForm | None:
    """Return the decision with what was typed so far, without finding fault with it."""
    form = _decision(profile, viewer)
    if form is not None and sent is not None and sent.decision is not None and sent.is_begun:
        form.initial = {name: sent.decision[name].value() for name in sent.decision.fields}
    return form


# Advice that does not matter


def _waivable(
    advice: list[Check], *, may_judge: bool, sent: _Sent | None, waiver: WaiverForm | None
) -> list[tuple[Check, list[tuple[Advised, WaiverForm | None]]]]:
    """Return the advice, each section of it with the form that waives it, where one may."""
    found = []
    for check in advice:
        forms = [_waiver_form(one, sent, waiver) if may_judge else None for one in check.sections]
        found.append((check, list(zip(check.sections, forms, strict=True))))
    return found


def _waiver_form(advised: Advised, sent: _Sent | None, waiver: WaiverForm | None) -> WaiverForm:
    if waiver is not None and waiver.prefix == advised.anchor:
        return waiver
    initial = {"base": _text_of(advised.section), "reason": _typed(advised, sent) if sent else ""}
    return WaiverForm(prefix=advised.anchor, initial=initial)


def _typed(advised: Advised, sent: _Sent) -> str:
    """Return the reason that was typed for an advice that stands; empty if none was."""
    if advised.is_waived:
        return ""
    return str(WaiverForm(sent.data, prefix=advised.anchor)["reason"].value() or "")


def _text_of(section: Section) -> str:
    """Return the SHA-256 of the submitted text; empty if there is none."""
    return section.revision.sha256 if section.revision else ""


@require_POST
def qa_waive(request: HttpRequest, slug: str, key: str, code: str) -> HttpResponse:
    """Record why an advice on a section does not matter; answers that were typed are saved too."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    section = section_or_404(profile, key)
    if code not in Advice.values:
        raise Http404
    sent = _save(request, profile, viewer)
    form = WaiverForm(request.POST, prefix=anchor_of(code, key))
    if not form.is_valid():
        return _page(
            request, profile, viewer, sent=sent, refusal=Refusal(HTTP_UNPROCESSABLE), waiver=form
        )
    try:
        reason, at = form.cleaned_data["reason"], timezone.now()
        waive(section, Advice(code), reason, base=form.mark, by=viewer, at=at)
    except DomainError as error:
        form.renew(_text_of(section))
        shown = Refusal.of(error)
        return _page(request, profile, viewer, sent=sent, refusal=shown, waiver=form)
    messages.success(request, _("The advice is waived for this text."))
    return _shown_again(request, profile, viewer, sent, anchor_of(code, key))


@require_POST
def qa_waiver_back(request: HttpRequest, slug: str, waiver_id: int) -> HttpResponse:
    """Let an advice that was waived stand again; answers that were typed are saved too."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    found = Waiver.objects.filter(section__profile=profile, pk=waiver_id)
    waiver = found.select_related("section").first()
    if waiver is None:
        raise Http404
    sent = _save(request, profile, viewer)
    try:
        take_waiver_back(waiver, by=viewer, at=timezone.now())
    except DomainError as error:
        shown = Refusal.of(error)
        return _page(request, profile, viewer, sent=sent, refusal=shown)
    messages.success(request, _("The advice stands again."))
    anchor = anchor_of(waiver.code, waiver.section.key)
    return _shown_again(request, profile, viewer, sent, anchor)
