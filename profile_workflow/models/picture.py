"""Pictures that the text places as figures, and the files of their pixels."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from profile_workflow.models.evidence import Source
from profile_workflow.models.profile import Profile
from profile_workflow.pictures.shown import Shown, lacking


class PictureFile(models.Model):
    """The pixels of a picture as we drew them anew; written once, found by their hash.

    It stays as long as the register or a submitted text shows it, or somebody awaits it.
    """

    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="picture_files")
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    kind = models.CharField(_("kind"), max_length=4, choices=[("jpeg", "JPEG"), ("png", "PNG")])
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    size = models.PositiveIntegerField(_("size in bytes"))
    full = models.FileField(_("file"), max_length=200)
    small = models.FileField(_("file for pages"), max_length=200)
    kept_at = models.DateTimeField(_("kept at"))
    #: A form that has to be sent again does not hold the file: it is kept for it until then.
    awaited_until = models.DateTimeField(_("awaited by a form until"), null=True, blank=True)

    class Meta:
        verbose_name = _("file of a picture")
        verbose_name_plural = _("files of pictures")
        constraints = [
            models.UniqueConstraint(fields=["profile", "sha256"], name="picture_file_once")
        ]

    def __str__(self) -> str:
        return f"{self.width} × {self.height} ({self.sha256[:8]})"


class Picture(models.Model):
    """A photograph, map or diagram; the text places it with ``[[image:key]]``.

    What it ``lacks`` can be said later, but before a text with it is submitted.
    """

    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="pictures")
    key = models.CharField(_("key"), max_length=20)
    file = models.ForeignKey(
        PictureFile, on_delete=models.PROTECT, related_name="pictures", verbose_name=_("picture")
    )
    caption = models.CharField(_("caption"), max_length=300, blank=True)
    alt = models.TextField(_("what it shows"), max_length=1000, blank=True)
    source = models.ForeignKey(
        Source, null=True, blank=True, on_delete=models.PROTECT, related_name="pictures"
    )
    page = models.CharField(_("page in the source"), max_length=20, blank=True)
    credit = models.CharField(_("who made it"), max_length=200, blank=True)
    licence = models.CharField(_("licence or permission"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = [
            models.UniqueConstraint(fields=["profile", "key"], name="picture_key_once_a_profile")
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.caption}".strip()

    @property
    def lacks(self) -> list[str]:
        """What has to be said of it before a text with it is submitted, in words."""
        return lacking(caption=self.caption, alt=self.alt, origin=self.source_id or self.credit)

    @property
    def shown(self) -> Shown:
        """What a text that places it shows."""
        return Shown(
            key=self.key,
            sha256=self.file.sha256,
            kind=self.file.kind,
            width=self.file.width,
            height=self.file.height,
            caption=self.caption,
            alt=self.alt,
            source=self.source.key if self.source else "",
            page=self.page,
            credit=self.credit,
            licence=self.licence,
        )
