"""Workshops of a profile: their records, what the room said in them, and what it was answered."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from profile_workflow.errors import DomainError, MadeAlready, NotAllowed, StaleEntry
from profile_workflow.forms.marked import Difference
from profile_workflow.forms.workshops import (
    PRIORITIES,
    VALIDATION,
    Offered,
    RemarkForm,
    RoomAnswerForm,
    WorkshopForm,
    as_entered,
)
from profile_workflow.models import Profile, Workshop, WorkshopRemark
from profile_workflow.queries import workshops as queries
from profile_workflow.queries.profiles import sections_of
from profile_workflow.services import workshops as service
from profile_workflow.services.contents import fingerprint_of_text
from profile_workflow.states import ProfileState, WorkshopSaying
from profile_workflow.web.loading import profile_or_404, signed_in
from profile_workflow.web.refusing import HTTP_UNPROCESSABLE, Refusal, refused
from profile_workflow.web.spreadsheets import Cell, csv_response, xlsx_response
from workflows.queries.builds import documents_of

_READING_AND_SENDING = ["GET", "HEAD", "POST"]
_WRITERS = {"csv": csv_response, "xlsx": xlsx_response}


@require_safe
def workshops(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the records of all workshops."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    closed = service.refusal_to_record(profile, viewer)
    found = list(queries.workshops_of(profile))
    context = {
        "profile": profile,
        "rows": [(one, queries.in_words(one), queries.number_of_sayings(one)) for one in found],
        "may_record": closed is None,
        "why_not": "" if closed is None or isinstance(closed, NotAllowed) else str(closed),
    }
    return render(request, "workflows/workshops.html", context)


@require_safe
def workshop(request: HttpRequest, slug: str, workshop_id: int) -> HttpResponse:
    """Show the record of a workshop; numbers in full only to those who have counted."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    found = _workshop_or_404(profile, workshop_id)
    may_see_all = bool(profile.roles_of(viewer).intersection(service.RECORDERS))
    sections = sections_of(profile)
    remarks = list(found.remarks.all())
    context = {
        "profile": profile,
        "workshop": found,
        "purpose": queries.in_words(found),
        "told": queries.all_of(found) if may_see_all else queries.told_of(found),
        "counts_all": may_see_all,
        "sexes": [str(label) for label in queries.SEXES.values()],
        "confirmed": queries.confirmed_sections(found, sections),
        "remarks": remarks,
        "answerable": {
            one.pk
            for one in remarks
            if service.refusal_to_answer_remark(one, profile, viewer) is None
        },
        "lacks": queries.lacks_of(found) if found.closed_at is None else [],
        "may_correct": service.refusal_to_correct(found, profile, viewer) is None,
        "mark": queries.digest_of(found),
    }
    return render(request, "workflows/workshop.html", context)


def _workshop_or_404(profile: Profile, workshop_id: int) -> Workshop:
    try:
        found: Workshop = queries.workshops_of(profile).get(pk=workshop_id)
    except Workshop.DoesNotExist:
        raise Http404 from None
    found.profile = profile
    for one in found.remarks.all():
        one.workshop = found
    return found


@require_http_methods(_READING_AND_SENDING)
def workshop_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for the facts of a workshop; by POST write it down."""
    profile, viewer, at = profile_or_404(request, slug), signed_in(request), timezone.now()
    closed = _refused_at_once(service.refusal_to_record(profile, viewer))
    offered = _offered(profile, None, at)
    first = {"purposes": offered.purposes[:1], "attribution": profile.attribution}
    form = WorkshopForm(_sent(request), offered=offered, initial=first)
    refusal = closed if form.is_bound or closed else None
    if closed is None and form.is_bound and form.is_valid():
        try:
            made = service.record_workshop(profile, form.facts, by=viewer, at=at)
        except MadeAlready as error:
            # A second click finds what the first one did.
            return redirect("workshop", slug, cast("Workshop", error.made).pk)
        except DomainError as error:
            refusal = refused(form, error)
        else:
            messages.success(request, _("The workshop has been written down."))
            return redirect("workshop", slug, made.pk)
    return _form_page(request, profile, None, form, refusal)


@require_http_methods(_READING_AND_SENDING)
def workshop_change(request: HttpRequest, slug: str, workshop_id: int) -> HttpResponse:
    """Show a record in its form; by POST correct it."""
    profile, viewer, at = profile_or_404(request, slug), signed_in(request), timezone.now()
    found = _workshop_or_404(profile, workshop_id)
    closed = _refused_at_once(service.refusal_to_correct(found, profile, viewer))
    offered = _offered(profile, found, at)
    form = WorkshopForm(_sent(request), offered=offered, initial=as_entered(found))
    refusal, conflict = closed, list[Difference]()
    if closed is None and form.is_bound and form.is_valid():
        try:
            service.correct_workshop(found, form.facts, by=viewer, at=at, base=form.mark)
        except StaleEntry as error:
            stored = as_entered(cast("Workshop", error.current))
            form.renew(stored["base"])
            refusal, conflict = Refusal.of(error), form.differences(stored)
        except DomainError as error:
            refusal = refused(form, error)
        else:
            messages.success(request, _("The record has been corrected."))
            return redirect("workshop", slug, found.pk)
    return _form_page(request, profile, found, form, refusal, conflict)


def _sent(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _refused_at_once(closed: DomainError | None) -> Refusal | None:
    """Return why nothing can be written down now; whoever may never do it is not let in.

    Raises:
        PermissionDenied: If somebody else has to.
    """
    if isinstance(closed, NotAllowed):
        raise PermissionDenied(str(closed))
    return Refusal.of(closed) if closed else None


def _offered(profile: Profile, found: Workshop | None, at: datetime) -> Offered:
    documents = documents_of(profile)
    for one in found.documents if found else ():
        documents.setdefault(one["sha256"], one["title"])
    is_consulted = found.round_id is not None if found else None
    if is_consulted is None:
        is_consulted = profile.state == ProfileState.CONSULTATION
    return Offered(
        today=at.astimezone(ZoneInfo(profile.city.time_zone)).date(),
        purposes=[VALIDATION, PRIORITIES] if is_consulted else [PRIORITIES],
        sections=[one for one in sections_of(profile) if one.revision_id is not None],
        documents=documents,
    )


def _form_page(
    request: HttpRequest,
    profile: Profile,
    found: Workshop | None,
    form: WorkshopForm,
    refusal: Refusal | None,
    conflict: Sequence[Difference] = (),
) -> HttpResponse:
    context = {
        "profile": profile,
        "workshop": found,
        "form": form if refusal is None or form.is_bound else None,
        "refusal": refusal,
        "conflict": conflict,
    }
    status = refusal.status if refusal else (HTTP_UNPROCESSABLE if form.is_bound else None)
    return render(request, "workflows/workshop_form.html", context, status=status)


# What the room said


@require_http_methods(_READING_AND_SENDING)
def workshop_said(request: HttpRequest, slug: str, workshop_id: int) -> HttpResponse:
    """Ask what the room said; by POST write it down."""
    profile, viewer, at = profile_or_404(request, slug), signed_in(request), timezone.now()
    found = _workshop_or_404(profile, workshop_id)
    refusal = _refused_at_once(service.refusal_to_correct(found, profile, viewer))
    sections = profile.sections.filter(revision__isnull=False).select_related("template_section")
    form = RemarkForm(_sent(request), sections=sections.order_by("position"))
    if refusal is None and form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            # A second click finds what the first one did.
            with suppress(MadeAlready):
                service.add_remark(
                    found,
                    WorkshopSaying(said["kind"]),
                    said["text"],
                    section=said["section"],
                    from_paper=said["from_paper"],
                    by=viewer,
                    at=at,
                )
        except DomainError as error:
            refusal = refused(form, error, beside="text")
        else:
            messages.success(request, _("It stands in the record now."))
            return redirect("workshop", slug, found.pk)
    context = {
        "profile": profile,
        "workshop": found,
        "form": form if refusal is None or form.is_bound else None,
        "refusal": refusal,
    }
    status = refusal.status if refusal else (HTTP_UNPROCESSABLE if form.is_bound else None)
    return render(request, "workflows/workshop_said.html", context, status=status)


@require_POST
def workshop_unsaid(
    request: HttpRequest, slug: str, workshop_id: int, remark_id: int
) -> HttpResponse:
    """Take out of a record what was written down by mistake."""
    profile = profile_or_404(request, slug)
    found = _workshop_or_404(profile, workshop_id)
    _refused_at_once(service.refusal_to_correct(found, profile, signed_in(request)))
    remark = next((one for one in found.remarks.all() if one.pk == remark_id), None)
    # After a second click it is gone.
    if remark is not None:
        try:
            service.remove_remark(remark, by=signed_in(request), at=timezone.now())
        except DomainError as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, _("It has been taken out of the record."))
    return redirect("workshop", slug, found.pk)


@require_http_methods(_READING_AND_SENDING)
def workshop_remark(
    request: HttpRequest, slug: str, workshop_id: int, remark_id: int
) -> HttpResponse:
    """Show what the room said with its answer; by POST answer it."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    found = _workshop_or_404(profile, workshop_id)
    remark = next((one for one in found.remarks.all() if one.pk == remark_id), None)
    if remark is None:
        raise Http404
    closed = service.refusal_to_answer_remark(remark, profile, viewer)
    first = {"text": remark.response, "base": fingerprint_of_text(remark.response)}
    form = RoomAnswerForm(_sent(request), initial=first)
    refusal = Refusal.of(closed) if closed and request.method == "POST" else None
    conflict: Sequence[Difference] = ()
    if closed is None and form.is_bound and form.is_valid():
        refusal, conflict = _answered(request, remark, form)
        if refusal is None:
            messages.success(request, _("The room has been answered."))
            return redirect("workshop", slug, found.pk)
    context = {
        "profile": profile,
        "workshop": found,
        "remark": remark,
        "form": form if closed is None or form.is_bound else None,
        "may_answer": closed is None,
        "refusal": refusal,
        "conflict": conflict,
    }
    status = refusal.status if refusal else (HTTP_UNPROCESSABLE if form.is_bound else None)
    return render(request, "workflows/workshop_remark.html", context, status=status)


def _answered(
    request: HttpRequest, remark: WorkshopRemark, form: RoomAnswerForm
) -> tuple[Refusal | None, Sequence[Difference]]:
    """Store the answer; return why not, and where it differs from what is stored."""
    text, by, at = form.cleaned_data["text"], signed_in(request), timezone.now()
    try:
        service.answer_remark(remark, text, by=by, at=at, base=form.mark)
    except StaleEntry as error:
        if error.current is None:
            return Refusal.of(error), ()
        form.renew(fingerprint_of_text(str(error.current)))
        return Refusal.of(error), form.differences({"text": error.current})
    except DomainError as error:
        return refused(form, error, beside="text"), ()
    return None, ()


# For a spreadsheet program


@require_safe
def workshops_file(request: HttpRequest, slug: str, ending: str) -> HttpResponse:
    """Send the records as a table; numbers of participants as far as they are told."""
    profile = profile_or_404(request, slug)
    write = _WRITERS.get(ending)
    if write is None:
        raise Http404
    found = list(queries.workshops_of(profile))
    return write(f"{profile.slug}-workshops", _header(), [_cells(one) for one in found])


def _header() -> list[str]:
    return [
        _("Day of the workshop"),
        _("Place"),
        _("How people met"),
        _("What the workshop was for"),
        _("Participants in all"),
        _("Participants"),
        _("Quorum of the room"),
        _("Attribution of what was said"),
        _("Sections that the room confirmed"),
        _("Documents used"),
        _("Objections and remarks"),
        _("Agreed remarks"),
        "SHA-256",
    ]


def _cells(one: Workshop) -> list[Cell]:
    return [
        one.held_on,
        one.venue,
        one.get_mode_display(),
        queries.in_words(one),
        one.participants,
        "\n".join(queries.told_in_lines(one)),
        one.get_quorum_display() if one.quorum else "",
        one.get_attribution_display(),
        "\n".join(one.confirmed),
        "\n".join(f"{each['title']}: {each['sha256']}" for each in one.documents),
        "\n\n".join(_said_in_words(each) for each in one.remarks.all()),
        one.agreed,
        queries.digest_of(one),
    ]


def _said_in_words(one: WorkshopRemark) -> str:
    about = f" ({one.section})" if one.section else ""
    answer = f"\n→ {one.response}" if one.response else ""
    return f"{one.get_kind_display()}{about}: {one.text}{answer}"
