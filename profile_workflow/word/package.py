"""Opening a ``.docx`` that somebody sent: a ZIP of XML that may be an attack, read within limits.

Nothing is unpacked to disk, no name inside the file is ever used as a path of ours, nothing that it
points to is fetched, and no entity is expanded.
"""

import lzma
import posixpath
import re
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Any

from django.utils.translation import gettext_lazy as _
from lxml import etree

from profile_workflow.errors import InvalidInput

#: Largest file that is taken, in bytes.
MOST_BYTES = 20 * 1024 * 1024
#: Most files in the ZIP, and what they may say they unpack to, in bytes.
MOST_ENTRIES = 2_000
MOST_UNPACKED = 200 * 1024 * 1024
#: Largest part that is read, in bytes: 35 pages of text are about one million.
MOST_IN_PART = 12 * 1024 * 1024
#: Largest picture that is read, in bytes; who takes it may take less.
MOST_IN_PICTURE = 16 * 1024 * 1024
#: Longest time that one file may take, in seconds: 35 pages take a fraction of one.
MOST_SECONDS = 8.0
#: Most paragraphs, those in tables and notes included: a profile has a few hundred.
MOST_PARAGRAPHS = 5_000

NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
    "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    "v": "urn:schemas-microsoft-com:vml",
    "c": "http://schemas.openxmlformats.org/drawingml/2006/chart",
}
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
#: What the variant "Strict Open XML" says instead.
_STRICT = (
    (
        b"http://purl.oclc.org/ooxml/officeDocument/",
        b"http://schemas.openxmlformats.org/officeDocument/2006/",
    ),
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", NAMESPACES["w"].encode()),
    (
        b"http://purl.oclc.org/ooxml/drawingml/",
        b"http://schemas.openxmlformats.org/drawingml/2006/",
    ),
)
#: First bytes of the older kind of file, which is also what a password turns a ``.docx`` into.
_OLD_WORD = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = 0x1

#: What is said of a file that no program has written so.
DAMAGED = _("This file is damaged or is not a Word file. Open it in Word and save it again.")
#: What unpacking says of bytes that were never packed so.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)
_TOO_LARGE = _(
    "This file unpacks to more than a text can hold. Take out pictures and save it again, or bring "
    "in one chapter at a time."
)


def tag(name: str) -> str:
    """Return the full name of an element or attribute, e.g. of ``w:p``."""
    prefix, _colon, local = name.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


_NATURAL = re.compile(r"[0-9]{1,6}")


def natural(value: str, otherwise: int) -> int:
    """Return a whole number that a file gives, or something else if it is none that Word writes."""
    return int(value) if _NATURAL.fullmatch(value) else otherwise


class Patience:
    """How long a file may be worked on."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until = clock() + MOST_SECONDS

    def check(self) -> None:
        """Go on, or not.

        Raises:
            InvalidInput: If the time is over.
        """
        if self._clock() > self._until:
            raise InvalidInput(
                _("Reading this file takes too long. Bring in one chapter at a time.")
            )

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Do something within that has limits of its own and does not count."""
        began = self._clock()
        try:
            yield
        finally:
            self._until += self._clock() - began


@dataclass(frozen=True, slots=True)
class Link:
    """Where a reference of the text leads: another part of the file, or an address outside."""

    kind: str
    target: str
    is_outside: bool


@dataclass(slots=True)
class Package:
    """The parts of a Word file that its text is read from.

    Attributes:
        body: The text.
        styles, numbering, footnotes, endnotes: The other parts; None where there is none.
        links: Part → name of a reference in it → where it leads. Nothing is ever fetched.
        properties: Name → value of the document's own properties.
        comments: How many comments stand beside the text.
        main: Name of the part that holds the text.
    """

    archive: zipfile.ZipFile
    body: Any
    styles: Any = None
    numbering: Any = None
    footnotes: Any = None
    endnotes: Any = None
    links: dict[str, dict[str, Link]] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    comments: int = 0
    main: str = ""

    def picture(self, reference: str) -> bytes | None:
        """Return the file of a picture in the text, cut off where it is too large to be taken.

        Args:
            reference: Name of the reference to it.

        Returns:
            Its bytes; None if it is not in the file, or damaged.
        """
        link = self.links["body"].get(reference)
        if link is None or link.is_outside or link.kind != "image":
            return None
        try:
            with self.archive.open(_inner(self.main, link.target)) as part:
                return part.read(MOST_IN_PICTURE)
        except (*_BROKEN, KeyError):
            return None


def open_package(file: IO[bytes]) -> Package:
    """Read a file that should be a ``.docx``.

    Raises:
        InvalidInput: If it is not, is protected by a password, holds macros, or is larger inside
            than any text; with a sentence on what to do.
    """
    if file.read(4) == _OLD_WORD:
        raise InvalidInput(
            _(
                "This is a file of an older Word, or one with a password. Open it in Word, take "
                "the password away, and save it as “Word document (.docx)”."
            )
        )
    file.seek(0)
    try:
        return _read(zipfile.ZipFile(file))
    except _BROKEN as error:
        raise InvalidInput(DAMAGED) from error


def _read(archive: zipfile.ZipFile) -> Package:
    _check_size(archive)
    _check_kind(archive)
    main = _main_part(archive)
    body = _part(archive, main)
    if body is None or body.find(tag("w:body")) is None:
        raise InvalidInput(DAMAGED)
    links = _links(archive, main)
    found = Package(archive, body.find(tag("w:body")), links={"body": links}, main=main)
    for kind in ("styles", "numbering", "footnotes", "endnotes"):
        name = _name_of(main, links, kind)
        setattr(found, kind, _part(archive, name))
        found.links[kind] = _links(archive, name) if name else {}
    comments = _part(archive, _name_of(main, links, "comments"))
    found.comments = 0 if comments is None else len(comments.findall(tag("w:comment")))
    found.properties = _properties(archive)
    _check_paragraphs(found)
    return found


def _check_size(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > MOST_ENTRIES or sum(one.file_size for one in entries) > MOST_UNPACKED:
        raise InvalidInput(_TOO_LARGE)
    if len({one.filename for one in entries}) < len(entries):
        raise InvalidInput(DAMAGED)
    if any(one.flag_bits & _ENCRYPTED for one in entries):
        raise InvalidInput(_("This file is protected by a password. Save it without one."))


def _check_kind(archive: zipfile.ZipFile) -> None:
    types = _part(archive, "[Content_Types].xml")
    if types is None:
        raise InvalidInput(DAMAGED)
    said = {str(one.get("ContentType", "")) for one in types}
    macros = any(name.endswith("vbaProject.bin") for name in archive.namelist())
    if macros or any("macroEnabled" in one for one in said):
        raise InvalidInput(
            _("This file holds macros. Save it as “Word document (.docx)”, which holds none.")
        )
    if _MAIN not in said:
        raise InvalidInput(
            _("This is not a Word document. Open it in Word and save it as “.docx”.")
        )


def _check_paragraphs(found: Package) -> None:
    parts = (found.body, found.footnotes, found.endnotes)
    number = sum(1 for part in parts if part is not None for _one in part.iter(tag("w:p")))
    if number > MOST_PARAGRAPHS:
        said = _(
            "This file has %(number)s paragraphs, at most %(most)s are read. Bring in one chapter "
            "at a time."
        )
        raise InvalidInput(said % {"number": number, "most": MOST_PARAGRAPHS})


def _bytes(archive: zipfile.ZipFile, name: str) -> bytes | None:
    """Return a part, however large it says it is, or None if there is no such."""
    try:
        entry = archive.getinfo(name)
    except KeyError:
        return None
    with archive.open(entry) as part:
        data = part.read(MOST_IN_PART + 1)
    if len(data) > MOST_IN_PART:
        raise InvalidInput(_TOO_LARGE)
    return data


def _part(archive: zipfile.ZipFile, name: str) -> Any:
    """Return the root of a part; a file that declares a document type has something to hide."""
    data = _bytes(archive, name)
    if data is None:
        return None
    for strict, usual in _STRICT:
        data = data.replace(strict, usual)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise InvalidInput(DAMAGED) from error
    if root.getroottree().docinfo.doctype:
        raise InvalidInput(DAMAGED)
    return root


def _main_part(archive: zipfile.ZipFile) -> str:
    links = _links(archive, "")
    found = (one.target for one in links.values() if one.kind == "officeDocument")
    return next(found, "word/document.xml")


def _name_of(main: str, links: dict[str, Link], kind: str) -> str:
    """Return the name of a part that the text refers to; empty if it refers to none."""
    for link in links.values():
        if link.kind == kind and not link.is_outside:
            return _inner(main, link.target)
    return ""


def _inner(main: str, target: str) -> str:
    """Return the name in the ZIP of what the text refers to."""
    folder = posixpath.dirname(main)
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")


def _links(archive: zipfile.ZipFile, name: str) -> dict[str, Link]:
    folder, base = posixpath.split(name)
    root = _part(archive, posixpath.join(folder, "_rels", f"{base}.rels"))
    found = {}
    for one in () if root is None else root.iter(f"{{{_PACKAGE}/relationships}}Relationship"):
        kind = str(one.get("Type", "")).rpartition("/")[2]
        target, outside = str(one.get("Target", "")), one.get("TargetMode") == "External"
        if not name:
            target = target.lstrip("/")
        found[str(one.get("Id", ""))] = Link(kind, target, outside)
    return found


_PROPERTY = re.compile(r"\}property$")


def _properties(archive: zipfile.ZipFile) -> dict[str, str]:
    root = _part(archive, "docProps/custom.xml")
    if root is None:
        return {}
    return {
        str(one.get("name", "")): "".join(one.itertext()).strip()
        for one in root
        if _PROPERTY.search(str(one.tag))
    }
