"""Reading and writing sources in any of the formats, within limits."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from django.utils.translation import gettext as _

from profile_workflow.bibliography import bibtex, csljson, ris
from profile_workflow.bibliography.raw import Raw, Unreadable
from profile_workflow.bibliography.record import Reference
from profile_workflow.decoding import text_of

#: Largest file, in bytes and in characters.
MOST_BYTES = 1_000_000
#: Most sources, and most faults that are told, of one file.
MOST_SOURCES = 500
MOST_FAULTS = 100


@dataclass(frozen=True, slots=True)
class Format:
    """A format: ending and type of its files, what it is called, how it is read and written."""

    ending: str
    name: str
    content_type: str
    read: Callable[[str], Iterator[Raw | Unreadable]]
    write: Callable[[Iterable[Reference]], str]


#: Ending of its files → the format.
FORMATS: Mapping[str, Format] = {
    one.ending: one
    for one in (
        Format("bib", "BibTeX", "application/x-bibtex", bibtex.read, bibtex.write),
        Format("ris", "RIS", "application/x-research-info-systems", ris.read, ris.write),
        Format(
            "json",
            "CSL-JSON",
            "application/vnd.citationstyles.csl+json",
            csljson.read,
            csljson.write,
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Arrived:
    """A source that was read, with the line on which it begins."""

    line: int
    reference: Reference


@dataclass(slots=True)
class Reading:
    """What a text was read as, what is in it, and what could not be read."""

    format: Format | None = None
    sources: list[Arrived] = field(default_factory=list)
    faults: list[Unreadable] = field(default_factory=list)


def text_of_file(content: bytes) -> tuple[str, bool]:
    """Return the text of a file, and whether its encoding had to be guessed.

    Raises:
        ValueError: If it is no text, or too large.
    """
    if len(content) > MOST_BYTES:
        raise ValueError(_("The file is larger than 1 MB."))
    try:
        return text_of(content)
    except ValueError:
        raise ValueError(_("This is not a text file.")) from None


def format_of(text: str) -> Format | None:
    """Return the format that a text looks like, or None."""
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith(("[", "{")):
        return FORMATS["json"]
    if "TY  -" in start:
        return FORMATS["ris"]
    return FORMATS["bib"] if "@" in start else None


def read(text: str) -> Reading:
    """Read sources in whatever format they are. Reading never fails; it tells what it could not."""
    found = Reading(format_of(text))
    if len(text) > MOST_BYTES:
        found.faults.append(Unreadable(1, _("The text is larger than 1 MB.")))
        return found
    if found.format is None:
        said = _("This is neither BibTeX nor RIS nor CSL-JSON.")
        found.faults.append(Unreadable(1, said))
        return found
    for one in islice(found.format.read(text), MOST_SOURCES + MOST_FAULTS):
        if len(found.sources) == MOST_SOURCES and isinstance(one, Raw):
            said = _("At most %(most)s sources are read at once; the rest is left out.")
            found.faults.append(Unreadable(one.line, said % {"most": MOST_SOURCES}))
            break
        _take(found, one)
    return found


def _take(found: Reading, one: Raw | Unreadable) -> None:
    if isinstance(one, Raw):
        try:
            found.sources.append(Arrived(one.line, one.reference()))
        except ValueError as error:
            found.faults.append(Unreadable(one.line, str(error)))
    elif len(found.faults) < MOST_FAULTS:
        found.faults.append(one)
