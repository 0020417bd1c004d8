"""Shows what waits or has failed in the outbox, and tries failed jobs again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet
from django.utils import timezone

from profile_workflow.errors import NotNow
from workflows import outbox
from workflows.models import OutboxJob


class Command(BaseCommand):
    """List jobs that are not done; with ``--retry`` let failed ones be tried again."""

    help = "List the jobs that wait or have failed, or try failed ones again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--retry", metavar="ID|all", help="try a failed job, or all, again")

    def handle(self, **options: Any) -> None:
        """List or retry."""
        if options["retry"]:
            self._retry(options["retry"])
        else:
            self._list()

    def _list(self) -> None:
        jobs = OutboxJob.objects.unfinished() | OutboxJob.objects.failed()
        for job in jobs.order_by("not_before", "pk").iterator():
            self.stdout.write(
                f"{job.pk}\t{job.state}\t{job.kind}\t{job.attempts} tries\t"
                f"not before {job.not_before:%Y-%m-%d %H:%M:%S} UTC\t{job.key}\t{job.last_error}"
            )
        counts = outbox.backlog(timezone.now())
        self.stdout.write(f"{counts.waiting} waiting or running, {counts.failed} failed")

    def _retry(self, which: str) -> None:
        jobs = OutboxJob.objects.failed() if which == "all" else self._one(which)
        number = 0
        for job in jobs.order_by("pk"):
            try:
                outbox.retry(job, by=None, at=timezone.now())
            except NotNow as error:
                raise CommandError(f"Job {job.pk}: {error}") from error
            number += 1
        self.stdout.write(f"{number} jobs will be tried again")

    def _one(self, which: str) -> QuerySet[OutboxJob]:
        jobs = OutboxJob.objects.filter(pk=which) if which.isdigit() else OutboxJob.objects.none()
        if not jobs.exists():
            raise CommandError(f"There is no job “{which}”.")
        return jobs
