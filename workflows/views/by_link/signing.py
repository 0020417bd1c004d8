"""Signing for a city: what the authority answers, the code that is mailed to him, and sending."""

from collections.abc import Sequence
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from profile_workflow.errors import DomainError, InvalidInput, MadeAlready, StaleEntry
from profile_workflow.forms.by_link import AgainForm
from profile_workflow.forms.marked import Difference
from profile_workflow.forms.signing import CodeForm, SigningForm, initial_of
from profile_workflow.models import AnsweringLink, SigningAnswer
from profile_workflow.queries.profiles import sections_asked_about
from profile_workflow.services import links, signing
from profile_workflow.states import LinkPurpose
from profile_workflow.web.refusing import Refusal, refused
from workflows import engine
from workflows.views.by_link.opening import for_link_holder, only_for
from workflows.views.by_link.pages import READING_AND_SENDING, Way, masked_address, shut_meanwhile


@for_link_holder
@only_for(LinkPurpose.SIGNOFF)
@require_http_methods(READING_AND_SENDING)
def answer(request: HttpRequest, link: AnsweringLink) -> HttpResponseBase:
    """Ask what the authority answers, and who signs; saved by itself, sent with a code only."""
    way = Way(request, link)
    sections = sections_asked_about(way.round)
    if request.method != "POST":
        initial = initial_of(way.signing, way.signoff)
        return _answer_page(request, way, SigningForm(initial=initial, sections=sections), None)
    form = SigningForm(request.POST, sections=sections)
    if not form.is_valid():
        return _answer_page(request, way, form, Refusal(HTTPStatus.UNPROCESSABLE_ENTITY))
    try:
        signing.save_answer(link, form.given, at=timezone.now(), base=form.mark)
    except StaleEntry as error:
        return _both_answers(request, way, form, error)
    except InvalidInput as error:
        return _answer_page(request, way, form, refused(form, error))
    except DomainError as error:
        shut = shut_meanwhile(request, way)
        return shut or _answer_page(request, way, form, Refusal.of(error))
    return redirect("link_code", way.token)


def _both_answers(
    request: HttpRequest, way: Way, form: SigningForm, error: StaleEntry
) -> HttpResponse:
    """Show what was sent beside what is saved, and let it be sent again knowingly."""
    assert isinstance(error.current, SigningAnswer)
    saved = initial_of(error.current, way.signoff)
    form.renew(saved["base"])
    return _answer_page(request, way, form, Refusal.of(error), form.differences(saved))


def _answer_page(
    request: HttpRequest,
    way: Way,
    form: SigningForm,
    refusal: Refusal | None,
    conflict: Sequence[Difference] = (),
) -> HttpResponse:
    template = "workflows/by_link/sign.html"
    return way.page(request, template, form=form, refusal=refusal, conflict=conflict)


@for_link_holder
@only_for(LinkPurpose.SIGNOFF)
@require_http_methods(READING_AND_SENDING)
def code(request: HttpRequest, link: AnsweringLink) -> HttpResponseBase:
    """Show the answer once more and ask for the code; by POST sign with it."""
    way = Way(request, link)
    if way.signing is None:
        return redirect("link_sign", way.token)
    if request.method != "POST":
        return _code_page(request, way, CodeForm(), None)
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _code_page(request, way, form, Refusal(HTTPStatus.UNPROCESSABLE_ENTITY))
    try:
        engine.sign_by_link(link, form.cleaned_data["code"], at=timezone.now())
    except InvalidInput as error:
        return _code_page(request, way, form, refused(form, error, beside="code"))
    except DomainError as error:
        now = links.find(way.token)
        if now is not None and signing.shows_receipt(now, at=timezone.now()):
            return redirect("link_receipt", way.token)
        shut = shut_meanwhile(request, way)
        return shut or _code_page(request, way, form, Refusal.of(error))
    return redirect("link_receipt", way.token)


@for_link_holder
@only_for(LinkPurpose.SIGNOFF)
@require_POST
def new_code(request: HttpRequest, link: AnsweringLink) -> HttpResponseBase:
    """Mail a code for the answer that is saved; a second click finds what the first one did."""
    way = Way(request, link)
    try:
        engine.ask_for_code(link, seen=AgainForm(request.POST).newest, at=timezone.now())
    except MadeAlready:
        pass
    except DomainError as error:
        shut = shut_meanwhile(request, way)
        return shut or _code_page(request, way, CodeForm(), Refusal.of(error))
    return redirect("link_code", way.token)


def _code_page(
    request: HttpRequest, way: Way, form: CodeForm, refusal: Refusal | None
) -> HttpResponseBase:
    """Show the answer as it is stored now, and the code if one was sent for exactly that."""
    now = Way(request, way.link)
    if now.signing is None:
        return redirect("link_sign", way.token)
    at, newest = timezone.now(), signing.newest_code(way.link)
    return now.page(
        request,
        "workflows/by_link/code.html",
        form=form,
        refusal=refusal,
        newest=newest,
        is_live=signing.is_live(newest, way.link, at=at),
        codes_left=signing.codes_left(way.link, at=at),
        mailed_to=masked_address(way.signoff.person.email if way.signoff.person else ""),
        objected=[one for one in now.steps if one.section.key in now.signing.sections],
    )
