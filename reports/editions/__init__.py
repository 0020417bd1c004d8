"""The web edition of a published version: what is kept of it, how it is read, how it is cited."""

from reports.editions.model import Changes, Edition, Entry, Part, SectionChange, TableChange
from reports.editions.reading import EDITION, EPUB_FILE, WORD_FILE, NotKept, edition_of

__all__ = [
    "EDITION",
    "EPUB_FILE",
    "WORD_FILE",
    "Changes",
    "Edition",
    "Entry",
    "NotKept",
    "Part",
    "SectionChange",
    "TableChange",
    "edition_of",
]
