"""Who stands on the cover of a programme's reports: who carries it out and who pays for it."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from profile_workflow.models.city import Programme


class Partner(models.Model):
    """An organisation that is named on every report of a programme, with its logo or by name.

    The logo is kept as we drew it anew: pixels on white, nothing else of the file that was sent.
    """

    class Part(models.TextChoices):
        """Under which words the organisation is named."""

        DONOR = "donor", _("Funded by")
        LEAD = "lead", _("Implemented by")
        PARTNER = "partner", _("In partnership with")

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="partners", verbose_name=_("programme")
    )
    part = models.CharField(_("part"), max_length=10, choices=Part.choices)
    name = models.CharField(_("name"), max_length=200)
    name_fr = models.CharField(_("name in French"), max_length=200, blank=True)
    name_ar = models.CharField(_("name in Arabic"), max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(_("place among those of the same part"), default=0)
    printed = models.BooleanField(
        _("named on new reports"),
        default=True,
        help_text=_("What has been published stays as it is."),
    )
    logo = models.FileField(_("logo"), max_length=200, blank=True, editable=False)
    logo_sha256 = models.CharField(
        _("SHA-256 of the logo"), max_length=64, blank=True, editable=False
    )

    class Meta:
        verbose_name = _("partner or donor")
        verbose_name_plural = _("partners and donors")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "part", "name"], name="partner_once_a_part"
            ),
            models.CheckConstraint(
                condition=models.Q(logo="", logo_sha256="")
                | (~models.Q(logo="") & ~models.Q(logo_sha256="")),
                name="partner_logo_has_a_hash",
            ),
        ]

    def __str__(self) -> str:
        return self.name_in(get_language() or "en")

    def name_in(self, language: str) -> str:
        """Return the name in ``language``, or in English where there is none."""
        return getattr(self, f"name_{language[:2]}", "") or self.name
