"""The web edition as plain data: made once, kept as JSON, never made again."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

#: Raised when what is kept is read in another way; what was kept before stays readable.
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the contents within a part, or of the list of tables or figures.

    Attributes:
        name: Number and words.
        part: Key of the part in which it stands.
        anchor: Its id there.
    """

    name: str
    part: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Part:
    """A chapter, or what follows the chapters: a page of the web edition.

    Attributes:
        key: The last step of its address.
        number: Number of a chapter or label of an annex; may be empty.
        html: Safe HTML. Links to other parts, files and pictures are relative to its address.
        entries: Its headings, as the contents list them.
    """

    key: str
    number: str
    title: str
    html: str
    entries: tuple[Entry, ...] = ()

    @property
    def name(self) -> str:
        """Number and title."""
        return f"{self.number} {self.title}".strip()


@dataclass(frozen=True, slots=True)
class SectionChange:
    """What a correction changed in a section.

    Attributes:
        part: Key of its part.
        changes: How many paragraphs, items and cells were added, removed or changed.
        html: The changed passages with what was added and removed marked; empty if all is new.
        is_too_long: Whether the texts were too long to be compared.
    """

    part: str
    name: str
    changes: int
    html: str
    is_too_long: bool = False


@dataclass(frozen=True, slots=True)
class TableChange:
    """What a correction changed in a table.

    Attributes:
        file: Name of the file with all its figures; empty if the table was removed.
        rows: The figures that changed: name, before, now.
        about: What else of it changed, by the name of the field: before, now.
        what: ``changed``, ``added`` or ``removed``.
    """

    file: str
    title: str
    rows: tuple[tuple[str, str, str], ...]
    about: tuple[tuple[str, str, str], ...] = ()
    what: str = "changed"


@dataclass(frozen=True, slots=True)
class EntryChange:
    """A challenge or a priority that a correction changed.

    Attributes:
        kind: ``challenge`` or ``priority``.
        what: ``changed``, ``added`` or ``removed``.
        rows: What of it changed, by the name of the field: before, now.
    """

    kind: str
    name: str
    what: str
    rows: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a correction changed since the version before.

    Attributes:
        since: Number of that version.
        unchanged: How many sections were left as they were.
        entries: Challenges and priorities.
        is_data_compared: Whether the data of that version could be read, to be compared.
    """

    since: str
    sections: tuple[SectionChange, ...] = ()
    tables: tuple[TableChange, ...] = ()
    unchanged: int = 0
    entries: tuple[EntryChange, ...] = ()
    is_data_compared: bool = True

    @property
    def is_quoting(self) -> bool:
        """Whether files print something of that version: a figure before, a title that is gone."""
        before = (before for one in self.tables for _name, before, _now in one.rows)
        whats = [*(one.what for one in self.tables), *(one.what for one in self.entries)]
        return any(before) or "removed" in whats


@dataclass(frozen=True, slots=True)
class Edition:
    """All that the pages of a published version show, in the language of its text.

    Attributes:
        slug: Name of the profile in addresses.
        language: Language of the text; ``direction`` is ``ltr`` or ``rtl``.
        year: The edition.
        digest: SHA-256 (hex) of the text, as decisions and sign-offs name it.
        abstract: The beginning of the summary, as plain text.
        cited_as: The suggested citation.
        imprint: Pairs of direction and text: funding, disclaimer, rights.
        erratum: What the version corrects; empty if nothing.
        validated_on: Day of the sign-off, in words; ``data_year`` is the year of its figures.
        files: Name of each file of figures → title.
        changes: What a correction changed; None of a first version.
    """

    slug: str
    language: str
    direction: str
    title: str
    programme: str
    city: str
    year: str
    version: str
    digest: str
    authors: tuple[str, ...]
    keywords: tuple[str, ...]
    abstract: str
    cited_as: str
    imprint: tuple[tuple[str, str], ...]
    erratum: str
    validated_on: str
    data_year: str
    parts: tuple[Part, ...]
    tables: tuple[Entry, ...]
    figures: tuple[Entry, ...]
    files: tuple[tuple[str, str], ...]
    changes: Changes | None = None
    boxes: tuple[Entry, ...] = ()

    def to_json(self) -> str:
        """Return the edition as canonical JSON."""
        return json.dumps({"format": FORMAT} | asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read an edition back, also one of an earlier release.

        Raises:
            ValueError, KeyError, TypeError: If the text is not what ``to_json`` wrote.
        """
        values: dict[str, Any] = json.loads(text)
        values.pop("format")
        values["parts"] = tuple(_part(one) for one in values["parts"])
        # What was published before boxes were listed has no list of them.
        for name in ("tables", "figures", "boxes"):
            values[name] = tuple(Entry(**one) for one in values.get(name, ()))
        for name in ("imprint", "files"):
            values[name] = tuple((first, second) for first, second in values[name])
        for name in ("authors", "keywords"):
            values[name] = tuple(values[name])
        if values["changes"]:
            values["changes"] = _changes(values["changes"])
        return cls(**values)

    def part(self, key: str) -> Part | None:
        """Return a part by its key; None if there is none."""
        return next((one for one in self.parts if one.key == key), None)


def _part(kept: dict[str, Any]) -> Part:
    return Part(**kept | {"entries": tuple(Entry(**one) for one in kept["entries"])})


def _changes(kept: dict[str, Any]) -> Changes:
    tables = (
        TableChange(**one | {name: _rows(one.get(name, ())) for name in ("rows", "about")})
        for one in kept["tables"]
    )
    entries = (EntryChange(**one | {"rows": _rows(one["rows"])}) for one in kept.get("entries", ()))
    sections = tuple(SectionChange(**one) for one in kept["sections"])
    found = {"sections": sections, "tables": tuple(tables), "entries": tuple(entries)}
    return Changes(**kept | found)


def _rows(kept: Iterable[Sequence[str]]) -> tuple[tuple[str, str, str], ...]:
    return tuple((name, before, now) for name, before, now in kept)
