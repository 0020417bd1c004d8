"""What a correction changed, as it is printed below the words of the project team."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from reports.editions import Changes, EntryChange, SectionChange, TableChange
from reports.labels import Labels

#: Figures of a table that are printed; all of them stand in the files of the two versions.
MOST_FIGURES = 12
#: Name of a field → that of the word for it.
_WORD_OF = {"title": "heading", "challenges": "answers"}

Row = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """Something that changed: its name, how it changed, and its anchor if it is still there."""

    name: str
    how: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class TableLines:
    """A table that changed.

    Attributes:
        how: What of it changed besides figures; empty if nothing.
        rows: Figures that changed: name, before, now.
    """

    title: str
    how: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class InPrint:
    """All that a correction changed, in words."""

    heading: str
    sections: Sequence[Line]
    tables: Sequence[TableLines]
    entries: Sequence[Line]
    unchanged: str
    not_compared: str


def in_print(changes: Changes, words: Labels) -> InPrint:
    """Return what a correction changed, in the language of the report."""
    since = {"version": changes.since}
    return InPrint(
        heading=words.changed_since % since,
        sections=[Line(one.name, _of_section(one, words), one.part) for one in changes.sections],
        tables=[_of_table(one, words) for one in changes.tables],
        entries=list(_entries(changes.entries, words)),
        unchanged=words.unchanged_sections % {"number": changes.unchanged},
        not_compared="" if changes.is_data_compared else words.not_compared % since,
    )


def _of_section(one: SectionChange, words: Labels) -> str:
    if one.is_too_long:
        return words.many_passages
    return words.passages % {"number": one.changes} if one.html else words.new_text


def _of_table(one: TableChange, words: Labels) -> TableLines:
    left_out = len(one.rows) - MOST_FIGURES
    how = [_how(one.what, (name for name, _before, _now in one.about), words)]
    if one.what != "changed":
        return TableLines(one.title, how[0], ())
    if left_out > 0:
        how.append(words.more_figures % {"number": left_out})
    rows = [(name, before or "–", now or "–") for name, before, now in one.rows[:MOST_FIGURES]]
    return TableLines(one.title, words.semicolon.join(filter(None, how)), rows)


def _entries(entries: Iterable[EntryChange], words: Labels) -> Iterator[Line]:
    for one in entries:
        kind = words.challenge if one.kind == "challenge" else words.priority
        how = _how(one.what, (name for name, _before, _now in one.rows), words)
        yield Line(f"{kind}{words.colon}{one.name}", how)


def _how(what: str, fields: Iterable[str], words: Labels) -> str:
    """Say that something is new or gone, or which of its fields changed."""
    if what != "changed":
        return words.added if what == "added" else words.removed
    named = words.comma.join(getattr(words, _WORD_OF.get(one, one)) for one in fields)
    return words.changed_fields % {"fields": named} if named else ""
