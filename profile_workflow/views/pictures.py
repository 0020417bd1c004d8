"""Pictures: the list of the register, and the files, sent only to who may see them."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from profile_workflow.models import Picture, PictureFile
from profile_workflow.queries import evidence as queries
from profile_workflow.queries.evidence import Uses
from profile_workflow.services.keeping import refusal_to_register
from profile_workflow.web.loading import profile_or_404, signed_in
from profile_workflow.web.refusing import Refusal
from profile_workflow.web.registers import rows_of

_FULL, _SMALL = "full", "small"
#: Whatever a browser takes the file for, nothing in it runs or loads anything.
_POLICY = "default-src 'none'; sandbox"


@require_safe
def pictures(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the pictures, with what is said of each and where it is used."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    found = queries.pictures_of(profile, viewer=viewer)
    working = queries.sees_working_material(profile, viewer)
    uses = Uses(profile)
    shown = uses if working else Uses(profile, working=False)
    refusal = refusal_to_register(profile, viewer, kind=Picture)
    context = {
        "profile": profile,
        "may_register": refusal is None,
        "closed": Refusal.of(refusal) if refusal else None,
        "rows": rows_of(found, viewer=viewer, uses=uses, shown=shown),
    }
    return render(request, "profile_workflow/pictures.html", context)


@require_safe
def picture_file(request: HttpRequest, slug: str, sha256: str, size: str) -> HttpResponseBase:
    """Send the file of a picture; a browser that has it already is told so, if it still may."""
    profile, viewer = profile_or_404(request, slug), signed_in(request)
    if size not in (_FULL, _SMALL):
        raise Http404
    try:
        found = queries.picture_file_of(profile, sha256, viewer=viewer)
    except PictureFile.DoesNotExist:
        raise Http404 from None
    etag = quote_etag(f"{found.sha256}-{size}")
    response = get_conditional_response(request, etag=etag) or sent_file(found, size)
    response["ETag"] = etag
    # Kept by the browser, but shown again only after we were asked.
    response["Cache-Control"] = "private, no-cache"
    secure(response)
    return response


def secure(response: HttpResponseBase) -> None:
    """Let nothing in a file run or load anything, and no other site show it."""
    response["Content-Security-Policy"] = _POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"


def sent_file(found: PictureFile, size: str) -> FileResponse:
    """Return the file of a picture in a size, to be shown or kept."""
    file = found.small if size == _SMALL else found.full
    name = f"{found.sha256[:12]}.{'jpg' if found.kind == 'jpeg' else found.kind}"
    content_type = f"image/{found.kind}"
    return FileResponse(file.open(), as_attachment=True, filename=name, content_type=content_type)
