"""The process of a profile and its tasks, as viewflow stores them, in tables of our own."""

from datetime import datetime
from typing import Any, Self

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from viewflow.workflow.managers import TaskQuerySet as ViewflowTaskQuerySet
from viewflow.workflow.models import AbstractProcess, AbstractTask
from viewflow.workflow.status import PROCESS

from profile_workflow.models import Profile, Section, SignOff, User
from profile_workflow.states import Role

#: Type of the tasks that people do; all others are done by the software at once.
HUMAN = "HUMAN"


class ProfileProcess(AbstractProcess):
    """One run of the flow for one profile: from nomination to publication, or one correction."""

    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="processes")

    class Meta:
        verbose_name = _("process")
        verbose_name_plural = _("processes")
        constraints = [
            models.UniqueConstraint(
                fields=["profile"], condition=Q(status=PROCESS.NEW), name="one_live_process"
            )
        ]

    # What the nodes of one move share, as all its activations share the process instance: the
    # moment, the human tasks opened so far, and pairs of a task and the one before it.
    moment: datetime
    opened: list["Task"]
    _links: list[tuple["Task", "Task"]]

    def set_out(self, profile: Profile, at: datetime) -> None:
        """Begin a move, before the first node is gone through."""
        self.profile, self.moment = profile, at
        self.opened, self._links = [], []

    def link(self, task: "Task", *, after: "Task") -> None:
        """Note that a saved task comes after another one; ``come_to_rest`` writes it."""
        self._links.append((task, after))

    def come_to_rest(self) -> None:
        """End a move: write the links of all its tasks in one query."""
        links = Task.previous.through.objects
        links.bulk_create(
            Task.previous.through(from_task_id=task.pk, to_task_id=after.pk)
            for task, after in self._links
        )


class TaskQuerySet(ViewflowTaskQuerySet["Task"]):
    """Tasks, as lists need them."""

    def open(self) -> Self:
        """Tasks that a person still has to do."""
        return self.filter(finished__isnull=True, flow_task_type=HUMAN)

    def with_context(self) -> Self:
        """Select all that a row of a task list shows, so that it costs no query."""
        return self.select_related(
            "profile__city", "section__template_section", "signoff__round", "owner"
        )


class Task(AbstractTask):
    """A step of a process: what a person has to do, or what the software did.

    ``seed`` is the document it is about: a section, a sign-off, or nothing for the profile itself.
    ``not_for`` holds the role too, but has done his part: somebody else does this.
    """

    process = models.ForeignKey(ProfileProcess, on_delete=models.PROTECT)
    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="tasks")
    section = models.ForeignKey(
        Section, null=True, blank=True, on_delete=models.PROTECT, related_name="tasks"
    )
    signoff = models.ForeignKey(
        SignOff, null=True, blank=True, on_delete=models.PROTECT, related_name="tasks"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tasks",
    )
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("done by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    not_for = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("left to another one by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    role = models.CharField(_("role"), max_length=30, choices=Role.choices, blank=True)
    move = models.CharField(_("move that finished it"), max_length=40, blank=True)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)
    escalated_at = models.DateTimeField(_("reported as overdue at"), null=True, blank=True)

    objects = TaskQuerySet.as_manager()

    # Who may do a task is said by rules, not by permissions stored with it; viewflow's columns
    # for them stay empty, those that can be left out are.
    owner_permission = None
    owner_permission_content_type = models.ForeignKey(
        ContentType, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    external_task_id = None
    scheduled = None

    # Viewflow sets these on every task; nothing of ours needs them.
    data: Any = None
    artifact: Any = None

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        constraints = [
            models.CheckConstraint(
                condition=Q(section__isnull=True) | Q(signoff__isnull=True),
                name="task_is_about_one_document",
            )
        ]
        indexes = [
            models.Index(
                fields=["owner", "due_at"],
                condition=Q(finished__isnull=True, flow_task_type=HUMAN),
                name="task_inbox",
            ),
            models.Index(
                fields=["profile", "due_at"],
                condition=Q(finished__isnull=True, flow_task_type=HUMAN),
                name="task_next",
            ),
            models.Index(
                fields=["due_at"],
                condition=Q(finished__isnull=True, flow_task_type=HUMAN),
                name="task_deadlines",
            ),
            models.Index(fields=["process", "status"], name="task_by_process"),
        ]

    @property
    def seed(self) -> Section | SignOff | None:
        """The document of the task's branch, if it has one of its own."""
        return self.section or self.signoff

    @seed.setter
    def seed(self, document: Section | SignOff | None) -> None:
        self.section = document if isinstance(document, Section) else None
        self.signoff = document if isinstance(document, SignOff) else None

    @property
    def document(self) -> Profile | Section | SignOff:
        """What the task is about."""
        return self.seed or self.profile

    def distance_to(self, user: User, profile: Profile) -> tuple[int, int]:
        """Return how far the task is from somebody, to sort by where several do the same.

        Nearest is his own, then that of whom he stands in for, then one that nobody has taken.
        """
        if self.owner_id == user.pk:
            place = 0
        elif self.owner_id is None:
            place = 2
        else:
            place = 1 if profile.stands_in(user, self.owner_id) else 3
        return place, self.pk

    @property
    def is_open(self) -> bool:
        """Whether a person still has to do it."""
        return self.flow_task_type == HUMAN and self.finished is None

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the profile of the process."""
        if self.profile_id is None:
            self.profile = self.process.profile
        super().save(*args, **kwargs)
