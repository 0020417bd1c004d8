"""The web edition of a published version: what is kept of it, how it is read, how it is cited."""

from reports.editions.model import (
    Changes,
    Edition,
    Entry,
    EntryChange,
    Part,
    SectionChange,
    TableChange,
)
from reports.editions.reading import (
    EDITION,
    EPUB_FILE,
    WORD_FILE,
    NotAsPublished,
    NotKept,
    edition_of,
    opened,
    read,
)

__all__ = [
    "EDITION",
    "EPUB_FILE",
    "WORD_FILE",
    "Changes",
    "Edition",
    "Entry",
    "EntryChange",
    "NotAsPublished",
    "NotKept",
    "Part",
    "SectionChange",
    "TableChange",
    "edition_of",
    "opened",
    "read",
]
