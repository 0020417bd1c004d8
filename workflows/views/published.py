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
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from profile_workflow.bibliography.exchange import FORMATS
from profile_workflow.forms.filters import PageForm
from reports.catalogue import Standing, standing_of
from reports.editions import (
    EDITION,
    EPUB_FILE,
    WORD_FILE,
    Edition,
    NotAsPublished,
    NotKept,
    Part,
    citing,
    edition_of,
    opened,
    showing,
)
from reports.models import Build, Publication, PublicationFile
from workflows.queries.changes import told

#: The token of a form is another one each time; it is no change of a page.
_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"')
#: Name of the page that says what a correction changed.
CHANGES = "changes"
_PDF, _DRAWING = "application/pdf", "image/svg+xml"
#: Files of the whole text for other programs → what they are called.
_DOCUMENTS = {WORD_FILE: Build.Kind.WORD.label, EPUB_FILE: Build.Kind.EBOOK.label}

View = Callable[..., HttpResponseBase]


class _Withdrawn(Exception):
    """What was asked for has been withdrawn: the profile, or one version of it."""

    def __init__(self, standing: Standing, version: str = "") -> None:
        super().__init__()
        self.standing, self.version = standing, version
        self.at, self.reason = standing.gone.get(version, (standing.withdrawn_at, standing.reason))


def _version(slug: str, number: str) -> tuple[Standing, Publication]:
    standing = _standing(slug)
    publication = standing.version(number)
    if publication is None:
        raise Http404
    if number in standing.gone:
        raise _Withdrawn(standing, number)
    return standing, publication


def _standing(slug: str) -> Standing:
    standing = standing_of(slug)
    if standing is None:
        raise Http404
    if standing.withdrawn_at is not None:
        raise _Withdrawn(standing)
    return standing


def _unless_withdrawn(view: View) -> View:
    """Answer with the reason, to whatever was asked for, where it has been withdrawn."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **arguments: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **arguments)
        except _Withdrawn as gone:
            found = {"standing": gone.standing, "profile": gone.standing.profile, "gone": gone}
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
        "pdfs": _pdfs(standing, publication),
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
        _check_what_is_quoted(standing, edition)
        changes = told(edition.changes, page=PageForm(request.GET).number)
        return _page(request, "changes", found | {"told": changes})
    shown = edition.part(part)
    if shown is None:
        raise Http404
    before, after = _beside(edition.parts, shown)
    found |= {
        "part": shown,
        "html": showing.shown(shown, edition, get_language() or "en"),
        "about": showing.beginning(shown),
        "address": f"{settings.SITE_URL}{reverse('published_part', args=[slug, version, part])}",
        "before": before,
        "after": after,
    }
    return _page(request, "part", found)


def _check_what_is_quoted(standing: Standing, edition: Edition) -> None:
    """Give out nothing that quotes a version which was withdrawn since, for what it quotes of it.

    Raises:
        _Withdrawn: If what a correction changed is told by such a version.
    """
    if edition.changes is not None and edition.changes.since in standing.gone:
        raise _Withdrawn(standing, edition.changes.since)


def _beside(parts: Sequence[Part], shown: Part) -> tuple[Part | None, Part | None]:
    at = parts.index(shown)
    return parts[at - 1] if at else None, parts[at + 1] if at + 1 < len(parts) else None


@require_safe
@_unless_withdrawn
def file(request: HttpRequest, slug: str, version: str, name: str) -> HttpResponseBase:
    """Send a file of a version as it was published; one that is another now is not sent."""
    standing, publication = _version(slug, version)
    kept = _kept(standing, publication, name)
    if name == EDITION and (edition := _edition(publication)) is not None:
        _check_what_is_quoted(standing, edition)
    etag = f'"{kept.sha256}"'
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        return _may_be_kept(unchanged, etag)
    try:
        content = opened(str(kept.file.name), kept.sha256)
    except NotAsPublished:
        page = "workflows/published/damaged.html"
        found = {"profile": standing.profile, "publication": publication, "file_name": name}
        return render(request, page, found, status=HTTPStatus.SERVICE_UNAVAILABLE)
    # A drawing is taken away, not opened here: it is a document that could hold more than lines.
    is_shown = kept.content_type.startswith("image/") and kept.content_type != _DRAWING
    response = FileResponse(
        content, as_attachment=not is_shown, filename=name, content_type=kept.content_type
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return _may_be_kept(response, etag)


def _may_be_kept(response: HttpResponseBase, etag: str) -> HttpResponseBase:
    response["ETag"] = etag
    # By whoever asks each time: it may have been withdrawn. No file is read to answer that.
    response["Cache-Control"] = "public, no-cache"
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
        "is_compared": (
            edition is not None
            and edition.changes is not None
            and edition.changes.since not in standing.gone
        ),
        "versions": [(one, standing.status_of(one)) for one in standing.versions],
    }


def _pdfs(standing: Standing, publication: Publication) -> list[tuple[Publication, str, int]]:
    """Return the PDFs of a version with their names and sizes in bytes; 0 if that is not known."""
    found = [one for one in (publication, *standing.others) if one.version == publication.version]
    made = Build.objects.filter(
        profile=standing.profile, sha256__in=[one.pdf_sha256 for one in found]
    )
    sizes: dict[str, int] = dict(made.values_list("sha256", "size"))
    return [(one, pdf_name(standing, one), sizes.get(one.pdf_sha256, 0)) for one in found]


def _files(
    edition: Edition | None, files: Sequence[PublicationFile]
) -> list[tuple[PublicationFile, str, str]]:
    """Return the files of figures with their titles, and the name of the chart of each."""
    titles = dict(edition.files) if edition else {}
    drawn = {one.path for one in files if one.content_type == _DRAWING}
    found = []
    for one in files:
        if one.path in titles:
            name = re.sub(r"\Atable-(.*)\.csv\Z", r"chart-\1.svg", one.path)
            found.append((one, titles[one.path], name if name in drawn else ""))
    return found


def _page(request: HttpRequest, name: str, found: dict[str, Any]) -> HttpResponseBase:
    """Return a page, or say that it has not changed since the reader got it."""
    response = render(request, f"workflows/published/{name}.html", found)
    digest = hashlib.sha256(_TOKEN.sub(b"", response.content)).hexdigest()
    etag = f'"{digest}"'
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Cookie", "Accept-Language"])
    return get_conditional_response(request, etag=etag, response=response) or response
