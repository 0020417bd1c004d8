"""What is another one between two versions as data: figures, tables, challenges and priorities."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from profile_workflow.numerals import number
from reports.editions import EntryChange, TableChange

#: What is compared of a figure, and by what it is found again.
_COMPARED = ("value", "low", "high", "text", "unit", "women", "men", "year", "period", "territory")
_COUNTED = ("value", "low", "high", "women", "men")
_NAMED_BY = ("indicator", "label", "territory", "year")
#: What is printed of a table besides its figures.
_OF_TABLE = ("title", "note", "chart")

Data = Mapping[str, Any]


def tables_changed(old: Data, new: Data, language: str = "en") -> Iterator[TableChange]:
    """Yield the tables that differ between two ``profile.json``, in the order of the newer one.

    Numbers are written as the language of the profile writes them.
    """
    before, now = _by(old, "tables", "key"), _by(new, "tables", "key")
    for key in dict.fromkeys([*now, *before]):
        was, is_now = before.get(key, {}), now.get(key, {})
        rows = tuple(_different(_figures(was, language), _figures(is_now, language)))
        about = tuple(_fields(was, is_now, _OF_TABLE)) if was and is_now else ()
        if rows or about or not was or not is_now:
            name = f"table-{key}.csv" if is_now else ""
            title = str((is_now or was).get("title", key))
            yield TableChange(name, title, rows, about, _what(was, is_now))


def challenges_changed(old: Data, new: Data) -> Iterator[EntryChange]:
    """Yield the challenges that differ, by code; see ``tables_changed``."""
    before, now = _by(old, "challenges", "code"), _by(new, "challenges", "code")
    fields = ("title", "text", "field", "competence", "sources")
    yield from _entries("challenge", before, now, fields)


def priorities_changed(old: Data, new: Data) -> Iterator[EntryChange]:
    """Yield the priorities that differ, by title; see ``tables_changed``."""
    before, now = _by(old, "priorities", "title"), _by(new, "priorities", "title")
    fields = (
        *("rank", "label", "rationale", "responsible", "partners", "time_frame", "budget"),
        *("first_step", "activities", "outcomes", "challenges", "sdg_targets"),
        "recommendation_areas",
    )
    yield from _entries("priority", before, now, fields)


def _by(data: Data, name: str, key: str) -> dict[str, Data]:
    return {str(one.get(key, "")): one for one in data.get(name, ())}


def _entries(
    kind: str, before: Mapping[str, Data], now: Mapping[str, Data], fields: Sequence[str]
) -> Iterator[EntryChange]:
    for key in dict.fromkeys([*now, *before]):
        was, is_now = before.get(key, {}), now.get(key, {})
        rows = tuple(_fields(was, is_now, fields))
        if rows:
            shown = is_now or was
            name = " ".join(filter(None, (shown.get("code", ""), shown.get("title", ""))))
            yield EntryChange(kind, name, _what(was, is_now), rows)


def _what(was: Data, is_now: Data) -> str:
    if was and is_now:
        return "changed"
    return "added" if is_now else "removed"


def _fields(was: Data, is_now: Data, names: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    for name in names:
        before, now = _in_words(was.get(name)), _in_words(is_now.get(name))
        if before != now:
            yield name, before, now


def _in_words(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "; ".join(map(str, value))
    return "" if value is None else str(value)


def _figures(table: Data, language: str) -> dict[tuple[str, ...], tuple[str, str]]:
    """Return what names a figure → its label, and its value in words."""
    found: dict[tuple[str, ...], tuple[str, str]] = {}
    seen: Counter[tuple[str, ...]] = Counter()
    for row in table.get("figures", ()):
        name = tuple(_in_words(row.get(one)) for one in _NAMED_BY)
        seen[name] += 1
        found[(*name, str(seen[name]))] = (_in_words(row.get("label")), _printed(row, language))
    return found


def _printed(row: Data, language: str) -> str:
    """Return what is printed of a figure; nothing if it is said not to be available."""
    if not row.get("available", True):
        return ""
    return " · ".join(filter(None, (_part_of(row, one, language) for one in _COMPARED)))


def _part_of(row: Data, name: str, language: str) -> str:
    value = _in_words(row.get(name))
    return number(Decimal(value), language) if value and name in _COUNTED else value


def _different(
    old: Mapping[tuple[str, ...], tuple[str, str]], new: Mapping[tuple[str, ...], tuple[str, str]]
) -> Iterator[tuple[str, str, str]]:
    for key in dict.fromkeys([*old, *new]):
        label = (new.get(key) or old[key])[0]
        was, now = old.get(key, ("", ""))[1], new.get(key, ("", ""))[1]
        if was != now:
            yield label, was, now
