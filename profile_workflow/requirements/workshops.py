"""What the record of a workshop must hold before the stage that it served is closed."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from profile_workflow.errors import Missing
from profile_workflow.models import Profile, Section, Workshop
from profile_workflow.queries.workshops import (
    lacks_of,
    serving_priorities,
    serving_validation,
    unanswered_remarks,
)
from profile_workflow.requirements.known import known


def workshop_confirmed_the_text(
    profile: Profile, _sections: Sequence[Section]
) -> Iterator[Missing]:
    """Where the programme asks for it, there is the whole record of a workshop about this text."""
    current = known(profile).round
    if current is not None and profile.programme.asks_workshop:
        yield from _lacking(serving_validation(current).first())


def workshop_set_priorities(profile: Profile, _sections: Sequence[Section]) -> Iterator[Missing]:
    """Where the programme asks for it, there is the whole record of one that set priorities."""
    if profile.programme.asks_workshop:
        yield from _lacking(serving_priorities(profile).first())


def _lacking(workshop: Workshop | None) -> Iterator[Missing]:
    if workshop is None:
        yield Missing("workshop", _("The programme asks for a workshop; there is no record of it."))
        return
    words = _("Record of the workshop (%(workshop)s): %(lack)s")
    for lack in lacks_of(workshop):
        yield Missing("workshop", words % {"workshop": workshop, "lack": lack})


def workshop_objections_are_answered(
    profile: Profile, _sections: Sequence[Section]
) -> Iterator[Missing]:
    """Every objection of a workshop has a written answer."""
    count = unanswered_remarks(profile).count()
    if count:
        words = ngettext(
            "%(count)s objection of a workshop has no written answer yet.",
            "%(count)s objections of a workshop have no written answer yet.",
            count,
        )
        yield Missing("workshop", words % {"count": count})
