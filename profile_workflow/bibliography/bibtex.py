"""BibTeX: reading it as it comes out of other programs, and writing it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from profile_workflow.bibliography.kinds import NAMES, kind_named
from profile_workflow.bibliography.latex import as_it_stands, decoded, encoded, verbatim
from profile_workflow.bibliography.raw import Raw, Unreadable
from profile_workflow.bibliography.record import Name, Reference, joined, names_of
from profile_workflow.states import SourceKind

#: Longest value of one field; more is no bibliography.
MOST_CHARACTERS = 20_000
#: An entry begins a line, or follows one on the same line.
_BEGIN = re.compile(r"@[ \t]*([A-Za-z]{1,40})\s{0,20}([{(])")
_LINE_BEGIN = re.compile(r"^[ \t]{0,20}@", re.MULTILINE)
_SPECIAL = re.compile(r'\\.|[{}"(),#=]', re.DOTALL)
_KEY = re.compile(r"\s*([^\s,={}\"#%]{0,200})\s*,")
_FIELD = re.compile(r"\s*,?\s*([A-Za-z][\w:.+-]{0,60})\s*=\s*")
_JOINED = re.compile(r"\s*#\s*")
_PLAIN = re.compile(r"[^\s,#{}\"=]{1,200}")
_CLOSING = {"{": "}", "(": ")"}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LANGUAGES = {"english": "en", "french": "fr", "arabic": "ar", "spanish": "es", "italian": "it"}
_NO_ENTRIES = ("comment", "preamble")


def read(text: str) -> Iterator[Raw | Unreadable]:
    """Yield every entry of a file; what cannot be read is told with its line, the rest is read."""
    macros = {month: str(number) for number, month in enumerate(_MONTHS, 1)}
    line, counted = 1, 0
    for start, end in _pieces(text):
        position = start
        while match := _BEGIN.search(text, position, end):
            line += text.count("\n", counted, match.start())
            counted = match.start()
            try:
                body, position = _body(text, match, end)
                if match[1].lower() == "string":
                    macros |= dict(_Fields(body, macros))
                elif match[1].lower() not in _NO_ENTRIES:
                    yield _entry(match[1], body, macros, line)
            except _OpenEntry as error:
                yield Unreadable(line, str(error))
                break
            except ValueError as error:
                yield Unreadable(line, str(error))


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Yield the stretches of a text that begin with an entry: one that is open spoils no other."""
    starts = [match.start() for match in _LINE_BEGIN.finditer(text)]
    if not starts and "@" in text:
        starts = [text.index("@")]
    yield from zip(starts, [*starts[1:], len(text)], strict=True)


class _OpenEntry(ValueError):
    """A brace of an entry, or a quotation mark, is not closed."""

    def __str__(self) -> str:
        return _("The entry has no end: a brace is not closed.")


def _body(text: str, begin: "re.Match[str]", end: int) -> tuple[str, int]:
    """Return what stands between the outer braces, and where the rest begins."""
    depth, position, closing = 0, begin.end(), _CLOSING[begin[2]]
    for match in _SPECIAL.finditer(text, position, end):
        sign = match[0]
        if depth == 0 and sign == closing:
            return text[position : match.start()], match.end()
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            break
    raise _OpenEntry


class _Fields:
    """The fields of one entry, in their order."""

    def __init__(self, body: str, macros: Mapping[str, str], start: int = 0) -> None:
        self._body = body
        self._macros = macros
        self._position = start

    def __iter__(self) -> Iterator[tuple[str, str]]:
        while match := _FIELD.match(self._body, self._position):
            self._position = match.end()
            yield match[1].lower(), self._value()
        rest = self._body[self._position :].strip(", \t\r\n")
        if rest:
            raise ValueError(_("This is no field: %(text)s") % {"text": rest[:60]})

    def _value(self) -> str:
        parts = [self._part()]
        while (rest := _JOINED.match(self._body, self._position)) is not None:
            self._position = rest.end()
            parts.append(self._part())
            if sum(map(len, parts)) > MOST_CHARACTERS:
                break
        value = "".join(parts)
        if len(value) > MOST_CHARACTERS:
            said = _("A field is longer than %(most)s characters.")
            raise ValueError(said % {"most": MOST_CHARACTERS})
        return value

    def _part(self) -> str:
        sign = self._body[self._position : self._position + 1]
        if sign == "{" or sign == '"':
            return self._enclosed(sign)
        match = _PLAIN.match(self._body, self._position)
        if match is None:
            raise ValueError(_("A field has no value."))
        self._position = match.end()
        return self._macros.get(match[0].lower(), match[0])

    def _enclosed(self, sign: str) -> str:
        start, depth = self._position + 1, 0
        for match in _SPECIAL.finditer(self._body, start):
            if depth == 0 and match[0] == ("}" if sign == "{" else '"'):
                self._position = match.end()
                return self._body[start : match.start()]
            depth += (match[0] == "{") - (match[0] == "}")
        raise _OpenEntry


@dataclass(frozen=True, slots=True)
class _Found:
    """The fields of an entry, by any of the names that programs give them."""

    fields: Mapping[str, str]

    def text(self, *names: str) -> str:
        return next((decoded(self.fields[one]) for one in names if self.fields.get(one)), "")

    def plain(self, *names: str) -> str:
        return next((verbatim(self.fields[one]) for one in names if self.fields.get(one)), "")


def _entry(kind: str, body: str, macros: Mapping[str, str], line: int) -> Raw:
    key = _KEY.match(body)
    found: dict[str, str] = {}
    for name, value in _Fields(body, macros, key.end() if key else 0):
        found.setdefault(name, _unfolded(value))
    return _raw(kind, key[1] if key else "", _Found(found), line)


def _unfolded(value: str) -> str:
    return " ".join(value.split())


def _raw(kind: str, key: str, found: _Found, line: int) -> Raw:
    volume, issue = found.text("volume"), found.text("number", "issue")
    language = found.text("langid", "language")
    return Raw(
        line=line,
        key=key,
        kind=kind_named(kind, found.text("entrysubtype")),
        authors=_authors(found),
        year=found.text("year") or found.text("date")[:4],
        title=_title(found),
        container=found.text("journal", "journaltitle", "booktitle"),
        volume=f"{volume}({issue})" if volume and issue else volume or issue,
        pages=found.text("pages"),
        publisher=found.text("publisher", "institution", "organization", "school"),
        language=_LANGUAGES.get(language.lower(), language),
        doi=found.plain("doi"),
        url=found.plain("url", "howpublished") if _has_address(found) else "",
        accessed=found.text("urldate"),
        note=found.text("note", "annote", "annotation"),
    )


def _has_address(found: _Found) -> bool:
    return bool(found.plain("url")) or "://" in found.plain("howpublished")


def _title(found: _Found) -> str:
    title, subtitle = found.text("title"), found.text("subtitle")
    return f"{title}: {subtitle}" if title and subtitle else title


def _authors(found: _Found) -> str:
    written = next((found.fields[one] for one in ("author", "editor") if one in found.fields), "")
    return joined(_one_author(one) for one in _split(written) if one.strip())


def _split(names: str) -> list[str]:
    """Return names apart by *and*, but not within braces."""
    parts, depth, start = [], 0, 0
    for match in re.finditer(r"\\.|[{}]|\sand\s", names, re.DOTALL):
        depth += (match[0] == "{") - (match[0] == "}")
        if depth == 0 and match[0].strip() == "and":
            parts.append(names[start : match.start()])
            start = match.end() - 1
    return [*parts, names[start:]]


def _one_author(name: str) -> Name:
    bare = name.strip()
    if bare == "others":
        return Name("et al.")
    if bare.startswith("{") and bare.endswith("}"):
        return Name(decoded(bare).replace(";", ","))
    family, comma, given = decoded(bare).replace(";", ",").partition(",")
    if comma:
        return Name(family.strip(), given.strip(" ,"))
    words = family.split()
    return Name(words[-1], " ".join(words[:-1])) if words else Name("")


# Writing


def write(sources: Iterable[Reference]) -> str:
    """Return sources as BibTeX, with the types and fields of BibLaTeX."""
    return "\n".join(map(_written, sources))


def _written(source: Reference) -> str:
    named = NAMES[SourceKind(source.kind)]
    fields = {
        "author": _written_authors(source.authors),
        "title": encoded(source.title),
        "year": encoded(source.year),
        "booktitle" if source.kind == SourceKind.CHAPTER else "journal": encoded(source.container),
        "volume": encoded(source.volume),
        "pages": encoded(source.pages),
        "publisher": encoded(source.publisher),
        "language": encoded(source.language),
        "entrysubtype": named.subtype,
        "doi": as_it_stands(source.doi),
        "url": as_it_stands(source.url),
        "urldate": source.accessed_on.isoformat() if source.accessed_on else "",
        "note": encoded(source.note),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@{named.bibtex}{{{source.key},\n{lines}}}\n"


def _written_authors(authors: str) -> str:
    return " and ".join(
        f"{encoded(name.family)}, {encoded(name.given)}"
        if name.given
        else f"{{{encoded(name.family)}}}"
        for name in names_of(authors)
    )
