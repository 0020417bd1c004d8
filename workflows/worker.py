"""The loop of a worker: take the next job, execute it, sweep the deadlines, rest when idle."""

import logging
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import close_old_connections, connection, connections
from django.db.models import Q
from django.utils import timezone

from workflows import outbox
from workflows.outbox import DATABASE_IS_AWAY, Clock, Handler, Outcome

logger = logging.getLogger(__name__)

Sweep = Callable[[datetime], int]


def worker_name() -> str:
    """Return a name that no other worker, on no other machine, has."""
    return f"{socket.gethostname()[:50]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def _refresh_connections() -> None:
    """Give up connections that are too old or broken, as a web server does between requests."""
    if not connection.in_atomic_block:  # Django would close one that a caller's transaction needs
        close_old_connections()


@dataclass(slots=True)
class Worker:
    """One worker; any number of them may run at once, on any number of machines.

    Attributes:
        handlers: Kind of job → function that executes it.
        sweep: Does what has become due by a moment, and says how many things that were.
        stop: Set from outside to end after the current job.
        poll_seconds: Rest when there is nothing to do, or the database is away.
        sweep_seconds: Time between two sweeps of the deadlines.
        pause_seconds: How long a kind of job is left alone after its service was unreachable, so
            that a dead mail server does not keep PDFs waiting.
        among: Which jobs it takes; all of them if ``None``.
        max_jobs: End after so many jobs; ``None`` for no limit.
        once: End when nothing is due any more, instead of resting.
        clock: Returns the present moment.
        name: Under which jobs are leased.
    """

    handlers: Mapping[str, Handler]
    sweep: Sweep
    stop: threading.Event = field(default_factory=threading.Event)
    poll_seconds: float = 1.0
    sweep_seconds: float = 60.0
    pause_seconds: float = 30.0
    among: Q | None = None
    max_jobs: int | None = None
    once: bool = False
    clock: Clock = timezone.now
    name: str = field(default_factory=worker_name)
    _jobs_done: int = 0
    _next_sweep: float = 0.0
    _paused: dict[str, float] = field(default_factory=dict)

    @property
    def jobs_done(self) -> int:
        """How many jobs it has taken."""
        return self._jobs_done

    def run(self) -> int:
        """Work until stopped and return the number of jobs that were taken."""
        logger.info("worker %s is ready", self.name)
        while not self.stop.is_set() and self._jobs_done != self.max_jobs:
            if self._step():
                continue
            if self.once:
                break
            self.stop.wait(self.poll_seconds)
        logger.info("worker %s ends after %d jobs", self.name, self._jobs_done)
        return self._jobs_done

    def _step(self) -> bool:
        """Do one thing; say whether there may be more to do at once."""
        try:
            _refresh_connections()
            self._sweep_if_due()
            return self._work()
        except DATABASE_IS_AWAY as error:
            if self.once:
                raise
            logger.warning("the database is away: %s", " ".join(str(error).split()))
            connections.close_all()
            return False

    def _work(self) -> bool:
        job = outbox.claim_next(
            self.name, self.clock(), except_kinds=self._paused_kinds(), among=self.among
        )
        if job is None:
            return False
        self._jobs_done += 1
        outcome = outbox.run(job, self.handlers, clock=self.clock)
        if outcome is Outcome.SERVICE_DOWN:
            self._paused[job.kind] = time.monotonic() + self.pause_seconds
        logger.info("job %d (%s): %s", job.pk, job.kind, outcome)
        return True

    def _paused_kinds(self) -> list[str]:
        now = time.monotonic()
        return [kind for kind, until in self._paused.items() if until > now]

    def _sweep_if_due(self) -> None:
        if time.monotonic() < self._next_sweep:
            return
        self._next_sweep = time.monotonic() + self.sweep_seconds
        try:
            done = self.sweep(self.clock())
        except DATABASE_IS_AWAY:
            raise
        except Exception:
            logger.exception("the sweep of the deadlines broke off; it is repeated")
        else:
            if done:
                logger.info("the sweep of the deadlines did %d things", done)
