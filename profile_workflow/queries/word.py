"""What a Word file is made from, and what was read from one."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from profile_workflow.models import Profile, Section, User, WordReading


def sections_with_texts(profile: Profile, *, key: str = "") -> list[Section]:
    """Return the sections in their order, each with its working text and its submitted one.

    Args:
        profile: The profile; every section carries it, so that rules ask for it once.
        key: Code of the only section that is wanted; empty for all.
    """
    related = ("template_section", "draft", "revision")
    found = profile.sections.select_related(*related).order_by("position")
    sections = list(found.filter(key=key) if key else found)
    for section in sections:
        section.profile = profile
    return sections


def reading_of(profile: Profile, pk: int, *, reader: User, at: datetime) -> WordReading:
    """Return what a person read from a file.

    Raises:
        WordReading.DoesNotExist: If there is none for this person, or its time is over.
    """
    found = WordReading.objects.filter(profile=profile, reader=reader, expires_at__gt=at)
    reading = found.get(pk=pk)
    reading.profile = profile
    return reading


def placed_by(parts: Iterable[Mapping[str, Any]], key: str | None = None) -> list[dict[str, Any]]:
    """Return the pictures that the parts of a reading place; of one section if its key is given."""
    wanted = (part for part in parts if key is None or part["key"] == key)
    return [one for part in wanted for one in part.get("pictures", ())]


def pictures_in_readings(profile: Profile) -> set[str]:
    """Return the hashes of all pictures that files place which were read for a profile."""
    readings = WordReading.objects.filter(profile=profile).values_list("parts", flat=True)
    return {one["sha256"] for parts in readings for one in placed_by(parts)}
