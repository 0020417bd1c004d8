"""What an author made of the guidance beside his text: questions marked, findings allowed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from profile_workflow.models.section import Section
from profile_workflow.states import Outcome


class QuestionAnswer(models.Model):
    """What became of one guiding question of a section's template.

    ``question`` names it by its place in the template: ``0.1`` is the second question of the
    chapter, ``s3.0`` the first of the subsection at position 3. It belongs to the section, not to
    a revision, and so is carried over all of them. With an empty outcome the question is open
    still, and the note is what somebody wrote down before he decided.
    """

    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="answers")
    question = models.CharField(_("question"), max_length=20)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome.choices)
    note = models.TextField(_("why, or where it was searched"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("marked at"))

    class Meta:
        verbose_name = _("marked question")
        verbose_name_plural = _("marked questions")
        constraints = [
            models.UniqueConstraint(fields=["section", "question"], name="question_marked_once"),
            models.CheckConstraint(
                condition=Q(outcome=Outcome.ANSWERED) | ~Q(note=""),
                name="question_left_open_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.section_id} {self.question}"

    @property
    def is_marked(self) -> bool:
        """Whether it is said what became of the question."""
        return self.outcome != ""


class FindingDismissal(models.Model):
    """A finding in a text that was allowed, with a reason.

    It holds as long as ``digest`` is found: the SHA-256 over rule, words and sentence. When the
    words around it change, the finding is another one and shows again.
    """

    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="dismissals")
    digest = models.CharField(_("SHA-256 of the finding"), max_length=64)
    rule = models.CharField(_("rule"), max_length=40)
    found = models.CharField(_("words"), max_length=200, blank=True)
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("allowed at"))
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    taken_back_at = models.DateTimeField(_("taken back at"), null=True, blank=True)

    class Meta:
        verbose_name = _("allowed finding")
        verbose_name_plural = _("allowed findings")
        constraints = [
            models.UniqueConstraint(
                fields=["section", "digest"],
                condition=Q(taken_back_at__isnull=True),
                name="finding_allowed_once",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="finding_allowed_with_reason"),
            models.CheckConstraint(
                condition=Q(taken_back_by__isnull=True, taken_back_at__isnull=True)
                | Q(taken_back_by__isnull=False, taken_back_at__isnull=False),
                name="finding_taken_back_by_and_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.section_id} {self.rule}"
