"""Files that people send along: which kinds are taken, found by their content, made harmless.

Nothing here opens a document: of an archive only the list of its entries is read. Pictures are
drawn anew, which leaves out where and by whom they were taken and whatever was hidden in them.
"""

import re
import unicodedata
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profile_workflow.errors import InvalidInput
from profile_workflow.pictures.redrawing import redrawn, written

MOST_BYTES = 10 * 1024 * 1024
#: Longest side of what is kept of a picture; a page of a register stays legible.
LONGEST_SIDE = 3_000
_LONGEST_NAME = 80


class Kind(TextChoices):
    """What sort of file it is; the code is its ending."""

    PDF = "pdf", gettext_lazy("PDF")
    DOCX = "docx", gettext_lazy("Word document")
    XLSX = "xlsx", gettext_lazy("Excel workbook")
    PPTX = "pptx", gettext_lazy("PowerPoint presentation")
    ODT = "odt", gettext_lazy("OpenDocument text")
    ODS = "ods", gettext_lazy("OpenDocument spreadsheet")
    TEXT = "txt", gettext_lazy("text")
    CSV = "csv", gettext_lazy("table as text (CSV)")
    JPEG = "jpg", gettext_lazy("picture")


#: Kind → what a browser is told that a download is.
MEDIA_TYPES: dict[str, str] = {
    Kind.PDF: "application/pdf",
    Kind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Kind.PPTX: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    Kind.ODT: "application/vnd.oasis.opendocument.text",
    Kind.ODS: "application/vnd.oasis.opendocument.spreadsheet",
    Kind.TEXT: "text/plain",
    Kind.CSV: "text/csv",
    Kind.JPEG: "image/jpeg",
}

#: What a form offers to choose from.
ACCEPTED = ".pdf,.docx,.xlsx,.pptx,.odt,.ods,.txt,.csv,image/jpeg,image/png,image/webp"

#: Entry of an archive that tells what it is → kind.
_PARTS: dict[str, Kind] = {
    "word/document.xml": Kind.DOCX,
    "xl/workbook.xml": Kind.XLSX,
    "ppt/presentation.xml": Kind.PPTX,
}
#: First bytes of an OpenDocument file, behind the head of its first entry → kind.
_OPEN_DOCUMENTS: dict[bytes, Kind] = {
    b"mimetypeapplication/vnd.oasis.opendocument.text": Kind.ODT,
    b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet": Kind.ODS,
}
_HEAD_OF_ENTRY = 30
#: Names of parts that hold programs.
_PROGRAMS = ("vbaproject.bin", "basic/", "scripts/")
_MARK_OF_UTF8 = b"\xef\xbb\xbf"
_NOT_IN_TEXT = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
#: What begins a text that a browser or a shell would run.
_MARKUP = ("<!doctype", "<html", "<svg", "<script", "<?xml", "<?php", "#!")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that may be kept: a name without a path, its kind, its bytes."""

    name: str
    kind: Kind
    content: bytes


def read_attachment(name: str, content: bytes) -> Attachment:
    """Return a file as it may be kept.

    Args:
        name: What the sender calls it; only words of it are kept.
        content: Its bytes.

    Raises:
        InvalidInput: If it is empty, too large, of a kind that is not taken, or holds programs.
    """
    if not content:
        raise InvalidInput(_("This file is empty."))
    if len(content) > MOST_BYTES:
        raise InvalidInput(_("This file is larger than 10 MB. Send a smaller one, or a link."))
    if content.startswith(b"%PDF-"):
        kind = Kind.PDF
    elif content.startswith(b"PK\x03\x04"):
        kind = _kind_of_archive(content)
    elif _is_picture(content):
        kind, content = Kind.JPEG, written(redrawn(content, longest=LONGEST_SIDE), "jpeg")
    else:
        kind = _kind_of_text(name, content)
    return Attachment(clean_name(name, kind), kind, content)


def clean_name(name: str, kind: Kind) -> str:
    """Return a name that no system takes for anything but a name, with the ending of its kind."""
    stem = PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    if "." in stem.strip("."):
        stem = stem.rpartition(".")[0]
    kept = "".join(sign if sign.isalnum() or sign in " -_()" else "_" for sign in stem)
    words = " ".join(kept.split()).strip(" _")[:_LONGEST_NAME].strip() or "file"
    return f"{words}.{kind.value}"


def _not_taken() -> InvalidInput:
    return InvalidInput(
        _(
            "Files of this kind are not taken. Send a PDF, a Word, Excel, PowerPoint or "
            "OpenDocument file without macros, a CSV or text file, or a photograph."
        )
    )


def _kind_of_archive(content: bytes) -> Kind:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = {one.filename.lower() for one in archive.infolist()}
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError):
        raise InvalidInput(_("This file is damaged and cannot be read.")) from None
    if any(program in name for name in names for program in _PROGRAMS):
        raise InvalidInput(_("This file holds macros. Save it without them and send it again."))
    for start, kind in _OPEN_DOCUMENTS.items():
        if content[_HEAD_OF_ENTRY:].startswith(start):
            return kind
    found = next((kind for part, kind in _PARTS.items() if part in names), None)
    if found is None or "[content_types].xml" not in names:
        raise _not_taken()
    return found


def _is_picture(content: bytes) -> bool:
    is_webp = content[:4] == b"RIFF" and content[8:12] == b"WEBP"
    return is_webp or content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))


def _kind_of_text(name: str, content: bytes) -> Kind:
    """Return the kind of a file without marks: text in any encoding of bytes, or not taken."""
    begins = content[:1000].removeprefix(_MARK_OF_UTF8).decode("latin-1").lstrip().lower()
    if _NOT_IN_TEXT.search(content) or begins.startswith(_MARKUP):
        raise _not_taken()
    return Kind.CSV if name.lower().endswith((".csv", ".tsv")) else Kind.TEXT
