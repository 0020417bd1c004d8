"""Reading what is kept of a published version."""

import hashlib
from functools import lru_cache

from django.core.files.storage import default_storage

from reports.editions.model import Edition
from reports.models import Publication, PublicationFile

#: Under which name the web edition is kept among the files of a publication.
EDITION = "edition.json"
#: The same text for other programs: for Word, and as an e-book.
WORD_FILE, EPUB_FILE = "profile.docx", "profile.epub"
#: Editions that a process keeps in memory; about one megabyte each.
_MOST_KEPT = 16


class NotKept(Exception):
    """A publication has no web edition: it is older than these, or its file is damaged or gone."""


def edition_of(publication: Publication) -> Edition:
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
        with default_storage.open(name, "rb") as file:
            content = file.read()
    except FileNotFoundError:
        raise NotKept from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise NotKept
    return Edition.from_json(content.decode())
