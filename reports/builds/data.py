"""A profile as data for machines: all that is printed, and nothing that is not."""

import json
from dataclasses import asdict, replace
from decimal import Decimal
from typing import Any

from profile_workflow.bibliography import csljson
from profile_workflow.bibliography.record import Reference
from reports.builds.pages import record_in_words
from reports.context import Material, Report
from reports.context.plain import FigureRow, SectionText, TableOfFigures
from reports.labels import labels
from reports.pdf.job import Attachment

#: Name of the file with the validation record as data.
RECORD_FILE = "record.json"

#: Raised when a name or a meaning changes; what was published before stays as it was.
FORMAT = "city-migration-profile/1"


def profile_data(material: Material, report: Report) -> str:
    """Return a profile as JSON: texts as they were written, figures, sources, priorities.

    Args:
        material: What was read of it.
        report: What is printed of that.

    Returns:
        The text of ``profile.json``; ``FORMAT`` names its shape.
    """
    texts = {one.key: one for one in material.sections}
    data = {
        "format": FORMAT,
        "title": material.title,
        "programme": material.programme,
        "city": material.city,
        "edition": material.edition,
        "version": material.version,
        "language": material.language,
        "text_sha256": report.digest,
        "may_be_cited": not report.watermark,
        "frozen_on": material.frozen_on,
        "validated_on": material.validated_on,
        "authors": report.authors,
        "keywords": report.keywords,
        "suggested_citation": report.imprint.citation,
        "erratum": report.imprint.erratum,
        "statements": [text for _direction, text in report.imprint.blocks],
        "acronyms": dict(report.acronyms),
        "sections": [
            {
                "key": one.key,
                "number": one.number,
                "title": one.title,
                "text": one.text,
                "text_format": "markdown",
                "nothing_found": texts[one.key].nothing_found,
                "searched": _searched(texts[one.key]),
                "authors": texts[one.key].authors,
                "revision": one.revision,
                "sha256": one.sha256,
                "pictures": [asdict(shown) for shown in texts[one.key].pictures],
            }
            for one in report.chapters
        ],
        "tables": [_table(one) for one in report.data_tables],
        "challenges": [asdict(one) for one in report.challenges],
        "priorities": [asdict(one) for one in report.priorities],
        "sources": [_source(one) for one in report.references],
    }
    return written(data)


def attachments_of(material: Material, report: Report) -> tuple[Attachment, ...]:
    """Return the data that travel inside the PDF of a report: the same as are published with it."""
    words = labels(report.language)
    tables = (Attachment(one.name, one.title, one.content) for one in report.data_files)
    return (
        Attachment("profile.json", words.profile_file, profile_data(material, report), "Source"),
        *tables,
        Attachment(RECORD_FILE, words.record_file, record_data(report), "Supplement"),
    )


def record_data(report: Report) -> str:
    """Return the validation record as JSON: the text of ``record.json``, as ``record_in_words``."""
    return written({"format": FORMAT, "text_sha256": report.digest} | record_in_words(report))


def written(data: dict[str, Any]) -> str:
    """Return data as JSON that is the same for the same data.

    Raises:
        TypeError: If something in it is neither JSON nor an exact number.
    """
    return json.dumps(data, ensure_ascii=False, indent=1, default=_plain) + "\n"


def _searched(section: SectionText) -> str:
    """Return where it was searched, which is printed only if nothing was found."""
    is_printed = section.nothing_found and not section.text.strip()
    return section.searched if is_printed else ""


def _source(source: Reference) -> dict[str, Any]:
    """Return a source as the bibliography prints it: notes are for those who write."""
    return csljson.item_of(replace(source, note=""))


def _table(table: TableOfFigures) -> dict[str, Any]:
    return {
        "key": table.key,
        "section": table.section,
        "title": table.title,
        "note": table.note,
        "chart": table.chart,
        "figures": [_figure(row) for row in table.rows],
    }


def _figure(row: FigureRow) -> dict[str, Any]:
    return {name: value for name, value in asdict(row).items() if value not in ("", None)}


def _plain(value: object) -> Any:
    """Write an exact number as a number, or as a text where it would not stay exact."""
    if not isinstance(value, Decimal):
        message = f"{type(value).__name__} is no data"
        raise TypeError(message)
    if value == value.to_integral_value():
        return int(value)
    return float(value) if Decimal(repr(float(value))) == value else f"{value:f}"
