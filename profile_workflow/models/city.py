"""Programmes, the cities of their network, and the text blocks printed in their name."""

from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from profile_workflow.colours import validate_colour, validate_ground
from profile_workflow.states import Attribution


class Programme(models.Model):
    """A programme that commissions profiles, e.g. Mediterranean City-to-City Migration.

    ``attribution`` is what a consultation begins with if nobody chooses otherwise.
    ``smallest_group`` is how many people of a group must have answered under the Chatham House
    Rule before the group is named.
    """

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    name_fr = models.CharField(_("name in French"), max_length=200, blank=True)
    name_ar = models.CharField(_("name in Arabic"), max_length=200, blank=True)
    invites_reviewers = models.BooleanField(
        _("international experts are invited"),
        default=True,
        help_text=_(
            "They accept, and declare conflicts of interest, before they see any text. "
            "Otherwise the project team may give them their part without asking."
        ),
    )
    reviews_blind = models.BooleanField(
        _("international experts review blind to each other"),
        default=False,
        help_text=_(
            "Until all sections of a round are judged, none of them reads what another one has "
            "commented or decided, and why."
        ),
    )
    attribution = models.CharField(
        _("attribution of answers"),
        max_length=20,
        choices=Attribution.choices,
        default=Attribution.CATEGORY,
    )
    smallest_group = models.PositiveSmallIntegerField(
        _("smallest group that is named under the Chatham House Rule"),
        default=3,
        validators=[MinValueValidator(2)],
    )

    colour = models.CharField(
        _("colour of the reports"),
        max_length=7,
        default="#123f4a",
        validators=[validate_ground],
        help_text=_(
            "Ground of the cover and colour of titles, e.g. #123f4a. White must be readable on it."
        ),
    )
    accent = models.CharField(
        _("second colour of the reports"),
        max_length=7,
        default="#c8963e",
        validators=[validate_colour],
        help_text=_(
            "Of rules, numbers and the city on the map. Where words are set in it, it is made "
            "darker or lighter until they can be read."
        ),
    )

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")

    def __str__(self) -> str:
        return self.name_in(get_language() or "en")

    def name_in(self, language: str) -> str:
        """Return the name in ``language``, or in English where there is none."""
        return getattr(self, f"name_{language[:2]}", "") or self.name


class City(models.Model):
    """An entry of a programme's network: a city, or a fund of municipalities."""

    class Kind(models.TextChoices):
        """What sort of member the entry is."""

        CITY = "city", _("City")
        FUND = "fund", _("Fund of municipalities")

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="cities")
    slug = models.SlugField(_("short name"))
    name = models.CharField(_("name"), max_length=100)
    name_fr = models.CharField(_("name in French"), max_length=100, blank=True)
    name_ar = models.CharField(_("name in Arabic"), max_length=100, blank=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.CITY)
    country = models.CharField(_("country (ISO 3166-1 alpha-2)"), max_length=2)
    time_zone = models.CharField(_("time zone"), max_length=50)
    working_week = models.JSONField(_("working days (Monday is 0)"), default=list)
    languages = models.JSONField(_("languages"), default=list)
    latitude = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(-90), MaxValueValidator(90)]
    )
    longitude = models.FloatField(
        null=True, blank=True, validators=[MinValueValidator(-180), MaxValueValidator(180)]
    )
    phases = models.JSONField(_("programme phases"), default=list)

    class Meta:
        verbose_name = _("city")
        verbose_name_plural = _("cities")
        constraints = [
            models.UniqueConstraint(fields=["programme", "slug"], name="city_once_a_programme")
        ]

    def __str__(self) -> str:
        return self.name_in(get_language() or "en")

    def name_in(self, language: str) -> str:
        """Return the name in ``language``, or in English where there is none."""
        return getattr(self, f"name_{language[:2]}", "") or self.name


class TextBlockQuerySet(models.QuerySet["TextBlock"]):
    """Text blocks of a programme."""

    def in_force(self, *, language: str, on: date) -> dict[str, str]:
        """Return kind → text of the newest version in ``language`` that was valid ``on`` a day."""
        blocks = self.filter(language=language, valid_from__lte=on).order_by(
            "valid_from", "version"
        )
        return {block.kind: block.text for block in blocks}


class TextBlock(models.Model):
    """A versioned text printed on every publication, in one language.

    The wording that funders require has changed over the years, so it is data with a date, and
    an old report keeps the wording of its day.
    """

    class Kind(models.TextChoices):
        """Where the text is printed."""

        FUNDING = "funding", _("Funding statement")
        DISCLAIMER = "disclaimer", _("Disclaimer")
        DESIGNATIONS = "designations", _("Disclaimer on names and borders")
        RIGHTS = "rights", _("Rights notice")

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="text_blocks")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    language = models.CharField(_("language"), max_length=10)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    valid_from = models.DateField(_("valid from"))
    text = models.TextField(_("text"))

    objects = TextBlockQuerySet.as_manager()

    class Meta:
        verbose_name = _("text block")
        verbose_name_plural = _("text blocks")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "kind", "language", "version"], name="text_block_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.language}, {self.version})"
