"""The text that a link asks about as a PDF: exactly that text, and nothing else of the profile."""

from http import HTTPStatus

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from profile_workflow.models import AnsweringLink
from workflows.queries.asked import consultation_version
from workflows.views.by_link.opening import for_link_holder, lost, token_of
from workflows.views.ordering import sent


@for_link_holder
@require_safe
def printed(request: HttpRequest, link: AnsweringLink) -> HttpResponseBase:
    """Send the consultation version of the text asked about, to be saved; it is never made here."""
    found = consultation_version(link.signoff.round, language=get_language() or "")
    try:
        if found is not None:
            response = sent(found, as_attachment=True)
            response["Content-Language"] = found.language
            return response
    except Http404:
        # Its row is there and its file is not: whoever has only a link is told so on a page of his.
        pass
    return lost(request, token_of(request), "no_file", HTTPStatus.NOT_FOUND)
