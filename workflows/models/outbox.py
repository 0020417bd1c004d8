"""The outbox: effects (mail, PDF) that were decided with a move and are executed after it."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from profile_workflow.models import Profile


class JobKind(models.TextChoices):
    """What a job does to the world outside the database."""

    MAIL = "mail", _("Mail")
    PDF = "pdf", _("PDF")
    ACCOUNT = "account", _("Mail about an account")


class JobState(models.TextChoices):
    """How far a job has come."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


#: States that a job does not leave by itself.
FINISHED_JOB_STATES: tuple[JobState, ...] = (JobState.DONE, JobState.FAILED)


#: What the names of jobs begin with for which somebody sits and waits: they go before all others.
AWAITED_KEYS = ("mail:signing_code:", "pdf:chapter:")
AWAITED = Q(*(("key__startswith", start) for start in AWAITED_KEYS), _connector=Q.OR)


def due(at: datetime) -> Q:
    """Jobs that a worker may take at a moment: waiting ones, and those whose worker vanished."""
    return Q(state=JobState.WAITING, not_before__lte=at) | Q(
        state=JobState.RUNNING, lease_until__lt=at
    )


class OutboxJobQuerySet(models.QuerySet["OutboxJob"]):
    """Jobs, by what can be done with them."""

    def claimable(self, at: datetime) -> Self:
        """Jobs that a worker may take at a moment."""
        return self.filter(due(at))

    def held_by(self, worker_id: str) -> Self:
        """Jobs whose lease a worker holds."""
        return self.filter(state=JobState.RUNNING, leased_by=worker_id)

    def unfinished(self) -> Self:
        """Jobs that are waiting or running."""
        return self.exclude(state__in=FINISHED_JOB_STATES)

    def failed(self) -> Self:
        """Jobs that wait for a person."""
        return self.filter(state=JobState.FAILED)


class OutboxJob(models.Model):
    """One effect, written in the transaction of the move that wants it, executed by a worker.

    ``key`` names the effect, so that asking twice for the same one makes one job. ``attempts``
    counts the tries that were the job's own; tries while a service was down are not counted.
    ``lease_until`` is the moment after which another worker may take the job over.
    """

    kind = models.CharField(_("kind"), max_length=20, choices=JobKind.choices)
    key = models.CharField(_("key"), max_length=200, unique=True)
    payload = models.JSONField(_("payload"), default=dict)
    profile = models.ForeignKey(
        Profile,
        verbose_name=_("profile"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="outbox_jobs",
    )
    state = models.CharField(
        _("state"), max_length=10, choices=JobState.choices, default=JobState.WAITING
    )
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    not_before = models.DateTimeField(_("not before"), default=timezone.now)
    lease_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    leased_by = models.CharField(_("leased by"), max_length=100, blank=True)
    last_error = models.TextField(_("last error"), blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    objects = OutboxJobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=JobState.values), name="job_state_is_known"
            ),
            models.CheckConstraint(
                condition=(Q(state=JobState.RUNNING, lease_until__isnull=False) & ~Q(leased_by=""))
                | (~Q(state=JobState.RUNNING) & Q(lease_until__isnull=True, leased_by="")),
                name="job_lease_is_for_running",
            ),
            models.CheckConstraint(
                condition=Q(state__in=FINISHED_JOB_STATES, finished_at__isnull=False)
                | (~Q(state__in=FINISHED_JOB_STATES) & Q(finished_at__isnull=True)),
                name="job_finish_has_a_date",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "not_before"], name="job_to_pick"),
        ]

    def __str__(self) -> str:
        return self.key
