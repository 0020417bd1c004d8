"""What stands beside a text that is being written: its draft, who writes, what it can refer to."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from profile_workflow import markup
from profile_workflow.models import (
    DataTable,
    Draft,
    Picture,
    Profile,
    Section,
    Source,
    User,
    WorkingCopy,
)
from profile_workflow.spelling import searchable, words_of
from profile_workflow.states import AUTHOR_ROLES, Role

#: How long somebody counts as writing after he opened the page or last saved.
EDITING_LASTS = timedelta(minutes=10)


#: Who sees text that has not been submitted, and what its authors say to one another of it.
_SEES_WORKING_TEXT = {Role.PROJECT_TEAM, *AUTHOR_ROLES}


def sees_working_text(profile: Profile, viewer: User) -> bool:
    """Whether a reader sees text that has not been submitted."""
    return bool(profile.roles_of(viewer).intersection(_SEES_WORKING_TEXT))


def draft_of(section: Section) -> Draft:
    """Return the working text of a section, with who saved it last and who writes now."""
    return Draft.objects.select_related("saved_by", "editor").get(section=section)


@dataclass(frozen=True, slots=True)
class Writing:
    """Somebody else writes the text too.

    Attributes:
        person: Who.
        since: Since when; of one who does not count as writing, when he last saved.
        counts: Whether it is he who counts as writing.
    """

    person: User
    since: datetime
    counts: bool = True


def somebody_else(draft: Draft, *, viewer: User, at: datetime) -> Writing | None:
    """Return who else writes at a moment, if anybody does: at most one query."""
    if draft.editor is not None and draft.editor_id != viewer.pk:
        assert draft.edited_since is not None
        assert draft.edited_until is not None
        if draft.edited_until > at:
            return Writing(draft.editor, draft.edited_since)
    return _last_saver(draft, viewer, since=at - EDITING_LASTS)


def _last_saver(draft: Draft, viewer: User, *, since: datetime) -> Writing | None:
    """Return who else has saved last, or put a text aside, after a moment."""
    if draft.saved_by is not None and draft.saved_by_id != viewer.pk:
        assert draft.saved_at is not None
        if draft.saved_at > since:
            return Writing(draft.saved_by, draft.saved_at, counts=False)
    copies = WorkingCopy.objects.filter(section=draft.section_id, saved_at__gt=since)
    others = copies.filter(saved_by__isnull=False).exclude(saved_by=viewer)
    last = others.select_related("saved_by").order_by("-saved_at").first()
    if last is None or last.saved_by is None:
        return None
    return Writing(last.saved_by, last.saved_at, counts=False)


@dataclass(frozen=True, slots=True)
class Named:
    """Something that a text can refer to: how that is typed, and what it is called."""

    typed: str
    words: str


@dataclass(frozen=True, slots=True)
class Material:
    """What an author can build on.

    Attributes:
        sources: The bibliography of the profile, or what was picked of it.
        tables: The data tables of the section.
        targets: What the text can refer to: its own headings and tables, the sections, the data
            tables, the pictures.
        pictures: The pictures of the profile.
    """

    sources: list[Source]
    tables: list[DataTable]
    targets: list[Named]
    pictures: list[Picture]


def material_for(section: Section, profile: Profile, *, text: str, picked: str = "") -> Material:
    """Return what the author of a section can build on: four queries.

    Args:
        section: The section.
        profile: Its profile.
        text: The text as it is written now.
        picked: Words that the sources are to have; all of them if there are none.
    """
    tables = list(profile.data_tables.order_by("section__position", "position", "pk"))
    pictures = list(profile.pictures.select_related("file").order_by("key"))
    return Material(
        sources=_picked(profile.sources.order_by("authors", "year", "key"), words_of(picked)),
        tables=[one for one in tables if one.section_id == section.pk],
        targets=[
            *_own(section, text),
            *_sections(profile),
            *_exhibits(tables),
            *(_named_picture(one) for one in pictures),
        ],
        pictures=pictures,
    )


def _own(section: Section, text: str) -> Iterator[Named]:
    """Yield the headings and the typed tables of the text itself.

    Those whose words cannot stand in a reference, such as words with brackets, are left out.
    """
    outline = markup.outline(text, section.number)
    headings = (("section", one.text, f"{one.number} {one.text}") for one in outline.headings)
    typed = (one.caption for one in outline.exhibits if not one.key)
    tables = (("table", one, _("Table: %(table)s") % {"table": one}) for one in typed)
    for kind, words, shown in (*headings, *tables):
        reference = markup.Reference(kind, section.key, words)
        if markup.references(str(reference)) == (reference,):
            yield Named(str(reference), shown.strip())


def _sections(profile: Profile) -> Iterator[Named]:
    found = profile.sections.select_related("template_section").order_by("position")
    for one in found:
        yield Named(str(markup.Reference("section", one.key)), str(one))


def _exhibits(tables: Iterable[DataTable]) -> Iterator[Named]:
    for one in tables:
        words = _("Table: %(table)s") % {"table": one}
        yield Named(str(markup.Reference("table", one.key)), words)
        if one.chart:
            words = _("Chart: %(table)s") % {"table": one}
            yield Named(str(markup.Reference("figure", one.key)), words)


def _named_picture(picture: Picture) -> Named:
    words = _("Picture: %(picture)s") % {"picture": picture}
    return Named(str(markup.Reference("figure", picture.key)), words)


def _picked(sources: Iterable[Source], wanted: list[str]) -> list[Source]:
    """Return the sources in which every word occurs, in one spelling."""
    return [one for one in sources if all(word in _words(one) for word in wanted)]


def _words(source: Source) -> str:
    return searchable(f"{source.key} {source.authors} {source.year} {source.title}")
