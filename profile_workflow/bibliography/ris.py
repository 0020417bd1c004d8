"""RIS: the tagged lines that libraries and reference managers exchange."""

import re
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from profile_workflow.bibliography.kinds import NAMES, kind_named
from profile_workflow.bibliography.raw import Raw, Unreadable, numbered
from profile_workflow.bibliography.record import Reference, names_of
from profile_workflow.states import SourceKind

_TAGGED = re.compile(r"\s{0,10}([A-Z][A-Z0-9])  ?-(?: (.*)|$)")
#: Longest value of one tag; more is no bibliography.
MOST_CHARACTERS = 20_000

Tags = dict[str, list[str]]


def read(text: str) -> Iterator[Raw | Unreadable]:
    """Yield every source of a file; what cannot be read is told with its line, the rest is read."""
    reader = _Reader()
    for number, line in numbered(text):
        if line.strip():
            yield from reader.take(number, line)
    yield from reader.end()


class _Reader:
    """Gathers the tags of one source until the next one begins."""

    def __init__(self) -> None:
        self._tags: Tags | None = None
        self._line, self._last = 1, ""

    def take(self, number: int, line: str) -> Iterator[Raw | Unreadable]:
        """Take a line; yield the source that it ends, or why it is none."""
        match = _TAGGED.match(line)
        tag, value = (match[1], (match[2] or "").strip()) if match else ("", line.strip())
        if tag == "TY":
            yield from self.end()
            self._tags, self._line, self._last = {"TY": [value]}, number, ""
        elif self._tags is None:
            yield Unreadable(number, _("This line belongs to no source."))
        elif tag == "ER":
            yield from self.end()
        elif tag:
            self._tags.setdefault(tag, []).append(value)
            self._last = tag
        elif self._last:
            self._go_on(self._tags[self._last], value)

    @staticmethod
    def _go_on(values: list[str], more: str) -> None:
        if len(values[-1]) <= MOST_CHARACTERS:
            values[-1] = f"{values[-1]} {more}"

    def end(self) -> Iterator[Raw | Unreadable]:
        """Yield the source that has been gathered, if there is one."""
        if self._tags is not None:
            yield _raw(self._tags, self._line)
        self._tags = None


def _first(tags: Tags, *names: str) -> str:
    return next((one for name in names for one in tags.get(name, ()) if one), "")


def _raw(tags: Tags, line: int) -> Raw | Unreadable:
    if any(len(one) > MOST_CHARACTERS for several in tags.values() for one in several):
        said = _("A field is longer than %(most)s characters.")
        return Unreadable(line, said % {"most": MOST_CHARACTERS})
    authors = next((tags[one] for one in ("AU", "A1", "A2", "ED") if tags.get(one)), [])
    volume, issue = _first(tags, "VL"), _first(tags, "IS")
    first, last = _first(tags, "SP"), _first(tags, "EP")
    return Raw(
        line=line,
        key=_first(tags, "ID"),
        kind=kind_named(_first(tags, "TY")),
        authors="; ".join(one.replace(";", ",") for one in authors if one),
        year=_year(_first(tags, "PY", "Y1", "DA")),
        title=_first(tags, "TI", "T1", "CT", "BT"),
        container=_first(tags, "T2", "JO", "JF", "JA"),
        volume=f"{volume}({issue})" if volume and issue else volume or issue,
        pages=f"{first}–{last}" if first and last else first or last,
        publisher=_first(tags, "PB"),
        language=_first(tags, "LA"),
        doi=_first(tags, "DO"),
        url=_first(tags, "UR", "L2"),
        accessed=_first(tags, "Y2"),
        note="\n".join(tags.get("N1", [])),
    )


def _year(written: str) -> str:
    """Return the year of ``2019/05/03/``, or what stands there instead."""
    year, slash, _rest = written.partition("/")
    return year if slash and year.isdigit() else written


# Writing


def write(sources: Iterable[Reference]) -> str:
    """Return sources as RIS."""
    return "\r\n".join(map(_written, sources))


def _written(source: Reference) -> str:
    day = source.accessed_on
    values = [
        ("TY", NAMES[SourceKind(source.kind)].ris),
        ("ID", source.key),
        *(("AU", str(name)) for name in names_of(source.authors)),
        ("PY", source.year),
        ("TI", source.title),
        ("T2", source.container),
        ("VL", source.volume),
        ("SP", source.pages),
        ("PB", source.publisher),
        ("LA", source.language),
        ("DO", source.doi),
        ("UR", source.url),
        ("Y2", f"{day:%Y/%m/%d}" if day else ""),
    ]
    notes = [("N1", one) for one in source.note.split("\n")] if source.note else []
    written = [(tag, value) for tag, value in values if value] + notes
    return "".join(f"{tag}  - {value}\r\n" for tag, value in written) + "ER  - \r\n"
