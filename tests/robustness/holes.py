"""Workers with a planted hole each, which the tests of this folder must catch.

``python -m tests.robustness.holes HOLE`` runs ``manage.py worker`` with the hole. Models can be
imported only once Django is set up, so each hole imports what it breaks.
"""

import sys
from typing import Any

import django
from django.core.mail import make_msgid
from django.core.management import call_command


def forgetful() -> None:
    """Note that a job is done before it is: what is killed in between is lost."""
    from workflows import outbox  # noqa: PLC0415
    from workflows.models import JobState  # noqa: PLC0415

    def note_then_do(job: Any, handlers: Any, *, clock: Any) -> Any:
        outbox._write(job, clock(), state=JobState.DONE, finished_at=clock())
        handlers[job.kind](job.payload)
        return outbox.Outcome.DONE

    outbox.run = note_then_do


def anonymous() -> None:
    """Give each copy of a mail a Message-ID of its own: a duplicate cannot be recognised."""
    from workflows import notifications  # noqa: PLC0415

    notifications.message_id = lambda _key: make_msgid(domain="profiles.example.org")


def faithful_to_the_dead() -> None:
    """Never take over the job of a worker that vanished."""
    from workflows.models import JobState  # noqa: PLC0415
    from workflows.models.outbox import OutboxJobQuerySet  # noqa: PLC0415

    def waiting_only(jobs: Any, at: Any) -> Any:
        return jobs.filter(state=JobState.WAITING, not_before__lte=at)

    OutboxJobQuerySet.claimable = waiting_only  # type: ignore[method-assign]


HOLES = {hole.__name__: hole for hole in (forgetful, anonymous, faithful_to_the_dead)}

if __name__ == "__main__":
    django.setup()
    HOLES[sys.argv[1]]()
    call_command("worker", *sys.argv[2:])
