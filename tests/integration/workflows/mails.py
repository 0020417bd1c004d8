"""Mails of the outbox to test with, and a worker that sends them."""

from workflows import notifications
from workflows.handlers import HANDLERS
from workflows.worker import Worker

SITE = "https://profiles.example.org"


def payload(kind, profile, person, *, event=1, **details):
    (job,) = notifications.notify(event, kind, {person.pk: details}, profile_id=profile.pk)
    return job.payload


def run_worker(**options):
    return Worker(handlers=HANDLERS, sweep=lambda at: 0, once=True, **options).run()
