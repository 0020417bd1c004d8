"""What stands beside a text that is being written: its draft, who writes, what it can refer to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from profile_workflow.models import (
    DataTable,
    Draft,
    Picture,
    Profile,
    Section,
    Source,
    User,
)
from profile_workflow.spelling import searchable, words_of


def draft_of(section: Section) -> Draft:
    """Return the working text of a section, with who saved it last and who writes now."""
    return Draft.objects.select_related("saved_by", "editor").get(section=section)


@dataclass(frozen=True, slots=True)
class Writing:
    """Somebody else has the text open for writing."""

    person: User
    since: datetime


def somebody_else(draft: Draft, *, viewer: User, at: datetime) -> Writing | None:
    """Return who else writes at a moment, if anybody does."""
    if draft.editor is None or draft.edited_since is None or draft.edited_until is None:
        return None
    if draft.editor_id == viewer.pk or draft.edited_until <= at:
        return None
    return Writing(draft.editor, draft.edited_since)


@dataclass(frozen=True, slots=True)
class Material:
    """What an author can build on.

    Attributes:
        sources: The bibliography of the profile, or what was picked of it.
        tables: The data tables of the section.
        pictures: The pictures of the profile.
    """

    sources: list[Source]
    tables: list[DataTable]
    pictures: list[Picture]


def material_for(section: Section, profile: Profile, *, picked: str = "") -> Material:
    """Return what the author of a section can build on: three queries.

    Args:
        section: The section.
        profile: Its profile.
        picked: Words that the sources are to have; all of them if there are none.
    """
    tables = profile.data_tables.filter(section=section).order_by("position", "pk")
    return Material(
        sources=_picked(profile.sources.order_by("authors", "year", "key"), words_of(picked)),
        tables=list(tables),
        pictures=list(profile.pictures.select_related("file").order_by("key")),
    )


def _picked(sources: Iterable[Source], wanted: list[str]) -> list[Source]:
    """Return the sources in which every word occurs, in one spelling."""
    return [one for one in sources if all(word in _words(one) for word in wanted)]


def _words(source: Source) -> str:
    return searchable(f"{source.key} {source.authors} {source.year} {source.title}")
