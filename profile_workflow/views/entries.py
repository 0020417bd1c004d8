"""Adding, changing and removing one entry of the register, whatever its kind."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.contrib import messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from profile_workflow.errors import DomainError, InvalidInput, MadeAlready, StaleEntry
from profile_workflow.forms import evidence as forms
from profile_workflow.forms.entries import EntryForm
from profile_workflow.forms.figures import FigureForm
from profile_workflow.forms.pictures import PictureForm
from profile_workflow.forms.priorities import ShiftForm
from profile_workflow.models import DataItem, DataTable, Profile, Section, User
from profile_workflow.queries.evidence import Uses
from profile_workflow.services import evidence, pictures
from profile_workflow.services.contents import fingerprint, fingerprint_of_figures
from profile_workflow.services.keeping import (
    refusal_to_change,
    refusal_to_register,
    refusal_to_remove,
)
from profile_workflow.services.ordering import shift_entry
from profile_workflow.web.loading import profile_or_404, signed_in
from profile_workflow.web.refusing import HTTP_NOT_FOUND, HTTP_UNPROCESSABLE, Refusal


def _add_table(profile: Profile, *, by: User, at: datetime, **fields: Any) -> DataTable:
    section: Section = fields.pop("section")
    section.profile = profile
    table: DataTable = evidence.add_table(section, by=by, at=at, **fields)
    return table


@dataclass(frozen=True, slots=True)
class Kind:
    """What the pages need to know of one kind of entry.

    Attributes:
        rows: The entries of a profile.
        form: Its form.
        add: The service that registers one; None where the page of a table does.
        page: Name of the address of its list.
        anchor: Where it stands on that page.
        adding, changing, removing: Titles of the pages.
        change, remove: The services that do so.
    """

    rows: Callable[[Profile], "models.QuerySet[Any]"]
    form: type[EntryForm]
    add: Callable[..., Any] | None
    page: str
    anchor: str
    adding: "str | Promise"
    changing: "str | Promise"
    removing: "str | Promise"
    change: Callable[..., Any] = evidence.change_entry
    remove: Callable[..., None] = evidence.remove_entry

    def back(self, profile: Profile, entry: Any = None) -> str:
        """Return the address that a person comes from and goes back to."""
        if isinstance(entry, DataTable):
            return reverse("table", args=[profile.slug, entry.pk])
        if isinstance(entry, DataItem):
            return reverse("figure", args=[profile.slug, entry.pk])
        return reverse(self.page, args=[profile.slug]) + self.anchor


def _figures(profile: Profile) -> "models.QuerySet[DataItem]":
    figures: models.QuerySet[DataItem] = DataItem.objects.filter(table__profile=profile)
    return figures.select_related("table__section__template_section", "table__profile")


#: The table of kinds: the word in the address → what its pages need.
KINDS: Mapping[str, Kind] = {
    "territory": Kind(
        lambda profile: profile.territories.all(),
        forms.TerritoryForm,
        evidence.add_territory,
        "evidence",
        "#territories",
        gettext_lazy("Add a territory"),
        gettext_lazy("Change the territory"),
        gettext_lazy("Remove the territory"),
    ),
    "definition": Kind(
        lambda profile: profile.definitions.all(),
        forms.DefinitionForm,
        evidence.add_definition,
        "evidence",
        "#definitions",
        gettext_lazy("Add a working definition"),
        gettext_lazy("Change the working definition"),
        gettext_lazy("Remove the working definition"),
    ),
    "acronym": Kind(
        lambda profile: profile.acronyms.all(),
        forms.AcronymForm,
        evidence.add_acronym,
        "evidence",
        "#acronyms",
        gettext_lazy("Add an acronym"),
        gettext_lazy("Change the acronym"),
        gettext_lazy("Remove the acronym"),
    ),
    "source": Kind(
        lambda profile: profile.sources.all(),
        forms.SourceForm,
        evidence.add_source,
        "sources",
        "",
        gettext_lazy("Add a source"),
        gettext_lazy("Change the source"),
        gettext_lazy("Remove the source"),
    ),
    "table": Kind(
        lambda profile: profile.data_tables.select_related("section__template_section"),
        forms.TableForm,
        _add_table,
        "tables",
        "",
        gettext_lazy("Add a data table"),
        gettext_lazy("Change the data table"),
        gettext_lazy("Remove the data table"),
    ),
    "figure": Kind(
        _figures,
        FigureForm,
        None,
        "tables",
        "",
        gettext_lazy("Add a figure"),
        gettext_lazy("Change the figure"),
        gettext_lazy("Remove the figure"),
    ),
    "picture": Kind(
        lambda profile: profile.pictures.select_related("file", "source"),
        PictureForm,
        pictures.add_picture,
        "pictures",
        "",
        gettext_lazy("Add a picture"),
        gettext_lazy("Change the picture"),
        gettext_lazy("Remove the picture"),
        pictures.change_picture,
        pictures.remove_picture,
    ),
    "challenge": Kind(
        lambda profile: profile.challenges.select_related("section__template_section"),
        forms.ChallengeForm,
        evidence.add_challenge,
        "challenges",
        "",
        gettext_lazy("Add a challenge"),
        gettext_lazy("Change the challenge"),
        gettext_lazy("Remove the challenge"),
    ),
}


def _kind_or_404(name: str) -> Kind:
    try:
        return KINDS[name]
    except KeyError:
        raise Http404 from None


@dataclass(slots=True)
class _Page:
    """What is shown: the form, and why not, if it was refused."""

    profile: Profile
    title: "str | Promise"
    back: str
    form: EntryForm | None
    action: str = ""
    refusal: Refusal | None = None
    conflict: Any = None

    def render(self, request: HttpRequest) -> HttpResponse:
        """Return the page with the status of what happened."""
        status = self.refusal.status if self.refusal else None
        if status is None and self.form is not None and self.form.is_bound:
            status = HTTP_UNPROCESSABLE
        self._keep_picture(signed_in(request))
        context = {name: getattr(self, name) for name in _SHOWN}
        return render(request, "profile_workflow/entry.html", context, status=status)

    def _keep_picture(self, viewer: User) -> None:
        """Keep a picture whose form has to be sent again: browsers do not send a file twice."""
        form = self.form
        if not isinstance(form, PictureForm) or form.pixels is None:
            return
        with suppress(DomainError):
            at = timezone.now()
            kept = pictures.keep_file(self.profile, form.pixels, by=viewer, at=at, for_form=True)
            form.remember(kept)


_SHOWN = ("profile", "title", "back", "form", "action", "refusal", "conflict")


# Adding


@require_http_methods(["GET", "HEAD", "POST"])
def entry_add(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Ask for the fields of an entry; by POST register it."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    found = _kind_or_404(kind)
    if found.add is None:
        raise Http404
    add = found.add
    proposed = found.form.proposed(request.GET)
    form = found.form(
        request.POST or None, request.FILES or None, profile=profile, initial=proposed
    )
    page = _Page(profile, found.adding, found.back(profile), form)
    refusal = refusal_to_register(profile, viewer, kind=found.form.of_kind())
    return _added(
        request,
        page,
        refusal,
        lambda entered: add(profile, by=viewer, at=timezone.now(), **entered),
        found,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def figure_add(request: HttpRequest, slug: str, table_id: int) -> HttpResponse:
    """Ask for the fields of a figure of one table; by POST register it."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    table = KINDS["table"].rows(profile).filter(pk=table_id).first()
    if table is None:
        raise Http404
    kind = KINDS["figure"]
    form = FigureForm(
        request.POST or None,
        profile=profile,
        initial={"base": fingerprint_of_figures(table)},
    )
    page = _Page(profile, kind.adding, KINDS["table"].back(profile, table), form)
    refusal = refusal_to_register(profile, viewer, table.section)

    def add(entered: dict[str, Any]) -> Any:
        evidence.add_figures(table, [entered], by=viewer, at=timezone.now(), base=form.mark)
        return table

    return _added(request, page, refusal, add, KINDS["table"])


def _added(
    request: HttpRequest,
    page: _Page,
    refusal: DomainError | None,
    add: Callable[[dict[str, Any]], Any],
    kind: Kind,
) -> HttpResponse:
    form = page.form
    assert form is not None
    if refusal is not None:
        page.refusal = Refusal.of(refusal)
        page.form = form if form.is_bound else None
    elif form.is_bound and form.is_valid():
        try:
            entry = add(form.entered)
        except MadeAlready as error:
            messages.info(request, str(error))
            return redirect(kind.back(page.profile, error.made))
        except InvalidInput as error:
            form.add_error(None, str(error))
        except StaleEntry as error:
            page.refusal = Refusal.of(error)
            form.renew(fingerprint_of_figures(cast("DataTable", error.current)))
        except DomainError as error:
            page.refusal = Refusal.of(error)
        else:
            messages.success(request, _("“%(entry)s” has been added.") % {"entry": entry})
            return redirect(kind.back(page.profile, entry))
    return page.render(request)


# Changing


@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: HttpRequest, slug: str, kind: str, entry_id: int) -> HttpResponse:
    """Show the fields of an entry; by POST change them."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    found = _kind_or_404(kind)
    row = found.rows(profile).filter(pk=entry_id).first()
    if row is None:
        return _gone(request, profile, found)
    form = found.form(
        request.POST or None,
        request.FILES or None,
        profile=profile,
        instance=row,
        initial={"base": fingerprint(row)},
    )
    page = _Page(profile, found.changing, found.back(profile, row), form)
    refusal = refusal_to_change(row, viewer, Uses(profile))
    if refusal is not None:
        page.refusal = Refusal.of(refusal)
        page.form = form if form.is_bound else None
    elif form.is_bound and form.is_valid() and _changed(page, found, row, viewer):
        messages.success(request, _("“%(entry)s” has been changed.") % {"entry": row})
        return redirect(page.back)
    return page.render(request)


def _changed(page: _Page, kind: Kind, row: Any, viewer: User) -> bool:
    """Whether the entry was changed; if not, the page says why."""
    form = page.form
    assert form is not None
    try:
        kind.change(row, form.entered, base=form.mark, by=viewer, at=timezone.now())
    except InvalidInput as error:
        form.add_error(None, str(error))
    except StaleEntry as error:
        page.refusal = Refusal.of(error)
        if error.current is not None:
            page.conflict = form.differences(error.current)
            form.renew(fingerprint(cast("Any", error.current)))
    except DomainError as error:
        page.refusal = Refusal.of(error)
    else:
        return True
    return False


def _gone(request: HttpRequest, profile: Profile, kind: Kind) -> HttpResponse:
    """Keep what was written for an entry that is not there any more: it can be added anew.

    Raises:
        Http404: If nothing was written.
    """
    if request.method != "POST" or kind.add is None:
        raise Http404
    form = kind.form(request.POST, request.FILES, profile=profile)
    form.full_clean()
    name = next(name for name, one in KINDS.items() if one is kind)
    page = _Page(profile, kind.adding, kind.back(profile), form)
    page.action = reverse("entry_add", args=[profile.slug, name])
    said = _("This is not there any more. What you wrote can be added as new.")
    page.refusal = Refusal(HTTP_NOT_FOUND, said)
    return page.render(request)


# Order


@require_POST
def entry_shift(request: HttpRequest, slug: str, kind: str, entry_id: int) -> HttpResponse:
    """Move a table or a figure one place up or down."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    if kind not in ("table", "figure"):
        raise Http404
    row = KINDS[kind].rows(profile).filter(pk=entry_id).first()
    if row is None:
        raise Http404
    back = reverse("tables", args=[slug])
    if kind == "figure":
        back = reverse("table", args=[slug, row.table_id])
    form = ShiftForm(request.POST)
    try:
        if not form.is_valid():
            raise InvalidInput(_("Choose up or down."))
        up = form.cleaned_data["to"] == "up"
        shift_entry(row, up=up, base=form.mark, by=viewer, at=timezone.now())
    except DomainError as error:
        context = {"profile": profile, "back": back, "refusal": Refusal.of(error)}
        page = "profile_workflow/entry_shift.html"
        return render(request, page, context, status=error.status)
    return redirect(f"{back}#{kind}-{row.pk}")


# Removing


@require_http_methods(["GET", "HEAD", "POST"])
def entry_remove(request: HttpRequest, slug: str, kind: str, entry_id: int) -> HttpResponse:
    """Ask once whether an entry is to be removed; by POST remove it."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    found = _kind_or_404(kind)
    row = found.rows(profile).filter(pk=entry_id).first()
    if row is None:
        raise Http404
    back = found.back(profile, row)
    refusal = refusal_to_remove(row, viewer, Uses(profile))
    if refusal is None and request.method == "POST":
        name, after = str(row), _after_removal(found, profile, row)
        try:
            found.remove(row, by=viewer, at=timezone.now())
        except DomainError as error:
            refusal = error
        else:
            messages.success(request, _("“%(entry)s” has been removed.") % {"entry": name})
            return redirect(after)
    context = {
        "profile": profile,
        "title": found.removing,
        "entry": row,
        "figures": row.items.count() if isinstance(row, DataTable) else 0,
        "back": back,
        "refusal": Refusal.of(refusal) if refusal else None,
    }
    status = refusal.status if refusal else None
    return render(request, "profile_workflow/entry_remove.html", context, status=status)


def _after_removal(kind: Kind, profile: Profile, row: Any) -> str:
    if isinstance(row, DataItem):
        return KINDS["table"].back(profile, row.table)
    return kind.back(profile)
