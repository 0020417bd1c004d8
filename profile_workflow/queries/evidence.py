"""Sources and data tables that a text refers to."""

from collections.abc import Iterable

from django.db.models import Prefetch

from profile_workflow.models import DataItem, DataTable, Profile, Source


def tables_by_key(profile: Profile, keys: Iterable[str]) -> dict[str, DataTable]:
    """Return key → data table with its figures: two queries for any number of tables."""
    related = ("source", "territory", "definition")
    figures = DataItem.objects.select_related(*related).order_by("position")
    wanted = profile.data_tables.filter(key__in=list(keys))
    found = wanted.prefetch_related(Prefetch("items", queryset=figures))
    return {table.key: table for table in found}


def sources_by_key(profile: Profile, keys: Iterable[str]) -> dict[str, Source]:
    """Return key → source of the bibliography."""
    return {source.key: source for source in profile.sources.filter(key__in=list(keys))}
