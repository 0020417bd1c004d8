"""What is to be written into a file for Word: sections, data tables and pictures, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class WordImage:
    """What is drawn.

    Attributes:
        content: Its file.
        kind: ``jpeg`` or ``png``.
        width: In pixels.
        height: In pixels.
        alt: What it shows, for who does not see it.
    """

    content: bytes
    kind: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True, slots=True)
class WordTable:
    """A data table, as the text places it; ``chart`` is what it looks like as a figure."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""
    chart: WordImage | None = None


@dataclass(frozen=True, slots=True)
class WordPicture:
    """A picture, as the text places it: what stands with it, and where it comes from, in words."""

    image: WordImage
    caption: str
    origin: str


@dataclass(frozen=True, slots=True)
class WordSection:
    """A section as it is written.

    Attributes:
        key: Its code.
        heading: Its number and title.
        text: Its text in the dialect.
        revision: Number of the revision that the text is or follows; 0 if there is none.
        version: Version of the working text; 0 if it is not the working text that is written.
        remark: What is said instead of, or before, the text.
        sources: The sources that it cites, in words.
        pictures: Key → picture that it places.
    """

    key: str
    heading: str
    text: str
    revision: int = 0
    version: int = 0
    remark: str = ""
    sources: Sequence[str] = ()
    pictures: Mapping[str, WordPicture] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WordDocument:
    """All that is written into one file.

    Attributes:
        title: Title of the profile.
        introduction: Sentences for whoever opens the file.
        language: Language of the text.
        origin: Short name of the profile.
        sections: The sections.
        tables: Key → data table.
        words_for_sources: Heading above the sources that a section cites.
        words_for_tables: What is said below a data table.
        words_for_pictures: What is said below a picture.
    """

    title: str
    introduction: Sequence[str]
    language: str
    origin: str
    sections: Sequence[WordSection]
    tables: Mapping[str, WordTable] = field(default_factory=dict)
    words_for_sources: str = ""
    words_for_tables: str = ""
    words_for_pictures: str = ""
