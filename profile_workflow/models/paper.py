"""Answers on paper: what a form said, on which day, and who has entered it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from profile_workflow.models.stakeholder import SignOff


class PaperAnswer(models.Model):
    """What somebody who is consulted has written on a form, as it was entered: never changed.

    ``said`` maps the key of a section to ``{"view": SectionView, "text": str}``, ``ranked`` the
    code of a challenge to the label that was ticked. ``counts`` says whether it became the
    person's answer; it does not where he had begun to answer himself.
    """

    signoff = models.OneToOneField(SignOff, on_delete=models.PROTECT, related_name="paper")
    number = models.CharField(_("number of the form"), max_length=20)
    written_on = models.DateField(_("date on the form"))
    said = models.JSONField(_("what it says of the sections"))
    ranked = models.JSONField(_("what it says of the challenges"), default=dict, blank=True)
    counts = models.BooleanField(_("became the answer of the person"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    entered_at = models.DateTimeField(_("entered at"))

    class Meta:
        verbose_name = _("answer on paper")
        verbose_name_plural = _("answers on paper")

    def __str__(self) -> str:
        return self.number
