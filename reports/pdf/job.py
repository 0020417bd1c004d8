"""What the PDF process is told: plain data, sent as JSON."""

import base64
import hashlib
import json
from dataclasses import asdict, dataclass, replace
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file carried inside the PDF, such as the figures of a table as CSV.

    ``relationship`` says what it is to the pages, in the words of PDF/A-3: ``Source`` they were
    made of it, ``Data`` it is what a table shows, ``Supplement`` it says more.
    """

    name: str
    description: str
    content: str
    relationship: str = "Data"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that the document shows as ``cmp:SHA256``; its file in base 64."""

    sha256: str
    content_type: str
    content: str


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the body that begins a page, with the words to name it in a message."""

    title: str
    html: str


@dataclass(frozen=True, slots=True)
class Job:
    """Everything one PDF is made from; two equal jobs give the same bytes.

    Attributes:
        language: BCP 47 code of the text.
        direction: ``ltr`` or ``rtl``.
        title: Title of the document, also the running head.
        authors: Names for the metadata.
        description: One sentence for the metadata.
        keywords: Words for the metadata.
        moment: ISO 8601 moment with time zone, written as the date of creation.
        front: HTML of the front matter, or an empty string. ``data-page=""`` after
            ``<a href="#id"`` is filled with the page on which ``id`` is printed.
        parts: The body, numbered from page 1; ``data-page=""`` is filled there too.
        styles: Style sheets, in order.
        watermark: Words printed across each page, or an empty string.
        footer: Words at the foot of each page.
        attachments: Files to carry.
        pictures: Files of the pictures, put in just before the document is made.
        numbered: Whether the lines of the body are numbered in the margin.
        most_pages: How many pages the body is to have at most; 0 for any number.
        tighter: Style sheets that are tried one after the other until it has no more.
        closer: Style sheets that are tried, one after the other, for a part whose last page would
            hold a few lines only.
    """

    language: str
    direction: str
    title: str
    authors: tuple[str, ...]
    description: str
    keywords: tuple[str, ...]
    moment: str
    front: str
    parts: tuple[Part, ...]
    styles: tuple[str, ...]
    watermark: str = ""
    footer: str = ""
    attachments: tuple[Attachment, ...] = ()
    pictures: tuple[Picture, ...] = ()
    numbered: bool = False
    most_pages: int = 0
    tighter: tuple[str, ...] = ()
    closer: tuple[str, ...] = ()

    def to_json(self) -> str:
        """Return the job as canonical JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a job back.

        Raises:
            TypeError: If a field is missing or unknown.
        """
        values: dict[str, Any] = json.loads(text)
        values["parts"] = tuple(Part(**part) for part in values["parts"])
        values["pictures"] = tuple(Picture(**item) for item in values["pictures"])
        values["attachments"] = tuple(Attachment(**item) for item in values["attachments"])
        for name in ("authors", "keywords", "styles", "tighter", "closer"):
            values[name] = tuple(values[name])
        return cls(**values)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of everything that will be printed; the text names pictures by theirs."""
        bare = replace(self, pictures=())
        return hashlib.sha256(bare.to_json().encode()).hexdigest()

    @property
    def resources(self) -> dict[str, tuple[bytes, str]]:
        """What the document may load: key → content and type."""
        return {
            one.sha256: (base64.b64decode(one.content), one.content_type) for one in self.pictures
        }
