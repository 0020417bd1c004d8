"""What quality assurance found by reading: answers to checks, and advice that was waived."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from profile_workflow.models.profile import Profile
from profile_workflow.models.section import Section
from profile_workflow.models.template import TemplateCheck
from profile_workflow.states import Advice, Verdict


class CheckAnswer(models.Model):
    """The answer to one check of the template. It holds for the text that ``digest`` names."""

    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="check_answers")
    question = models.ForeignKey(TemplateCheck, on_delete=models.PROTECT, related_name="answers")
    verdict = models.CharField(_("answer"), max_length=20, choices=Verdict.choices)
    note = models.TextField(_("note"), blank=True)
    digest = models.CharField(_("SHA-256 of what was judged"), max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("answered at"))

    class Meta:
        verbose_name = _("answer to a check")
        verbose_name_plural = _("answers to checks")
        constraints = [
            models.UniqueConstraint(
                fields=["profile", "question"], name="check_answered_once_a_profile"
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=Verdict.values), name="check_verdict_is_known"
            ),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.YES) | ~Q(note=""), name="check_says_why_unless_yes"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question}: {self.get_verdict_display()}"


class Waiver(models.Model):
    """Why something that the software advises does not matter in the text that ``digest`` names."""

    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="waivers")
    code = models.CharField(_("advice"), max_length=20, choices=Advice.choices)
    digest = models.CharField(_("SHA-256 of what was judged"), max_length=64)
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("waived at"))

    class Meta:
        verbose_name = _("waiver")
        verbose_name_plural = _("waivers")
        constraints = [
            models.UniqueConstraint(fields=["section", "code"], name="advice_waived_once_a_section")
        ]

    def __str__(self) -> str:
        return f"{self.section}: {self.get_code_display()}"
