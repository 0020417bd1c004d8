"""Challenges found by the profile and the priorities that answer them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from profile_workflow.models.evidence import Source
from profile_workflow.models.profile import Profile
from profile_workflow.models.section import Section
from profile_workflow.states import Competence, PriorityLabel


class Challenge(models.Model):
    """Something that hinders, with the section and sources that show it."""

    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="challenges")
    code = models.CharField(_("code"), max_length=10)
    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("description"), blank=True)
    field = models.CharField(_("field"), max_length=100, blank=True)
    section = models.ForeignKey(
        Section, null=True, blank=True, on_delete=models.PROTECT, related_name="challenges"
    )
    sources = models.ManyToManyField(Source, blank=True, related_name="challenges")
    competence = models.CharField(_("competence"), max_length=20, choices=Competence.choices)
    #: Whether participants added it when the text had been validated already.
    from_workshop = models.BooleanField(_("added while priorities were set"), default=False)

    class Meta:
        verbose_name = _("challenge")
        verbose_name_plural = _("challenges")
        constraints = [
            models.UniqueConstraint(fields=["profile", "code"], name="challenge_once_a_profile")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class Priority(models.Model):
    """One of the city's priorities, with its way forward."""

    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="priorities")
    rank = models.PositiveSmallIntegerField(_("rank"))
    title = models.CharField(_("title"), max_length=200)
    rationale = models.TextField(_("rationale"))
    label = models.CharField(_("label"), max_length=10, choices=PriorityLabel.choices)
    responsible = models.CharField(_("responsible"), max_length=200)
    partners = models.JSONField(_("partners"), default=list, blank=True)
    challenges = models.ManyToManyField(Challenge, related_name="priorities")
    sections = models.ManyToManyField(Section, blank=True, related_name="priorities")
    sdg_targets = models.JSONField(_("SDG targets"), default=list, blank=True)
    recommendation_areas = models.JSONField(_("recommendation areas"), default=list, blank=True)
    time_frame = models.CharField(_("time frame"), max_length=100, blank=True)
    budget = models.CharField(_("budget"), max_length=100, blank=True)
    first_step = models.TextField(_("first step"), blank=True)
    activities = models.JSONField(_("activities"), default=list, blank=True)
    outcomes = models.JSONField(_("outcomes"), default=list, blank=True)

    class Meta:
        verbose_name = _("priority")
        verbose_name_plural = _("priorities")
        constraints = [
            models.UniqueConstraint(fields=["profile", "rank"], name="priority_rank_once_a_profile")
        ]

    def __str__(self) -> str:
        return f"{self.rank}. {self.title}"
