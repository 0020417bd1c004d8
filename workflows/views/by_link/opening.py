"""What every page behind a personal link begins and ends with: whose it is, and no traces."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt

from profile_workflow.forms.by_link import SectionAnswerForm
from profile_workflow.models import AnsweringLink
from profile_workflow.queries.outcomes import what_became_of
from profile_workflow.services import links, signing
from profile_workflow.services.links import Standing
from profile_workflow.states import LinkPurpose

_Rest = ParamSpec("_Rest")
_Page = Callable[..., HttpResponseBase]

#: What is sent with every answer. No page says where it was opened from, and none is found.
_HEADERS: Mapping[str, str] = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
#: A link that opens nothing now may open something later only while work is stopped.
_STATUS = {Standing.HELD: HTTPStatus.CONFLICT}


def for_link_holder(
    page: Callable[Concatenate[HttpRequest, AnsweringLink, _Rest], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Let a page be opened by whoever holds a link that works; tell others kindly why not.

    The address alone gives the right, no cookie: nothing can be forged that a token of the form
    would keep out, so none is asked for. Times are those of the city.
    """

    @wraps(page)
    def opened(
        request: HttpRequest, token: str, *args: _Rest.args, **kwargs: _Rest.kwargs
    ) -> HttpResponseBase:
        at = timezone.now()
        link = links.find(token)
        if link is None:
            response = _unknown(request)
        else:
            link.signoff.round.profile.moment = at
            city = link.signoff.round.profile.city
            language = language_of(request, link)
            with translation.override(language), timezone.override(ZoneInfo(city.time_zone)):
                standing = links.standing(link, at=at)
                if standing is Standing.OPEN or _at(request, "link_receipt", link, at):
                    response = page(request, link, *args, **kwargs)
                    if isinstance(response, HttpResponseNotAllowed):
                        said = lost(request, token, "no_page", HTTPStatus.METHOD_NOT_ALLOWED)
                        response.content = said.content
                elif request.method == "POST" and _at(request, "link_code", link, at):
                    response = redirect("link_receipt", token)
                else:
                    response = shut(request, link, standing)
                # A file says by itself in which language it is.
                response.setdefault("Content-Language", language)
        for name, value in _HEADERS.items():
            response[name] = value
        return response

    return csrf_exempt(opened)


def only_for(purpose: LinkPurpose) -> Callable[[_Page], _Page]:
    """Let a page be there only for links of one purpose; others find nothing at its address."""

    def narrowed(page: _Page) -> _Page:
        @wraps(page)
        def there(
            request: HttpRequest, link: AnsweringLink, *args: Any, **kwargs: Any
        ) -> HttpResponseBase:
            if link.purpose != purpose:
                return lost(request, token_of(request), "no_page", HTTPStatus.NOT_FOUND)
            return page(request, link, *args, **kwargs)

        return there

    return narrowed


def token_of(request: HttpRequest) -> str:
    """Return the token that stands in the address of a page."""
    match = request.resolver_match
    return str(match.kwargs["token"]) if match else ""


def _at(request: HttpRequest, name: str, link: AnsweringLink, at: datetime) -> bool:
    """Whether a page is opened by whoever has just closed the round with his signature.

    He is shown the receipt, also when he has clicked twice.
    """
    match = request.resolver_match
    is_asked = match is not None and match.url_name == name
    return is_asked and signing.shows_receipt(link, at=at)


def language_of(request: HttpRequest, link: AnsweringLink) -> str:
    """Return the language of the pages.

    The one chosen on them; or that of the person, in which the mail was written; or, if the site
    has it no more, what the browser asks for.
    """
    known = dict(settings.LANGUAGES)
    asked = translation.get_language_from_request(request)
    person = link.signoff.person
    stated = (link.language, person.language if person else "")
    return next((one for one in stated if one in known), asked)


def _unknown(request: HttpRequest) -> HttpResponseBase:
    """Say that there is no such link. Guesses are not counted: nobody guesses 256 bits.

    What was sent is not shown: anybody could have made a browser send it, to put his words here.
    """
    found = {"why": "unknown"}
    return render(request, "workflows/by_link/shut.html", found, status=HTTPStatus.NOT_FOUND)


def lost(request: HttpRequest, token: str, why: str, status: HTTPStatus) -> HttpResponse:
    """Say to whoever holds a link that there is nothing at an address, and lead him back."""
    found = {"why": why, "token": token, "words": _typed(request)}
    return render(request, "workflows/by_link/shut.html", found, status=status)


def shut(request: HttpRequest, link: AnsweringLink, standing: Standing) -> HttpResponseBase:
    """Say why a link opens nothing, and give back what was typed."""
    found: dict[str, Any] = {"why": standing.value, "words": _typed(request)}
    if standing is Standing.CLOSED:
        found |= {"round": link.signoff.round, "answered_at": link.signoff.answered_at}
        found["became"] = what_became_of(link.signoff) if links.may_still_read(link) else None
    status = _STATUS.get(standing, HTTPStatus.GONE)
    return render(request, "workflows/by_link/shut.html", found, status=status)


def _typed(request: HttpRequest) -> str:
    return SectionAnswerForm(request.POST).typed if request.method == "POST" else ""
