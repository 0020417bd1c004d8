"""Workshops: when one was held, who was there in numbers, what the room confirmed and objected to.

Nobody is named: neither who was there, nor who said what.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from profile_workflow.models.profile import Profile
from profile_workflow.models.section import Section
from profile_workflow.models.stakeholder import ValidationRound
from profile_workflow.states import (
    Attribution,
    StakeholderCategory,
    WorkshopMode,
    WorkshopQuorum,
    WorkshopSaying,
    WorkshopSex,
)


class Workshop(models.Model):
    """The record of one workshop, which may serve validation, priority setting, or both.

    Source of what it holds: domain notes 3.3. It can be corrected until the stage in which it was
    written down is over (``closed_at``). ``round`` is the consultation in which that was, if it
    was one. ``confirmed`` maps the key of each section that the room confirmed to the SHA-256 of
    its text; ``documents`` lists what was used, each ``{"title": str, "sha256": hex}``.
    ``smallest_group`` is the rule of the programme as it was when the record was made.
    """

    document_type = "workshop"

    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="workshops")
    round = models.ForeignKey(
        ValidationRound,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="workshops",
    )
    held_on = models.DateField(_("date"))
    venue = models.CharField(_("place"), max_length=200, blank=True)
    mode = models.CharField(_("mode"), max_length=20, choices=WorkshopMode.choices)
    for_validation = models.BooleanField(_("serves the validation"), default=False)
    for_priorities = models.BooleanField(_("serves the setting of priorities"), default=False)
    participants = models.PositiveSmallIntegerField(_("participants in all"), default=0)
    quorum = models.CharField(
        _("quorum of the room"), max_length=20, choices=WorkshopQuorum.choices, blank=True
    )
    attribution = models.CharField(
        _("attribution of what was said"), max_length=20, choices=Attribution.choices
    )
    confirmed = models.JSONField(_("sections confirmed"), default=dict, blank=True)
    documents = models.JSONField(_("documents used"), default=list, blank=True)
    agreed = models.TextField(_("agreed remarks"), blank=True)
    smallest_group = models.PositiveSmallIntegerField(_("smallest group that is told"), default=3)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField(_("recorded at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("workshop")
        verbose_name_plural = _("workshops")
        constraints = [
            models.CheckConstraint(
                condition=Q(for_validation=True) | Q(for_priorities=True),
                name="workshop_serves_something",
            ),
            models.CheckConstraint(
                condition=Q(for_validation=False) | Q(round__isnull=False),
                name="workshop_of_validation_has_a_round",
            ),
        ]

    def __str__(self) -> str:
        day = date_format(self.held_on)
        return f"{day}, {self.venue}" if self.venue else day


class WorkshopCount(models.Model):
    """How many people of one category and sex were there; empty category: not said."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="counts")
    category = models.CharField(
        _("category of stakeholder"), max_length=30, choices=StakeholderCategory.choices, blank=True
    )
    sex = models.CharField(_("sex"), max_length=10, choices=WorkshopSex.choices)
    number = models.PositiveSmallIntegerField(_("number"))

    class Meta:
        verbose_name = _("count of participants")
        verbose_name_plural = _("counts of participants")
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "category", "sex"], name="one_count_a_category_and_sex"
            )
        ]

    def __str__(self) -> str:
        return f"{self.category or '-'} {self.sex}: {self.number}"


class WorkshopRemark(models.Model):
    """An objection or a remark of the room, without a person; an objection needs a written answer.

    ``section`` is empty for the text as a whole.
    """

    workshop = models.ForeignKey(Workshop, on_delete=models.PROTECT, related_name="remarks")
    kind = models.CharField(_("kind"), max_length=20, choices=WorkshopSaying.choices)
    section = models.ForeignKey(
        Section, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    text = models.TextField(_("what was said"))
    from_paper = models.BooleanField(_("from a form handed in without a name"), default=False)
    response = models.TextField(_("written answer"), blank=True)
    responded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    responded_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    class Meta:
        verbose_name = _("objection or remark of a workshop")
        verbose_name_plural = _("objections and remarks of workshops")
        constraints = [
            models.CheckConstraint(
                condition=Q(response="", responded_by__isnull=True, responded_at__isnull=True)
                | (~Q(response="") & Q(responded_by__isnull=False, responded_at__isnull=False)),
                name="workshop_response_by_and_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text}"
