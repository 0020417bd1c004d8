"""Is this the published file, and who approved it? For everybody, and for machines as JSON."""

from collections.abc import Sequence
from contextlib import closing
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from profile_workflow.forms.verify import FileToCheckForm, FingerprintForm
from profile_workflow.hashing import HashedFile, HashingHandler
from profile_workflow.models import User
from profile_workflow.proxies import address_of
from profile_workflow.services import accounts
from profile_workflow.web.refusing import HTTP_NOT_FOUND, HTTP_UNPROCESSABLE
from reports.models import Publication
from reports.sealing.telling import known_seals, repeated, word_of
from reports.verification import Finding, SectionLine, look_up


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for a file or a fingerprint; a file is sent on to the page of its fingerprint.

    What comes with a request is read when the first field of it is: so the token of the form is
    checked only when the request has been counted, and when it has been said that files are hashed
    instead of being stored.
    """
    if request.method != "POST":
        return _asked(request)
    is_open = accounts.may_check_file(address=address_of(request), at=timezone.now())
    request.upload_handlers = [
        HashingHandler(request, idle=not is_open, reads_seals=bool(known_seals()))
    ]
    return _sent(request, is_open=is_open)


def _asked(request: HttpRequest) -> HttpResponse:
    if "code" not in request.GET:
        return _page(request, {})
    asked = FingerprintForm(request.GET)
    if asked.is_valid():
        return redirect("fingerprint", asked.cleaned_data["code"])
    return _page(request, {"code_form": asked}, HTTP_UNPROCESSABLE)


@csrf_protect
def _sent(request: HttpRequest, *, is_open: bool) -> HttpResponse:
    form = FileToCheckForm(request.POST, request.FILES)
    if not is_open:
        return _page(request, {"too_many": True}, HTTPStatus.TOO_MANY_REQUESTS)
    if form.is_valid():
        file: HashedFile = form.cleaned_data["file"]
        address = reverse("fingerprint", args=[file.sha256])
        with closing(file):
            word = word_of(file.sealed, file.sha256)
        return redirect(f"{address}?{urlencode({'seal': word})}" if word else address)
    return _page(request, {"file_form": form}, HTTP_UNPROCESSABLE)


@require_safe
def fingerprint(request: HttpRequest, code: str) -> HttpResponse:
    """Say what has a fingerprint."""
    asked = FingerprintForm({"code": code})
    if not asked.is_valid():
        return _page(request, {"code_form": asked}, HTTP_NOT_FOUND)
    wanted = asked.cleaned_data["code"]
    findings = _found(request, wanted)
    found = {
        "code": wanted,
        "findings": findings,
        "one": findings[0] if len(findings) == 1 else None,
        "asked": True,
        "seal": repeated(request.GET.get("seal", ""), wanted),
    }
    return _page(request, found)


@require_safe
def fingerprint_data(request: HttpRequest, code: str) -> JsonResponse:
    """Say the same to machines."""
    asked = FingerprintForm({"code": code})
    if not asked.is_valid():
        problem = {"message": " ".join(map(str, asked.errors["code"]))}
        return JsonResponse(problem, status=HTTP_NOT_FOUND)
    wanted = asked.cleaned_data["code"]
    findings = [_as_data(one) for one in _found(request, wanted)]
    return JsonResponse({"sha256": wanted, "known": bool(findings), "findings": findings})


def _found(request: HttpRequest, wanted: str) -> list[Finding]:
    viewer = request.user if isinstance(request.user, User) else None
    return look_up(wanted, viewer=viewer, language=translation.get_language() or "en")


def _page(request: HttpRequest, found: dict[str, Any], status: int = HTTPStatus.OK) -> HttpResponse:
    forms = {"file_form": FileToCheckForm(), "code_form": FingerprintForm()}
    return render(request, "workflows/verify.html", forms | found, status=status)


def _as_data(one: Finding) -> dict[str, Any]:
    return {
        "kind": one.kind.value,
        "status": one.status.value,
        "profile": one.profile.title,
        "city": one.profile.city.name,
        "edition": one.profile.edition,
        "name": one.name or None,
        "language": one.published.language if one.published else one.profile.language,
        "version": one.published.version if one.published else None,
        "published_at": one.published.published_at if one.published else None,
        "text_sha256": one.text.digest if one.text else None,
        "files": _files(one.files),
        "corrected_by": _files([one.followed_by])[0] if one.followed_by else None,
        "next_edition": one.next_edition.edition if one.next_edition else None,
        "next_edition_withdrawn": one.is_next_withdrawn,
        "withdrawn_at": one.withdrawn_at,
        "reason": one.reason,
        "sections": [_section(line) for line in one.sections],
        "seal": one.seal or None,
        "approvals": [
            {
                "function": line.function,
                "by": line.who,
                "number": line.number,
                "act": line.act,
                "words": line.words,
                "stage": line.stage,
                "on": line.on,
                "sections": line.keys,
                "sha256": line.digest,
            }
            for line in one.approvals
        ],
    }


def _files(files: Sequence[Publication]) -> list[dict[str, Any]]:
    return [
        {
            "version": one.version,
            "language": one.language,
            "sha256": one.pdf_sha256,
            "published_at": one.published_at,
        }
        for one in files
    ]


def _section(line: SectionLine) -> dict[str, Any]:
    return {
        "section": line.key,
        "title": line.name,
        "revision": line.revision,
        "sha256": line.sha256,
        "in_force": line.is_present,
    }
