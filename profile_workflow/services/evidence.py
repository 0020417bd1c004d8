"""Registering what a profile works with: territories, definitions, sources, tables, figures.

Moving a figure from requested to settled is a move of the engine.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from profile_workflow.charts.kinds import why_not
from profile_workflow.errors import InvalidInput, NotNow, StaleEntry, raise_if
from profile_workflow.languages import listed
from profile_workflow.models import (
    Acronym,
    Challenge,
    DataItem,
    DataTable,
    LibrarySource,
    Picture,
    Profile,
    Section,
    Source,
    Territory,
    WorkingDefinition,
)
from profile_workflow.models.people import User
from profile_workflow.queries.evidence import Entry, Uses, charted
from profile_workflow.services import adding, log
from profile_workflow.services.contents import (
    NOT_CONTENT,
    differences,
    fingerprint,
    fingerprint_of_figures,
    in_words,
    told,
)
from profile_workflow.services.keeping import (
    keepers,
    refusal_to_change,
    refusal_to_register,
    refusal_to_remove,
    section_of,
)
from profile_workflow.services.locking import locked
from profile_workflow.services.log import Actor
from profile_workflow.states import APPROVED_SECTION_STATES, ChartKind, ProfileState

#: Any row of the register.
Row = TypeVar("Row", bound=Entry)

#: The field by which a text names an entry.
_NAMES: dict[type[Any], str] = {
    Source: "key",
    DataTable: "key",
    Picture: "key",
    Acronym: "short",
}


# Adding


def add_territory(profile: Profile, *, by: User, at: datetime, **fields: Any) -> Territory:
    """Register a boundary in which figures are drawn.

    Raises:
        NotAllowed, NotNow, InvalidInput: As for every entry of the register.
        MadeAlready: If an entry says the same already, as for every entry of the register.
    """
    return _register(Territory(profile=profile, **fields), by=by, at=at)


def add_definition(profile: Profile, *, by: User, at: datetime, **fields: Any) -> WorkingDefinition:
    """Register what the profile means by a word that counts people."""
    return _register(WorkingDefinition(profile=profile, **fields), by=by, at=at)


def add_acronym(profile: Profile, *, by: User, at: datetime, short: str, long: str) -> Acronym:
    """Register an acronym with its long form."""
    return _register(Acronym(profile=profile, short=short, long=long), by=by, at=at)


def add_source(profile: Profile, *, by: User, at: datetime, **fields: Any) -> Source:
    """Register a source, so that the text can cite it."""
    return _register(Source(profile=profile, **fields), by=by, at=at)


def add_table(section: Section, *, by: User, at: datetime, **fields: Any) -> DataTable:
    """Register a table of figures in a section."""
    table = DataTable(profile=section.profile, section=section, **fields)
    return _register(table, by=by, at=at)


def add_figure(table: DataTable, *, by: User, at: datetime, **fields: Any) -> DataItem:
    """Register a figure as requested; it is received, confirmed and so on by moves.

    Without a ``position`` it comes after the others.
    """
    return add_figures(table, [fields], by=by, at=at)[0]


def add_picture(profile: Profile, *, by: User, at: datetime, **fields: Any) -> Picture:
    """Register a picture whose file is kept already; ``services.pictures`` keeps it."""
    return _register(Picture(profile=profile, **fields), by=by, at=at)


def add_challenge(
    profile: Profile, *, by: User, at: datetime, sources: Iterable[Source] = (), **fields: Any
) -> Challenge:
    """Register a challenge with the sources that show it."""
    return _register(Challenge(profile=profile, **fields), by=by, at=at, links={"sources": sources})


@transaction.atomic
def add_figures(
    table: DataTable,
    several: Sequence[Mapping[str, Any]],
    *,
    by: User,
    at: datetime,
    base: str | None = None,
) -> list[DataItem]:
    """Register figures of one table, all or none, after those that it has.

    Args:
        table: The table.
        several: Fields of ``DataItem`` for each figure.
        by: Who registers them.
        at: The moment.
        base: ``fingerprint_of_figures`` when the table was looked at; None for whatever it is.

    Raises:
        NotAllowed, NotNow, InvalidInput: As for every entry of the register.
        MadeAlready: If the table has got these very figures since ``base``.
        StaleEntry: If it has got others.
    """
    profile = locked(table.profile_id, at)
    table = profile.data_tables.select_related("section__template_section").get(pk=table.pk)
    raise_if(refusal_to_register(profile, by, table.section))
    if base is not None and base != fingerprint_of_figures(table):
        if all(table.items.filter(**fields).exists() for fields in several):
            raise adding.there_already(table)
        raise StaleEntry(
            _("The table has got other figures in the meantime. Nothing was saved."), current=table
        )
    last = table.items.aggregate(last=Max("position"))["last"]
    first = 0 if last is None else last + 1
    made = _store_figures(
        DataItem(table=table, **{"position": position, **fields})
        for position, fields in enumerate(several, first)
    )
    with log.journal(profile):
        for figure in made:
            record_act(profile, figure, "register", by=by, at=at)
    return made


@transaction.atomic
def _register(
    row: Row, *, by: User, at: datetime, links: Mapping[str, Iterable[models.Model]] | None = None
) -> Row:
    profile = locked(row.profile.pk, at)
    section = section_of(row)
    if section is not None:
        # Read after the lock is held: a move that was waited for may have frozen it.
        section = Section.objects.select_related("template_section").get(pk=section.pk)
    raise_if(refusal_to_register(profile, by, section, kind=type(row)))
    if isinstance(row, Challenge):
        row.from_workshop = profile.state == ProfileState.PRIORITY_SETTING
    given = {name: list(rows) for name, rows in (links or {}).items()}
    adding.refuse_twice(row, given, but=NOT_CONTENT)
    adding.give_name(row)
    _move_the_city(row)
    row = _store(row)
    for name, rows in given.items():
        getattr(row, name).set(rows)
    record_act(profile, row, "register", by=by, at=at)
    return row


def _move_the_city(row: Entry) -> None:
    """Only one territory is the city: the mark moves from the one that had it.

    Raises:
        NotNow: If a section was approved; it was judged by what the city is.
    """
    if not isinstance(row, Territory) or not row.is_city:
        return
    others = Territory.objects.filter(profile_id=row.profile_id, is_city=True).exclude(pk=row.pk)
    if not others.exists():
        return
    if row.profile.sections.filter(state__in=APPROVED_SECTION_STATES).exists():
        raise NotNow(_("What “the city” is stays as it is, because approved text rests on it."))
    others.update(is_city=False)


# Changing and removing


@transaction.atomic
def change_entry(
    entry: Row, fields: Mapping[str, Any], *, base: str, by: User, at: datetime
) -> Row:
    """Change an entry of the register, if nobody else has since ``base``.

    Args:
        entry: The entry, as it may have been read a while ago.
        fields: The fields to be changed, links to several rows included.
        base: ``fingerprint`` of the entry when it was looked at.
        by: Who changes it.
        at: The moment.

    Raises:
        NotAllowed, NotNow: As ``refusal_to_change``.
        StaleEntry: If it was changed or removed in the meantime.
        InvalidInput: If a value cannot be stored, or the text names it by the old key.
    """
    profile = locked(entry.profile.pk, at)
    current = read_again(entry, profile)
    uses = Uses(profile)
    raise_if(refusal_to_change(current, by, uses))
    if fingerprint(current) != base:
        raise StaleEntry(
            _("Somebody has changed this in the meantime. Nothing was overwritten."),
            current=current,
        )
    # A short name that is left empty stays as it is.
    fields = {name: one for name, one in fields.items() if one or name not in adding.MADE_NAMES}
    _check_stays_named(current, fields, uses)
    before = in_words(current)
    links = {one.name for one in current._meta.many_to_many}  # noqa: SLF001 - Django's own API
    for name, value in fields.items():
        if name not in links:
            setattr(current, name, value)
    raise_if(refusal_to_register(profile, by, section_of(current), kind=type(current)))
    _move_the_city(current)
    _store(current)
    for name in links.intersection(fields):
        getattr(current, name).set(fields[name])
    changes = differences(before, in_words(read_again(current, profile)))
    if changes:
        record_act(profile, current, "change", by=by, at=at, changes=changes)
    return current


@transaction.atomic
def choose_chart(
    table: DataTable, kind: ChartKind, *, base: str, by: User, at: datetime
) -> DataTable:
    """Choose how the text shows a table as a figure; the choice is frozen with its section.

    Args:
        table: The table.
        kind: The kind of chart.
        base: ``fingerprint`` of the table when it was looked at.
        by: Who chooses.
        at: The moment.

    Raises:
        NotAllowed, NotNow, StaleEntry: As ``change_entry``.
        Unfit: If the kind does not fit the figures of the table.
    """
    changed = change_entry(table, {"chart": kind.value}, base=base, by=by, at=at)
    raise_if(why_not(kind, charted(changed)))
    return changed


@transaction.atomic
def remove_entry(entry: Entry, *, by: User, at: datetime) -> None:
    """Remove an entry that nothing rests on; a table goes with its figures.

    Raises:
        NotAllowed, NotNow: As ``refusal_to_remove``.
        StaleEntry: If it is gone already.
    """
    profile = locked(entry.profile.pk, at)
    current = read_again(entry, profile)
    raise_if(refusal_to_remove(current, by, Uses(profile)))
    with log.journal(profile):
        if isinstance(current, DataTable):
            for figure in current.items.order_by("position"):
                record_act(profile, figure, "remove", by=by, at=at)
            current.items.all().delete()
        record_act(profile, current, "remove", by=by, at=at)
    current.delete()


def _check_stays_named(entry: Entry, fields: Mapping[str, Any], uses: Uses) -> None:
    name = _NAMES.get(type(entry))
    if name is not None and fields.get(name, getattr(entry, name)) != getattr(entry, name):
        texts = [use.where for use in uses.of(entry) if use.in_text]
        if texts:
            raise InvalidInput(
                _("“%(name)s” is what the text calls it. Change the text first: %(places)s.")
                % {"name": getattr(entry, name), "places": listed(texts)}
            )
    if isinstance(entry, Territory) and entry.is_city and not fields.get("is_city", True):
        raise InvalidInput(_("Mark another territory as the city; the mark moves there."))


#: What is fetched with an entry under the lock.
_WITH: dict[type[Any], tuple[str, ...]] = {
    DataTable: ("section__template_section",),
    DataItem: ("table__section__template_section",),
    Picture: ("profile", "file", "source"),
}


def read_again(entry: Row, profile: Profile) -> Row:
    """Return an entry as it is now, under the lock of its profile.

    Raises:
        StaleEntry: If somebody has removed it in the meantime.
    """
    model: Any = type(entry)
    found = model._default_manager.filter(pk=entry.pk)  # noqa: SLF001 - Django's own API
    current: Any = found.select_related(*_WITH.get(model, ("profile",))).first()
    if current is None:
        raise StaleEntry(_("Somebody has removed this in the meantime."))
    owner = current.table if model is DataItem else current
    owner.profile = profile
    same: Row = current
    return same


# Storing and recording


def record_act(
    profile: Profile,
    entry: Entry | LibrarySource,
    move: str,
    *,
    by: User,
    at: datetime,
    changes: str = "",
) -> None:
    """Write an act on the register into the log; ``changes`` says what changed."""
    role = next((one for one in keepers(profile) if one in profile.roles_of(by)), None)
    reason = f"{told(str(entry))}. {changes}" if changes else told(str(entry))
    if isinstance(entry, DataItem):
        before = "" if move == "register" else entry.state
        made = log.Entry(log.document_name(entry), move, before, entry.state, reason=reason)
    else:
        name = f"evidence:{entry._meta.model_name}:{entry.pk}"  # noqa: SLF001 - Django's own API
        made = log.Entry(name, move, "", "", reason=reason)
    log.record(profile, [made], actor=Actor(by, role), at=at)


def _store(row: Row) -> Row:
    with _refused_in_words():
        row.full_clean(exclude=["state"])
        row.save()
    return row


def _store_figures(figures: Iterable[DataItem]) -> list[DataItem]:
    """Store new figures with one statement; that what they are linked to exists, it sees itself."""
    rows = list(figures)
    with _refused_in_words():
        for row in rows:
            row.clean_fields(exclude=["state", "table", "territory", "definition", "source"])
        DataItem.objects.bulk_create(rows)
    return rows


@contextmanager
def _refused_in_words() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except ValidationError as error:
        raise InvalidInput("; ".join(error.messages)) from error
    except IntegrityError as error:
        raise InvalidInput(_("This entry exists already, or contradicts another one.")) from error
