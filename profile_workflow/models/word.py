"""What was read from a Word file that somebody wants to bring in; the file itself is not kept."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from profile_workflow.models.profile import Profile


class WordReading(models.Model):
    """The text of a Word file between its upload and the day on which it is forgotten.

    Attributes:
        parts: One object for each heading of the first level: its ``heading``, the ``key`` of the
            section that it goes to, ``how`` that was found, the ``version`` of the working text
            that the file was made from, its ``text``, ``words``, and what was ``left_out``.
        outcome: Key of a section → what became of it, and which versions of its working text were
            there before and after.
    """

    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="word_readings")
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="word_readings"
    )
    parts = models.JSONField(_("what was read"))
    outcome = models.JSONField(_("what became of it"), default=dict, blank=True)
    read_at = models.DateTimeField(_("read at"))
    done_at = models.DateTimeField(_("brought in at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("kept until"), db_index=True)

    class Meta:
        verbose_name = _("reading of a Word file")
        verbose_name_plural = _("readings of Word files")

    def __str__(self) -> str:
        return f"{self.profile_id} {self.read_at:%Y-%m-%d %H:%M}"
