"""Beginning an edition with the published text of the one before, and with what that rests on."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import models
from django.db.models import Q
from django.utils.text import capfirst

from profile_workflow.markup import Mentions, mentions
from profile_workflow.models import DataItem, DataTable, Picture, Profile, Section, Source
from profile_workflow.pictures.shown import Shown
from profile_workflow.services import search_index
from profile_workflow.services.log import Actor, Entry, record
from profile_workflow.services.pictures import copy_file

Row = TypeVar("Row", bound=models.Model)
#: Id of a row of the edition before → its copy.
Copies = Mapping[Any, Row]


def published_texts(previous: Profile) -> dict[str, str]:
    """Return key of a section → its submitted text."""
    return dict(_submitted(previous).values_list("key", "revision__text"))


def carry_over(previous: Profile, profile: Profile, *, actor: Actor, at: datetime) -> None:
    """Register for a new edition what the texts rest on that it begins with.

    Territories, definitions and acronyms come whole. Sources, tables with their charts, and
    pictures come if the texts, or what comes with them, refer to them; pictures as they were
    published. Figures keep their values, but each has to be received and confirmed anew. Nothing
    of the edition before changes, and no file belongs to both.

    Args:
        previous: The edition before, published.
        profile: The new one, with its sections and nothing in its register.
        actor: Who starts it.
        at: The moment.
    """
    kept = list(_submitted(previous).filter(key__in=profile.sections.values("key")))
    named = {one.key: mentions(one.revision.text) for one in kept if one.revision}
    shown = {key: one for section in kept for key, one in _pictures_of(section).items()}
    wanted = _tables(previous, named.values())
    figures = [one for table in wanted for one in table.items.all()]
    territories = _copied(previous.territories.order_by("pk"), profile)
    definitions = _copied(previous.definitions.order_by("pk"), profile)
    acronyms = _copied(previous.acronyms.order_by("pk"), profile)
    sources = _copied(_sources(previous, named.values(), figures, shown.values()), profile)
    search_index.index_sources(profile.pk, sources.values())
    tables = _copied_tables(wanted, profile, named)
    links: dict[str, Copies[Any]] = {
        "table_id": tables,
        "territory_id": territories,
        "definition_id": definitions,
        "source_id": sources,
    }
    pictures = _copied_pictures(previous, profile, shown.values(), sources.values(), at)
    everything: tuple[Collection[models.Model], ...] = (
        territories.values(),
        definitions.values(),
        acronyms.values(),
        sources.values(),
        tables.values(),
        _copied_figures(figures, links).values(),
        pictures,
    )
    _tell(profile, everything, actor=actor, at=at)


def _tell(
    profile: Profile,
    everything: Iterable[Collection[models.Model]],
    *,
    actor: Actor,
    at: datetime,
) -> None:
    """Write one event that counts what was carried over; each of it is as it was before."""
    counted = [
        f"{capfirst(str(next(iter(one))._meta.verbose_name_plural))}: {len(one)}"  # noqa: SLF001 - Django's own API
        for one in everything
        if one
    ]
    if counted:
        entry = Entry("evidence:edition", "carry_over", "", "", reason="; ".join(counted))
        record(profile, [entry], actor=actor, at=at)


# What the texts rest on


def _submitted(previous: Profile) -> "models.QuerySet[Section]":
    found = previous.sections.filter(revision__isnull=False)
    return found.select_related("revision").order_by("position")


def _pictures_of(section: Section) -> Mapping[str, Shown]:
    return section.revision.shown_pictures if section.revision else {}


def _tables(previous: Profile, named: Iterable[Mentions]) -> list[DataTable]:
    keys = {key for one in named for key in one.tables}
    found = previous.data_tables.filter(key__in=keys).select_related("section")
    return list(found.order_by("pk").prefetch_related("items"))


def _sources(
    previous: Profile,
    named: Iterable[Mentions],
    figures: Iterable[DataItem],
    shown: Iterable[Shown],
) -> "models.QuerySet[Source]":
    """Return the sources that texts cite, and those of the figures and pictures in them."""
    keys = {key for one in named for key in one.sources}
    keys |= {one.source for one in shown if one.source}
    ids = {one.source_id for one in figures if one.source_id}
    return previous.sources.filter(Q(key__in=keys) | Q(pk__in=ids)).order_by("pk")


# Copying

#: A row gets an id of its own, and a figure begins where every figure begins.
_NEW = ("id", "state")


def _copy(row: Row, **changed: Any) -> Row:
    fields = [one.attname for one in row._meta.concrete_fields if one.name not in _NEW]  # noqa: SLF001 - Django's own API
    return type(row)(**{name: changed.get(name, getattr(row, name)) for name in fields})


def _stored(rows: Sequence[Row], copies: Sequence[Row]) -> dict[Any, Row]:
    """Store copies with one statement."""
    if copies:
        type(copies[0])._default_manager.bulk_create(copies)  # noqa: SLF001 - Django's own API
    return {row.pk: one for row, one in zip(rows, copies, strict=True)}


def _copied(rows: Iterable[Row], profile: Profile) -> dict[Any, Row]:
    several = list(rows)
    return _stored(several, [_copy(one, profile_id=profile.pk) for one in several])


def _copied_tables(
    tables: Sequence[DataTable], profile: Profile, named: Mapping[str, Mentions]
) -> dict[Any, DataTable]:
    """Copy tables into the same section, or where that is gone into the one that places them."""
    sections = dict(profile.sections.values_list("key", "pk"))
    placed = {key: section for section, one in named.items() for key in one.tables}
    copies = [
        _copy(
            one,
            profile_id=profile.pk,
            section_id=sections.get(one.section.key) or sections[placed[one.key]],
        )
        for one in tables
    ]
    return _stored(tables, copies)


def _copied_figures(
    figures: Sequence[DataItem], links: Mapping[str, Copies[Any]]
) -> dict[Any, DataItem]:
    """Copy figures with their links, which lead to what was copied before."""
    copies = []
    for one in figures:
        heirs = {name: rows.get(getattr(one, name)) for name, rows in links.items()}
        copies.append(_copy(one, **{name: heir and heir.pk for name, heir in heirs.items()}))
    return _stored(figures, copies)


def _copied_pictures(
    previous: Profile,
    profile: Profile,
    shown: Iterable[Shown],
    sources: Iterable[Source],
    at: datetime,
) -> list[Picture]:
    """Register pictures as the texts show them, which the register may have changed since."""
    by_key = {one.key: one for one in sources}
    files = {one.sha256: one for one in previous.picture_files.all()}
    made = [
        Picture(
            profile=profile,
            key=one.key,
            file=copy_file(files[one.sha256], profile, at=at),
            caption=one.caption,
            alt=one.alt,
            source=by_key.get(one.source),
            page=one.page,
            credit=one.credit,
            licence=one.licence,
        )
        for one in shown
    ]
    return Picture.objects.bulk_create(made)
