"""What is counted so that nobody guesses or floods, kept as long as it counts."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FailedSignIn(models.Model):
    """One failed attempt. ``key`` stands for the account and address it came from, not readable."""

    key = models.CharField(_("key"), max_length=64)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("failed sign-in")
        verbose_name_plural = _("failed sign-ins")
        indexes = [models.Index(fields=["key", "at"], name="failed_sign_in_by_key")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class Tally(models.Model):
    """How often something was done since a moment; one row for whatever is counted together.

    Counted up by one statement that finds the row only while there is room, so that however many
    come at once, none is counted twice or let through beyond the limit. ``key`` is not readable.
    """

    key = models.CharField(_("key"), max_length=64, unique=True)
    since = models.DateTimeField(_("counted since"))
    number = models.PositiveIntegerField(_("number"), default=0)

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")

    def __str__(self) -> str:
        return f"{self.number} ({self.since:%Y-%m-%d %H:%M})"
