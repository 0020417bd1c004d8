"""The embedded executor: jobs in the application's own database, taken by workers on a lease."""

import logging
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from secrets import SystemRandom
from types import TracebackType
from typing import Any, Self

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Count, Min, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from profile_workflow.errors import NotNow
from profile_workflow.masking import masked
from profile_workflow.models import User
from workflows.executors import Job, JobFailed, ServiceDown, TryLater
from workflows.models import JobState, OutboxJob
from workflows.models.outbox import AWAITED, OutboxJobQuerySet, due

logger = logging.getLogger(__name__)

Handler = Callable[[Mapping[str, Any]], None]
Clock = Callable[[], datetime]

#: What the database raises while it is restarted.
DATABASE_IS_AWAY = (OperationalError, InterfaceError)

FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(hours=6)
SERVICE_WAIT = timedelta(seconds=30)
_LONGEST_SENTENCE = 500
_SECONDS_BETWEEN_WRITES = 0.5

_random = SystemRandom()


class Outcome(StrEnum):
    """What became of one try."""

    DONE = "done"
    WAITS = "waits"
    FAILED = "failed"
    SERVICE_DOWN = "service_down"
    LEASE_LOST = "lease_lost"


class DatabaseExecutor:
    """Keeps jobs in the table of the outbox."""

    def enqueue(self, jobs: Sequence[Job]) -> None:
        """Write jobs in the caller's transaction, with one query for any usual number of them."""
        OutboxJob.objects.bulk_create([_row(job) for job in jobs], ignore_conflicts=True)


def _row(job: Job) -> OutboxJob:
    return OutboxJob(
        kind=job.kind,
        key=job.key,
        payload=dict(job.payload),
        profile_id=job.profile_id,
        not_before=job.not_before or timezone.now(),
    )


def claim_next(
    worker_id: str, at: datetime, *, except_kinds: Collection[str] = (), among: Q | None = None
) -> OutboxJob | None:
    """Give the next due job to a worker, for ``OUTBOX_LEASE_SECONDS``.

    Two workers never get the same job: the row is locked on PostgreSQL (others skip it), on
    SQLite the whole transaction is alone. A job whose worker vanished again and again is given
    up, so that what kills workers cannot do so for ever.

    Args:
        worker_id: Name of the worker, different for each process.
        at: The moment.
        except_kinds: Kinds of job to leave alone.
        among: Which of the others this worker takes; all of them by default.

    Returns:
        The job, or ``None`` if there is nothing to do.
    """
    claimable = OutboxJob.objects.claimable(at).exclude(kind__in=list(except_kinds))
    if among is not None:
        claimable = claimable.filter(among)
    if not claimable.exists():
        return None
    with transaction.atomic():
        candidates = claimable.select_for_update(skip_locked=True).order_by("not_before", "pk")
        awaited = candidates.filter(AWAITED)
        while (job := awaited.first() or candidates.first()) is not None:
            if job.attempts < settings.OUTBOX_MAX_ATTEMPTS:
                return _lease(job, worker_id, at)
            sentence = f"The worker stopped in the middle of this job {job.attempts} times."
            _write(job, at, state=JobState.FAILED, last_error=sentence, finished_at=at)
    return None


def _lease(job: OutboxJob, worker_id: str, at: datetime) -> OutboxJob | None:
    job.state = JobState.RUNNING
    job.attempts += 1
    job.leased_by = worker_id
    job.lease_until = at + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
    still_free = OutboxJob.objects.claimable(at).filter(pk=job.pk)
    taken = still_free.update(
        state=job.state,
        attempts=job.attempts,
        leased_by=job.leased_by,
        lease_until=job.lease_until,
    )
    return job if taken else None


def _write(job: OutboxJob, at: datetime, **values: Any) -> bool:
    """Change a claimed or claimable job that nobody else has taken; say whether it was changed."""
    mine = OutboxJob.objects.filter(pk=job.pk, leased_by=job.leased_by)
    changed = mine.update(**{"leased_by": "", "lease_until": None, **values})
    for name, value in values.items():
        setattr(job, name, value)
    return bool(changed)


def run(job: OutboxJob, handlers: Mapping[str, Handler], *, clock: Clock = timezone.now) -> Outcome:
    """Execute a claimed job and record what became of it.

    The effect comes before the record: a worker that dies between the two leaves a job that is
    executed again, never one that is lost. Handlers must therefore bear being called twice.
    """
    with Heartbeat(job, clock=clock):
        outcome, values = _attempt(job, handlers, clock)
    if not _insist(lambda: _write(job, clock(), **values)):
        logger.warning("job %s: the lease was lost to another worker", job.pk)
        return Outcome.LEASE_LOST
    return outcome


def _attempt(
    job: OutboxJob, handlers: Mapping[str, Handler], clock: Clock
) -> tuple[Outcome, dict[str, Any]]:
    try:
        _handler_of(job, handlers)(job.payload)
    except JobFailed as error:
        return _failed(job, str(error), clock())
    except ServiceDown as error:
        return _service_down(job, str(error), clock())
    except TryLater as error:
        return _again(job, str(error), clock())
    except Exception as error:
        logger.exception("job %s (%s) broke off", job.pk, job.kind)
        return _again(job, f"{type(error).__name__}: {error}", clock())
    return Outcome.DONE, {"state": JobState.DONE, "finished_at": clock(), "last_error": ""}


def _handler_of(job: OutboxJob, handlers: Mapping[str, Handler]) -> Handler:
    try:
        return handlers[job.kind]
    except KeyError:
        raise JobFailed(f"No handler is known for jobs of the kind “{job.kind}”.") from None


def _failed(job: OutboxJob, sentence: str, at: datetime) -> tuple[Outcome, dict[str, Any]]:
    logger.error("job %s (%s) failed: %s", job.pk, job.kind, sentence)
    values = {
        "state": JobState.FAILED,
        "finished_at": at,
        "last_error": masked(sentence)[:_LONGEST_SENTENCE],
    }
    return Outcome.FAILED, values


def _again(job: OutboxJob, sentence: str, at: datetime) -> tuple[Outcome, dict[str, Any]]:
    if job.attempts >= settings.OUTBOX_MAX_ATTEMPTS:
        return _failed(job, sentence, at)
    wait = backoff(job.attempts, _random.random())
    logger.warning(
        "job %s (%s) waits %d s after try %d: %s",
        *(job.pk, job.kind, wait.total_seconds(), job.attempts, sentence),
    )
    return Outcome.WAITS, _waiting(at + wait, job.attempts, sentence)


def _service_down(job: OutboxJob, sentence: str, at: datetime) -> tuple[Outcome, dict[str, Any]]:
    """Let the job wait without counting the try: an outage of days must not fail what waits."""
    logger.warning("job %s (%s) waits: %s", job.pk, job.kind, sentence)
    wait = SERVICE_WAIT * (1 + _random.random())
    return Outcome.SERVICE_DOWN, _waiting(at + wait, job.attempts - 1, sentence)


def _waiting(not_before: datetime, attempts: int, sentence: str) -> dict[str, Any]:
    return {
        "state": JobState.WAITING,
        "not_before": not_before,
        "attempts": attempts,
        "last_error": masked(sentence)[:_LONGEST_SENTENCE],
    }


def backoff(attempts: int, jitter: float) -> timedelta:
    """Return how long to wait after a number of failed tries.

    Four times longer after each, never more than six hours; eight tries span about half a day.

    Args:
        attempts: Failed tries so far, at least 1.
        jitter: Between 0 and 1; spreads the wait by a quarter to both sides, so that jobs that
            failed together do not come back together.
    """
    wait = min(FIRST_WAIT * float(4 ** min(attempts - 1, 10)), LONGEST_WAIT)
    return wait * (0.75 + jitter / 2)


def _insist(write: Callable[[], bool]) -> bool:
    """Write the result of a job even if the database is being restarted just now."""
    give_up_at = time.monotonic() + settings.OUTBOX_LEASE_SECONDS
    while True:
        try:
            return write()
        except DATABASE_IS_AWAY:
            if time.monotonic() > give_up_at:
                raise
            logger.warning("the database is away; the result of a job waits for it")
            connection.close()
            time.sleep(_SECONDS_BETWEEN_WRITES)


def renew_lease(job: OutboxJob, at: datetime) -> bool:
    """Prolong the lease of a running job; say whether the worker still held it."""
    lease_until = at + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
    mine = OutboxJob.objects.held_by(job.leased_by).filter(pk=job.pk)
    return bool(mine.update(lease_until=lease_until))


class Heartbeat:
    """Renews the lease of a job from a thread while the job is executed.

    A third of the lease passes before the first beat, so that short jobs cost no connection.
    """

    def __init__(self, job: OutboxJob, *, clock: Clock = timezone.now) -> None:
        self._job = job
        self._clock = clock
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"job-{job.pk}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _beat(self) -> None:
        held = True
        while held and not self._stop.wait(settings.OUTBOX_LEASE_SECONDS / 3):
            held = self._renew()

    def _renew(self) -> bool:
        try:
            return renew_lease(self._job, self._clock())
        except DATABASE_IS_AWAY:
            logger.warning("job %s: the lease could not be renewed", self._job.pk)
            return True
        finally:
            connection.close()


def retry(job: OutboxJob, *, by: User | None, at: datetime) -> None:
    """Let a failed job be tried again from the start.

    Args:
        job: The job.
        by: Who wants it; ``None`` for the operator at the console.
        at: The moment.

    Raises:
        NotNow: If the job has not failed.
    """
    again = OutboxJob.objects.failed().filter(pk=job.pk)
    if not again.update(state=JobState.WAITING, attempts=0, not_before=at, finished_at=None):
        raise NotNow(_("Only a job that has failed can be tried again."))
    logger.info("job %s is tried again for %s", job.pk, by.pseudonym if by else "the operator")
    job.refresh_from_db()


def retry_all(jobs: OutboxJobQuerySet, *, by: User, at: datetime) -> int:
    """Let those of some jobs that have failed be tried again; return how many they are."""
    number = jobs.failed().update(
        state=JobState.WAITING, attempts=0, not_before=at, finished_at=None
    )
    logger.info("%s jobs are tried again for %s", number, by.pseudonym)
    return number


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much work there is for the workers.

    Attributes:
        waiting: Jobs neither done nor failed.
        oldest_due_at: Since when the oldest of those that could be executed now has been due.
        failed: Jobs that wait for a person.
    """

    waiting: int
    oldest_due_at: datetime | None
    failed: int


def backlog(at: datetime, among: OutboxJobQuerySet | None = None) -> Backlog:
    """Count what is in the outbox at a moment, all of it or among some jobs, with one query."""
    found = OutboxJob.objects.all() if among is None else among.order_by()
    counts = found.exclude(state=JobState.DONE).aggregate(
        waiting=Count("pk", filter=~Q(state=JobState.FAILED)),
        oldest_due_at=Min("not_before", filter=due(at)),
        failed=Count("pk", filter=Q(state=JobState.FAILED)),
    )
    return Backlog(**counts)
