"""How the text shows a data table as a figure: every kind with its picture, to choose from."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from profile_workflow.errors import DomainError, InvalidInput, StaleEntry
from profile_workflow.forms.charts import ChartForm, offers
from profile_workflow.models import DataTable, User
from profile_workflow.queries.evidence import Uses
from profile_workflow.services.contents import fingerprint
from profile_workflow.services.evidence import choose_chart
from profile_workflow.services.keeping import refusal_to_change
from profile_workflow.states import ChartKind
from profile_workflow.web.loading import profile_or_404, signed_in, table_or_404
from profile_workflow.web.refusing import HTTP_UNPROCESSABLE, Refusal


@require_http_methods(["GET", "HEAD", "POST"])
def table_chart(request: HttpRequest, slug: str, table_id: int) -> HttpResponse:
    """Show every kind of chart of a table; by POST choose one."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    table = table_or_404(profile, table_id, viewer=viewer)
    table.profile = profile
    offered = offers(table, profile.language)
    initial = {"base": fingerprint(table), "chart": table.chart or ChartKind.BAR}
    form = ChartForm(request.POST or None, offered=offered, initial=initial)
    refusal = refusal_to_change(table, viewer, Uses(profile))
    if refusal is None and form.is_bound and form.is_valid():
        refusal = _choose(table, form, viewer)
        if refusal is None and form.is_valid():
            messages.success(request, _("The chart has been chosen."))
            return redirect("table", slug=slug, table_id=table_id)
    status = refusal.status if refusal else None
    if status is None and form.is_bound:
        status = HTTP_UNPROCESSABLE
    context = {
        "profile": profile,
        "table": table,
        "form": form,
        "unfit": [one for one in offered if one.chart is None],
        "refusal": Refusal.of(refusal) if refusal else None,
        "may_choose": refusal is None or isinstance(refusal, StaleEntry),
    }
    return render(request, "profile_workflow/table_chart.html", context, status=status)


def _choose(table: DataTable, form: ChartForm, viewer: User) -> DomainError | None:
    """Choose; return why it may not be done, unless the form says so itself."""
    try:
        choose_chart(table, form.kind, base=form.mark, by=viewer, at=timezone.now())
    except InvalidInput as error:
        form.add_error("chart", str(error))
    except StaleEntry as error:
        if isinstance(error.current, DataTable):
            form.renew(fingerprint(error.current))
        return error
    except DomainError as error:
        return error
    return None
