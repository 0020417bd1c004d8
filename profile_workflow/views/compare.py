"""Two texts of a section, compared: submitted ones, and for those who write it working ones."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from profile_workflow.forms.compare import CompareForm
from profile_workflow.models import Revision, Section
from profile_workflow.queries.copies import (
    PRESENT,
    NoSuchVersion,
    Version,
    is_written_on,
    labels_of,
    own_before_others,
    version_of,
)
from profile_workflow.queries.revisions import last_known
from profile_workflow.services.drafting import is_writer, may_write
from profile_workflow.web.loading import profile_or_404, section_or_404, signed_in
from profile_workflow.web.reading import compared_html
from profile_workflow.web.redline import redline


@require_safe
def compare(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Show what changed, by default since whoever asks last judged, submitted or saved it.

    Who writes on after a submission sees first what he has changed since.
    """
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    section = section_or_404(profile, key)
    section.profile = profile
    writes = is_writer(section, by=viewer)
    found = labels_of(section, with_copies=writes)
    # The present text alone can be compared with nothing.
    texts = found if any(name != PRESENT for name, _label in found) else []
    context = {"profile": profile, "section": section, "texts": texts, "writes": writes}
    context["may_write"] = may_write(section, by=viewer)
    if texts:
        own = own_before_others(section, viewer) if writes else ""
        written_on = writes and not own and is_written_on(section)
        seen = None if written_on else last_known(section, viewer)
        first, last = _proposed(texts, seen)
        proposed = (own or last, PRESENT) if own or written_on else (first, last)
        form = CompareForm(request.GET, texts=texts, proposed=proposed)
        old, new = _pair(section, form)
        context |= {
            "form": form,
            "old": old,
            "new": new,
            "seen": seen,
            "own": own,
            "written_on": written_on,
            "view": form.shown_as.value,
            "found": None
            if old.says_the_same_as(new)
            else redline(compared_html(section, old), compared_html(section, new)),
        }
    return render(request, "profile_workflow/compare.html", context)


def _proposed(texts: Sequence[tuple[str, str]], seen: Revision | None) -> tuple[str, str]:
    """Return from the revision that is known to the newest one, or what the newest changed.

    Before anything is submitted, the newest working copy and the present text.
    """
    names = [name for name, _label in texts]
    submitted = [name for name in names if name.isdecimal()] or names[-2:]
    first = str(seen.number) if seen else submitted[max(0, len(submitted) - 2)]
    return first, submitted[-1]


def _pair(section: Section, form: CompareForm) -> tuple[Version, Version]:
    """Return the two texts; for a copy that was forgotten just now, the present one."""
    old, new = (_version(section, name) for name in form.pair)
    return old, new


def _version(section: Section, name: str) -> Version:
    try:
        return version_of(section, name)
    except NoSuchVersion:
        return version_of(section, PRESENT)
