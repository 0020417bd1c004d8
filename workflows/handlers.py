"""Which function executes which kind of job; known to the worker only."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from profile_workflow.models import Profile
from reports.builds import request_build, run_build
from reports.errors import BuildFailed
from reports.models import PASSING_KINDS, Build
from workflows import notifications
from workflows.executors import JobFailed, TryLater
from workflows.models import JobKind
from workflows.outbox import Handler

#: What may go well another time: the engine was killed, by the machine or by somebody, or the
#: authority that confirms when a file is sealed does not answer.
PASSING_FAILURES = frozenset({"killed", "crashed", "authority_down"})


def build_pdf(payload: Mapping[str, Any]) -> None:
    """Make the PDF of a build, or one of a profile as it is now.

    What was forgotten meanwhile is not made. Why a preview of a chapter or an annex could not be
    made is told to who asked for it, who can ask again; nobody else has to do anything.

    Args:
        payload: ``build`` (id); or ``profile`` (id), ``kind`` and ``language``.

    Raises:
        TryLater: If the engine was killed, or the time-stamping authority is away.
        JobFailed: If the text cannot be printed, however often one tries.
    """
    try:
        run_build(_build_id(payload))
    except Build.DoesNotExist:
        return
    except BuildFailed as error:
        if payload.get("kind") in PASSING_KINDS:
            return
        if error.code in PASSING_FAILURES:
            raise TryLater(str(error)) from error
        raise JobFailed(str(error)) from error


def _build_id(payload: Mapping[str, Any]) -> int:
    if "build" in payload:
        return int(payload["build"])
    profile = Profile.objects.get(pk=payload["profile"])
    kind, language = payload["kind"], payload["language"]
    build = request_build(profile, kind=kind, language=language, by=None, at=timezone.now())
    return build.pk


HANDLERS: Mapping[str, Handler] = {
    JobKind.MAIL: notifications.send,
    JobKind.PDF: build_pdf,
    JobKind.ACCOUNT: notifications.send_account,
}
