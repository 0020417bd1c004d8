"""What is done with several sources at once: importing, merging two, sharing in the programme."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profile_workflow.bibliography.citing import recited
from profile_workflow.bibliography.identifiers import Known
from profile_workflow.bibliography.keys import free_key, key_for
from profile_workflow.bibliography.record import CONTENT, Reference
from profile_workflow.errors import (
    DomainError,
    InvalidInput,
    MadeAlready,
    NotAllowed,
    NotNow,
    StaleEntry,
    raise_if,
)
from profile_workflow.languages import listed
from profile_workflow.models import DataItem, LibrarySource, Profile, Source
from profile_workflow.models.people import User
from profile_workflow.queries.evidence import Uses
from profile_workflow.services import drafting, log, search_index
from profile_workflow.services.contents import (
    differences,
    fingerprint,
    fingerprint_of_text,
    in_words,
)
from profile_workflow.services.evidence import change_entry, record_act
from profile_workflow.services.keeping import refusal_to_change, refusal_to_register
from profile_workflow.services.locking import locked
from profile_workflow.states import SETTLED_DATA_STATES, Role

#: So many sources are written with one statement.
_BATCH = 100


class Choice(models.TextChoices):
    """What is to become of a source that arrives."""

    ADD = "add", gettext_lazy("Add as new")
    FILL = "fill", gettext_lazy("Keep the existing one, fill in what it lacks")
    REPLACE = "replace", gettext_lazy("Replace what the existing one says")
    LEAVE = "leave", gettext_lazy("Leave out")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A source that arrives, and what is to become of it.

    Attributes:
        source: The source.
        choice: What is to be done with it.
        existing: Id of the source of the profile that is filled in or replaced.
        origin: The source of the library that it is a copy of.
    """

    source: Reference
    choice: str = Choice.ADD
    existing: int | None = None
    origin: LibrarySource | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """How many sources were added and how many changed."""

    added: int
    changed: int


# Taking in


@transaction.atomic
def take_in(
    profile: Profile, wanted: Sequence[Wanted], *, base: str, by: User, at: datetime
) -> Done:
    """Add and change sources of a profile, all or none.

    Keys are kept where they are free and can be cited, otherwise made unique.

    Args:
        profile: The profile.
        wanted: What arrives, with what is to become of each.
        base: ``fingerprint_of_sources`` when it was looked at.
        by: Who takes them in.
        at: The moment.

    Raises:
        NotAllowed, NotNow: As for every entry of the register; also for each that is changed.
        InvalidInput: If a value cannot be stored; it says of which source.
        MadeAlready: If all of it is there already.
        StaleEntry: If the sources of the profile are others since ``base``.
    """
    profile = locked(profile.pk, at)
    raise_if(refusal_to_register(profile, by))
    if _is_there(profile, wanted):
        raise MadeAlready(_("These sources are there already; nothing was added twice."))
    if fingerprint_of_sources(profile) != base:
        raise StaleEntry(
            _("The sources have been changed in the meantime. Nothing was stored."),
            current=profile,
        )
    added = _added(profile, [one for one in wanted if one.choice == Choice.ADD])
    with log.journal(profile):
        for row in added:
            record_act(profile, row, "register", by=by, at=at)
    search_index.index_sources(profile.pk, added)
    changed = _change(profile, [one for one in wanted if one.choice in _CHANGES], by=by, at=at)
    return Done(len(added), changed)


def _is_there(profile: Profile, wanted: Iterable[Wanted]) -> bool:
    """Whether something arrives, and all of it is there: taken in by a click before this one."""
    present = {row.pk: row for row in profile.sources.all()}
    copied = {row.origin_id for row in present.values()}
    said = {tuple(content_of(row).values()) for row in present.values()}

    def is_there(one: Wanted) -> bool:
        if one.choice in _CHANGES:
            row = present.get(one.existing or 0)
            replace = one.choice == Choice.REPLACE
            return row is not None and not news(row, one.source, replace=replace)
        if one.origin is not None:
            return one.origin.pk in copied
        return tuple(content_of(one.source).values()) in said

    arriving = [one for one in wanted if one.choice != Choice.LEAVE]
    return bool(arriving) and all(map(is_there, arriving))


#: What changes a source that is there.
_CHANGES = (Choice.FILL, Choice.REPLACE)


def _added(profile: Profile, wanted: Iterable[Wanted]) -> list[Source]:
    taken = set(profile.sources.values_list("key", flat=True))
    rows = []
    for one in wanted:
        given = one.source
        key = free_key(given.key, taken) or key_for(given.authors, given.year, taken)
        taken.add(key)
        row = Source(profile=profile, key=key, origin=one.origin, **content_of(given))
        _check(row)
        rows.append(row)
    return Source.objects.bulk_create(rows)


def _change(profile: Profile, wanted: Sequence[Wanted], *, by: User, at: datetime) -> int:
    """Give sources that are there values of those that arrive; return how many got any.

    The number of queries does not grow with them.
    """
    if not wanted:
        return 0
    present = {one.pk: one for one in profile.sources.select_related("profile")}
    uses, told = Uses(profile), []
    for one in wanted:
        row = present.get(one.existing or 0)
        if row is None:
            raise StaleEntry(_("Somebody has removed this in the meantime."))
        row.profile = profile
        if fields := news(row, one.source, replace=one.choice == Choice.REPLACE):
            told.append((row, _take_over(row, fields, by, uses)))
    rows = list({row.pk: row for row, _words in told}.values())
    Source.objects.bulk_update(rows, CONTENT, batch_size=_BATCH)
    with log.journal(profile):
        for row, words in told:
            if words:
                record_act(profile, row, "change", by=by, at=at, changes=words)
    search_index.index_sources(profile.pk, rows)
    return len(told)


def _take_over(row: Source, fields: dict[str, Any], by: User, uses: Uses) -> str:
    """Set fields of a source, without storing them; return what changes in words."""
    raise_if(refusal_to_change(row, by, uses))
    before = in_words(row)
    for name, value in fields.items():
        setattr(row, name, value)
    _check(row)
    return differences(before, in_words(row))


def _check(row: Source) -> None:
    """Refuse a source that cannot be stored, and say which it is."""
    if problem := problem_with(row):
        raise InvalidInput(f"“{row.title[:80]}”: {problem}")


def content_of(source: Any) -> dict[str, Any]:
    """Return all that is kept of a source, by field, its key and place apart."""
    return {name: getattr(source, name) for name in CONTENT}


def news(existing: Source, arriving: Any, *, replace: bool) -> dict[str, Any]:
    """Return what a source would get from another one, by field.

    Args:
        existing: The source as it is stored.
        arriving: The other one; what it leaves empty changes nothing.
        replace: Whether it replaces what is there, or only fills what is empty.
    """
    old, new = content_of(existing), content_of(arriving)
    return {
        name: value
        for name, value in new.items()
        if value and value != old[name] and (replace or not old[name])
    }


def problem_with(row: Source) -> str:
    """Return why a source cannot be stored, or an empty string."""
    try:
        row.clean_fields(exclude=["profile", "origin"])
    except ValidationError as error:
        return " ".join(
            f"{_label(name)}: {' '.join(messages)}" for name, messages in error.message_dict.items()
        )
    return ""


def _label(name: str) -> str:
    return capfirst(str(getattr(Source._meta.get_field(name), "verbose_name", name)))  # noqa: SLF001 - Django's own API


def fingerprint_of_sources(profile: Profile) -> str:
    """Return the SHA-256 (hex) of all sources of a profile, to see whether they were changed."""
    rows = list(profile.sources.order_by("pk").values_list("pk", "key", *CONTENT))
    return fingerprint_of_text(json.dumps(rows, default=str))


# Merging


def refusal_to_merge(kept: Source, dropped: Source, by: User, uses: Uses) -> DomainError | None:
    """Return why two sources of a profile may not become the first one now, or None if they may.

    Submitted texts stay as they were judged, so what they cite cannot go.
    """
    refusal = refusal_to_change(kept, by, uses) or refusal_to_change(dropped, by, uses)
    if refusal is not None:
        return refusal
    submitted = uses.submitted_citing(dropped)
    if submitted:
        return NotNow(
            _("“%(key)s” is cited by submitted text, which stays as it is: %(sections)s.")
            % {"key": dropped.key, "sections": listed(submitted)}
        )
    settled = [one for one in dropped.figures.all() if one.state in SETTLED_DATA_STATES]
    if settled:
        return NotNow(
            _("Settled figures rest on “%(key)s”: %(figures)s. Open them again first.")
            % {"key": dropped.key, "figures": listed(settled)}
        )
    return None


@transaction.atomic
def merge_sources(kept: Source, dropped: Source, *, base: str, by: User, at: datetime) -> Source:
    """Make one source of two: what rested on the second rests on the first.

    Citations in the working texts are rewritten, as their author would; figures, pictures and
    challenges follow. What the first one lacks it gets from the second.

    Args:
        kept: The source that stays, with its key.
        dropped: The source that goes.
        base: ``fingerprint_of_sources`` when the two were looked at.
        by: Who merges them.
        at: The moment.

    Raises:
        NotAllowed, NotNow: As ``refusal_to_merge``; also if a text that cites the second may not
            be written by this person, or somebody else writes it now.
        StaleEntry, StaleEdit: If a source or a text was changed in the meantime.
    """
    profile = locked(kept.profile_id, at)
    if fingerprint_of_sources(profile) != base:
        raise StaleEntry(
            _("The sources have been changed in the meantime. Nothing was stored."),
            current=profile,
        )
    kept, dropped = (profile.sources.get(pk=one.pk) for one in (kept, dropped))
    kept.profile = dropped.profile = profile
    raise_if(refusal_to_merge(kept, dropped, by, Uses(profile)))
    _recite(profile, dropped.key, kept.key, by=by, at=at)
    DataItem.objects.filter(source=dropped).update(source=kept)
    dropped.pictures.update(source=kept)
    for challenge in dropped.challenges.all():
        challenge.sources.add(kept)
        challenge.sources.remove(dropped)
    fields = news(kept, dropped, replace=False)
    told = _("“%(dropped)s” has become “%(kept)s”.") % {"dropped": dropped.key, "kept": kept.key}
    record_act(profile, dropped, "merge", by=by, at=at, changes=told)
    dropped.delete()
    if fields:
        kept = change_entry(kept, fields, base=fingerprint(kept), by=by, at=at)
    return kept


def _recite(profile: Profile, old: str, new: str, *, by: User, at: datetime) -> None:
    try:
        drafting.rewrite_drafts(profile, lambda text: recited(text, old, new), by=by, at=at)
    except ValueError:
        raise NotNow(
            _("A text cites “%(key)s” in a way that cannot be rewritten. Change it by hand first.")
            % {"key": old}
        ) from None


# The library of the programme


def refusal_to_share(profile: Profile, by: User) -> DomainError | None:
    """Return why a person may not change the library of a profile's programme, or None."""
    if Role.PROJECT_TEAM not in profile.roles_of(by):
        return NotAllowed(_("The project team keeps the library of the programme."))
    return None


@transaction.atomic
def share_source(source: Source, *, by: User, at: datetime) -> LibrarySource:
    """Put a source into the library of the programme; one that is there already is not doubled.

    The profile and the person do not show in the library, and the note stays with the profile.

    Raises:
        NotAllowed: If the person is not of the project team.
    """
    profile = locked(source.profile_id, at)
    raise_if(refusal_to_share(profile, by))
    source = profile.sources.get(pk=source.pk)
    library = LibrarySource.objects.filter(programme=profile.programme_id, withdrawn_at=None)
    # The key belongs to one profile: it tells nothing about another one's.
    same = Known(library.order_by("pk")).same_as(Reference("", **content_of(source)))
    if same is None:
        shared = LibrarySource.objects.create(
            programme_id=profile.programme_id,
            key=source.key,
            shared_by=by,
            shared_at=at,
            **{**content_of(source), "note": ""},
        )
    else:
        shared = same.row
    Source.objects.filter(pk=source.pk).update(origin=shared)
    record_act(profile, source, "share", by=by, at=at)
    return shared


@transaction.atomic
def withdraw_source(shared: LibrarySource, profile: Profile, *, by: User, at: datetime) -> None:
    """Take a source out of the library; what was copied from it stays.

    Args:
        shared: The source of the library.
        profile: The profile of the same programme on whose page it is done.
        by: Who withdraws it.
        at: The moment.

    Raises:
        NotAllowed: If the person is not of the project team.
        NotNow: If it is withdrawn already.
    """
    profile = locked(profile.pk, at)
    raise_if(refusal_to_share(profile, by))
    in_library = LibrarySource.objects.filter(
        pk=shared.pk, programme=profile.programme_id, withdrawn_at=None
    )
    if not in_library.update(withdrawn_by=by, withdrawn_at=at):
        raise NotNow(_("It is not in the library any more."))
    record_act(profile, shared, "withdraw", by=by, at=at)
