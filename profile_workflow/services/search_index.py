"""Keeping the index of the search as the tables are, in the transaction that changes them.

Rows that are saved one by one are noticed here, by signals. The services that write many rows at
once (a new profile, a saved draft, imported sources) say so themselves. ``differences`` finds what
slipped past.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from django.db import connection, models, transaction
from django.db.models.signals import post_delete, post_migrate, post_save

from profile_workflow.models import (
    City,
    Draft,
    Profile,
    ProfileVersion,
    Revision,
    SearchEntry,
    SearchKind,
    Section,
    Source,
    User,
    fulltext,
)
from profile_workflow.spelling import searchable, without_marks

#: Most bytes of a text that are searched, about 60 pages: PostgreSQL takes no vector over 1 MiB.
MOST_BYTES = 400_000
_BATCH = 500
_CITATION = re.compile(r"\[@[^\]\[]{1,1000}\]")
_CITED_KEY = re.compile(r"@([\w-]{1,60})")


def _bounded(text: str) -> str:
    kept = searchable(text)
    if len(kept.encode()) <= MOST_BYTES:
        return kept
    return kept.encode()[:MOST_BYTES].decode(errors="ignore").rpartition(" ")[0]


# One entry of each kind


def _names(thing: Any, field: str) -> str:
    return " ".join(getattr(thing, f"{field}{language}") for language in ("", "_fr", "_ar"))


def _of_city(city: City) -> SearchEntry:
    return SearchEntry(
        kind=SearchKind.CITY, object_id=city.pk, title=searchable(_names(city, "name"))
    )


def _of_profile(profile: Profile) -> SearchEntry:
    words = (profile.title, str(profile.edition), profile.slug, _names(profile.city, "name"))
    return SearchEntry(
        kind=SearchKind.PROFILE,
        object_id=profile.pk,
        profile_id=profile.pk,
        title=searchable(" ".join(words)),
        text=searchable(" ".join(map(str, profile.keywords))),
    )


def _of_section(section: Section) -> SearchEntry:
    return SearchEntry(
        kind=SearchKind.SECTION,
        object_id=section.pk,
        profile_id=section.profile_id,
        place=section.key,
        title=searchable(f"{section.number} {_names(section.template_section, 'title')}"),
        text=_submitted(section),
    )


def _submitted(section: Section) -> str:
    text = section.revision
    return _bounded(f"{without_marks(text.text)} {text.searched}") if text else ""


def _of_draft(draft: Draft) -> SearchEntry | None:
    """Return an entry for a working text that says something else than the submitted one."""
    section = draft.section
    submitted = section.revision
    text, same = f"{draft.text} {draft.searched}", ""
    if submitted is not None:
        same = f"{submitted.text} {submitted.searched}"
    if not text.strip() or text == same:
        return None
    return SearchEntry(
        kind=SearchKind.DRAFT,
        object_id=section.pk,
        profile_id=section.profile_id,
        place=section.key,
        title=searchable(f"{section.number} {_names(section.template_section, 'title')}"),
        text=_bounded(without_marks(text)),
    )


def _of_person(user: User) -> SearchEntry:
    """Return an entry with the name alone: that is all that others see of a person."""
    return SearchEntry(kind=SearchKind.PERSON, object_id=user.pk, title=searchable(user.full_name))


def _of_source(source: Source, places: Mapping[str, str]) -> SearchEntry:
    return SearchEntry(
        kind=SearchKind.SOURCE,
        object_id=source.pk,
        profile_id=source.profile_id,
        place=places.get(source.key, ""),
        title=searchable(f"{source.authors} {source.year} {source.title}"),
        text=searchable(f"{source.publisher} {source.key}"),
    )


def _of_published(revision: Revision) -> SearchEntry:
    """Return an entry for a section as it is published; its city and title find it too."""
    section = revision.section
    profile = section.profile
    title = f"{section.number} {_names(section.template_section, 'title')}"
    return SearchEntry(
        kind=SearchKind.PUBLISHED,
        object_id=revision.pk,
        profile_id=profile.pk,
        place=section.key,
        title=searchable(f"{title} {_names(profile.city, 'name')} {profile.title}"),
        text=_bounded(without_marks(printed_words(revision))),
    )


def printed_words(revision: Revision) -> str:
    """Return what is printed of a text, or where it was searched if nothing was found."""
    is_answer = revision.nothing_found and not revision.text.strip()
    return revision.searched if is_answer else revision.text


def _published(revisions: Iterable[int]) -> list[SearchEntry]:
    found = Revision.objects.filter(pk__in=list(revisions)).order_by("pk")
    related = ("section__template_section", "section__profile__city")
    return [_of_published(one) for one in found.select_related(*related)]


def _texts_of(version: ProfileVersion) -> list[int]:
    return [one["revision"] for one in version.content.values()]


def _places(profile_id: int) -> dict[str, str]:
    """Return key of a source → key of the first section whose submitted text cites it."""
    places: dict[str, str] = {}
    submitted = Section.objects.filter(profile=profile_id, revision__isnull=False)
    for key, text in submitted.order_by("position").values_list("key", "revision__text"):
        for citation in _CITATION.findall(text):
            for cited in _CITED_KEY.findall(citation):
                places.setdefault(cited, key)
    return places


# Writing


def _store(entries: Iterable[SearchEntry]) -> None:
    SearchEntry.objects.bulk_create(
        entries,
        update_conflicts=True,
        unique_fields=["kind", "object_id"],
        update_fields=["profile", "place", "title", "text"],
    )


def _forget(kind: SearchKind, ids: Iterable[int]) -> None:
    SearchEntry.objects.filter(kind=kind, object_id__in=list(ids)).delete()


_WITH_TEXTS = ("template_section", "revision")


def _index_sections(sections: Sequence[Section]) -> None:
    _store(_of_section(section) for section in sections)
    _index_drafts(_drafts_of(sections))


def _drafts_of(sections: Sequence[Section]) -> list[Draft]:
    return [section.draft for section in sections if hasattr(section, "draft")]


def index_draft(section: Section) -> None:
    """Index the working text of a section as it is now."""
    related = ("section__template_section", "section__revision")
    _index_drafts([Draft.objects.select_related(*related).get(section=section)])


def _index_drafts(drafts: Iterable[Draft]) -> None:
    entries = {draft.section_id: _of_draft(draft) for draft in drafts}
    found = [entry for entry in entries.values() if entry is not None]
    unfit = [section for section, entry in entries.items() if entry is None]
    if found:
        _store(found)
    if unfit:
        _forget(SearchKind.DRAFT, unfit)


def index_new_profile(profile: Profile) -> None:
    """Index the sections of a profile that has just been made, with what they begin with."""
    _index_sections(list(profile.sections.select_related(*_WITH_TEXTS, "draft")))


def index_published(profile: Profile, version: ProfileVersion) -> None:
    """Index the text that has just been published, in place of the one that it corrects."""
    if profile.publication_version:
        forget_published(profile)
    _store(_published(_texts_of(version)))


def forget_published(profile: Profile) -> None:
    """Let nobody find any more what was published of a profile."""
    SearchEntry.objects.filter(kind=SearchKind.PUBLISHED, profile=profile).delete()


def index_sources(profile_id: int, sources: Iterable[Source]) -> None:
    """Index sources that have just been written all at once."""
    places = _places(profile_id)
    _store(_of_source(one, places) for one in sources)


def _place_sources(profile_id: int) -> None:
    """Note which sections show which sources, after a text has been submitted."""
    keys = dict(Source.objects.filter(profile=profile_id).values_list("pk", "key"))
    if not keys:
        return
    places = _places(profile_id)
    moved = []
    for entry in SearchEntry.objects.filter(kind=SearchKind.SOURCE, profile=profile_id):
        place = places.get(keys.get(entry.object_id, ""), "")
        if entry.place != place:
            entry.place = place
            moved.append(entry)
    SearchEntry.objects.bulk_update(moved, ["place"], batch_size=_BATCH)


# Noticing

#: Model → fields that are searched, or say where something is shown.
_SEARCHED: Mapping[type[models.Model], frozenset[str]] = {
    City: frozenset({"name", "name_fr", "name_ar"}),
    Profile: frozenset({"title", "edition", "slug", "city", "keywords"}),
    Section: frozenset({"revision"}),
    Draft: frozenset({"text", "searched"}),
    User: frozenset({"full_name"}),
    Source: frozenset({"authors", "year", "title", "publisher", "key"}),
}


#: Says which text of which profile is published; another package knows.
_sources_of_published: list[Callable[[], Iterator[ProfileVersion]]] = []


def follow_published(source: Callable[[], Iterator[ProfileVersion]]) -> None:
    """Take from ``source`` which texts are published. Idempotent."""
    if source not in _sources_of_published:
        _sources_of_published.append(source)


def _all_published() -> Iterator[SearchEntry]:
    for source in _sources_of_published:
        for version in source():
            yield from _published(_texts_of(version))


def _saved_profile(profile: Profile) -> None:
    # With its city as it is now: the caller's may be older.
    fresh = Profile.objects.select_related("city").get(pk=profile.pk)
    _store([_of_profile(fresh)])
    if fresh.published_at is not None:
        _rename_published([fresh])


def _saved_city(city: City) -> None:
    _store([_of_city(city)])
    named = list(city.profiles.select_related("city"))
    _store(map(_of_profile, named))
    _rename_published([one for one in named if one.published_at is not None])


def _rename_published(profiles: Sequence[Profile]) -> None:
    """Write the names under which published sections are found anew."""
    kept = SearchEntry.objects.filter(kind=SearchKind.PUBLISHED, profile__in=profiles)
    ids = list(kept.values_list("object_id", flat=True)) if profiles else []
    if ids:
        _store(_published(ids))


def _saved_section(section: Section) -> None:
    # As the caller has it: he has read it, with its texts, under the lock.
    entry = SearchEntry.objects.filter(kind=SearchKind.SECTION, object_id=section.pk)
    if entry.update(text=_submitted(section)):
        _index_drafts(_drafts_of([section]))
    else:
        _index_sections([section])
    if not _is_first_without_sources(section.revision):
        _place_sources(section.profile_id)


def _is_first_without_sources(text: Revision | None) -> bool:
    """Whether a text that is submitted for the first time leaves every source where it is shown."""
    return text is not None and text.number == 1 and _CITATION.search(text.text) is None


def _saved_source(source: Source) -> None:
    _store([_of_source(source, _places(source.profile_id))])


_ON_SAVE: Mapping[type[models.Model], Callable[[Any], None]] = {
    City: _saved_city,
    Profile: _saved_profile,
    Section: _saved_section,
    Draft: lambda draft: index_draft(draft.section),
    User: lambda user: _store([_of_person(user)]),
    Source: _saved_source,
}
_ON_DELETE: Mapping[type[models.Model], tuple[SearchKind, str]] = {
    City: (SearchKind.CITY, "pk"),
    Section: (SearchKind.SECTION, "pk"),
    Draft: (SearchKind.DRAFT, "section_id"),
    User: (SearchKind.PERSON, "pk"),
    Source: (SearchKind.SOURCE, "pk"),
}


def _saved(
    sender: type[models.Model],
    instance: models.Model,
    update_fields: frozenset[str] | None,
    raw: bool,
    **_signal: Any,
) -> None:
    touched = update_fields is None or _SEARCHED[sender].intersection(update_fields)
    if touched and not raw:
        _ON_SAVE[sender](instance)


def _deleted(sender: type[models.Model], instance: models.Model, **_signal: Any) -> None:
    kind, field = _ON_DELETE[sender]
    _forget(kind, [getattr(instance, field)])


def _fill_new_index(plan: Iterable[tuple[Any, bool]] = (), **_signal: Any) -> None:
    """After the migration that makes the index: index what was there before."""
    if any(one.name.endswith("_search_index") and not undone for one, undone in plan):
        rebuild()


def watch(sender: Any) -> None:
    """Follow the tables from now on; called once, when the application is ready."""
    for model in _ON_SAVE:
        post_save.connect(_saved, sender=model, dispatch_uid=f"search.{model.__name__}")
    for model in _ON_DELETE:
        post_delete.connect(_deleted, sender=model, dispatch_uid=f"search.{model.__name__}")
    post_migrate.connect(_fill_new_index, sender=sender, dispatch_uid="search.fill")


# Making it anew, and comparing


def _everything() -> Iterator[SearchEntry]:
    """Yield what the index should hold."""
    yield from map(_of_city, City.objects.order_by("pk").iterator())
    yield from map(_of_person, User.objects.order_by("pk").iterator())
    for profile in Profile.objects.select_related("city").order_by("pk").iterator():
        yield _of_profile(profile)
        yield from _within(profile)
    yield from _all_published()


def _within(profile: Profile) -> Iterator[SearchEntry]:
    sections = profile.sections.select_related(*_WITH_TEXTS, "draft").order_by("pk")
    for section in sections:
        yield _of_section(section)
        entry = _of_draft(section.draft) if hasattr(section, "draft") else None
        if entry is not None:
            yield entry
    sources = list(profile.sources.order_by("pk"))
    places = _places(profile.pk) if sources else {}
    for source in sources:
        yield _of_source(source, places)


@transaction.atomic
def rebuild() -> int:
    """Make the index anew; return the number of its entries."""
    SearchEntry.objects.all().delete()
    wanted, number = _everything(), 0
    while batch := list(islice(wanted, _BATCH)):
        SearchEntry.objects.bulk_create(batch)
        number += len(batch)
    fulltext.make_again(connection)
    return number


def differences() -> Iterator[str]:
    """Yield a sentence for each entry that is missing, stale or too many."""
    kept = {(one.kind, one.object_id): one for one in SearchEntry.objects.order_by("pk")}
    for entry in _everything():
        found = kept.pop((entry.kind, entry.object_id), None)
        if found is None:
            yield f"{entry}: missing"
        elif found.content() != entry.content():
            yield f"{entry}: not as the tables are"
    for entry in kept.values():
        yield f"{entry}: of nothing"
    if not fulltext.is_intact(connection):
        yield "what finds the entries does not fit them"
