"""The bibliography of a profile: its list, exchange with other programs, merging, the library."""

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from profile_workflow.bibliography import formatting
from profile_workflow.bibliography.exchange import FORMATS, Reading, read
from profile_workflow.bibliography.identifiers import look_the_same
from profile_workflow.bibliography.record import CONTENT, reference_of
from profile_workflow.errors import DomainError, MadeAlready, StaleEntry
from profile_workflow.forms.filters import SourceFilter
from profile_workflow.forms.incoming import (
    SAME_BY,
    ChoicesForm,
    ImportForm,
    LibraryForm,
    StepForm,
    TakeForm,
    incoming,
)
from profile_workflow.forms.marked import MarkedForm
from profile_workflow.models import LibrarySource, Profile, Source, User
from profile_workflow.queries.evidence import Uses, sees_working_material
from profile_workflow.queries.library import library_of, search_library
from profile_workflow.services import sources as services
from profile_workflow.services.keeping import refusal_to_register
from profile_workflow.web.loading import profile_or_404, signed_in
from profile_workflow.web.refusing import HTTP_UNPROCESSABLE, Refusal
from profile_workflow.web.registers import RegisterRow, in_words, rows_of
from profile_workflow.web.spreadsheets import attachment

_TEXT = "txt"


@require_safe
def sources(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the bibliography, where each source is cited, and which look the same."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    form = SourceFilter(request.GET)
    found = list(profile.sources.select_related("origin").order_by("pk"))
    refusal = refusal_to_register(profile, viewer)
    rows = _rows(profile, viewer, _in_order(found, profile.language))
    context = {
        "profile": profile,
        "may_register": refusal is None,
        "closed": Refusal.of(refusal) if refusal else None,
        "may_share": services.refusal_to_share(profile, viewer) is None,
        "form": form,
        "rows": _wanted(rows, **form.wanted),
        "number": len(rows),
        "uncited": sum(not row.sections for row in rows),
        "filtered": any(form.wanted.get(name) for name in ("search", "uncited")),
        "twins": [(a, b, SAME_BY[by]) for a, b, by in look_the_same(found)] if not refusal else [],
        "formats": [*FORMATS.values()],
    }
    return render(request, "profile_workflow/sources.html", context)


def _in_order(found: Sequence[Source], language: str) -> list[Source]:
    """Return sources as the printed bibliography sorts them."""
    rows = {one.key: one for one in found}
    ordered = formatting.in_order(map(reference_of, found), language)
    return [rows[one.key] for one in ordered]


def _rows(profile: Profile, viewer: User, found: Sequence[Source]) -> list[RegisterRow]:
    uses = Uses(profile)
    working = sees_working_material(profile, viewer)
    shown = uses if working else Uses(profile, working=False)
    for one in found:
        one.profile = profile
    return rows_of(found, viewer=viewer, uses=uses, shown=shown)


def _wanted(
    rows: list[RegisterRow],
    *,
    search: str = "",
    order: str = "",
    kind: str = "",
    uncited: bool = False,
) -> list[RegisterRow]:
    """Return the sources that a reader wants, in the order that he wants."""
    words = search.casefold().split()
    found = [
        row
        for row in rows
        if not (uncited and row.sections)
        and kind in {"", row.entry.kind}
        and all(word in _searched(row) for word in words)
    ]
    if order == "year":
        return sorted(found, key=lambda row: row.entry.year, reverse=True)
    return sorted(found, key=lambda row: row.entry.key) if order == "key" else found


def _searched(row: RegisterRow) -> str:
    one = row.entry
    return (
        f"{one.key} {one.authors} {one.year} {one.title} {one.container} {one.publisher}".casefold()
    )


@require_safe
def sources_file(request: HttpRequest, slug: str, ending: str) -> HttpResponse:
    """Return all sources of a profile as a file for other programs, or as formatted text."""
    profile = profile_or_404(request, slug)
    rows = formatting.in_order(map(reference_of, profile.sources.all()), profile.language)
    name = f"{profile.slug}-sources.{ending}"
    if ending == _TEXT:
        printed = formatting.bibliography(rows, profile.language)
        response = attachment(name, "text/plain; charset=utf-8")
        response.write("\n\n".join(one.text for one in printed) + "\n")
        return response
    if ending not in FORMATS:
        raise Http404
    response = attachment(name, f"{FORMATS[ending].content_type}; charset=utf-8")
    response.write(FORMATS[ending].write(rows))
    return response


# Importing


@require_http_methods(["GET", "HEAD", "POST"])
def sources_import(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for a file or a text; by POST show what is in it, or store what was chosen."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    mark = services.fingerprint_of_sources(profile)
    form = ImportForm(request.POST or None, request.FILES or None, initial={"base": mark})
    reading, choices = _read(form, profile, viewer, request)
    refusal: DomainError | None = refusal_to_register(profile, viewer)
    if refusal is None and choices is not None and choices.is_bound and choices.is_valid():
        try:
            done = services.take_in(
                profile, choices.wanted, base=form.mark, by=viewer, at=timezone.now()
            )
        except MadeAlready as error:
            messages.info(request, str(error))
            return redirect("sources", slug=slug)
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, _told(done))
            return redirect("sources", slug=slug)
    looked = choices is not None and not choices.is_bound
    if isinstance(refusal, StaleEntry) or looked:
        form.renew(mark)
    return _import_page(request, profile, form, reading, choices, refusal)


def _read(
    form: ImportForm, profile: Profile, viewer: User, request: HttpRequest
) -> tuple[Reading | None, ChoicesForm | None]:
    """Return what was sent and the choices that it leaves; they are made once it is stored."""
    if not form.is_bound or not form.is_valid():
        return None, None
    reading = read(form.cleaned_data["text"])
    rows = incoming(reading, profile, viewer)
    form.keep_text()
    storing = StepForm(request.POST).is_to_be_stored
    return reading, ChoicesForm(request.POST if storing else None, rows=rows)


def _told(done: services.Done) -> str:
    added = ngettext(
        "%(number)s source has been added.", "%(number)s sources have been added.", done.added
    ) % {"number": done.added}
    changed = ngettext(
        "%(number)s source has been changed.", "%(number)s sources have been changed.", done.changed
    ) % {"number": done.changed}
    return f"{added} {changed}" if done.changed else added


def _import_page(
    request: HttpRequest,
    profile: Profile,
    form: ImportForm,
    reading: Reading | None,
    choices: ChoicesForm | None,
    refusal: DomainError | None,
) -> HttpResponse:
    rows = choices.rows if choices else ()
    context = {
        "profile": profile,
        "form": form,
        "reading": reading,
        "choices": choices,
        "new": sum(row.existing is None and not row.problem for row in rows),
        "known": sum(row.existing is not None and not row.problem for row in rows),
        "unfit": sum(bool(row.problem) for row in rows),
        "refusal": Refusal.of(refusal) if refusal else None,
    }
    status = refusal.status if refusal else None
    unclear = choices is not None and choices.is_bound and not choices.is_valid()
    if status is None and (unclear or (form.is_bound and not rows)):
        status = HTTP_UNPROCESSABLE
    return render(request, "profile_workflow/sources_import.html", context, status=status)


# Merging


@require_http_methods(["GET", "HEAD", "POST"])
def source_merge(request: HttpRequest, slug: str, kept_id: int, dropped_id: int) -> HttpResponse:
    """Show two sources side by side; by POST make them one."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    kept, dropped = _source_or_404(profile, kept_id), _source_or_404(profile, dropped_id)
    if kept == dropped:
        raise Http404
    mark = services.fingerprint_of_sources(profile)
    form = MarkedForm(request.POST or None, initial={"base": mark})
    uses = Uses(profile)
    refusal = services.refusal_to_merge(kept, dropped, viewer, uses)
    if refusal is None and form.is_bound and form.is_valid():
        try:
            services.merge_sources(kept, dropped, base=form.mark, by=viewer, at=timezone.now())
        except DomainError as error:
            refusal = error
            form.renew(mark)
        else:
            said = _("“%(dropped)s” has become “%(kept)s”; the texts cite it now.")
            messages.success(request, said % {"dropped": dropped.key, "kept": kept.key})
            return redirect("sources", slug=slug)
    context = {
        "profile": profile,
        "kept": kept,
        "dropped": dropped,
        "fields": _side_by_side(kept, dropped),
        "places": [use.where for use in uses.of(dropped)],
        "form": form,
        "refusal": Refusal.of(refusal) if refusal else None,
        "possible": refusal is None or isinstance(refusal, StaleEntry),
    }
    status = refusal.status if refusal else None
    return render(request, "profile_workflow/source_merge.html", context, status=status)


def _source_or_404(profile: Profile, pk: int) -> Source:
    found: Source | None = profile.sources.filter(pk=pk).first()
    if found is None:
        raise Http404
    found.profile = profile
    return found


def _side_by_side(kept: Source, dropped: Source) -> list[tuple[str, str, str, str]]:
    """Return label, both values and what it will be, for every field that one of them has."""
    gets = services.news(kept, dropped, replace=False)
    return [
        (label, one, other, other if name in gets else one)
        for name in ("key", *CONTENT)
        for label, one, other in [in_words(kept, dropped, name)]
        if one or other
    ]


# The library of the programme


@require_http_methods(["GET", "HEAD", "POST"])
def source_library(request: HttpRequest, slug: str) -> HttpResponse:
    """Search the shared sources of the programme; by POST take some of them over."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    form = LibraryForm(request.GET)
    refusal: DomainError | None = None
    if request.method == "POST":
        refusal = refusal_to_register(profile, viewer)
        if refusal is None:
            taken = _taken_over(request, profile, viewer)
            if not isinstance(taken, DomainError):
                messages.success(request, _told(taken))
                return redirect("sources", slug=slug)
            refusal = taken
    found, number = search_library(profile, form.query)
    context = {
        "profile": profile,
        "form": form,
        "found": found,
        "number": number,
        "may_register": refusal_to_register(profile, viewer) is None,
        "may_share": services.refusal_to_share(profile, viewer) is None,
        "has_more": any(not one.is_taken for one in found),
        "refusal": Refusal.of(refusal) if refusal else None,
    }
    status = refusal.status if refusal else None
    return render(request, "profile_workflow/source_library.html", context, status=status)


def _taken_over(
    request: HttpRequest, profile: Profile, viewer: User
) -> services.Done | DomainError:
    """Copy the chosen sources into the profile; return how many, or why not."""
    library = {one.pk: one for one in library_of(profile)}
    chosen = TakeForm(request.POST, offered=library).chosen
    wanted = [services.Wanted(reference_of(library[pk]), origin=library[pk]) for pk in chosen]
    mark = services.fingerprint_of_sources(profile)
    try:
        return services.take_in(profile, wanted, base=mark, by=viewer, at=timezone.now())
    except MadeAlready:
        return services.Done(len(wanted), 0)
    except DomainError as error:
        return error


@require_POST
def source_share(request: HttpRequest, slug: str, source_id: int) -> HttpResponse:
    """Put a source into the library of the programme."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    source = _source_or_404(profile, source_id)
    return _done(
        request,
        profile,
        lambda: services.share_source(source, by=viewer, at=timezone.now()),
        _("“%(source)s” is in the library of the programme now.") % {"source": source},
    )


@require_POST
def library_withdraw(request: HttpRequest, slug: str, shared_id: int) -> HttpResponse:
    """Take a source out of the library of the programme."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    shared = LibrarySource.objects.filter(pk=shared_id, programme=profile.programme_id).first()
    if shared is None:
        raise Http404
    return _done(
        request,
        profile,
        lambda: services.withdraw_source(shared, profile, by=viewer, at=timezone.now()),
        _("“%(source)s” is not in the library any more.") % {"source": shared},
    )


def _done(
    request: HttpRequest, profile: Profile, act: Callable[[], object], said: str
) -> HttpResponse:
    """Do something to the library and go back, or say why not."""
    try:
        act()
    except DomainError as error:
        context = {
            "profile": profile,
            "title": _("Library of the programme"),
            "back": reverse("source_library", args=[profile.slug]),
            "refusal": Refusal.of(error),
        }
        return render(request, "profile_workflow/entry.html", context, status=error.status)
    messages.success(request, said)
    return redirect("source_library", slug=profile.slug)
