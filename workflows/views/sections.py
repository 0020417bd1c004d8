"""The submitted text of a section, for reading."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from profile_workflow.days import role_day
from profile_workflow.models import Section, User
from profile_workflow.queries import profiles
from profile_workflow.queries.blindness import veil_of
from profile_workflow.queries.drafting import sees_working_text
from profile_workflow.queries.notes import notes_of
from profile_workflow.services.comments import is_on_working_text
from profile_workflow.services.drafting import is_writer, may_write
from profile_workflow.services.lifecycle import is_open
from profile_workflow.states import APPROVED_SECTION_STATES, AUTHOR_ROLES, Role
from profile_workflow.web.guidance import beside_revision
from profile_workflow.web.loading import profile_or_404, section_or_404, signed_in
from profile_workflow.web.reading import reading_text, with_permalinks
from profile_workflow.web.remarks import beside
from workflows import engine

#: Who may look for a way to open a section again that is accepted or locked.
_WORKERS = frozenset((*AUTHOR_ROLES, Role.INTERNATIONAL_EXPERT, Role.PROJECT_TEAM))


def _asks_to_reopen(section: Section, viewer: User) -> bool:
    """Whether a reader is told how a section is opened again that is accepted or locked."""
    veil = veil_of(section.profile, viewer)
    is_told = veil is None or not veil.hides_state(section)
    is_closed = is_told and section.state in APPROVED_SECTION_STATES
    return is_closed and not _WORKERS.isdisjoint(section.profile.roles_of(viewer))


@require_safe
def section(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Show the text as it was submitted last, and what waits for an answer."""
    profile = profile_or_404(request, slug)
    found = section_or_404(profile, key)
    found.profile = profile
    before, after = profiles.neighbours(profile, found)
    viewer, at = signed_in(request), timezone.now()
    people = profiles.people_of(profile, viewer=viewer, on=role_day(at))
    pens = profiles.pens_of(found, {one.role: one.names for one in people})
    remarks = profiles.open_remarks(profile, viewer=viewer, section=found)
    notes = notes_of(found, viewer=viewer)
    review = reverse("section_review", args=[slug, key])
    quotable = not is_on_working_text(profile, viewer)
    shown = beside(
        reading_text(found, found.revision) if found.revision else None,
        [*(one.comment for one in remarks), *notes],
        comment_at=f"{review}?view=text&block=" if quotable else "",
    )
    return render(
        request,
        "profile_workflow/section.html",
        {
            "profile": profile,
            "section": found,
            "may_write": may_write(found, by=viewer),
            "writes": is_writer(found, by=viewer),
            "sees_working_text": sees_working_text(profile, viewer),
            "may_review": is_open(found, "accept", viewer),
            "may_take_back": engine.may_take_back(found, viewer),
            "is_closed": _asks_to_reopen(found, viewer),
            "guidance": beside_revision(found, viewer),
            "text": with_permalinks(shown.text) if shown.text else None,
            "beside": True,
            "quotable": quotable,
            "remarks": sorted(remarks, key=lambda one: shown.spot_of(one.comment).order),
            "marked": [one.comment.pk for one in remarks if shown.spot_of(one.comment).mark],
            "lost": [one.comment.pk for one in remarks if shown.spot_of(one.comment).is_lost],
            "notes": [(note, shown.spot_of(note)) for note in notes],
            "revisions": profiles.revisions_of(found),
            "accepted": profiles.accepted_texts(found),
            "before": before,
            "after": after,
            "author": pens.author,
            "reviewer": pens.reviewer,
            "at": at,
        },
    )
