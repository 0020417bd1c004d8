"""The shapes of a report: what is read of a profile (material), and what is printed (report)."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.safestring import SafeString

from profile_workflow.bibliography.formatting import Formatted
from profile_workflow.bibliography.record import Reference
from profile_workflow.markup import Heading, Problem, first_strong_direction
from profile_workflow.pictures.shown import Shown
from reports.context.brand import Brand
from reports.context.validation_record import ApprovalLine, ValidationRecord

# --- material: what is read ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One figure of a data table. Numbers are exact; words are in the report's language."""

    label: str
    indicator: str = ""
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    text: str = ""
    unit: str = ""
    women: Decimal | None = None
    men: Decimal | None = None
    period: str = ""
    year: int | None = None
    territory: str = ""
    definition: str = ""
    source: str = ""
    page: str = ""
    method: str = ""
    quality: str = ""
    state: str = ""
    available: bool = True
    remark: str = ""

    @property
    def when(self) -> str:
        """Reference period, or the year."""
        return self.period or (str(self.year) if self.year else "")


@dataclass(frozen=True, slots=True)
class TableOfFigures:
    """A data table with its rows, in order."""

    key: str
    section: str
    title: str
    note: str = ""
    chart: str = ""
    rows: tuple[FigureRow, ...] = ()


@dataclass(frozen=True, slots=True)
class SectionText:
    """The text of a section that is to be printed, and where it comes from."""

    key: str
    number: str
    title: str
    text: str = ""
    is_summary: bool = False
    nothing_found: bool = False
    searched: str = ""
    authors: tuple[str, ...] = ()
    revision: str = ""
    sha256: str = ""
    submitted_on: str = ""
    pictures: tuple[Shown, ...] = ()


@dataclass(frozen=True, slots=True)
class ChallengeEntry:
    """A challenge: code, words, field, competence, section and sources.

    ``from_workshop`` tells what participants added after the text had been validated.
    """

    code: str
    title: str
    text: str
    field: str
    competence: str
    section: str
    sources: tuple[str, ...] = ()
    from_workshop: bool = False


@dataclass(frozen=True, slots=True)
class DataRequest:
    """What was asked of an institution. Never who was asked, nor what was answered.

    Attributes:
        answered_on: Empty as long as there is no answer.
        available: Whether what was asked for could be given.
        reason: Why not, as it is to be printed.
    """

    subject: str
    holder: str
    asked_on: str
    answered_on: str = ""
    available: bool = True
    reason: str = ""

    @property
    def subject_direction(self) -> str:
        """Direction of the subject, which may be Latin in an Arabic table."""
        return first_strong_direction(self.subject)

    @property
    def holder_direction(self) -> str:
        """Direction of the name of the institution."""
        return first_strong_direction(self.holder)

    @property
    def reason_direction(self) -> str:
        """Direction of the reason."""
        return first_strong_direction(self.reason)


@dataclass(frozen=True, slots=True)
class PriorityEntry:
    """A priority with its action sheet."""

    rank: int
    title: str
    rationale: str
    label: str
    responsible: str
    time_frame: str = ""
    budget: str = ""
    first_step: str = ""
    partners: tuple[str, ...] = ()
    challenges: tuple[str, ...] = ()
    sdg_targets: tuple[str, ...] = ()
    recommendation_areas: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Material:
    """All that is read of a profile, in the language of the report.

    Attributes:
        moment: ISO 8601 moment of the newest text, the date of the file.
        blocks: Kind → text of the text blocks in force.
        is_public: Whether the text may be cited.
        requests: The data requests, which the first chapter prints.
        requests_as_of: The day up to which they are told.
        verify_at: Address at which everybody can check the text; empty where there is none.
        brand: How the reports of the programme look.
    """

    slug: str
    language: str
    title: str
    programme: str
    city: str
    edition: str
    year: str
    version: str
    moment: str
    frozen_on: str
    validated_on: str
    is_public: bool
    sections: tuple[SectionText, ...]
    tables: tuple[TableOfFigures, ...] = ()
    sources: tuple[Reference, ...] = ()
    acronyms: tuple[tuple[str, str], ...] = ()
    definitions: tuple[tuple[str, str], ...] = ()
    challenges: tuple[ChallengeEntry, ...] = ()
    priorities: tuple[PriorityEntry, ...] = ()
    blocks: tuple[tuple[str, str], ...] = ()
    keywords: tuple[str, ...] = ()
    erratum: str = ""
    record: ValidationRecord = field(default_factory=ValidationRecord)
    requests: tuple[DataRequest, ...] = ()
    requests_as_of: str = ""
    verify_at: str = ""
    brand: Brand = field(default_factory=Brand)


# --- report: what is printed --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cover:
    """Words on the cover."""

    programme: str
    kicker: str
    title: str
    edition: str
    version: str
    funding: str


@dataclass(frozen=True, slots=True)
class Authorship:
    """Who wrote which chapters."""

    people: str
    chapters: str


@dataclass(frozen=True, slots=True)
class Imprint:
    """What stands on the page behind the cover; ``blocks`` are pairs of direction and text."""

    blocks: tuple[tuple[str, str], ...]
    citation: str
    authorship: tuple[Authorship, ...]
    version: str
    frozen_on: str
    validated_on: str
    data_year: str
    digest: str
    erratum: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A section as it is printed; ``text`` is what its author wrote."""

    key: str
    anchor: str
    number: str
    title: str
    text: str
    html: SafeString
    headings: tuple[Heading, ...]
    is_summary: bool
    revision: str
    sha256: str
    submitted_on: str


@dataclass(frozen=True, slots=True)
class Practice:
    """A practice that a chapter describes in a box; ``html`` is the box as it is printed there."""

    title: str
    number: str
    chapter: str
    html: SafeString


@dataclass(frozen=True, slots=True)
class ListedExhibit:
    """An entry of the list of tables, figures or boxes; boxes have no label."""

    label: str
    title: str
    anchor: str


@dataclass(frozen=True, slots=True)
class DataFile:
    """The figures of a table as CSV, carried in the PDF."""

    name: str
    title: str
    content: str


@dataclass(frozen=True, slots=True)
class Report:
    """A profile, ready to print.

    Attributes:
        digest: SHA-256 of the texts, as decisions and sign-offs name it.
        watermark: Whether each page says that this is a consultation version.
        problems: What in the text will not print as its author thinks, by section title.
        approvals: What was approved of the very text that is printed.
        verify_at: Address at which everybody can check the text; empty where there is none.
        data_tables: The figures of all tables.
        references: The sources that are cited.
        brand: How it looks.
        practices: The practices that its chapters describe in boxes, in their order.
        drawings: Name of each chart that stands in a chapter → the same as a file; on the web.
        boxes: The boxes that have a title.
    """

    slug: str
    language: str
    direction: str
    title: str
    authors: tuple[str, ...]
    keywords: tuple[str, ...]
    moment: str
    cover: Cover
    imprint: Imprint
    acronyms: tuple[tuple[str, str], ...]
    chapters: tuple[Chapter, ...]
    tables: tuple[ListedExhibit, ...]
    figures: tuple[ListedExhibit, ...]
    challenges: tuple[ChallengeEntry, ...]
    priorities: tuple[PriorityEntry, ...]
    bibliography: tuple[Formatted, ...]
    citations: tuple[tuple[str, str], ...]
    record: ValidationRecord
    data_files: tuple[DataFile, ...]
    digest: str
    watermark: bool
    problems: tuple[tuple[str, Problem], ...]
    approvals: tuple[ApprovalLine, ...] = ()
    verify_at: str = ""
    data_tables: tuple[TableOfFigures, ...] = ()
    references: tuple[Reference, ...] = ()
    brand: Brand = field(default_factory=Brand)
    practices: tuple[Practice, ...] = ()
    drawings: tuple[tuple[str, str], ...] = ()
    boxes: tuple[ListedExhibit, ...] = ()
