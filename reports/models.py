"""Files that came out: builds, which may be made again, and publications, which stand."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from profile_workflow.models import Event, Profile, ProfileVersion, Section
from profile_workflow.word.files import DOCX


class Build(models.Model):
    """One making of a file: a PDF, or the same text for another program.

    ``digest`` is the SHA-256 of everything that is printed: a finished build with the same digest
    is the same file, so it is used again. ``material_digest`` is that of what was read for a file
    for publication: by it is known whether the file is still what would be printed. A consultation
    version has it too; one without was made when its record still told who had answered.
    ``stage``, ``chapter`` of ``chapters`` and ``page`` say
    how far the making has come, as its process tells. ``lengths`` maps the key of each section
    to ``{"words": int, "pages": float}``: of its text, and of all that it fills on paper.
    ``frozen`` names what a file for publication is published with, the web edition and the data,
    each as ``{"path", "content_type", "file", "sha256", "size"}`` (``PublicationFile``).
    ``section`` is that of a preview of one chapter, ``scope`` what an annex was asked to hold
    (``profile_workflow.queries.responses.Wanted``); it holds what ``requested_by`` may know.
    ``trouble`` keeps why a build failed, so that each reader is told in his language: ``code``,
    ``facts`` and ``chapter`` (as ``BuildFailed`` has them), ``section`` (its key), ``place`` in the
    text of it.
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
        RECORD = "record", _("Validation record")
        WORD = "docx", _("Word document")
        EBOOK = "epub", _("E-book (EPUB)")
        DATA = "json", _("All data (JSON)")
        CHAPTER = "chapter", _("Preview of a chapter")
        ANNEX = "annex", _("Annex of comments and answers")

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
    section = models.ForeignKey(
        Section, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    scope = models.JSONField(_("what of it"), default=dict, blank=True)
    digest = models.CharField(_("SHA-256 of the content"), max_length=64)
    text_digest = models.CharField(_("SHA-256 of the text"), max_length=64, blank=True)
    material_digest = models.CharField(_("SHA-256 of what was read"), max_length=64, blank=True)
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
    trouble = models.JSONField(_("problem, as codes"), default=dict, blank=True)
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
            models.CheckConstraint(
                condition=Q(kind="chapter", section__isnull=False)
                | (~Q(kind="chapter") & Q(section__isnull=True)),
                name="build_of_a_chapter_names_it",
            ),
            models.CheckConstraint(
                condition=~Q(kind="annex") | Q(requested_by__isnull=False),
                name="build_of_an_annex_is_somebodys",
            ),
        ]
        indexes = [
            models.Index(fields=["profile", "digest"], name="build_by_digest"),
            models.Index(fields=["sha256"], name="build_by_hash"),
            models.Index(
                fields=["created_at"],
                condition=Q(kind__in=["chapter", "annex"]),
                name="build_to_forget",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.profile_id} {self.kind} {self.language}"

    @property
    def ending(self) -> str:
        """With what the name of its file ends."""
        return self.kind if self.kind in _CONTENT_TYPES else "pdf"

    @property
    def content_type(self) -> str:
        """Of what kind its file is."""
        return _CONTENT_TYPES.get(self.kind, "application/pdf")

    @property
    def is_pdf(self) -> bool:
        """Whether it has pages, and can be shown within a page."""
        return self.kind not in _CONTENT_TYPES


#: Kinds that are no PDF → of what kind their files are.
_CONTENT_TYPES: dict[str, str] = {
    Build.Kind.WORD: DOCX,
    Build.Kind.EBOOK: "application/epub+zip",
    Build.Kind.DATA: "application/json",
}


#: What holds text that has not been submitted.
WORKING_KINDS = (Build.Kind.PREVIEW, Build.Kind.CHAPTER)
#: What is looked at and forgotten after a day; no output of the profile that others are shown.
PASSING_KINDS = (Build.Kind.CHAPTER, Build.Kind.ANNEX)


class PublicationIsFinal(Exception):
    """Somebody tried to change or remove a publication."""


class PublicationQuerySet(models.QuerySet[Any]):
    """What is published, and withdrawn; it can be added, not changed."""

    def standing(self) -> "PublicationQuerySet":
        """Leave out the publications whose version was withdrawn by itself."""
        of_it = {"profile": OuterRef("profile"), "version": OuterRef("version")}
        return self.exclude(Exists(Withdrawal.objects.filter(**of_it)))

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
    content_type = models.CharField(_("kind"), max_length=100)
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


class Withdrawal(Final):
    """A version that was withdrawn by itself, in all its languages, while others stand.

    When, by whom and why is told by its event; the words of a reason can be erased there.
    """

    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="withdrawals")
    version = models.CharField(_("version"), max_length=20)
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("withdrawal of a version")
        verbose_name_plural = _("withdrawals of versions")
        constraints = [
            models.UniqueConstraint(fields=["profile", "version"], name="withdrawal_once")
        ]

    def __str__(self) -> str:
        return f"{self.profile_id} {self.version}"
