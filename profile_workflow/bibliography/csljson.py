"""CSL-JSON: the sources of the citation style language, as Zotero and others exchange them."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from profile_workflow.bibliography.kinds import NAMES, kind_named
from profile_workflow.bibliography.raw import Raw, Unreadable
from profile_workflow.bibliography.record import Name, Reference, joined, names_of
from profile_workflow.states import SourceKind

#: Longest value of one field; more is no bibliography.
MOST_CHARACTERS = 20_000
_BETWEEN = " \t\r\n,"


def read(text: str) -> Iterator[Raw | Unreadable]:
    """Yield every source of a list, or the one that stands alone; the first fault ends the file."""
    decoder = json.JSONDecoder()
    position = text.find("[") + 1 if text.lstrip().startswith("[") else 0
    line, counted = 1, 0
    while True:
        while position < len(text) and text[position] in _BETWEEN:
            position += 1
        if position >= len(text) or text[position] == "]":
            return
        line += text.count("\n", counted, position)
        counted = position
        try:
            item, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            yield Unreadable(line, _("From here on this is no JSON."))
            return
        yield _raw(item, line)


def _raw(item: Any, line: int) -> Raw | Unreadable:
    if not isinstance(item, dict):
        return Unreadable(line, _("This is no source."))
    texts = {name: _text(value) for name, value in item.items()}
    if any(len(one) > MOST_CHARACTERS for one in texts.values()):
        said = _("A field is longer than %(most)s characters.")
        return Unreadable(line, said % {"most": MOST_CHARACTERS})

    def first(*names: str) -> str:
        return next((texts[name] for name in names if texts.get(name)), "")

    volume, issue = first("volume"), first("issue")
    return Raw(
        line=line,
        key=first("citation-key", "id"),
        kind=kind_named(first("type")),
        authors=_authors(item.get("author")) or _authors(item.get("editor")),
        year=_year(item.get("issued")),
        title=first("title"),
        container=first("container-title", "event-title", "event"),
        volume=f"{volume}({issue})" if volume and issue else volume or issue,
        pages=first("page"),
        publisher=first("publisher"),
        language=first("language"),
        doi=first("DOI"),
        url=first("URL"),
        accessed=_day(item.get("accessed")),
        note=first("note"),
    )


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and abs(value) < 10**9 else ""


def _authors(value: Any) -> str:
    found = value if isinstance(value, list) else []
    return joined(_name(one) for one in found if isinstance(one, dict) and _name(one).family)


def _name(one: dict[str, Any]) -> Name:
    texts = {part: _text(value).replace(";", ",").strip() for part, value in one.items()}
    particles = (texts.get("dropping-particle", ""), texts.get("non-dropping-particle", ""))
    family = " ".join(part for part in (*particles, texts.get("family", "")) if part)
    if family:
        return Name(family, texts.get("given", ""))
    return Name(texts.get("literal", "") or texts.get("given", ""))


def _parts(value: Any) -> list[str]:
    """Return the first of the dates as year, month, day, as far as they are given."""
    parts = value.get("date-parts") if isinstance(value, dict) else None
    first = parts[0] if isinstance(parts, list) and parts else None
    return [_text(one) for one in first] if isinstance(first, list) else []


def _year(value: Any) -> str:
    parts = _parts(value)
    if parts:
        return parts[0]
    found = value if isinstance(value, dict) else {}
    return _text(found.get("literal")) or _text(found.get("raw"))[:4]


def _day(value: Any) -> str:
    parts = _parts(value)
    if len(parts) == 3:
        return "-".join(parts)
    found = value if isinstance(value, dict) else {}
    return _text(found.get("raw")) or _text(found.get("literal"))


# Writing


def write(sources: Iterable[Reference]) -> str:
    """Return sources as CSL-JSON."""
    return json.dumps([item_of(one) for one in sources], ensure_ascii=False, indent=2) + "\n"


def item_of(source: Reference) -> dict[str, Any]:
    """Return a source as an item of the citation style language."""
    day = source.accessed_on
    item: dict[str, Any] = {
        "id": source.key,
        "type": NAMES[SourceKind(source.kind)].csl,
        "author": [_written(name) for name in names_of(source.authors)],
        "issued": _issued(source.year),
        "title": source.title,
        "container-title": source.container,
        "volume": source.volume,
        "page": source.pages,
        "publisher": source.publisher,
        "language": source.language,
        "DOI": source.doi,
        "URL": source.url,
        "accessed": {"date-parts": [[day.year, day.month, day.day]]} if day else None,
        "note": source.note,
    }
    return {name: value for name, value in item.items() if value}


def _issued(year: str) -> dict[str, Any] | None:
    if not year:
        return None
    # Only a year that comes back as it was is written as a number.
    is_number = year.isascii() and year.isdigit() and len(year) == 4 and year[0] != "0"
    return {"date-parts": [[int(year)]]} if is_number else {"literal": year}


def _written(name: Name) -> dict[str, str]:
    if name.given:
        return {"family": name.family, "given": name.given}
    return {"literal": name.family}
