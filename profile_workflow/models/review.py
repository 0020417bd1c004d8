"""What a reviewer answers to the criteria of the template, and what he has not sent yet."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from profile_workflow.models.decision import Decision
from profile_workflow.models.profile import Profile
from profile_workflow.models.section import Section
from profile_workflow.models.template import TemplateCriterion


class CriterionAnswer(models.Model):
    """What was answered to one criterion with a decision: written once, and for its text alone.

    ``rating`` is a place in the scale of the criterion, counted from 1; 0 if whoever judges says
    that he cannot judge it.
    """

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="answers")
    criterion = models.ForeignKey(
        TemplateCriterion, on_delete=models.PROTECT, related_name="answers"
    )
    rating = models.PositiveSmallIntegerField(_("rating"), null=True, blank=True)
    text = models.TextField(_("words"), blank=True)

    class Meta:
        verbose_name = _("answer to a criterion")
        verbose_name_plural = _("answers to criteria")
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "criterion"], name="criterion_answered_once_a_decision"
            ),
            models.CheckConstraint(
                condition=Q(rating__isnull=False) | ~Q(text=""),
                name="criterion_answer_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id}: {self.rating}"


class ReviewDraft(models.Model):
    """What a reviewer has typed and not sent: seen by nobody else, gone with his decision.

    Attributes:
        section: The section; none for what he says of the whole.
        answers: Key of a criterion → ``rating`` (or null) and ``text``.
        move: The decision that he has marked; empty as long as he has not.
        version: Counts the times it was saved; who saves names the one he has seen.
    """

    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="review_drafts")
    section = models.ForeignKey(
        Section, null=True, blank=True, on_delete=models.PROTECT, related_name="review_drafts"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="review_drafts"
    )
    answers = models.JSONField(_("answers"), default=dict)
    move = models.CharField(_("decision"), max_length=40, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    version = models.PositiveIntegerField(_("version"), default=0)
    saved_at = models.DateTimeField(_("saved at"))

    class Meta:
        verbose_name = _("draft of a review")
        verbose_name_plural = _("drafts of reviews")
        constraints = [
            models.UniqueConstraint(
                fields=["section", "author"],
                condition=Q(section__isnull=False),
                name="review_draft_once_a_section",
            ),
            models.UniqueConstraint(
                fields=["profile", "author"],
                condition=Q(section__isnull=True),
                name="review_draft_once_a_profile",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} v{self.version}"
