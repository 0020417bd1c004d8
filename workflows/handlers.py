"""Which function executes which kind of job; known to the worker only."""

from collections.abc import Mapping
from typing import Any

from reports.builds import run_build
from reports.errors import BuildFailed
from workflows import notifications
from workflows.executors import JobFailed
from workflows.models import JobKind
from workflows.outbox import Handler


def build_pdf(payload: Mapping[str, Any]) -> None:
    """Make the PDF of a build; ``payload`` holds its id as ``build``.

    Raises:
        JobFailed: If the text cannot be printed, however often one tries.
    """
    try:
        run_build(payload["build"])
    except BuildFailed as error:
        raise JobFailed(str(error)) from error


HANDLERS: Mapping[str, Handler] = {
    JobKind.MAIL: notifications.send,
    JobKind.PDF: build_pdf,
}
