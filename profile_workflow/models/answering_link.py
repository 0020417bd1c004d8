"""Answering without an account: the personal link, and the answer to each section."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from profile_workflow.models.comment import Comment
from profile_workflow.models.priority import Challenge
from profile_workflow.models.revision import Revision
from profile_workflow.models.section import Section
from profile_workflow.models.stakeholder import SignOff
from profile_workflow.states import LinkEnd, LinkPurpose, PriorityLabel, SectionView


class AnsweringLink(models.Model):
    """A link with which one person answers in one round, for one purpose, and does nothing else.

    The sign-off says who is asked in which round. The token of the address is derived from
    ``salt`` and the key of the settings; ``digest`` is its SHA-256. So the table alone opens
    nothing. Until when the link works is said by its round.
    """

    signoff = models.ForeignKey(SignOff, on_delete=models.PROTECT, related_name="links")
    purpose = models.CharField(_("purpose"), max_length=20, choices=LinkPurpose.choices)
    salt = models.CharField(_("random part"), max_length=64)
    digest = models.CharField(_("SHA-256 of the token"), max_length=64, unique=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    issued_at = models.DateTimeField(_("issued at"))
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    used_at = models.DateTimeField(_("first used at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    end = models.CharField(_("why it ended"), max_length=20, choices=LinkEnd.choices, blank=True)

    class Meta:
        verbose_name = _("personal link")
        verbose_name_plural = _("personal links")
        constraints = [
            models.UniqueConstraint(
                fields=["signoff", "purpose"],
                condition=Q(ended_at__isnull=True),
                name="one_live_link_a_purpose",
            ),
            models.CheckConstraint(
                condition=Q(end="", ended_at__isnull=True)
                | (Q(end__in=LinkEnd.values) & Q(ended_at__isnull=False)),
                name="link_end_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.pk}"


class SectionAnswer(models.Model):
    """What a person thinks of one section of the version that he is asked about.

    Saved at each step; ``sent_at`` says when it became part of his answer, and is empty as long
    as it waits, which no two clocks can dispute. ``comment`` is the comment that was made of its
    words. What was sent is kept as it was (``sent_view``, ``sent_text``) while the person changes
    his mind.
    """

    signoff = models.ForeignKey(SignOff, on_delete=models.PROTECT, related_name="section_answers")
    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="answers_to_it")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="answers_to_it")
    digest = models.CharField(_("SHA-256 of the text"), max_length=64)
    view = models.CharField(_("view"), max_length=20, choices=SectionView.choices)
    text = models.TextField(_("comment or reason"), blank=True)
    saved_at = models.DateTimeField(_("saved at"))
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    sent_view = models.CharField(
        _("view that was sent"), max_length=20, choices=SectionView.choices, blank=True
    )
    sent_text = models.TextField(_("comment or reason that was sent"), blank=True)
    comment = models.ForeignKey(
        Comment, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("answer to a section")
        verbose_name_plural = _("answers to sections")
        constraints = [
            models.UniqueConstraint(fields=["signoff", "section"], name="one_answer_a_section"),
            models.CheckConstraint(
                condition=Q(view=SectionView.AGREES) | ~Q(text=""),
                name="section_answer_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.section_id}: {self.get_view_display()}"

    @property
    def waits_to_be_sent(self) -> bool:
        """Whether it was saved, or changed, since the answer was sent last."""
        return self.sent_at is None


class PriorityAnswer(models.Model):
    """How firmly somebody who is consulted thinks that a challenge should be met.

    Saved and sent as the answer to a section is; it goes with its challenge.
    """

    signoff = models.ForeignKey(SignOff, on_delete=models.PROTECT, related_name="priority_answers")
    challenge = models.ForeignKey(Challenge, on_delete=models.CASCADE, related_name="answers_to_it")
    label = models.CharField(_("label"), max_length=10, choices=PriorityLabel.choices, blank=True)
    saved_at = models.DateTimeField(_("saved at"))
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    sent_label = models.CharField(
        _("label that was sent"), max_length=10, choices=PriorityLabel.choices, blank=True
    )

    class Meta:
        verbose_name = _("answer to a challenge")
        verbose_name_plural = _("answers to challenges")
        constraints = [
            models.UniqueConstraint(fields=["signoff", "challenge"], name="one_answer_a_challenge")
        ]

    def __str__(self) -> str:
        return f"{self.challenge_id}: {self.get_label_display()}"

    @property
    def waits_to_be_sent(self) -> bool:
        """Whether it was saved, or changed, since the answer was sent last."""
        return self.sent_at is None
