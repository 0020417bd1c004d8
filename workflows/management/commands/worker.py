"""Executes what moves have asked for: mail, PDFs, deadlines; and forgets what was kept a while."""

import logging
import signal
import threading
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from profile_workflow.services import copies, word
from reports.builds.leftovers import remove_leftovers
from reports.folders import remove_abandoned
from reports.sealing import key
from workflows import deadlines, housekeeping
from workflows.crew import Crew
from workflows.handlers import HANDLERS
from workflows.worker import Worker

logger = logging.getLogger(__name__)


@contextmanager
def stopping_on_signals(stop: threading.Event) -> Iterator[None]:
    """Let SIGTERM and SIGINT end the worker after its current job; a second one ends it at once."""

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        stop.set()
        signal.signal(number, before[signal.Signals(number)])

    wanted = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, ask_to_stop) for number in wanted}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


#: How often a worker looks for files that nobody names, of which it lists all, and tries the seal.
_TIDIES_EVERY = timedelta(hours=12)


def sweep(at: datetime) -> int:
    """Do what has become due by a moment."""
    remove_abandoned()
    kept = word.forget_expired(at=at) + copies.thin(at=at) + housekeeping.forget_builds(at=at)
    return deadlines.sweep(at=at) + kept


class TidySweep:
    """Does what has become due by a moment, and from time to time tidies up."""

    def __init__(self) -> None:
        self._tidied_at: datetime | None = None

    def __call__(self, at: datetime) -> int:
        """Return how many things were done."""
        done = sweep(at)
        if self._tidied_at is None or at - self._tidied_at >= _TIDIES_EVERY:
            done += remove_leftovers(at=at)
            if problem := key.complaint(at):
                logger.error("files for publication may not get their seal: %s", problem)
            self._tidied_at = at
        return done


class Command(BaseCommand):
    """Run a worker; several may run at once."""

    help = "Send mail, make PDFs and keep deadlines. Several workers may run at once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--once", action="store_true", help="end when nothing is due any more")
        parser.add_argument("--max-jobs", type=int, help="end after so many jobs")
        parser.add_argument("--poll", type=float, default=1.0, help="seconds to rest when idle")
        parser.add_argument(
            "--pause",
            type=float,
            default=30.0,
            help="seconds to leave a service alone that could not be reached",
        )

    def handle(self, **options: Any) -> None:
        """Work until stopped."""
        stop = threading.Event()
        worker = Worker(
            handlers=HANDLERS,
            sweep=TidySweep(),
            stop=stop,
            poll_seconds=options["poll"],
            pause_seconds=options["pause"],
            max_jobs=options["max_jobs"],
            once=options["once"],
        )
        # Whoever counts the jobs, or wants them done once, gets them one after the other.
        is_counted = options["once"] or options["max_jobs"] is not None
        crew = Crew(worker, builders=0 if is_counted else settings.PDF_BUILDERS)
        with stopping_on_signals(stop):
            crew.run()
