"""What a profile means by its words: territories, working definitions, acronyms."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from profile_workflow.models.profile import Profile
from profile_workflow.states import TerritoryKind


class Territory(models.Model):
    """A boundary in which figures of a profile are drawn; one of them is *the city*."""

    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="territories")
    code = models.SlugField(_("code"))
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=TerritoryKind.choices)
    note = models.TextField(_("note"), blank=True)
    is_city = models.BooleanField(_("is what the profile calls the city"), default=False)

    class Meta:
        verbose_name = _("territory")
        verbose_name_plural = _("territories")
        constraints = [
            models.UniqueConstraint(fields=["profile", "code"], name="territory_once"),
            models.UniqueConstraint(
                fields=["profile"], condition=Q(is_city=True), name="one_territory_is_the_city"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class WorkingDefinition(models.Model):
    """What a profile means by a word that counts people, e.g. *foreign-born*."""

    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="definitions")
    code = models.SlugField(_("code"))
    term = models.CharField(_("term"), max_length=100)
    text = models.TextField(_("definition"))
    origin = models.CharField(_("origin"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("working definition")
        verbose_name_plural = _("working definitions")
        constraints = [models.UniqueConstraint(fields=["profile", "code"], name="definition_once")]

    def __str__(self) -> str:
        return self.term


class Acronym(models.Model):
    """An acronym used in the text, with its long form."""

    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="acronyms")
    short = models.CharField(_("acronym"), max_length=30)
    long = models.CharField(_("long form"), max_length=200)

    class Meta:
        verbose_name = _("acronym")
        verbose_name_plural = _("acronyms")
        constraints = [models.UniqueConstraint(fields=["profile", "short"], name="acronym_once")]

    def __str__(self) -> str:
        return self.short
