"""Decisions of people who judge, each bound to the text that was judged."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from profile_workflow.models.profile import Profile
from profile_workflow.models.revision import Revision
from profile_workflow.models.section import Section
from profile_workflow.states import Role


class ReviewRound(models.Model):
    """A round of expert review. Opening one is an event apart from asking for a revision."""

    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="review_rounds")
    number = models.PositiveSmallIntegerField(_("number"))
    opened_at = models.DateTimeField(_("opened at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=40, blank=True)
    #: How many reviewers still have to conclude; nobody is asked before all sections are judged.
    awaited = models.PositiveSmallIntegerField(_("conclusions awaited"), default=0)

    class Meta:
        verbose_name = _("review round")
        verbose_name_plural = _("review rounds")
        constraints = [
            models.UniqueConstraint(fields=["profile", "number"], name="review_round_once"),
            models.UniqueConstraint(
                fields=["profile"],
                condition=Q(closed_at__isnull=True),
                name="one_open_review_round_a_profile",
            ),
        ]

    def __str__(self) -> str:
        return str(_("Round %(number)s") % {"number": self.number})


class Decision(models.Model):
    """One judgement: on a section's revision, or on the whole text (``digest``).

    It holds for exactly the text it names; a later revision needs a decision of its own. Each
    reviewer has one voice on a section in a round, and one on the whole. One that was taken back
    stays, with the moment and the reason.
    """

    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="decisions")
    section = models.ForeignKey(
        Section, null=True, blank=True, on_delete=models.PROTECT, related_name="decisions"
    )
    revision = models.ForeignKey(
        Revision, null=True, blank=True, on_delete=models.PROTECT, related_name="decisions"
    )
    review_round = models.ForeignKey(
        ReviewRound, null=True, blank=True, on_delete=models.PROTECT, related_name="decisions"
    )
    move = models.CharField(_("decision"), max_length=40)
    digest = models.CharField(_("SHA-256 of what was judged"), max_length=64)
    reason = models.TextField(_("reason"), blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions"
    )
    role = models.CharField(_("role"), max_length=30, choices=Role.choices)
    at = models.DateTimeField(_("decided at"))
    withdrawn_at = models.DateTimeField(_("taken back at"), null=True, blank=True)
    withdrawal = models.TextField(_("why it was taken back"), blank=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [
            models.UniqueConstraint(
                fields=["review_round", "section", "by"],
                condition=Q(
                    section__isnull=False,
                    withdrawn_at__isnull=True,
                    role=Role.INTERNATIONAL_EXPERT,
                ),
                name="one_voice_on_a_section_a_round",
            ),
            models.UniqueConstraint(
                fields=["review_round", "by"],
                condition=Q(
                    section__isnull=True,
                    withdrawn_at__isnull=True,
                    role=Role.INTERNATIONAL_EXPERT,
                ),
                name="one_voice_on_the_whole_a_round",
            ),
        ]
        indexes = [models.Index(fields=["profile", "move"], name="decision_by_move")]

    def __str__(self) -> str:
        return self.move
