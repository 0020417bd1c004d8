"""Several workers in one process: one for all that is quick, others that make PDFs beside it."""

import logging
import threading
from datetime import datetime

from django.db import connections
from django.db.models import Q

from workflows.models import JobKind
from workflows.models.outbox import AWAITED
from workflows.worker import Worker

logger = logging.getLogger(__name__)

_PDFS = Q(kind=JobKind.PDF)
#: What is soon made, and looked at by somebody who sits and waits.
_QUICK_PDFS = _PDFS & AWAITED


class BuilderStopped(Exception):
    """One of those who make PDFs ended by an error of its own; the process has to be restarted."""


class Crew:
    """A worker with a number of builders beside it.

    Each builder takes one PDF after the other, so that as many are made at once and neither mails
    nor moves wait for them. One more builder takes previews of chapters alone: they do not wait for
    whole reports. All of them take jobs on a lease as any worker does: nothing is made twice, and
    what one leaves behind that was killed is made by another.

    The PDFs are laid out in processes of their own; the threads here wait for those.
    """

    def __init__(self, first: Worker, *, builders: int) -> None:
        """Gather the crew.

        Args:
            first: The worker that does everything, and all but PDFs where there are builders.
            builders: How many PDFs are made at once, previews of chapters not counted; 0 for none
                beside the first worker.
        """
        self._first = first
        self._failed: list[BaseException] = []
        self._builders: list[Worker] = []
        if builders:
            first.among = ~_PDFS
            self._builders = [self._builder(_PDFS) for _number in range(builders)]
            self._builders.append(self._builder(_QUICK_PDFS))

    def run(self) -> int:
        """Work until stopped and return the number of jobs that were taken.

        Raises:
            BuilderStopped: If a builder broke down; the others have ended their jobs before.
        """
        threads = [
            # Whoever insists on the end of the process is not kept waiting by them.
            threading.Thread(target=self._run, args=[one], name=f"builder-{number}", daemon=True)
            for number, one in enumerate(self._builders, 1)
        ]
        for thread in threads:
            thread.start()
        try:
            self._first.run()
        finally:
            self._first.stop.set()
            for thread in threads:
                thread.join()
        if self._failed:
            raise BuilderStopped from self._failed[0]
        return sum(one.jobs_done for one in (self._first, *self._builders))

    def _builder(self, among: Q) -> Worker:
        first = self._first
        return Worker(
            handlers=first.handlers,
            sweep=_nothing_is_due,
            stop=first.stop,
            poll_seconds=first.poll_seconds,
            among=among,
            clock=first.clock,
        )

    def _run(self, builder: Worker) -> None:
        try:
            builder.run()
        except BaseException as error:
            logger.exception("builder %s broke down; the worker ends", builder.name)
            self._failed.append(error)
            self._first.stop.set()
        finally:
            connections.close_all()


def _nothing_is_due(_at: datetime) -> int:
    """Leave the deadlines to the first worker."""
    return 0
