"""Searching in all that a person may open."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from profile_workflow.days import role_day
from profile_workflow.forms.filters import PageForm, SearchForm
from profile_workflow.queries import search as queries
from profile_workflow.web.loading import signed_in


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show what was found, in groups or one kind in pages."""
    viewer, on = signed_in(request), role_day()
    form = SearchForm(request.GET)
    number = PageForm(request.GET).number
    found = queries.search(viewer, form.query, kind=form.kind_wanted, page=number, on=on)
    single = {}
    if found.total == 0 and len(found.words) > 1:
        single = queries.numbers_of_words(viewer, found.words, on=on)
    shown = {
        "form": form,
        "query": form.query,
        "kind": form.kind_wanted,
        "found": found,
        "single": {word: count for word, count in single.items() if count},
    }
    return render(request, "profile_workflow/search.html", shown)
