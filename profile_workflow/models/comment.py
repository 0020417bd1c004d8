"""Comments on sections, and what the authors answered."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from profile_workflow.machine import CommentMachine
from profile_workflow.models.profile import Profile
from profile_workflow.models.revision import Revision
from profile_workflow.models.section import Section
from profile_workflow.states import Attribution, CommentKind, CommentState, ProfileState, Role


class Comment(CommentMachine):
    """A remark on the submitted text of a section.

    ``stage`` is the state of the profile in which the remark was made, ``attribution`` how far
    the author of the remark may be known to others than the project team.
    """

    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="comments")
    revision = models.ForeignKey(
        Revision, null=True, blank=True, on_delete=models.PROTECT, related_name="comments"
    )
    stage = models.CharField(_("stage"), max_length=30, choices=ProfileState.choices)
    role = models.CharField(_("role"), max_length=30, choices=Role.choices)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="comments"
    )
    attribution = models.CharField(
        _("attribution"), max_length=20, choices=Attribution.choices, default=Attribution.CATEGORY
    )
    kind = models.CharField(_("kind"), max_length=20, choices=CommentKind.choices)
    text = models.TextField(_("comment"))
    created_at = models.DateTimeField(_("made at"))
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=CommentState.values), name="comment_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True, answered_at__isnull=True)
                | Q(answered_by__isnull=False, answered_at__isnull=False),
                name="comment_answered_by_and_at",
            ),
            models.CheckConstraint(
                condition=Q(state=CommentState.OPEN) | Q(answered_at__isnull=False),
                name="comment_leaves_open_with_an_answer",
            ),
        ]
        indexes = [models.Index(fields=["section", "state"], name="comment_by_state")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.pk}"

    @property
    def profile(self) -> Profile:
        """The profile that the comment is about."""
        return self.section.profile
