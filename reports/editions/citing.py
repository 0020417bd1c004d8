"""How a published version is cited: by people, by programs that keep sources, by search engines."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from profile_workflow.bibliography.record import Reference
from profile_workflow.calendars import day_of
from profile_workflow.states import SourceKind
from reports.editions.model import Edition
from reports.models import Publication

#: Signs that could end the element in which the data stands; JSON may write them otherwise.
_UNSAFE = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a published version is found, each with the name of the site.

    Attributes:
        page: Of its first page.
        pdf: Of its file.
        files: Name, content type and address of each file of data.
    """

    page: str
    pdf: str
    files: Sequence[tuple[str, str, str]] = ()


def reference(edition: Edition, publication: Publication, found: Addresses) -> Reference:
    """Return a published version as a source, to be written in any format of sources."""
    return Reference(
        key=f"{edition.slug}-{edition.version}",
        kind=SourceKind.REPORT,
        authors="; ".join(edition.authors),
        year=str(_day(publication).year),
        title=edition.title,
        volume=f"{edition.year}, {edition.version}",
        publisher=edition.programme,
        language=edition.language,
        url=found.page,
        note=f"SHA-256 {edition.digest}",
    )


def meta(edition: Edition, publication: Publication, found: Addresses) -> Iterator[tuple[str, str]]:
    """Yield name and content of what search engines for scholars read."""
    yield "citation_title", f"{edition.title}, {edition.year}"
    for author in edition.authors:
        yield "citation_author", author
    yield "citation_publication_date", _day(publication).strftime("%Y/%m/%d")
    yield "citation_publisher", edition.programme
    yield "citation_technical_report_institution", edition.programme
    yield "citation_technical_report_number", edition.version
    yield "citation_language", edition.language
    for keyword in edition.keywords:
        yield "citation_keywords", keyword
    yield "citation_pdf_url", found.pdf
    yield "citation_fulltext_html_url", found.page


def linked_data(edition: Edition, publication: Publication, found: Addresses) -> SafeString:
    """Return what schema.org says of a report, as a block of data for the head of a page.

    A browser executes no block of this type, so the content policy needs no exception for it.
    """
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Report",
        "@id": found.page,
        "url": found.page,
        "name": f"{edition.title}, {edition.year}",
        "abstract": edition.abstract,
        "author": [{"@type": "Person", "name": one} for one in edition.authors],
        "publisher": {"@type": "Organization", "name": edition.programme},
        "about": {"@type": "City", "name": edition.city},
        "inLanguage": edition.language,
        "version": edition.version,
        "datePublished": _day(publication).isoformat(),
        "keywords": list(edition.keywords),
        "isAccessibleForFree": True,
        "identifier": {
            "@type": "PropertyValue",
            "propertyID": "SHA-256",
            "value": edition.digest,
        },
        "encoding": [
            {"@type": "MediaObject", "contentUrl": address, "encodingFormat": kind, "name": name}
            for name, kind, address in (
                (f"{edition.slug}.pdf", "application/pdf", found.pdf),
                *found.files,
            )
        ],
    }
    if edition.authors == (edition.programme,):
        data["author"] = [data["publisher"]]
    text = json.dumps(data, ensure_ascii=False).translate(_UNSAFE)
    # No sign is left in the text that could end the element.
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308


def _day(publication: Publication) -> date:
    """Return the day of publication: that of the city, as it is printed."""
    return day_of(publication.published_at, publication.profile.city)
