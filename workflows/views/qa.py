"""Quality assurance: what the software has checked, then the decision of the project team."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from profile_workflow.models import Profile, User
from profile_workflow.queries.guidance import JudgedText, judged_profile, sees_guidance
from profile_workflow.queries.profiles import sections_of
from profile_workflow.web.checks import advice_on, checks_before
from profile_workflow.web.loading import profile_or_404, signed_in
from workflows.queries.tasks import open_task_at
from workflows.views.moving import task_form, task_offers


def _findings(profile: Profile, viewer: User) -> list[JudgedText]:
    """Return the findings in the submitted texts, for those who write or judge them."""
    if not sees_guidance(profile, viewer):
        return []
    return judged_profile(profile, sections_of(profile))


@require_safe
def qa(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the checklist; the decision is sent to the page of the task."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    checks = checks_before("profile.pass_qa", profile)
    task = open_task_at(profile, node="qa")
    offers = task_offers(task, viewer) if task else []
    context = {
        "profile": profile,
        "checks": checks,
        "advice": advice_on(profile),
        "texts": _findings(profile, viewer),
        "failed": sum(not one.has_passed for one in checks),
        "task": task,
        "offers": offers,
        "move_form": task_form(task, offers) if task and offers else None,
        "at": timezone.now(),
    }
    return render(request, "workflows/qa.html", context)
