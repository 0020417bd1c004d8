"""Registering what a profile works with: territories, definitions, sources, tables, figures.

Moving a figure from requested to settled is a move of the engine.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Max
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profile_workflow.charts.kinds import why_not
from profile_workflow.errors import DomainError, InvalidInput, NotAllowed, NotNow, StaleEntry
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
from profile_workflow.services.locking import locked
from profile_workflow.services.log import Actor
from profile_workflow.states import (
    APPROVED_SECTION_STATES,
    AUTHOR_ROLES,
    EDITABLE_SECTION_STATES,
    SETTLED_DATA_STATES,
    WRITING_STATES,
    ChartKind,
    ProfileState,
    Role,
    SectionState,
)

#: Any row of the register.
Row = TypeVar("Row", bound=Entry)

_WRITERS = (*AUTHOR_ROLES, Role.PROJECT_TEAM)
_OPEN_STATES = (*WRITING_STATES, ProfileState.PLANNED)
#: Who else keeps the register in some states: the city settles with the expert what the city is
#: and whom it counts, and writes down what the participants of a workshop add.
_BESIDES = {
    ProfileState.INCEPTION: (Role.FOCAL_POINT,),
    ProfileState.PRIORITY_SETTING: (Role.FOCAL_POINT,),
}
_OPEN_SECTIONS = (*EDITABLE_SECTION_STATES, SectionState.EMPTY)

#: The field by which a text names an entry.
_NAMES: dict[type[Any], str] = {
    Source: "key",
    DataTable: "key",
    Picture: "key",
    Acronym: "short",
}
#: Most characters of one value that the history keeps of a change.
_TOLD = 160


# When and by whom: what the screens offer and what the services accept


def refusal_to_register(
    profile: Profile,
    by: User,
    section: Section | None = None,
    *,
    kind: type[models.Model] | None = None,
) -> DomainError | None:
    """Return why a person may not add to the register now, or None if he may.

    Args:
        profile: The profile.
        by: Who would add.
        section: The section that a table or figure belongs to; it is frozen with its text.
        kind: What would be added: while priorities are set, participants still add challenges.
    """
    if not profile.roles_of(by).intersection(_keepers(profile)):
        return NotAllowed(_("Only the authors and the project team keep the register."))
    is_workshop = kind is Challenge and profile.state == ProfileState.PRIORITY_SETTING
    if profile.state not in _OPEN_STATES and not is_workshop:
        return NotNow(
            _("The register cannot be changed in the state “%(state)s”.")
            % {"state": profile.get_state_display()}
        )
    if section is not None and section.state not in _OPEN_SECTIONS:
        return NotNow(
            _("Tables and figures are frozen with their section: “%(section)s” is “%(state)s”.")
            % {"section": section, "state": section.get_state_display()}
        )
    return None


def _keepers(profile: Profile) -> tuple[Role, ...]:
    return (*_WRITERS, *_BESIDES.get(profile.state, ()))


def refusal_to_change(entry: Entry, by: User, uses: Uses) -> DomainError | None:
    """Return why a person may not change an entry now, or None if he may.

    Nothing that an approved section rests on changes, and no figure that is settled.
    """
    refusal = refusal_to_register(entry.profile, by, _section_of(entry), kind=type(entry))
    if refusal is not None:
        return refusal
    if entry.profile.state == ProfileState.PRIORITY_SETTING:
        return _refusal_to_change_validated(entry)
    if isinstance(entry, DataItem) and entry.state in SETTLED_DATA_STATES:
        return NotNow(
            _("A settled figure stays as it is (“%(state)s”). Open it again first, with a reason.")
            % {"state": entry.get_state_display()}
        )
    approved = uses.approved(entry)
    if approved:
        return NotNow(
            _("“%(entry)s” stays as it is, because approved text rests on it: %(sections)s.")
            % {"entry": entry, "sections": "; ".join(map(str, approved))}
        )
    return None


def _refusal_to_change_validated(entry: Entry) -> DomainError | None:
    """Only what participants added after the text was validated can still be changed."""
    if isinstance(entry, Challenge) and entry.from_workshop:
        return None
    return NotNow(_("“%(entry)s” stays as it is: it was validated.") % {"entry": entry})


def refusal_to_remove(entry: Entry, by: User, uses: Uses) -> DomainError | None:
    """Return why a person may not remove an entry now, or None if he may."""
    refusal = refusal_to_change(entry, by, uses)
    if refusal is not None:
        return refusal
    places = [use.where for use in uses.of(entry)]
    if places:
        return NotNow(
            _("“%(entry)s” cannot be removed. It is used by %(places)s.")
            % {"entry": entry, "places": "; ".join(places)}
        )
    if isinstance(entry, DataTable) and _has_settled_figures(entry):
        return NotNow(_("The table holds settled figures. Open them again first, with a reason."))
    return None


def _section_of(entry: Entry) -> Section | None:
    if isinstance(entry, DataTable):
        return entry.section
    return entry.table.section if isinstance(entry, DataItem) else None


def _has_settled_figures(table: DataTable) -> bool:
    # Over all of them, so that what is fetched already costs no query.
    return any(one.state in SETTLED_DATA_STATES for one in table.items.all())


def raise_if(refusal: DomainError | None) -> None:
    """Raise a refusal, if there is one."""
    if refusal is not None:
        raise refusal


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
    section = _section_of(row)
    if section is not None:
        # Read after the lock is held: a move that was waited for may have frozen it.
        section = Section.objects.select_related("template_section").get(pk=section.pk)
    raise_if(refusal_to_register(profile, by, section, kind=type(row)))
    if isinstance(row, Challenge):
        row.from_workshop = profile.state == ProfileState.PRIORITY_SETTING
    given = {name: list(rows) for name, rows in (links or {}).items()}
    adding.refuse_twice(row, given, but=_NOT_CONTENT)
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
    current = _read_again(entry, profile)
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
    raise_if(refusal_to_register(profile, by, _section_of(current), kind=type(current)))
    _move_the_city(current)
    _store(current)
    for name in links.intersection(fields):
        getattr(current, name).set(fields[name])
    told = differences(before, in_words(_read_again(current, profile)))
    if told:
        record_act(profile, current, "change", by=by, at=at, told=told)
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
    current = _read_again(entry, profile)
    raise_if(refusal_to_remove(current, by, Uses(profile)))
    with log.journal(profile):
        if isinstance(current, DataTable):
            for figure in current.items.order_by("position"):
                record_act(profile, figure, "remove", by=by, at=at)
            current.items.all().delete()
        record_act(profile, current, "remove", by=by, at=at)
    current.delete()


# Order


def in_order(entry: DataTable | DataItem) -> list[DataTable] | list[DataItem]:
    """Return the tables of the same section, or the figures of the same table, in their order."""
    if isinstance(entry, DataTable):
        section = entry.section
        return list(section.data_tables.select_related("section").order_by("position", "key"))
    return list(entry.table.items.order_by("position"))


def order_mark(several: Sequence[DataTable] | Sequence[DataItem]) -> str:
    """Return the SHA-256 (hex) of an order, to see whether it was changed."""
    return fingerprint_of_text(" ".join(str(one.pk) for one in several))


@transaction.atomic
def shift_entry(
    entry: DataTable | DataItem, *, up: bool, base: str, by: User, at: datetime
) -> None:
    """Move a table within its section, or a figure within its table, by one place.

    The first one stays first, and the last one last.

    Args:
        entry: What is moved.
        up: Whether it goes towards the beginning.
        base: ``order_mark`` when the order was looked at.
        by: Who moves it.
        at: The moment.

    Raises:
        NotAllowed, NotNow: As ``refusal_to_register``.
        StaleEntry: If somebody has changed the order since ``base``, or removed the entry.
    """
    profile = locked(entry.profile.pk, at)
    current = _read_again(entry, profile)
    raise_if(refusal_to_register(profile, by, _section_of(current)))
    several: list[Any] = list(in_order(current))
    if order_mark(several) != base:
        raise StaleEntry(_("Somebody has changed the order in the meantime."), current=current)
    place = several.index(current)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(several):
        return
    several[place], several[other] = several[other], several[place]
    _number(several)
    record_act(profile, current, "shift", by=by, at=at)


def _number(several: Sequence[Any]) -> None:
    """Give entries the numbers of their places; first beyond all, since each number is once."""
    model: Any = type(several[0])
    free = max(one.position for one in several) + 1
    for first in (max(free, len(several)), 0):
        for place, one in enumerate(several, first):
            one.position = place
        model.objects.bulk_update(several, ["position"])


def fingerprint(entry: models.Model) -> str:
    """Return the SHA-256 (hex) of all that an entry holds, to see whether it was changed.

    The state of a figure is not part of it: moves are guarded by themselves.
    """
    content = {name: str(value) for name, value in _values(entry).items()}
    return fingerprint_of_text(json.dumps(content, sort_keys=True))


def fingerprint_of_figures(table: DataTable) -> str:
    """Return the SHA-256 (hex) of which figures a table has."""
    figures = list(table.items.order_by("pk").values_list("pk", flat=True))
    return fingerprint_of_text(json.dumps(figures))


def fingerprint_of_text(text: str) -> str:
    """Return the SHA-256 (hex) of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


#: What is no part of an entry's content: where it stands is changed by itself.
_NOT_CONTENT = ("id", "profile", "state", "position", "origin")


def _values(entry: models.Model) -> dict[str, Any]:
    """Return name → value of every field, links as sorted ids."""
    meta = entry._meta  # noqa: SLF001 - Django's own API
    plain = [one for one in meta.concrete_fields if one.name not in _NOT_CONTENT]
    values = {one.name: getattr(entry, one.attname) for one in plain}
    for one in meta.many_to_many:
        linked = getattr(entry, one.name).all()
        values[one.name] = sorted(row.pk for row in linked)
    return values


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """Return what a change changed, for the history; both are as ``in_words`` gives them."""
    told = [
        f"{label}: {_told(before[label])} → {_told(words)}"
        for label, words in after.items()
        if words != before[label]
    ]
    return "; ".join(told)


def in_words(entry: models.Model) -> dict[str, str]:
    """Return every field of an entry by its label, in words of the language in force."""
    words = {}
    for name in _values(entry):
        field = entry._meta.get_field(name)  # noqa: SLF001 - Django's own API
        label = _LINKED.get(name) or capfirst(str(getattr(field, "verbose_name", name)))
        words[str(label)] = _field_in_words(entry, name)
    return words


#: Links have no label of their own in the models.
_LINKED = {
    "territory": gettext_lazy("Territory"),
    "definition": gettext_lazy("Definition"),
    "source": gettext_lazy("Source"),
    "section": gettext_lazy("Section"),
    "sources": gettext_lazy("Sources"),
}


def _field_in_words(entry: models.Model, name: str) -> str:
    display = getattr(entry, f"get_{name}_display", None)
    value = display() if display else getattr(entry, name)
    if isinstance(value, models.Manager):
        return "; ".join(sorted(map(str, value.all())))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else str(value)


def _told(words: str) -> str:
    text = words or "–"
    return text if len(text) <= _TOLD else f"{text[:_TOLD]}…"


def _check_stays_named(entry: Entry, fields: Mapping[str, Any], uses: Uses) -> None:
    name = _NAMES.get(type(entry))
    if name is not None and fields.get(name, getattr(entry, name)) != getattr(entry, name):
        texts = [use.where for use in uses.of(entry) if use.in_text]
        if texts:
            raise InvalidInput(
                _("“%(name)s” is what the text calls it. Change the text first: %(places)s.")
                % {"name": getattr(entry, name), "places": "; ".join(texts)}
            )
    if isinstance(entry, Territory) and entry.is_city and not fields.get("is_city", True):
        raise InvalidInput(_("Mark another territory as the city; the mark moves there."))


#: What is fetched with an entry under the lock.
_WITH: dict[type[Any], tuple[str, ...]] = {
    DataTable: ("section__template_section",),
    DataItem: ("table__section__template_section",),
    Picture: ("profile", "file", "source"),
}


def _read_again(entry: Row, profile: Profile) -> Row:
    model: Any = type(entry)
    found = model._default_manager.filter(pk=entry.pk)  # noqa: SLF001 - Django's own API
    current: Any = found.select_related(*_WITH.get(model, ("profile",))).first()
    if current is None:
        raise StaleEntry(_("Somebody has removed this in the meantime."))
    owner = current.table if model is DataItem else current
    owner.profile = profile
    same: Row = current
    return same


# The erratum


def refusal_to_write_erratum(profile: Profile, by: User) -> DomainError | None:
    """Return why a person may not write the erratum now, or None if he may."""
    if Role.PROJECT_TEAM not in profile.roles_of(by):
        return NotAllowed(_("The project team writes the erratum."))
    if profile.state != ProfileState.CORRECTION:
        return NotNow(_("An erratum is written while a correction is open."))
    return None


@transaction.atomic
def write_erratum(
    profile: Profile, text: str, *, by: User, at: datetime, base: str | None = None
) -> None:
    """Write what a correction prints about itself.

    Args:
        profile: The profile.
        text: The erratum; it replaces the one that is there.
        by: Who writes it.
        at: The moment.
        base: ``fingerprint_of_text`` of the one that was looked at; None for whatever it is.

    Raises:
        NotAllowed: If the person is not of the project team.
        NotNow: If no correction is open.
        StaleEntry: If somebody has written another one since ``base``.
    """
    profile = locked(profile.pk, at)
    raise_if(refusal_to_write_erratum(profile, by))
    if base is not None and base != fingerprint_of_text(profile.erratum):
        raise StaleEntry(
            _("Somebody has changed this in the meantime. Nothing was overwritten."),
            current=profile.erratum,
        )
    profile.erratum = text.strip()
    profile.save(update_fields=["erratum", "state"])
    actor = Actor(by, Role.PROJECT_TEAM)
    entry = log.Entry("evidence:erratum", "change", "", "", reason=_told(profile.erratum))
    log.record(profile, [entry], actor=actor, at=at)


# Storing and recording


def record_act(
    profile: Profile,
    entry: Entry | LibrarySource,
    move: str,
    *,
    by: User,
    at: datetime,
    told: str = "",
) -> None:
    """Write an act on the register into the log; ``told`` says what changed."""
    role = next((one for one in _keepers(profile) if one in profile.roles_of(by)), None)
    reason = f"{_told(str(entry))}. {told}" if told else _told(str(entry))
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
