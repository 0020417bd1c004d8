"""Beginning an edition with the published text of the one before, and with what that rests on."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from django.db import models
from django.db.models import Q
from django.utils.text import capfirst

from profile_workflow.markup import Mentions, mentions, rename_pictures
from profile_workflow.models import DataItem, DataTable, Picture, Profile, Revision, Section, Source
from profile_workflow.pictures.shown import Shown, free_keys
from profile_workflow.services import search_index
from profile_workflow.services.log import Actor, Entry, record
from profile_workflow.services.pictures import copy_file

Row = TypeVar("Row", bound=models.Model)
#: Id of a row of the edition before → its copy.
Copies = Mapping[Any, Row]


@dataclass(frozen=True, slots=True)
class Published:
    """What an edition says to readers, as the next one begins with it.

    Attributes:
        texts: Key of a section → its submitted text.
        pictures: What the texts show, each under the key by which they place it here.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    pictures: Sequence[Shown] = ()


def published(previous: Profile, keys: Collection[str]) -> Published:
    """Return what an edition says in the sections with some keys.

    A text keeps the picture that it was submitted with, so two texts may mean different pictures by
    one key, and the same by two. The register of the next edition has each once: the key goes on
    with the text that was submitted last, the other one places its picture by another key. A text
    that only points to a picture points where it did: to the first section that places it.
    """
    found = previous.sections.filter(revision__isnull=False, key__in=keys)
    newest = found.select_related("revision").order_by("-revision__created_at", "position")
    sections = {one: one.revision for one in newest if one.revision}
    tables = set(previous.data_tables.values_list("key", flat=True))
    free = free_keys(tables.union(*(one.pictures for one in sections.values())))
    pictures, placed = _called(sections, free)
    first: dict[str, str] = {}
    for section in sorted(sections, key=lambda one: one.position):
        first = {**placed[section.key], **first}
    texts = {
        section.key: rename_pictures(
            revision.text,
            placed[section.key],
            pointed=_but({**first, **placed[section.key]}, tables),
        )
        for section, revision in sections.items()
    }
    return Published(texts, pictures)


def _called(
    sections: Mapping[Section, Revision], free: Iterator[str]
) -> tuple[list[Shown], dict[str, dict[str, str]]]:
    """Return each picture under one key of its own; and key of a section → old key → that one."""
    called: dict[str, Shown] = {}
    placed: dict[str, dict[str, str]] = {}
    for section, revision in sections.items():
        others = placed[section.key] = {}
        for key, shown in revision.shown_pictures.items():
            first = called.get(shown.sha256)
            if first is None:
                is_taken = key in {one.key for one in called.values()}
                first = replace(shown, key=next(free)) if is_taken else shown
                called[shown.sha256] = first
            others[key] = first.key
    return list(called.values()), placed


def _but(keys: Mapping[str, str], tables: Collection[str]) -> dict[str, str]:
    """Return what references become; one with the key of a data table means its chart."""
    return {old: new for old, new in keys.items() if old not in tables}


def carry_over(
    previous: Profile, published: Published, profile: Profile, *, actor: Actor, at: datetime
) -> None:
    """Register for a new edition what the texts rest on that it begins with.

    Territories, definitions and acronyms come whole. Sources, tables with their charts, and
    pictures come if the texts, or what comes with them, refer to them; pictures as they were
    published. Figures keep their values, but each has to be received and confirmed anew. Nothing
    of the edition before changes, and no file belongs to both.

    Args:
        previous: The edition before.
        published: What it says in the sections that the new one has.
        profile: The new one, with its sections and nothing in its register.
        actor: Who starts it.
        at: The moment.
    """
    named = {key: mentions(text) for key, text in published.texts.items()}
    shown = published.pictures
    wanted = _tables(previous, named.values())
    figures = [one for table in wanted for one in table.items.all()]
    territories = _copied(previous.territories.order_by("pk"), profile)
    definitions = _copied(previous.definitions.order_by("pk"), profile)
    acronyms = _copied(previous.acronyms.order_by("pk"), profile)
    sources = _copied(_sources(previous, named.values(), figures, shown), profile)
    search_index.index_sources(profile.pk, sources.values())
    tables = _copied_tables(wanted, profile, named)
    links: dict[str, Copies[Any]] = {
        "table_id": tables,
        "territory_id": territories,
        "definition_id": definitions,
        "source_id": sources,
    }
    pictures = _copied_pictures(previous, profile, shown, sources.values(), at)
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
