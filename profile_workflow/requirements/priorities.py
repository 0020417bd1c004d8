"""What priorities must say before a move."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from profile_workflow.errors import Missing
from profile_workflow.models import Priority, Profile, Section
from profile_workflow.states import PriorityLabel

MOST_PRIORITIES = 5


def priorities_are_agreed(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    """There are priorities, not too many, and each is complete."""
    priorities = list(profile.priorities.order_by("rank"))
    chosen = [one for one in priorities if one.label != PriorityLabel.NOT_NOW]
    if not chosen:
        yield Missing("no_priority", _("No priority has been set."))
    if len(chosen) > MOST_PRIORITIES:
        yield Missing(
            "too_many_priorities",
            _("At most %(most)s priorities can be adopted.") % {"most": MOST_PRIORITIES},
        )
    linked = set(
        Priority.challenges.through.objects.filter(priority__profile=profile).values_list(
            "priority_id", flat=True
        )
    )
    for priority in chosen:
        yield from _incomplete_priority(priority, has_challenge=priority.pk in linked)


def _incomplete_priority(priority: Priority, *, has_challenge: bool) -> Iterator[Missing]:
    needed = (
        (bool(priority.rationale), _("a rationale")),
        (bool(priority.responsible), _("a responsible body")),
        (has_challenge, _("a challenge that it answers")),
        (bool(priority.sdg_targets), _("an SDG target")),
    )
    for given, what in needed:
        if not given:
            yield Missing(
                "priority_incomplete",
                _("Priority %(rank)s needs %(what)s.") % {"rank": priority.rank, "what": what},
            )
