"""What a profile must rest on besides its text before a move."""

from collections.abc import Iterator, Sequence

from django.db.models import Subquery
from django.utils.translation import gettext as _

from profile_workflow.errors import Missing
from profile_workflow.models import DataItem, Event, Profile, Section
from profile_workflow.states import SETTLED_DATA_STATES, DataItemState

#: Moves with which a version is published.
_PUBLISHING = ("publish", "publish_correction")


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


def figures_are_as_published(profile: Profile, sections: Sequence[Section]) -> Iterator[Missing]:
    """What a correction leaves alone has the figures that were published.

    A published figure can be called disputed or out of date at any time. What follows from that is
    decided before it is printed: by correcting its section too, or by settling it as it was.
    """
    before = _states_when_published(profile)
    moved = DataItem.objects.filter(pk__in=before, table__profile=profile)
    others = moved.exclude(table__section__in=[one.pk for one in sections])
    for item in others.select_related("table__section").order_by("table__position", "position"):
        if item.state != before[item.pk]:
            yield Missing(
                "figure_moved",
                _(
                    "The figure “%(label)s” (table %(table)s) was “%(before)s” when this version "
                    "was published and is “%(state)s” now. Correct its section too, or settle the "
                    "figure as it was."
                )
                % {
                    "label": item.label,
                    "table": item.table.key,
                    "before": DataItemState(before[item.pk]).label,
                    "state": item.get_state_display(),
                },
                item.table.section.key,
            )


def _states_when_published(profile: Profile) -> dict[int, str]:
    """Return figure → the state it was published in, of those that have moved since."""
    events = Event.objects.filter(profile=profile)
    published = events.filter(document="profile", move__in=_PUBLISHING).order_by("-seq")
    moves = events.filter(
        document__startswith=f"{DataItem.document_type}:",
        seq__gt=Subquery(published.values("seq")[:1]),
    ).order_by("-seq")
    found = moves.values_list("document", "from_state")
    return {int(name.partition(":")[2]): state for name, state in found}


def erratum_is_written(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    """A correction says what it corrects."""
    if not profile.erratum.strip():
        yield Missing("no_erratum", _("The printed erratum is not written yet."))
