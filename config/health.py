"""Whether this process lives, and whether the application can do its work."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from profile_workflow.days import role_day
from profile_workflow.models.people import User
from profile_workflow.queries.people import is_project_team
from reports.sealing import certificate
from workflows.outbox import backlog

logger = logging.getLogger(__name__)

#: How long a job may have been due before the worker is taken to be away.
LONGEST_DELAY = timedelta(minutes=10)

Check = Callable[[datetime], str]


@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """Say that the process answers, without asking anything of the database."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Say whether everything is there that the application needs.

    Strangers learn only whether; the project team also what is wrong, and what soon will be.
    """
    problems = find_problems(CHECKS, at=timezone.now())
    answer: dict[str, object] = {"status": "not ready" if problems else "ok"}
    if "database" not in problems and _is_team(request):
        told = {"problems": problems, "remarks": find_problems(REMARKS, at=timezone.now())}
        answer |= {name: found for name, found in told.items() if found}
    return JsonResponse(answer, status=503 if problems else 200)


def find_problems(checks: Mapping[str, Check], *, at: datetime) -> dict[str, str]:
    """Return what is wrong, by check; stops at a database that does not answer."""
    problems: dict[str, str] = {}
    for name, check in checks.items():
        try:
            problem = check(at)
        except DatabaseError as error:
            logger.exception("Health check: the database does not answer")
            return {**problems, "database": type(error).__name__}
        if problem:
            problems[name] = problem
    return problems


def _database(_at: datetime) -> str:
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT 1")
    return ""


def _migrations(_at: datetime) -> str:
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(missing)} migrations have not been applied." if missing else ""


def _outbox(at: datetime) -> str:
    oldest = backlog(at).oldest_due_at
    if oldest is None or at - oldest < LONGEST_DELAY:
        return ""
    return (
        f"A job has been due since {oldest.isoformat(timespec='seconds')}; is the worker running?"
    )


#: What must be well, in the order of asking.
CHECKS: dict[str, Check] = {
    "database": _database,
    "migrations": _migrations,
    "outbox": _outbox,
}

#: What the project team has to know of, and what keeps the application from nothing.
REMARKS: dict[str, Check] = {
    "seal": certificate.warning,
}


def _is_team(request: HttpRequest) -> bool:
    user = request.user
    return isinstance(user, User) and is_project_team(user, on=role_day())
