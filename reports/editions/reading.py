"""Reading what is kept of a published version: the very bytes that were published, or nothing."""

import hashlib
import logging
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.core.files import File
from django.core.files.storage import default_storage

from reports.editions.model import Edition

if TYPE_CHECKING:
    # The process that makes e-books has no models.
    from reports.models import Publication, PublicationFile

logger = logging.getLogger(__name__)

#: Under which name the web edition is kept among the files of a publication.
EDITION = "edition.json"
#: The same text for other programs: for Word, and as an e-book.
WORD_FILE, EPUB_FILE = "profile.docx", "profile.epub"
#: Editions that a process keeps in memory; about one megabyte each.
_MOST_KEPT = 16
_STEP = 1024 * 1024


class NotKept(Exception):
    """A publication has no web edition: it is older than these, or its file is damaged or gone."""


class NotAsPublished(Exception):
    """A file is not the one that was published, or is not there any more; the log says which."""


def opened(name: str, sha256: str) -> "File[Any]":
    """Open a published file at its beginning, after it was read once and compared.

    Args:
        name: Its name in the storage.
        sha256: What it was when it was published.

    Raises:
        NotAsPublished: If it is another one now, or gone.
    """
    try:
        file = default_storage.open(name, "rb")
    except FileNotFoundError:
        logger.error("the published file %s is missing", name)  # noqa: TRY400 - who reads it needs no trace
        raise NotAsPublished from None
    found = hashlib.sha256()
    while piece := file.read(_STEP):
        found.update(piece)
    if found.hexdigest() != sha256:
        file.close()
        logger.error("the published file %s has been changed; it is not given out", name)
        raise NotAsPublished
    file.seek(0)
    return file


def read(name: str, sha256: str) -> bytes:
    """Return the content of a published file.

    Raises:
        NotAsPublished: As ``opened``.
    """
    with opened(name, sha256) as file:
        content: bytes = file.read()
    return content


def edition_of(publication: "Publication") -> Edition:
    """Return the web edition of a publication: one query, and mostly nothing to read.

    Raises:
        NotKept: If there is none, or if it is not the one that was published.
    """
    kept: PublicationFile | None = publication.files.filter(path=EDITION).first()
    if kept is None:
        raise NotKept
    return _read(kept.file.name, kept.sha256)


@lru_cache(maxsize=_MOST_KEPT)
def _read(name: str, sha256: str) -> Edition:
    try:
        return Edition.from_json(read(name, sha256).decode())
    except NotAsPublished:
        raise NotKept from None
