"""Filling a data table from a spreadsheet, file or copied cells: checked first, stored whole."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from profile_workflow.errors import DomainError, MadeAlready
from profile_workflow.forms.figure_rows import COLUMNS, Pasted, label_of, read_table
from profile_workflow.forms.pasting import PasteForm
from profile_workflow.models import DataTable, Profile, User
from profile_workflow.services.contents import fingerprint_of_figures
from profile_workflow.services.evidence import add_figures
from profile_workflow.services.keeping import refusal_to_register
from profile_workflow.web.loading import profile_or_404, signed_in, table_or_404
from profile_workflow.web.refusing import HTTP_UNPROCESSABLE, Refusal


@require_http_methods(["GET", "HEAD", "POST"])
def table_paste(request: HttpRequest, slug: str, table_id: int) -> HttpResponse:
    """Ask for a file or copied cells; by POST check them, or store them if all is right."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    table = table_or_404(profile, table_id, viewer=viewer)
    form = PasteForm(
        request.POST or None,
        request.FILES or None,
        initial={"base": fingerprint_of_figures(table)},
    )
    pasted = _read(form, profile)
    refusal = _refusal(form, pasted, table, profile, viewer)
    if refusal is None and form.is_bound and form.is_to_be_stored and pasted and pasted.is_sound:
        number = len(pasted.figures)
        said = ngettext(
            "%(number)s figure has been added.", "%(number)s figures have been added.", number
        )
        messages.success(request, said % {"number": number})
        return redirect("table", slug=slug, table_id=table_id)
    sound = pasted is not None and pasted.is_sound
    status = refusal.status if refusal else None
    if status is None and form.is_bound and not sound:
        status = HTTP_UNPROCESSABLE
    context = {
        "profile": profile,
        "table": table,
        "form": form,
        "pasted": pasted,
        "columns": [label_of(name) for name in COLUMNS],
        "refusal": refusal,
    }
    return render(request, "profile_workflow/table_paste.html", context, status=status)


def _read(form: PasteForm, profile: Profile) -> Pasted | None:
    if not form.is_bound or not form.is_valid():
        return None
    given = form.cleaned_data
    return read_table(given["text"], mark=given["decimal"], profile=profile)


def _refusal(
    form: PasteForm, pasted: Pasted | None, table: DataTable, profile: Profile, viewer: User
) -> Refusal | None:
    """Store what is to be stored; return why it may not be, if it may not."""
    refusal: DomainError | None = refusal_to_register(profile, viewer, table.section)
    if refusal is None and pasted is not None and pasted.is_sound and form.is_to_be_stored:
        try:
            add_figures(table, pasted.figures, by=viewer, at=timezone.now(), base=form.mark)
        except MadeAlready:
            return None
        except DomainError as error:
            refusal = error
            form.renew(fingerprint_of_figures(table))
    return Refusal.of(refusal) if refusal else None
