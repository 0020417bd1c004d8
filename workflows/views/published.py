"""The web edition of a published version, its files and its citation, for everybody.

What was published never changes, but whether it may be read does: so pages are asked about each
time they are shown again (mostly they are said to be unchanged), and files after some minutes.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from profile_workflow.bibliography.exchange import FORMATS
from reports.catalogue import Standing, standing_of
from reports.editions import EPUB_FILE, WORD_FILE, Edition, NotKept, Part, citing, edition_of
from reports.models import Build, Publication, PublicationFile

#: The token of a form is another one each time; it is no change of a page.
_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"')
#: Name of the page that says what a correction changed.
CHANGES = "changes"
_PDF = "application/pdf"
#: Files of the whole text for other programs → what they are called.
_DOCUMENTS = {WORD_FILE: Build.Kind.WORD.label, EPUB_FILE: Build.Kind.EBOOK.label}

View = Callable[..., HttpResponseBase]


class _Withdrawn(Exception):
    """What was asked for has been withdrawn."""

    def __init__(self, standing: Standing) -> None:
        super().__init__()
        self.standing = standing


def _version(slug: str, number: str) -> tuple[Standing, Publication]:
    standing = _standing(slug)
    publication = standing.version(number)
    if publication is None:
        raise Http404
    return standing, publication


def _standing(slug: str) -> Standing:
    standing = standing_of(slug)
    if standing is None:
        raise Http404
    if standing.withdrawn_at is not None:
        raise _Withdrawn(standing)
    return standing


def _unless_withdrawn(view: View) -> View:
    """Answer with the reason, to whatever was asked for, where the profile has been withdrawn."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **arguments: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **arguments)
        except _Withdrawn as gone:
            found = {"standing": gone.standing, "profile": gone.standing.profile}
            page = "workflows/published/withdrawn.html"
            return render(request, page, found, status=HTTPStatus.GONE)

    return answered


@require_safe
@_unless_withdrawn
def published(request: HttpRequest, slug: str) -> HttpResponse:
    """Lead to the version that is in force."""
    return redirect("published_version", slug, _standing(slug).newest.version)


@require_safe
@_unless_withdrawn
def version_page(request: HttpRequest, slug: str, version: str) -> HttpResponseBase:
    """Show the first page of a version: what it is, how to cite it, its contents and its files."""
    standing, publication = _version(slug, version)
    edition = _edition(publication)
    files = list(publication.files.order_by("path"))
    found = _shown(standing, publication, edition) | {
        "files": _files(edition, files),
        "documents": [(one, _DOCUMENTS[one.path]) for one in files if one.path in _DOCUMENTS],
    }
    if edition is not None:
        addresses = _addresses(standing, publication, files)
        found |= {
            "address": addresses.page,
            "meta": list(citing.meta(edition, publication, addresses)),
            "linked_data": citing.linked_data(edition, publication, addresses),
            "formats": list(FORMATS.values()),
        }
    return _page(request, "version", found)


@require_safe
@_unless_withdrawn
def part(request: HttpRequest, slug: str, version: str, part: str) -> HttpResponseBase:
    """Show a chapter, or what follows the chapters."""
    standing, publication = _version(slug, version)
    edition = _edition(publication)
    if edition is None:
        raise Http404
    found = _shown(standing, publication, edition)
    if part == CHANGES and edition.changes is not None:
        return _page(request, "changes", found)
    shown = edition.part(part)
    if shown is None:
        raise Http404
    before, after = _beside(edition.parts, shown)
    return _page(request, "part", found | {"part": shown, "before": before, "after": after})


def _beside(parts: Sequence[Part], shown: Part) -> tuple[Part | None, Part | None]:
    at = parts.index(shown)
    return parts[at - 1] if at else None, parts[at + 1] if at + 1 < len(parts) else None


@require_safe
@_unless_withdrawn
def file(request: HttpRequest, slug: str, version: str, name: str) -> HttpResponseBase:
    """Send a file of a version as it was published."""
    standing, publication = _version(slug, version)
    kept = _kept(standing, publication, name)
    etag = f'"{kept.sha256}"'
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        return _may_be_kept(unchanged, etag)
    try:
        opened = kept.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    is_shown = kept.content_type.startswith("image/")
    response = FileResponse(
        opened, as_attachment=not is_shown, filename=name, content_type=kept.content_type
    )
    return _may_be_kept(response, etag)


def _may_be_kept(response: HttpResponseBase, etag: str) -> HttpResponseBase:
    response["ETag"] = etag
    response["Cache-Control"] = "public, max-age=600"
    return response


def _kept(standing: Standing, publication: Publication, name: str) -> PublicationFile:
    """Return a file by its name: a PDF in any of the languages, or what is published beside it."""
    for one in (publication, *standing.others):
        if one.version == publication.version and name == pdf_name(standing, one):
            return PublicationFile(
                path=name, content_type=_PDF, file=one.pdf.name, sha256=one.pdf_sha256
            )
    # A sign that no name holds is not asked for: PostgreSQL takes some for a failure.
    found = publication.files.filter(path=name) if name.isprintable() else ()
    kept: PublicationFile | None = next(iter(found), None)
    if kept is None:
        raise Http404
    return kept


@require_safe
@_unless_withdrawn
def citation(request: HttpRequest, slug: str, version: str, ending: str) -> HttpResponseBase:
    """Send the citation of a version for a program that keeps sources."""
    standing, publication = _version(slug, version)
    edition = _edition(publication)
    if edition is None or ending not in FORMATS:
        raise Http404
    kept = FORMATS[ending]
    source = citing.reference(edition, publication, _addresses(standing, publication, ()))
    response = HttpResponse(
        kept.write([source]), content_type=f"{kept.content_type}; charset=utf-8"
    )
    name = f"{edition.slug}-{edition.version}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def pdf_name(standing: Standing, publication: Publication) -> str:
    """Return under which name the PDF of a publication is fetched."""
    return f"{standing.profile.slug}-{publication.version}-{publication.language}.pdf"


def _edition(publication: Publication) -> Edition | None:
    """Return the web edition; None if the version was published before there were any."""
    try:
        return edition_of(publication)
    except NotKept:
        return None


def _addresses(
    standing: Standing, publication: Publication, files: Sequence[PublicationFile]
) -> citing.Addresses:
    slug, number = standing.profile.slug, publication.version

    def at(name: str, *more: str) -> str:
        return f"{settings.SITE_URL}{reverse(name, args=[slug, number, *more])}"

    return citing.Addresses(
        page=at("published_version"),
        pdf=at("published_file", pdf_name(standing, publication)),
        files=[
            (one.path, one.content_type.partition(";")[0], at("published_file", one.path))
            for one in files
            if not one.content_type.startswith("image/")
        ],
    )


def _shown(standing: Standing, publication: Publication, edition: Edition | None) -> dict[str, Any]:
    profile, number = standing.profile, publication.version
    name = f"{profile.city} {profile.edition}"
    return {
        "standing": standing,
        "profile": profile,
        "name": name,
        "way": [
            {"address": reverse("cities"), "words": [_("Published profiles")]},
            {
                "address": reverse("published_version", args=[profile.slug, number]),
                "words": [name, _("Version %(number)s") % {"number": number}],
            },
        ],
        "publication": publication,
        "edition": edition,
        "status": standing.status_of(publication),
        "versions": [(one, standing.status_of(one)) for one in standing.versions],
        "pdfs": [
            (one, pdf_name(standing, one))
            for one in (publication, *standing.others)
            if one.version == publication.version
        ],
    }


def _files(
    edition: Edition | None, files: Sequence[PublicationFile]
) -> list[tuple[PublicationFile, str]]:
    """Return the files of figures with their titles."""
    titles = dict(edition.files) if edition else {}
    return [(one, titles[one.path]) for one in files if one.path in titles]


def _page(request: HttpRequest, name: str, found: dict[str, Any]) -> HttpResponseBase:
    """Return a page, or say that it has not changed since the reader got it."""
    response = render(request, f"workflows/published/{name}.html", found)
    digest = hashlib.sha256(_TOKEN.sub(b"", response.content)).hexdigest()
    etag = f'"{digest}"'
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Cookie", "Accept-Language"])
    return get_conditional_response(request, etag=etag, response=response) or response
