"""Jobs of the outbox to test with, and a clock that stands still."""

from datetime import timedelta

from tests.integration.workflows.cast import NOON
from workflows import outbox
from workflows.executors import Job, get_executor
from workflows.models import OutboxJob

SECOND = timedelta(seconds=1)


def enqueue(*keys, kind="mail", **fields):
    get_executor().enqueue([Job(kind, key, not_before=NOON, **fields) for key in keys])


def claimed(key="a", *, by="one", at=NOON):
    enqueue(key)
    job = outbox.claim_next(by, at)
    assert job is not None
    assert job.key == key
    return job


def raising(error):
    def handler(payload):
        raise error

    return handler


def stored(job):
    return OutboxJob.objects.get(pk=job.pk)


class Clock:
    """Stands still until it is told."""

    def __init__(self, at=NOON):
        self.at = at

    def __call__(self):
        return self.at
