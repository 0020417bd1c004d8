"""Word files: taking the text away as one, and bringing one in, in three steps."""

from io import BytesIO
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from profile_workflow.errors import DomainError, InvalidInput
from profile_workflow.forms.word import (
    ChosenForm,
    DownloadForm,
    MappingForm,
    SectionForm,
    ShownForm,
    StepForm,
    UploadForm,
)
from profile_workflow.models import Profile, Section, WordReading
from profile_workflow.queries import word as queries
from profile_workflow.queries.copies import copies_by_version
from profile_workflow.services import word as services
from profile_workflow.services.drafting import may_write
from profile_workflow.services.word_pictures import PictureTaker
from profile_workflow.web import word as web
from profile_workflow.web.loading import profile_or_404, section_or_404, signed_in
from profile_workflow.web.refusing import HTTP_UNPROCESSABLE, Refusal
from profile_workflow.word.chapters import MARK, WHOLE, Part, parts_of
from profile_workflow.word.files import DOCX

_FORMS = ["GET", "HEAD", "POST"]


@require_safe
def word_file(request: HttpRequest, slug: str) -> FileResponse:
    """Send the whole text as a Word file."""
    profile = profile_or_404(request, slug)
    return _sent(request, profile, queries.sections_with_texts(profile), profile.slug)


@require_safe
def section_word(request: HttpRequest, slug: str, key: str) -> FileResponse:
    """Send the text of a section as a Word file."""
    profile = profile_or_404(request, slug)
    section_or_404(profile, key)
    sections = queries.sections_with_texts(profile, key=key)
    return _sent(request, profile, sections, f"{profile.slug}-{key}")


def _sent(
    request: HttpRequest, profile: Profile, sections: list[Section], name: str
) -> FileResponse:
    working = DownloadForm(request.GET).wants_working
    content = web.docx_of(profile, sections, viewer=signed_in(request), working=working)
    return FileResponse(
        BytesIO(content), as_attachment=True, filename=f"{name}.docx", content_type=DOCX
    )


@require_http_methods(_FORMS)
def word_import(request: HttpRequest, slug: str) -> HttpResponse:
    """First step: ask for a file; by POST read it, and go on to what was read."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    sections = queries.sections_with_texts(profile)
    try:
        services.check_may_bring_in(sections, by=viewer)
    except DomainError as error:
        context = {"profile": profile, "refusal": Refusal.of(error)}
        page = "profile_workflow/word_import.html"
        return render(request, page, context, status=error.status)
    own = [one for one in sections if may_write(one, by=viewer)]
    form = UploadForm(
        request.POST or None,
        request.FILES or None,
        sections=own,
        initial={"section": SectionForm(request.GET).wanted},
    )
    reading = _read(form, profile, sections, request) if form.is_bound and form.is_valid() else None
    if reading is not None:
        with_content = [one for one in reading.parts if one["words"] or one["pictures"]]
        sure = all(part["how"] in (MARK, WHOLE) for part in with_content)
        return redirect("word_check" if sure else "word_mapping", slug=slug, reading_id=reading.pk)
    context = {"profile": profile, "form": form}
    status = HTTP_UNPROCESSABLE if form.is_bound else None
    return render(request, "profile_workflow/word_import.html", context, status=status)


def _read(
    form: UploadForm, profile: Profile, sections: list[Section], request: HttpRequest
) -> WordReading | None:
    """Read a file and keep what was read; what is wrong with it is said beside the field."""
    viewer = signed_in(request)
    take = PictureTaker(profile, by=viewer)
    try:
        parts = _parts(form, profile, sections, take)
        return services.keep_reading(
            profile, parts, pixels=take.pixels, by=viewer, at=timezone.now()
        )
    except InvalidInput as error:
        form.add_error("file", str(error))
        return None


def _parts(
    form: UploadForm, profile: Profile, sections: list[Section], take: PictureTaker
) -> list[Part]:
    return parts_of(
        form.cleaned_data["file"],
        web.chapters_of(sections),
        language=profile.language,
        origin=profile.slug,
        only=form.cleaned_data["section"],
        take=take,
    )


def _reading(
    request: HttpRequest, slug: str, reading_id: int
) -> tuple[Profile, WordReading, list[Section]]:
    profile = profile_or_404(request, slug)
    try:
        reading = queries.reading_of(
            profile, reading_id, reader=signed_in(request), at=timezone.now()
        )
    except WordReading.DoesNotExist:
        raise Http404 from None
    return profile, reading, queries.sections_with_texts(profile)


@require_http_methods(_FORMS)
def word_mapping(request: HttpRequest, slug: str, reading_id: int) -> HttpResponse:
    """Second step: say to which section each part of the file goes."""
    profile, reading, sections = _reading(request, slug, reading_id)
    if request.method == "POST" and StepForm(request.POST).is_dropped:
        return _dropped(request, reading)
    if reading.done_at is not None:
        return redirect("word_check", slug=slug, reading_id=reading_id)
    # A part that belongs to a section of somebody else may stay there, and is not written.
    kept = {part["key"] for part in reading.parts}
    goals = [s for s in sections if s.key in kept or may_write(s, by=signed_in(request))]
    form = MappingForm(request.POST or None, parts=reading.parts, sections=goals)
    if form.is_bound and form.is_valid():
        services.map_parts(reading, form.keys)
        return redirect("word_check", slug=slug, reading_id=reading_id)
    rows = [
        {
            "part": part,
            "field": field,
            "how": web.HOW_FOUND.get(part["how"], ""),
            "left_out": web.left_out_lines(part),
        }
        for part, field in zip(reading.parts, form, strict=True)
    ]
    context = {"profile": profile, "reading": reading, "form": form, "rows": rows}
    status = HTTP_UNPROCESSABLE if form.is_bound else None
    return render(request, "profile_workflow/word_mapping.html", context, status=status)


@require_http_methods(_FORMS)
def word_check(request: HttpRequest, slug: str, reading_id: int) -> HttpResponse:
    """Third step: show what would change where; by POST write what was chosen."""
    profile, reading, sections = _reading(request, slug, reading_id)
    if request.method == "POST" and StepForm(request.POST).is_dropped:
        return _dropped(request, reading)
    if reading.done_at is not None:
        return _done(request, profile, reading, sections)
    found = web.incoming(reading, sections, viewer=signed_in(request))
    # What was chosen and can no longer be written is refused with a reason, not passed over.
    versions = {
        one.section.key: (str(one.section), one.section.draft.version)
        for one in found
        if one.is_open or request.method == "POST"
    }
    form = ChosenForm(request.POST or None, versions=versions)
    refusal: Refusal | None = None
    if form.is_bound and form.is_valid():
        try:
            services.bring_in(reading, form.wanted, by=signed_in(request), at=timezone.now())
        except DomainError as error:
            refusal = Refusal.of(error)
        else:
            return redirect("word_check", slug=slug, reading_id=reading_id)
    context: dict[str, Any] = {
        "profile": profile,
        "reading": reading,
        "form": form,
        "rows": [_row(form, one) for one in found],
        "is_any_open": any(one.is_open for one in found),
        "unmapped": [
            {"part": part, "left_out": web.left_out_lines(part)}
            for part in reading.parts
            if not part["key"]
        ],
        "refusal": refusal,
    }
    status = refusal.status if refusal else HTTP_UNPROCESSABLE if form.is_bound else None
    return render(request, "profile_workflow/word_check.html", context, status=status)


def _row(form: ChosenForm, one: web.Incoming) -> dict[str, Any]:
    key = one.section.key
    return {
        "incoming": one,
        "take": form[f"take_{key}"] if one.is_open else None,
        "version": form[f"version_{key}"] if one.is_open else None,
    }


def _dropped(request: HttpRequest, reading: WordReading) -> HttpResponse:
    services.throw_away(reading, at=timezone.now())
    messages.success(request, _("What was read from the file has been thrown away."))
    return redirect("profile", slug=reading.profile.slug)


def _done(
    request: HttpRequest, profile: Profile, reading: WordReading, sections: list[Section]
) -> HttpResponse:
    """Show what became of each section, with a way to the text before."""
    done = [(one, reading.outcome[one.key]) for one in sections if one.key in reading.outcome]
    former = {outcome["before"] for _one, outcome in done if "before" in outcome}
    copies = copies_by_version([one for one, _outcome in done], former)
    rows = [
        {
            "section": one,
            "outcome": outcome,
            "text": services.text_for(reading, one.key),
            "before": copies.get((one.pk, outcome.get("before"))),
        }
        for one, outcome in done
    ]
    written = sum(row["outcome"]["result"] == services.WRITTEN for row in rows)
    said = ngettext(
        "%(number)s section has been written.", "%(number)s sections have been written.", written
    )
    context = {
        "profile": profile,
        "reading": reading,
        "rows": rows,
        "written": said % {"number": written},
    }
    return render(request, "profile_workflow/word_done.html", context)


@require_safe
def word_changes(request: HttpRequest, slug: str, reading_id: int, key: str) -> HttpResponse:
    """Show what the file would change in one section."""
    profile, reading, sections = _reading(request, slug, reading_id)
    if reading.done_at is not None:
        return redirect("word_check", slug=slug, reading_id=reading_id)
    goals = [one for one in sections if one.key == key]
    found = web.incoming(reading, goals, viewer=signed_in(request))
    if not found:
        raise Http404
    context = {
        "profile": profile,
        "reading": reading,
        "section": goals[0],
        "incoming": found[0],
        "found": found[0].found,
        "view": ShownForm(request.GET).wanted,
    }
    return render(request, "profile_workflow/word_changes.html", context)
