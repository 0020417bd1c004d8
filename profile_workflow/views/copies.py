"""The trail of a section: every text that it has had, to be read and to be put back."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from profile_workflow.errors import DomainError, NotAllowed, StaleEdit
from profile_workflow.forms.copies import RestoreForm
from profile_workflow.forms.filters import PageForm
from profile_workflow.models import Section, User
from profile_workflow.queries import copies
from profile_workflow.queries.copies import NoSuchVersion, Version
from profile_workflow.queries.drafting import draft_of
from profile_workflow.services import drafting
from profile_workflow.states import Occasion
from profile_workflow.web.loading import profile_or_404, section_or_404, signed_in
from profile_workflow.web.reading import rendered_text
from profile_workflow.web.refusing import Refusal

TEXTS_A_PAGE = 20


@require_safe
def section_copies(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """Show the texts of a section, newest first."""
    section = _section(request, slug, key)
    found = copies.places(section)
    page = Paginator(found, TEXTS_A_PAGE).get_page(PageForm(request.GET).number)
    # One more than is shown, so that the last one shown can be compared in length.
    shown = found[max(0, page.start_index() - 1) : page.end_index() + 1]
    versions = copies.versions_at(shown)
    before = versions.pop() if len(versions) > len(page.object_list) else None
    if page.number == 1:
        versions.insert(0, copies.present(section))
    context = {
        "profile": section.profile,
        "section": section,
        "page": page,
        "steps": copies.steps(versions, before),
    }
    return render(request, "profile_workflow/copies.html", context)


def _section(request: HttpRequest, slug: str, key: str) -> Section:
    """Return a section for those who write it.

    Raises:
        Http404: If there is none of that name for this person.
        PermissionDenied: If the section is not the person's to write.
    """
    profile = profile_or_404(request, slug)
    section = section_or_404(profile, key)
    section.profile = profile
    try:
        drafting.check_is_writer(section, by=signed_in(request))
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from None
    return section


@require_http_methods(["GET", "HEAD", "POST"])
def section_copy(request: HttpRequest, slug: str, key: str, name: str) -> HttpResponse:
    """Show one text of a section; by POST put it back as the working text."""
    section = _section(request, slug, key)
    try:
        version = copies.version_of(section, name)
    except NoSuchVersion:
        raise Http404 from None
    if request.method != "POST":
        return _page(request, section, version)
    form = RestoreForm(request.POST)
    if not form.is_valid():
        return _page(request, section, version)
    base = form.cleaned_data["base_version"]
    try:
        changed = _put_back(section, version, base, by=signed_in(request))
    except DomainError as error:
        return _page(request, section, version, _refused(section, error))
    if changed:
        said = _("Put back: %(text)s. The text that was there before stands below it.")
        messages.success(request, said % {"text": version.label})
    else:
        messages.info(request, _("The working text says this already; nothing was changed."))
    return redirect("section_copies", slug=slug, key=key)


def _put_back(section: Section, version: Version, base: int, *, by: User) -> bool:
    given = drafting.DraftText(*version.content)
    if given == drafting.DraftText.of(draft_of(section)):
        return False
    drafting.save_draft(
        section,
        given,
        base_version=base,
        by=by,
        at=timezone.now(),
        occasion=Occasion.RESTORED,
    )
    return True


def _refused(section: Section, error: DomainError) -> Refusal:
    """Return why a text was not put back, with who was quicker."""
    if not isinstance(error, StaleEdit):
        return Refusal.of(error)
    current = draft_of(section)
    said = _(
        "%(person)s saved version %(number)s of the working text while you were reading. Compare "
        "it with this one; if you still want this one, press the button again."
    )
    return Refusal(error.status, said % {"person": current.saved_by, "number": current.version})


def _page(
    request: HttpRequest, section: Section, version: Version, refusal: Refusal | None = None
) -> HttpResponse:
    draft = draft_of(section)
    context = {
        "profile": section.profile,
        "section": section,
        "version": version,
        "draft": draft,
        "is_present": drafting.DraftText.of(draft) == drafting.DraftText(*version.content),
        "text": rendered_text(section, version.text, version.pictures),
        "may_write": drafting.may_write(section, by=signed_in(request)),
        "refusal": refusal,
    }
    status = refusal.status if refusal else None
    return render(request, "profile_workflow/copy.html", context, status=status)
