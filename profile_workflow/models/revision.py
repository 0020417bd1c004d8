"""Frozen text: a revision for each submitted section, a version for each frozen profile."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from profile_workflow.models.digests import text_digest
from profile_workflow.models.profile import Profile
from profile_workflow.models.section import Section
from profile_workflow.pictures.shown import Shown


class Revision(models.Model):
    """The text of a section as it was submitted. Never changed, never deleted.

    ``pictures`` maps the key of each picture that the text places to what it was on that day.
    """

    section = models.ForeignKey(Section, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField(_("number"))
    text = models.TextField(_("text"), blank=True)
    nothing_found = models.BooleanField(_("nothing was found"), default=False)
    searched = models.TextField(_("where it was searched"), blank=True)
    pictures = models.JSONField(_("pictures"), default=dict, blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="revisions"
    )
    created_at = models.DateTimeField(_("submitted at"))

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        constraints = [
            models.UniqueConstraint(fields=["section", "number"], name="revision_number_once")
        ]
        indexes = [models.Index(fields=["sha256"], name="revision_by_hash")]

    def __str__(self) -> str:
        return f"{self.section_id} r{self.number}"

    def is_intact(self) -> bool:
        """Whether the stored text still has the stored hash."""
        return self.sha256 == text_digest(
            self.text,
            nothing_found=self.nothing_found,
            searched=self.searched,
            pictures=self.pictures,
        )

    @property
    def shown_pictures(self) -> dict[str, Shown]:
        """Key → picture as it was submitted."""
        return {key: Shown.read(kept) for key, kept in self.pictures.items()}


class ProfileVersion(models.Model):
    """The frozen, numbered text of a whole profile: which revision of each section, and a digest.

    Made for each round of validation and for each publication. ``content`` maps section key to
    ``{"revision": id, "sha256": hex}``.
    """

    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    digest = models.CharField(_("SHA-256"), max_length=64)
    content = models.JSONField(_("revisions"))
    created_at = models.DateTimeField(_("frozen at"))

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        constraints = [
            models.UniqueConstraint(fields=["profile", "number"], name="version_number_once")
        ]
        indexes = [models.Index(fields=["digest"], name="version_by_digest")]

    def __str__(self) -> str:
        return f"{self.profile_id} v{self.number}"
