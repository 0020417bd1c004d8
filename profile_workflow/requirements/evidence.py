"""What a profile must rest on besides its text before a move."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from profile_workflow.errors import Missing
from profile_workflow.models import DataItem, Profile, Section
from profile_workflow.states import SETTLED_DATA_STATES


def territory_is_known(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    """It is said which territory is the city."""
    if not profile.territories.filter(is_city=True).exists():
        yield Missing("no_territory", _("It is not said which territory is “the city”."))


def definitions_are_given(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    """It is said what the words mean that count people."""
    if not profile.definitions.exists():
        yield Missing("no_definition", _("There is no working definition yet."))


def figures_are_sound(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    """Every figure is settled and has its evidence."""
    figures = DataItem.objects.filter(table__profile=profile).select_related("table__section")
    for item in figures.order_by("table__position", "position"):
        if item.state not in SETTLED_DATA_STATES:
            yield _unsettled(item)
        if item.has_value and not item.is_sourced:
            yield _unsourced(item)


def _unsettled(item: DataItem) -> Missing:
    return Missing(
        "figure_unsettled",
        _("The figure “%(label)s” (table %(table)s) is in the state “%(state)s”.")
        % {"label": item.label, "table": item.table.key, "state": item.get_state_display()},
        item.table.section.key,
    )


def _unsourced(item: DataItem) -> Missing:
    return Missing(
        "figure_unsourced",
        _("The figure “%(label)s” (table %(table)s) lacks source, year, territory or definition.")
        % {"label": item.label, "table": item.table.key},
        item.table.section.key,
    )


def erratum_is_written(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    """A correction says what it corrects."""
    if not profile.erratum.strip():
        yield Missing("no_erratum", _("The printed erratum is not written yet."))
