"""Signing for a city through a personal link: the answer while it waits, and the codes for it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from profile_workflow.models.answering_link import AnsweringLink
from profile_workflow.models.stakeholder import SignOff
from profile_workflow.states import CodeEnd, Signature


class SigningAnswer(models.Model):
    """What the authority of a city means to answer: kept until he confirms it with a code.

    ``sections`` are the keys of the sections objected to. ``sent_at`` says when it became his
    answer, and is empty as long as it waits.
    """

    signoff = models.OneToOneField(SignOff, on_delete=models.PROTECT, related_name="signing_answer")
    move = models.CharField(_("answer"), max_length=20, choices=Signature.choices)
    statement = models.TextField(_("reservation or reason"), blank=True)
    sections = models.JSONField(_("sections objected to"), default=list, blank=True)
    signatory = models.CharField(_("name of whoever signs"), max_length=150)
    function = models.CharField(_("function of whoever signs"), max_length=150)
    saved_at = models.DateTimeField(_("saved at"))
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    class Meta:
        verbose_name = _("answer that waits for a code")
        verbose_name_plural = _("answers that wait for a code")
        constraints = [
            models.CheckConstraint(
                condition=Q(move=Signature.APPROVE) | ~Q(statement=""),
                name="signing_answer_says_why",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_move_display())

    @property
    def waits_to_be_sent(self) -> bool:
        """Whether it was saved, or changed, since it was sent last."""
        return self.sent_at is None


class SigningCode(models.Model):
    """A code that was mailed to confirm one signature: of one link, for one text and one answer.

    The code is derived from ``salt`` and the key of the settings, and ``salt`` is erased when the
    mail has been taken by the mail server, or the code has ended. What stays is ``digest``, an
    HMAC of the code and of ``subject``, the SHA-256 of what it confirms.
    """

    link = models.ForeignKey(AnsweringLink, on_delete=models.PROTECT, related_name="codes")
    salt = models.CharField(_("random part"), max_length=64, blank=True)
    digest = models.CharField(_("HMAC of the code"), max_length=64)
    subject = models.CharField(_("SHA-256 of what it confirms"), max_length=64)
    asked_at = models.DateTimeField(_("asked at"))
    expires_at = models.DateTimeField(_("expires at"))
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    tries = models.PositiveSmallIntegerField(_("wrong tries"), default=0)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    end = models.CharField(_("why it ended"), max_length=20, choices=CodeEnd.choices, blank=True)

    class Meta:
        verbose_name = _("code")
        verbose_name_plural = _("codes")
        constraints = [
            models.UniqueConstraint(
                fields=["link"], condition=Q(ended_at__isnull=True), name="one_live_code_a_link"
            ),
            models.CheckConstraint(
                condition=Q(end="", ended_at__isnull=True)
                | (Q(end__in=CodeEnd.values) & Q(ended_at__isnull=False) & Q(salt="")),
                name="code_end_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.link_id}: {self.asked_at:%Y-%m-%d %H:%M}"
