"""Workshops as the validation record prints them: without names, and without small groups."""

from collections.abc import Mapping

from profile_workflow import days
from profile_workflow.models import Profile, Workshop
from profile_workflow.queries.workshops import digest_of, in_words, told_in_lines, workshops_of
from reports.context.validation_record import WorkshopLine
from reports.labels import labels


def read_workshops(
    profile: Profile, names: Mapping[int, str], language: str
) -> tuple[WorkshopLine, ...]:
    """Read the records that are final: one that can still be corrected is not printed.

    Args:
        profile: The profile.
        names: Section id → number and title as printed.
        language: Language of dates and labels; must be active.
    """
    found = workshops_of(profile).filter(closed_at__isnull=False).order_by("held_on", "pk")
    workshops = list(found)
    if not workshops:
        return ()
    keys = dict(profile.sections.order_by("position").values_list("key", "pk"))
    return tuple(_line(one, names, keys, language) for one in workshops)


def _line(
    one: Workshop, names: Mapping[int, str], keys: Mapping[str, int], language: str
) -> WorkshopLine:
    day, colon = days.in_words(one.held_on, language), labels(language).colon
    facts = (
        in_words(one),
        one.get_mode_display(),
        f"{one._meta.get_field('participants').verbose_name}{colon}{one.participants}",  # noqa: SLF001 - Django's own API
        one.get_quorum_display() if one.quorum else "",
        one.get_attribution_display(),
    )
    return WorkshopLine(
        title=" · ".join(filter(None, (day, one.venue))),
        facts=tuple(filter(None, map(str, facts))),
        participants=tuple(told_in_lines(one)),
        confirmed=tuple(names.get(pk, key) for key, pk in keys.items() if key in one.confirmed),
        documents=tuple((each["title"], each["sha256"]) for each in one.documents),
        said=tuple(
            (
                each.get_kind_display(),
                names.get(each.section_id or 0, ""),
                each.text,
                each.response,
            )
            for each in one.remarks.all()
        ),
        agreed=one.agreed,
        digest=digest_of(one),
    )
