"""Files that came out: builds, which may be made again, and publications, which stand."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from profile_workflow.models import Profile, ProfileVersion


class Build(models.Model):
    """One making of a PDF.

    ``digest`` is the SHA-256 of everything that is printed: a finished build with the same digest
    is the same file, so it is used again. ``stage``, ``chapter`` of ``chapters`` and ``page`` say
    how far the making has come, as its process tells. ``lengths`` maps the key of each section
    to ``{"words": int, "pages": float}``: of its text, and of all that it fills on paper.
    ``frozen`` names what a file for publication is published with, the web edition and the data,
    each as ``{"path", "content_type", "file", "sha256", "size"}`` (``PublicationFile``).
    ``seal`` is what is kept of the seal of the programme (``reports.sealing.signing.Seal``); empty
    if the file has none.
    """

    class Kind(models.TextChoices):
        """What the file is for, which decides what text it holds."""

        PREVIEW = "preview", _("Preview of the working text")
        CONSULTATION = "consultation", _("Consultation version")
        PUBLICATION = "publication", _("Publication")
        SUMMARY = "summary", _("Summary of four pages")
        PRACTICES = "practices", _("Practice sheets")

    class State(models.TextChoices):
        """How far the making has come."""

        QUEUED = "queued", _("Waiting")
        RUNNING = "running", _("Being made")
        DONE = "done", _("Ready")
        FAILED = "failed", _("Failed")

    class Stage(models.TextChoices):
        """What is being done while the file is being made."""

        GATHERING = "gathering", _("Gathering texts, figures and sources")
        LAYOUT = "layout", _("Laying out the pages")
        CONTENTS = "contents", _("Laying out the title pages and the contents")
        WRITING = "writing", _("Writing the file")

    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="builds")
    language = models.CharField(_("language"), max_length=10)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    numbered = models.BooleanField(_("with line numbers"), default=False)
    digest = models.CharField(_("SHA-256 of the content"), max_length=64)
    text_digest = models.CharField(_("SHA-256 of the text"), max_length=64, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.QUEUED)
    stage = models.CharField(_("stage"), max_length=10, choices=Stage.choices, blank=True)
    chapter = models.PositiveSmallIntegerField(_("chapter being laid out"), default=0)
    chapters = models.PositiveSmallIntegerField(_("chapters"), default=0)
    page = models.PositiveIntegerField(_("page being laid out"), default=0)
    file = models.FileField(_("file"), max_length=200, blank=True)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    pages = models.PositiveIntegerField(_("pages"), default=0)
    lengths = models.JSONField(_("length of the sections"), default=dict, blank=True)
    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64, blank=True)
    frozen = models.JSONField(_("what is published with it"), default=list, blank=True)
    seal = models.JSONField(_("seal"), default=dict, blank=True)
    problem = models.TextField(_("problem"), blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("requested at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    class Meta:
        verbose_name = _("build")
        verbose_name_plural = _("builds")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="done") | (~Q(file="") & ~Q(sha256="")),
                name="build_done_has_a_file",
            ),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(problem=""), name="build_failed_says_why"
            ),
        ]
        indexes = [
            models.Index(fields=["profile", "digest"], name="build_by_digest"),
            models.Index(fields=["sha256"], name="build_by_hash"),
        ]

    def __str__(self) -> str:
        return f"{self.profile_id} {self.kind} {self.language}"


class PublicationIsFinal(Exception):
    """Somebody tried to change or remove a publication."""


class PublicationQuerySet(models.QuerySet[Any]):
    """Publications and their files; they can be added, not changed."""

    def update(self, **_values: Any) -> int:
        """Refuse: a publication stands as it was.

        Raises:
            PublicationIsFinal: Always.
        """
        raise PublicationIsFinal

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse: a publication stands.

        Raises:
            PublicationIsFinal: Always.
        """
        raise PublicationIsFinal


class Final(models.Model):
    """A row that is written once."""

    objects = PublicationQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store a new row.

        Raises:
            PublicationIsFinal: If the row exists already.
        """
        if not self._state.adding:
            raise PublicationIsFinal
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse: a publication stands.

        Raises:
            PublicationIsFinal: Always.
        """
        raise PublicationIsFinal


class Publication(Final):
    """A published file of one version in one language. A correction is a publication of its own."""

    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="publications")
    profile_version = models.ForeignKey(
        ProfileVersion, on_delete=models.PROTECT, related_name="publications"
    )
    version = models.CharField(_("version"), max_length=20)
    language = models.CharField(_("language"), max_length=10)
    pdf = models.FileField(_("file"), max_length=200)
    pdf_sha256 = models.CharField(_("SHA-256 of the file"), max_length=64)
    seal = models.JSONField(_("seal"), default=dict, blank=True)
    published_at = models.DateTimeField(_("published at"))

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        constraints = [
            models.UniqueConstraint(
                fields=["profile", "version", "language"], name="publication_once"
            )
        ]
        indexes = [models.Index(fields=["pdf_sha256"], name="publication_by_hash")]

    def __str__(self) -> str:
        return f"{self.profile_id} {self.version} ({self.language})"


class PublicationFile(Final):
    """What is published beside the PDF: the web edition, the data, the pictures.

    Attributes:
        path: Under which it is fetched, e.g. ``table-6.csv``.
    """

    publication = models.ForeignKey(Publication, on_delete=models.PROTECT, related_name="files")
    path = models.CharField(_("name"), max_length=120)
    content_type = models.CharField(_("kind"), max_length=60)
    file = models.FileField(_("file"), max_length=200)
    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64)
    size = models.PositiveBigIntegerField(_("size in bytes"))

    class Meta:
        verbose_name = _("file of a publication")
        verbose_name_plural = _("files of publications")
        constraints = [
            models.UniqueConstraint(fields=["publication", "path"], name="publication_file_once")
        ]
        indexes = [models.Index(fields=["sha256"], name="publication_file_by_hash")]

    def __str__(self) -> str:
        return f"{self.publication_id} {self.path}"
